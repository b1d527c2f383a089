"""Feeds millions of inputs, guided by coverage, to what reads a stranger's bytes: the link's and the modem's parsers.

    python tools/fuzz.py                              every target, a million inputs each
    python tools/fuzz.py mqtt lines --seconds 600     these two, ten minutes each
    python tools/fuzz.py --keep                       and keep a minimised corpus in tests/vectors/fuzz/

It is done in several minutes, so it is no part of the tests, which replay the kept corpus and some inputs made from it.
Needs atheris, which has wheels for CPython 3.11 to 3.14 on Linux, and which `make fuzz` installs.
"""

import argparse
import importlib.util
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from rich.console import Console
from rich.progress import Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from tools import fuzz_corpus, fuzz_reach, fuzz_targets
from tools.fuzz_targets import Target

RUNS = 1_000_000
MEMORY_MIB = 512
"""What the process of a target may take altogether; the interpreter with atheris takes some 45."""
INPUT_S = 10
"""Longer than this no input may take."""

_CHILD = Path(__file__).with_name("fuzz_child.py")
_STATUS = re.compile(r"#(\d+)\s+\w+\s+cov: (\d+)")
_REMEDY = (
    "fuzz.py needs atheris, which is not installed here (wheels: CPython 3.11 to 3.14, Linux on x86-64). "
    "Install it with "
    f"`{sys.executable} -m pip install --require-hashes -r requirements-fuzz.lock`, and try again.\n"
)


@dataclass
class Fuzzed:
    """What came of one target; `broken` is what an input broke, with that input."""

    target: Target
    inputs: int = 0
    seconds: float = 0.0
    branches: int = 0
    lines: tuple[int, int] = (0, 0)
    broken: str = ""


def command(target: Target, folder: Path, options: argparse.Namespace) -> list[str]:
    """What is started for a target: its corpus grows in `folder`/corpus."""
    words = folder / "words"
    words.write_text("".join(f'"{_escaped(word)}"\n' for word in target.words))
    return [
        sys.executable,
        str(_CHILD),
        target.name,
        f"-max_len={target.length_max}",
        f"-rss_limit_mb={MEMORY_MIB}",
        f"-timeout={INPUT_S}",
        f"-dict={words}",
        f"-exact_artifact_path={folder / 'broken'}",
        f"-seed={options.seed}",
        f"-max_total_time={options.seconds}" if options.seconds else f"-runs={options.runs}",
        str(folder / "corpus"),
    ]


def _escaped(word: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in word)


def lines_of(process: "subprocess.Popen[str]") -> Iterator[str]:
    """What a process says, line by line."""
    assert process.stdout
    yield from process.stdout


def fuzz(target: Target, folder: Path, options: argparse.Namespace, progress: Progress) -> Fuzzed:
    """Fuzzes one target and tells of it meanwhile."""
    corpus = folder / "corpus"
    corpus.mkdir()
    for number, data in enumerate(fuzz_corpus.read(target)):
        (corpus / f"kept-{number}").write_bytes(data)
    result, said, began = Fuzzed(target), list[str](), time.monotonic()
    bar = progress.add_task(target.name, total=None if options.seconds else options.runs, told="")
    with subprocess.Popen(
        command(target, folder, options), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        for line in lines_of(process):
            if found := _STATUS.match(line):
                result.inputs, result.branches = int(found[1]), int(found[2])
                progress.update(bar, completed=result.inputs, told=f"{result.inputs:,} inputs")
            else:
                said = [*said[-40:], line.rstrip()]
    result.seconds = time.monotonic() - began
    progress.remove_task(bar)
    if process.returncode:
        broken = folder / "broken"
        found_input = broken.read_bytes().hex() if broken.exists() else "none was kept"
        result.broken = "\n".join([*said, f"input: {found_input}"])
        return result
    found_inputs = [file.read_bytes() for file in sorted(corpus.iterdir())]
    return reduced(result, found_inputs, options)


def reduced(result: Fuzzed, inputs: Sequence[bytes], options: argparse.Namespace) -> Fuzzed:
    """Counts what the corpus reaches, and keeps what fits where it is asked for."""
    target = result.target
    hit, there = fuzz_reach.reached(target, inputs), fuzz_reach.lines_of(target)
    result.lines = len(hit), len(there)
    if options.missing:
        missed = sorted(f"{Path(file).name}:{line}" for file, line in there - hit)
        sys.stdout.write(f"{target.name}: not reached: {' '.join(missed) or 'nothing'}\n")
    if options.keep:
        fuzz_corpus.write(target, fuzz_reach.smallest(target, inputs))
    return result


def table(results: Sequence[Fuzzed]) -> Table:
    """All results; `lines` are those that the corpus reaches, of those inside functions."""
    shown = Table()
    shown.add_column("target", no_wrap=True)
    for name in ("inputs", "seconds", "a second", "branches", "lines", "broken"):
        shown.add_column(name, justify="right")
    for one in results:
        rate = f"{one.inputs / max(one.seconds, 0.1):,.0f}"
        lines = f"{one.lines[0]}/{one.lines[1]}"
        counts = (f"{one.inputs:,}", f"{one.seconds:.0f}", rate, str(one.branches), lines)
        shown.add_row(one.target.name, *counts, "yes" if one.broken else "no")
    return shown


def parsed(arguments: Sequence[str], names: Sequence[str]) -> argparse.Namespace:
    """The options; ends the program with a usage message when they make no sense."""
    parser = argparse.ArgumentParser(prog="fuzz.py", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("target", nargs="*", help=f"one of {', '.join(names)}; all without any")
    parser.add_argument("--runs", type=int, default=RUNS, help=f"inputs for each target ({RUNS:,})")
    parser.add_argument("--seconds", type=int, default=0, help="so long for each target, instead of a number of inputs")
    parser.add_argument("--seed", type=int, default=1, help="the fuzzer's chance begins with this (1)")
    parser.add_argument("--keep", action="store_true", help="keep a minimised corpus in tests/vectors/fuzz/")
    parser.add_argument("--missing", action="store_true", help="name the lines that no input reached")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.target if name not in names]
    if unknown or options.runs < 1 or options.seconds < 0:
        parser.error(f"no target {unknown[0]}" if unknown else "--runs and --seconds: at least 1")
    return options


def main(arguments: Sequence[str]) -> int:
    """Fuzzes the targets; returns 0, 1 when an input broke a promise, 2 when atheris is missing, 130 interrupted."""
    targets = fuzz_targets.all_targets()
    options = parsed(arguments, list(targets))
    if importlib.util.find_spec("atheris") is None:
        sys.stderr.write(_REMEDY)
        return 2
    results = []
    columns = (TextColumn("{task.description}"), TextColumn("{task.fields[told]}"), TimeElapsedColumn())
    try:
        with Progress(*columns, console=Console(stderr=True)) as progress:
            for name in options.target or targets:
                with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
                    results.append(fuzz(targets[name], Path(folder), options, progress))
    except KeyboardInterrupt:
        return 130
    Console(highlight=False).print(table(results))
    sys.stderr.writelines(f"\n{one.target.name}\n{one.broken}\n" for one in results if one.broken)
    return 1 if any(one.broken for one in results) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
