"""Runs the tests against one mutant after the other, each in a process forked for it, and tells what became of it.

The tree is copied first, so that edits made meanwhile do not mix in. A child process imports everything anew, the
mutated module through an import hook, and runs test functions until one fails. Which come first is learned: those that
killed a mutant of the same place before, then quick ones. A function's mutants meet only the tests that call it.
"""

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import resource
import select
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType, ModuleType
from typing import Any, NoReturn

KILLED = "killed"
SURVIVED = "survived"
STILLBORN = "stillborn"
"""The module cannot even be imported: says nothing about the tests, and counts neither way."""

_FOLDERS = ("protocol", "firmware", "tests/shared", "tests/vectors")
_SEARCH_PATH = ("protocol", "firmware", "tests/shared")
_MEMORY_BYTES = 2 << 30
# Processor time, so that a busy machine kills no mutant: a mutant in an endless loop is killed by the first of these.
_TEST_S_MIN = 1.0
_TEST_FACTOR = 20
# Only where a mutant waits without computing, or the machine is very slow.
_MUTANT_S_MAX = 300

Report = dict[str, Any]


class OutOfTimeError(BaseException):
    """A test has used many times the processor time that it needs without a mutation."""


class UnfitTestsError(Exception):
    """The tests fail without any mutation; the text names the first one that does."""


@dataclass
class Suite:
    """The tests of a copied tree: `seconds` by test, `callers` by file and first line of each function."""

    copy: Path
    tests: list[str]
    seconds: dict[str, float] = field(default_factory=dict)
    callers: dict[str, dict[int, set[str]]] = field(default_factory=dict)
    loaded: dict[str, set[int]] = field(default_factory=dict)
    """First lines of the functions that are already called while modules are imported."""

    def callers_of(self, file: str, span: tuple[int, int]) -> set[str] | None:
        """The tests that call the function in these lines; None where all may notice a change of it."""
        first, last = span
        if any(first <= line <= last for line in self.loaded.get(file, ())):
            return None
        lines = self.callers.get(file, {})
        return {test for line, tests in lines.items() if first <= line <= last for test in tests}


@dataclass(frozen=True)
class Trial:
    """One mutated module: `code` makes its code object in the child, `tests` in the order to run them."""

    module: str
    file: Path
    tests: list[str]
    code: Callable[[], CodeType]


class _Loader(importlib.machinery.SourceFileLoader):
    code: CodeType

    def get_code(self, fullname: str) -> CodeType:  # noqa: ARG002 - the name is importlib's.
        """The mutated code instead of the file's."""
        return self.code


class _Hook(importlib.abc.MetaPathFinder):
    def __init__(self, module: str, file: Path, code: CodeType) -> None:
        self.module = module
        self.loader = _Loader(module, str(file))
        self.loader.code = code

    def find_spec(self, fullname: str, *_more: object) -> Any:
        """The mutated module under its name; nothing else."""
        if fullname != self.module:
            return None
        return importlib.util.spec_from_file_location(fullname, self.loader.path, loader=self.loader)


def copy_tree(root: Path, copy: Path) -> None:
    """Copies what the tests need into an empty folder."""
    for folder in _FOLDERS:
        if (root / folder).is_dir():
            shutil.copytree(root / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))


def measure(copy: Path, modules: list[str]) -> Suite:
    """Runs all tests without a mutation, once for their time and once for what they call, and prepares for the mutants.

    Raises UnfitTestsError when one fails.
    """
    report = _only(run([(lambda: _measure(copy, modules))], 1))
    if "tests" not in report:
        raise UnfitTestsError(report.get("how") or report.get("by") or "the tests did not run to their end")
    suite = Suite(copy, report["tests"], report["seconds"])
    for file, first, test in report["calls"]:
        suite.callers.setdefault(file, {}).setdefault(first, set()).add(test)
    for file, first in report["loaded"]:
        suite.loaded.setdefault(file, set()).add(first)
    # What no mutant can reach is imported once, for all children.
    sys.path.insert(0, str(copy / "protocol"))
    for name in report["preload"]:
        importlib.import_module(name)
    return suite


def try_out(suite: Suite, trial: Trial) -> Report:
    """What becomes of a mutant. Runs in a child, whose modules it leaves changed."""
    _prepare(suite.copy)
    sys.meta_path.insert(0, _Hook(trial.module, trial.file, trial.code()))
    _limit(_TEST_S_MIN * 10)
    try:
        importlib.import_module(trial.module)
    except Exception as error:  # noqa: BLE001 - whatever it is, there is no module to test.
        return {"fate": STILLBORN, "by": None, "how": repr(error)}
    for test in trial.tests:
        _limit(_TEST_S_MIN + _TEST_FACTOR * suite.seconds[test])
        try:
            _function(test)()
        except BaseException as error:  # noqa: BLE001 - even leaving the interpreter is noticed.
            return {"fate": KILLED, "by": test, "how": type(error).__name__}
    return {"fate": SURVIVED, "by": None, "how": None}


def run(
    tasks: "list[Callable[[], Report]] | Iterator[Callable[[], Report]]", jobs: int
) -> Iterator[tuple[int, Report]]:
    """Runs each task in a process of its own, `jobs` at a time; yields its number and report as they come.

    A task that ends without a report, or not within five minutes, counts as killed. Tasks are drawn only when there is
    room, so later ones can build on earlier reports.
    """
    running: dict[int, _Child] = {}
    source = enumerate(tasks)
    try:
        while True:
            while len(running) < jobs and (drawn := next(source, None)):
                child = _fork(*drawn)
                running[child.pipe] = child
            if not running:
                return
            ready, _, _ = select.select(list(running), [], [], 1)
            for child in [running[pipe] for pipe in ready]:
                if child.read():
                    del running[child.pipe]
                    yield child.number, child.end()
            for child in [child for child in running.values() if time.monotonic() > child.deadline]:
                os.kill(child.process, signal.SIGKILL)
    finally:
        for child in running.values():
            os.kill(child.process, signal.SIGKILL)
            child.end()


@dataclass
class _Child:
    number: int
    process: int
    pipe: int
    deadline: float
    data: bytes = b""

    def read(self) -> bool:
        """Takes what has come; True at the end."""
        chunk = os.read(self.pipe, 1 << 16)
        self.data += chunk
        return not chunk

    def end(self) -> Report:
        """Waits for the process and returns its report."""
        os.close(self.pipe)
        _, status = os.waitpid(self.process, 0)
        try:
            report: Report = json.loads(self.data)
        except ValueError:
            return {"fate": KILLED, "by": None, "how": f"the process ended with status {status}"}
        return report


def _fork(number: int, task: Callable[[], Report]) -> _Child:
    reader, writer = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(reader)
        _be_child(task, writer)
    os.close(writer)
    return _Child(number, process, reader, time.monotonic() + _MUTANT_S_MAX)


def _be_child(task: Callable[[], Report], pipe: int) -> NoReturn:
    """Runs the task in silence, reports, and leaves without any of the parent's tidying up."""
    code = 1
    try:
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nowhere, stream)
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
        signal.signal(signal.SIGPROF, _out_of_time)
        try:
            report = task()
        except BaseException as error:  # noqa: BLE001 - the parent is told, and nothing goes on in the child.
            report = {"fate": KILLED, "by": None, "how": repr(error)}
        signal.setitimer(signal.ITIMER_PROF, 0)
        with os.fdopen(pipe, "w") as writer:
            json.dump(report, writer)
        code = 0
    finally:
        os._exit(code)


def _out_of_time(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise OutOfTimeError


def _limit(seconds: float) -> None:
    signal.setitimer(signal.ITIMER_PROF, seconds)


def _prepare(copy: Path) -> None:
    sys.path[:0] = [str(copy / folder) for folder in _SEARCH_PATH]
    sys.dont_write_bytecode = True


def _function(test: str) -> Callable[[], object]:
    module, _, name = test.partition(".")
    function: Callable[[], object] = getattr(importlib.import_module(module), name)
    return function


def _measure(copy: Path, modules: list[str]) -> Report:
    _prepare(copy)
    sys.dont_write_bytecode = False
    before = set(sys.modules)
    seen: set[tuple[str, int]] = set()
    firmware = str(copy / "firmware")

    def watch(frame: FrameType, _event: str, _argument: object) -> None:
        if frame.f_code.co_filename.startswith(firmware):
            seen.add((str(Path(frame.f_code.co_filename).relative_to(copy)), frame.f_code.co_firstlineno))

    sys.settrace(watch)
    try:
        tests = [f"{module}.{name}" for module in modules for name in _test_names(module)]
    finally:
        sys.settrace(None)
    loaded = sorted(seen)
    # As they began to be imported: asyncio is half of Python and half of C if what it is made of comes before it.
    names = [name for name in sys.modules if name not in before]
    preload = [name for name in names if not _is_ours(sys.modules[name], copy)]
    seconds, calls = {}, []
    for test in tests:
        began = time.process_time()
        _pass(test)
        seconds[test] = time.process_time() - began
        seen.clear()
        sys.settrace(watch)
        try:
            _pass(test)
        finally:
            sys.settrace(None)
        calls += [(file, first, test) for file, first in sorted(seen)]
    return {"tests": tests, "seconds": seconds, "calls": calls, "loaded": loaded, "preload": preload}


def _test_names(module: str) -> list[str]:
    return [name for name in vars(importlib.import_module(module)) if name.startswith("test_")]


def _is_ours(module: ModuleType, copy: Path) -> bool:
    """Whether a module may depend on what is mutated."""
    file = getattr(module, "__file__", None) or ""
    return file.startswith((str(copy / "firmware"), str(copy / "tests"))) or not getattr(module, "__spec__", None)


def _pass(test: str) -> None:
    try:
        _function(test)()
    except Exception as error:
        raise UnfitTestsError(f"{test} fails without any mutation: {error!r}") from error


def _only(reports: Iterator[tuple[int, Report]]) -> Report:
    (_, report), *others = reports
    assert not others
    return report
