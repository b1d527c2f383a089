"""Plants small faults in the panel core, one at a time, and tells which of them no test notices.

`python tools/mutate.py` tries every mutant of firmware/hemlarm_firmware/panel/ and sensors/ with the shared tests on
CPython. It fails when fewer than 95 % are killed, when a survivor is not listed in docs/mutation-survivors.md, and when
a listed mutant was killed or is none any more. `--module codes` tries one module, `--only 41` with it one line;
`--json FILE` writes everything, survivors with the row that the document needs.

tests/shared/test_panel_recorded.py takes no part: it compares the hash of a long recording, so it kills whatever
changes any output and would hide what no test says in words.
"""

import argparse
import ast
import functools
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import Any

from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tools import mutation_run, mutation_survey, mutation_survivors  # noqa: E402 - found only with the path above.
from tools.mutation_run import KILLED, STILLBORN, SURVIVED  # noqa: E402
from tools.mutation_survey import Mutant  # noqa: E402

FIRMWARE = Path("firmware")
DOCUMENT = Path("docs/mutation-survivors.md")
SOURCES = ("hemlarm_firmware/panel/*.py", "hemlarm_firmware/sensors/*.py")
# Words for people, and drawings' names, which no panel loads.
NO_SOURCES = ("__init__.py", "texts*.py", "*_texts*.py", "table_names.py")
TESTS = (
    "test_panel_*.py",
    "test_keypad*.py",
    "test_menu*.py",
    "test_users.py",
    "test_sensor_*.py",
    "test_local_time.py",
)
NO_TESTS = ("test_panel_recorded.py",)
KILLED_MIN = 0.95  # Asked of the core as a whole.
JOBS = 2


@dataclass(frozen=True)
class Result:
    """A mutant and its fate; `by` names the test that killed it and `how` the exception."""

    mutant: Mutant
    fate: str
    by: str | None
    how: str | None


class Order:
    """Which tests to run first: the latest killers in the same place, then in the same module, then the quickest."""

    def __init__(self, suite: mutation_run.Suite) -> None:
        self._suite = suite
        self._quick = sorted(suite.tests, key=lambda test: suite.seconds[test])
        self._latest: dict[tuple[str, ...], dict[str, int]] = {}
        self._kills = 0

    def tests(self, mutant: Mutant, file: str) -> list[str]:
        """The tests that can notice the mutant, the likeliest first."""
        here = self._latest.get((mutant.module, mutant.where), {})
        near = self._latest.get((mutant.module,), {})
        callers = self._suite.callers_of(file, mutant.span) if mutant.span and mutant.late else None
        tests = [test for test in self._quick if callers is None or test in callers]
        return sorted(tests, key=lambda test: (-here.get(test, 0), -near.get(test, 0)))

    def learn(self, result: Result) -> None:
        """Notes who killed it."""
        if result.by:
            self._kills += 1
            mutant = result.mutant
            for place in ((mutant.module, mutant.where), (mutant.module,)):
                self._latest.setdefault(place, {})[result.by] = self._kills


class Sources:
    """The parsed modules of a tree by their dotted names."""

    def __init__(self, copy: Path) -> None:
        found = sorted(path for pattern in SOURCES for path in (copy / FIRMWARE).glob(pattern))
        paths = [path for path in found if not any(path.match(pattern) for pattern in NO_SOURCES)]
        self.files = {".".join(path.relative_to(copy / FIRMWARE).with_suffix("").parts): path for path in paths}
        self.trees = {module: ast.parse(path.read_text()) for module, path in self.files.items()}
        siblings = {module: mutation_survey.siblings_of(tree) for module, tree in self.trees.items()}
        self.mutants = [
            mutant for module, tree in self.trees.items() for mutant in mutation_survey.survey(module, tree, siblings)
        ]

    def named(self, names: Sequence[str]) -> set[str]:
        """The modules meant by the ends of their names, all without any. Raises ValueError for an unknown one."""
        chosen = set()
        for name in names:
            matching = {module for module in self.files if f".{module}".endswith(f".{name}")}
            if not matching:
                raise ValueError(f"no module {name}; there are {', '.join(sorted(self.files))}")
            chosen |= matching
        return chosen or set(self.files)

    def code(self, module: str, mutant: Mutant | None) -> CodeType:
        """The module's code with the mutant in it, which stays in the tree: call this in a child process."""
        tree = self.trees[module]
        if mutant:
            mutant.apply()
        return compile(ast.fix_missing_locations(tree), str(self.files[module]), "exec")


def chosen_tests(copy: Path, patterns: Sequence[str]) -> list[str]:
    """The names of the test modules. Raises ValueError when there is none."""
    found = sorted({path for pattern in patterns for path in (copy / "tests" / "shared").glob(pattern)})
    names = [path.stem for path in found if path.name not in NO_TESTS]
    if not names:
        raise ValueError(f"tests/shared holds nothing named {' or '.join(patterns)}")
    return names


def try_all(sources: Sources, mutants: Sequence[Mutant], copy: Path, tests: list[str], jobs: int) -> Iterator[Result]:
    """Yields each mutant's result as it comes. Raises UnfitTestsError when the tests fail without a mutation."""
    suite = mutation_run.measure(copy, tests)
    order = Order(suite)

    def task(mutant: Mutant | None, module: str) -> Callable[[], mutation_run.Report]:
        file = sources.files[module]
        chosen = order.tests(mutant, str(file.relative_to(copy))) if mutant else suite.tests
        trial = mutation_run.Trial(module, file, chosen, functools.partial(sources.code, module, mutant))
        return functools.partial(mutation_run.try_out, suite, trial)

    # The machinery itself must change nothing.
    for _, report in mutation_run.run([task(None, next(iter(sources.files)))], 1):
        if report["fate"] != SURVIVED:
            raise mutation_run.UnfitTestsError(f"{report['by']} fails with an unchanged module: {report['how']}")
    for number, report in mutation_run.run((task(mutant, mutant.module) for mutant in mutants), jobs):
        result = Result(mutants[number], report["fate"], report["by"], report["how"])
        order.learn(result)
        yield result


def try_with_progress(sources: Sources, mutants: Sequence[Mutant], copy: Path, options: Any) -> list[Result]:
    """The results in the order of the mutants, with a bar on the terminal meanwhile."""
    columns = (TextColumn("{task.description}"), MofNCompleteColumn(), TimeRemainingColumn())
    tests = chosen_tests(copy, options.tests or TESTS)
    results = []
    # Drawn by hand: a thread for it would be forked along.
    with Progress(*columns, auto_refresh=False, console=Console(stderr=True)) as progress:
        bar = progress.add_task("mutants", total=len(mutants))
        for result in try_all(sources, mutants, copy, tests, options.jobs):
            results.append(result)
            progress.update(bar, advance=1, refresh=True)
    place = {mutant.key: number for number, mutant in enumerate(mutants)}
    return sorted(results, key=lambda result: place[result.mutant.key])


def rate(results: Sequence[Result]) -> float:
    """The part that was killed of those that could be."""
    fates = [result.fate for result in results if result.fate != STILLBORN]
    return fates.count(KILLED) / len(fates) if fates else 1.0


def table(results: Sequence[Result], reasons: dict[mutation_survivors.Key, str]) -> Table:
    """The counts by module, and of all."""
    shown = Table()
    shown.add_column("module", no_wrap=True)
    for name in ("mutants", "killed", "alive", "listed", "stillborn", "rate"):
        shown.add_column(name, justify="right")
    modules = sorted({result.mutant.short_module for result in results})
    for name in [*modules, "all"]:
        chosen = [result for result in results if name in (result.mutant.short_module, "all")]
        fates = [result.fate for result in chosen]
        known = [result for result in chosen if result.fate == SURVIVED and result.mutant.key in reasons]
        counts = (len(chosen), fates.count(KILLED), fates.count(SURVIVED), len(known), fates.count(STILLBORN))
        shown.add_row(name, *map(str, counts), f"{rate(chosen):.1%}", end_section=name == modules[-1])
    return shown


def survivor(result: Result, sources: Sources, copy: Path, reasons: dict[mutation_survivors.Key, str]) -> Any:
    """All about one survivor, for JSON; `row` is what the document needs, its reason still to be written."""
    mutant = result.mutant
    reason = reasons.get(mutant.key)
    return {
        "file": str(sources.files[mutant.module].relative_to(copy)),
        "line": mutant.line,
        "where": mutant.where,
        "original": mutant.original,
        "mutated": mutant.mutated,
        "reason": reason,
        "row": mutation_survivors.row(mutant.key, reason or ""),
    }


def write_json(path: Path, results: Sequence[Result], survivors: Sequence[Any], seconds: float) -> None:
    """Everything that came out, for programs."""
    killed = [
        {
            "module": one.mutant.short_module,
            "line": one.mutant.line,
            "mutation": one.mutant.key[2],
            "by": one.by,
            "how": one.how,
        }
        for one in results
        if one.fate != SURVIVED
    ]
    content = {"rate": rate(results), "seconds": round(seconds), "survivors": survivors, "others": killed}
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def report(results: list[Result], sources: Sources, copy: Path, options: Any, seconds: float) -> list[str]:
    """Shows the results and returns what is wrong with them."""
    document = options.root / DOCUMENT
    reasons = mutation_survivors.listed(document.read_text(encoding="utf-8")) if document.exists() else {}
    survivors = [survivor(one, sources, copy, reasons) for one in results if one.fate == SURVIVED]
    if options.json:
        write_json(options.json, results, survivors, seconds)
    console = Console(highlight=False, markup=False)
    for one in survivors:
        known = f"  listed: {one['reason']}" if one["reason"] else "  not listed"
        console.out(f"{one['file']}:{one['line']} {one['where']}{known}\n  - {one['original']}\n  + {one['mutated']}")
    console.print(table(results, reasons))
    console.print(f"{len(results)} mutants in {seconds:.0f} s")
    alive = [one.mutant.key for one in results if one.fate == SURVIVED]
    others = [one.mutant.key for one in results if one.fate != SURVIVED]
    whole = set() if options.only else {one.mutant.short_module for one in results}
    if not options.module:
        whole |= {key[0] for key in reasons}
    wrong = mutation_survivors.complaints(reasons, alive, others, whole)
    if not options.module and rate(results) < KILLED_MIN:
        wrong.append(f"{rate(results):.1%} killed, at least {KILLED_MIN:.0%} is asked for")
    return wrong


def parsed(arguments: Sequence[str]) -> Any:
    """The options; ends the program with a usage message when they make no sense."""
    parser = argparse.ArgumentParser(prog="mutate.py", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--module", action="append", default=[], help="only this module (codes, panel.codes); repeatable"
    )
    parser.add_argument("--only", type=int, metavar="LINE", help="only the mutants of this line of the one module")
    parser.add_argument("--tests", action="append", metavar="GLOB", help="only these test files, while working on them")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results there")
    parser.add_argument("--jobs", type=int, default=JOBS, help=f"processes at a time ({JOBS})")
    parser.add_argument("--root", type=Path, default=ROOT, help="another tree of the same layout")
    options = parser.parse_args(arguments)
    if options.only and len(options.module) != 1:
        parser.error("--only needs one --module")
    if options.jobs < 1:
        parser.error("--jobs: at least 1")
    return options


def main(arguments: Sequence[str]) -> int:
    """Tries the mutants; returns the exit code: 0 all is well, 1 something is not, 2 nothing could be tried,
    130 interrupted.
    """
    options = parsed(arguments)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copy = Path(folder).resolve()
        mutation_run.copy_tree(options.root, copy)
        try:
            sources = Sources(copy)
            modules = sources.named(options.module)
            mutants = [mutant for mutant in sources.mutants if mutant.module in modules]
            mutants = [mutant for mutant in mutants if options.only in (None, mutant.line)]
            results = try_with_progress(sources, mutants, copy, options)
            wrong = report(results, sources, copy, options, time.monotonic() - began)
        except (ValueError, mutation_run.UnfitTestsError) as error:
            sys.stderr.write(f"{error}\n")
            return 2
        except KeyboardInterrupt:
            return 130
    sys.stderr.writelines(f"{complaint}\n" for complaint in wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
