"""Runs every shared test module on MicroPython; pytest itself collects the same functions for CPython."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHARED = ROOT / "tests" / "shared"
MICROPYTHON = Path(sys.executable).with_name("micropython")
SEARCH_PATH = ("protocol", "firmware", "tests/shared")
HEAP = "4M"
TIMEOUT_S = 120

MODULES = sorted(path.stem for path in SHARED.glob("test_*.py"))


def run_on_micropython(*modules: str, extra_path: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run the modules in one MicroPython process and return how it ended, with all that it printed."""
    folders = [str(ROOT / folder) for folder in SEARCH_PATH]
    if extra_path:
        folders.append(str(extra_path))
    return subprocess.run(
        [str(MICROPYTHON), "-X", f"heapsize={HEAP}", str(SHARED / "run_tests.py"), *modules],
        env={**os.environ, "MICROPYPATH": ":".join([*folders, ".frozen"])},
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        timeout=TIMEOUT_S,
        check=False,
    )


@pytest.mark.parametrize("module", MODULES)
def test_a_shared_module_passes_on_micropython(module: str) -> None:
    try:
        outcome = run_on_micropython(module)
    except subprocess.TimeoutExpired as expired:
        printed = (expired.stdout or b"").decode(errors="replace")
        pytest.fail(f"{module} on MicroPython did not end within {TIMEOUT_S} s:\n{printed}", pytrace=False)
    lines = outcome.stdout.splitlines() or ["it printed nothing"]
    if outcome.returncode != 0 or not lines[-1].startswith("passed "):
        complaint = f"{module} on MicroPython, exit code {outcome.returncode}:\n{outcome.stdout}"
        pytest.fail(complaint, pytrace=False)


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("def test_wrong():\n    assert 1 + 1 == 3\n", "FAILED test_sample.test_wrong"),
        ("def test_wrong():\n    assert 1 + 1 == 3\n", 'test_sample.py", line 2, in test_wrong'),
        ("def test_returns():\n    return 1\n", "a shared test is a plain function"),
        ("def helper():\n    pass\n", "FAILED test_sample: it holds no test_ function"),
        ("import typing\n", "no module named 'typing'"),
        ("import sys\nsys.exit(0)\n", None),
    ],
)
def test_the_runner_reports_what_fails(tmp_path: Path, source: str, complaint: str | None) -> None:
    (tmp_path / "test_sample.py").write_text(source)
    outcome = run_on_micropython("test_sample", extra_path=tmp_path)
    if complaint is None:  # It left early with a good exit code: only the missing count tells.
        assert "passed " not in outcome.stdout
    else:
        assert outcome.returncode == 1
        assert complaint in outcome.stdout


def test_the_runner_counts_what_passes(tmp_path: Path) -> None:
    (tmp_path / "test_sample.py").write_text("def test_one():\n    pass\ndef test_two():\n    assert True\n")
    outcome = run_on_micropython("test_sample", extra_path=tmp_path)
    assert outcome.returncode == 0
    assert outcome.stdout.splitlines()[-1] == "passed 2, failed 0"
