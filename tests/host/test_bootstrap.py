"""Set-up does what is needed and no more, and an interrupted one is mended by the next."""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from tool_loading import load_tool

ROOT = Path(__file__).parents[2]

PROJECT = '[project]\ndependencies = ["rich"]\n[tool.hatch.build]\ndev-mode-dirs = []\n[tool.ruff]\nline-length = 100\n'


class Machine:
    """Stands in for the commands that set-up runs: notes them, and lets those fail that a test names."""

    def __init__(self, venv: Path, failure: type[Exception]) -> None:
        self.commands: list[str] = []
        self.failing: list[str] = []
        self._venv = venv
        self._failure = failure

    def run(self, *command: object, cwd: Path | None = None) -> None:
        """Note the command. Raises the set-up's error if it holds one of the failing texts."""
        words = " ".join(str(word) for word in command)
        if any(text in words for text in self.failing):
            raise self._failure(f"cannot {words}")
        self.commands.append(words)
        if "-m venv" in words:
            (self._venv / "bin").mkdir(parents=True)

    def ran(self, text: str) -> bool:
        """Tell whether a command with this text ran since the last `forget`."""
        return any(text in command for command in self.commands)

    def forget(self) -> None:
        """Start a new list of commands."""
        self.commands.clear()


@pytest.fixture
def bootstrap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    module = load_tool("bootstrap")
    places = {"ROOT": ".", "VENV": ".venv", "STAMP": ".venv/.complete", "LOCK": "requirements.lock"}
    places["PEERS_LOCK"] = "requirements-peers.lock"
    for name, place in places.items():
        monkeypatch.setattr(module, name, tmp_path / place)
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    (tmp_path / "requirements.lock").write_text("rich==15.0.0\n")
    (tmp_path / "requirements-peers.lock").write_text("sos-access==0.0.8\n")
    return module


@pytest.fixture
def machine(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Machine:
    machine = Machine(bootstrap.VENV, bootstrap.SetupError)
    monkeypatch.setattr(bootstrap, "run", machine.run)
    return machine


def test_the_peers_of_the_tests_are_installed_anew_beside_everything_else_and_nowhere_else(
    bootstrap: ModuleType, machine: Machine
) -> None:
    left = bootstrap.VENV / "peers" / "left_over.py"
    bootstrap.main()
    left.parent.mkdir()
    left.write_text("")
    bootstrap.PEERS_LOCK.write_text("sos-access==0.0.9\n")
    machine.forget()
    bootstrap.main()
    assert not left.exists()
    assert machine.ran(f"--no-deps --target {left.parent} --requirement {bootstrap.PEERS_LOCK}")


def test_a_complete_environment_is_left_alone(bootstrap: ModuleType, machine: Machine) -> None:
    assert bootstrap.main() == 0
    assert machine.ran("-m venv")
    assert machine.ran("--require-hashes")
    assert machine.ran("--editable")
    machine.forget()
    assert bootstrap.main() == 0
    assert not machine.ran("install")


def add_a_dependency(text: str) -> str:
    return text.replace('["rich"]', '["rich", "typer"]')


def change_a_tool(text: str) -> str:
    return text.replace("line-length = 100", "line-length = 110")


@pytest.mark.parametrize(("change", "installs"), [(add_a_dependency, True), (change_a_tool, False)])
def test_only_a_change_of_the_packaging_installs_again(
    bootstrap: ModuleType, machine: Machine, tmp_path: Path, change: Callable[[str], str], installs: bool
) -> None:
    bootstrap.main()
    machine.forget()
    (tmp_path / "pyproject.toml").write_text(change(PROJECT))
    assert bootstrap.main() == 0
    assert machine.ran("install") == installs
    assert not machine.ran("-m venv")


def test_an_interrupted_set_up_starts_afresh(
    bootstrap: ModuleType, machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.failing = ["--require-hashes"]
    assert bootstrap.main() == 1
    assert "Running make again starts it afresh" in capsys.readouterr().err
    (bootstrap.VENV / "half").touch()
    machine.failing = []
    assert bootstrap.main() == 0
    assert not (bootstrap.VENV / "half").exists()


def test_a_moved_folder_gets_a_new_environment(bootstrap: ModuleType, machine: Machine) -> None:
    bootstrap.main()
    machine.forget()
    bootstrap.STAMP.write_text(bootstrap.STAMP.read_text().replace("/", "/elsewhere/", 1))
    assert bootstrap.main() == 0
    assert machine.ran("-m venv")


@pytest.mark.parametrize(
    ("failing", "used"),
    [
        ([], ".venv/bin/python -m pip install"),
        ([".venv/bin/python -m pip"], "uv pip install"),
        ([".venv/bin/python -m pip", "uv "], "--python"),
    ],
)
def test_pip_is_taken_from_where_there_is_one(
    bootstrap: ModuleType, machine: Machine, monkeypatch: pytest.MonkeyPatch, failing: list[str], used: str
) -> None:
    monkeypatch.setattr(bootstrap, "VENV_PYTHON", bootstrap.VENV / "bin" / "python")
    machine.failing = failing
    assert bootstrap.main() == 0
    assert used in machine.commands[-1]


def test_without_any_pip_the_remedy_is_named(
    bootstrap: ModuleType, machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.failing = [" -m pip", "uv ", "apt-get"]
    assert bootstrap.main() == 1
    said = capsys.readouterr().err
    assert "cannot apt-get" in said
    assert "apt-get install python3-venv" in said


def test_an_old_python_is_refused_by_name(
    bootstrap: ModuleType, machine: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap, "OLDEST", (99, 0))
    assert bootstrap.main() == 1
    assert "make PYTHON=python3.11" in capsys.readouterr().err
    assert machine.commands == []
