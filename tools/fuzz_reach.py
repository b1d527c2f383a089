"""Which lines of a target's modules a set of inputs reaches."""

import sys
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from tools.fuzz_targets import Target

Line = tuple[str, int]
Step = tuple[str, int, int]
"""From one line of a file to the one that ran next in the same call, 0 for its beginning."""


def lines_of(target: Target) -> set[Line]:
    """The lines inside functions of its modules: what runs at the import is no question."""
    found: set[Line] = set()
    for name in target.modules:
        file = str(import_module(name).__file__)
        found |= {
            (file, line) for code in _functions(compile(Path(file).read_text(), file, "exec")) for line in _lines(code)
        }
    return found


def reached(target: Target, inputs: Iterable[bytes]) -> set[Line]:
    """Those of them that the inputs reach."""
    return {(file, line) for file, _, line in steps(target, inputs)} & lines_of(target)


def steps(target: Target, inputs: Iterable[bytes]) -> set[Step]:
    """The steps from line to line that the inputs take in its modules."""
    files = {file for file, _ in lines_of(target)}
    seen: set[Step] = set()

    def watch(frame: FrameType, _event: str, _argument: Any) -> Any:
        file, before = frame.f_code.co_filename, 0
        if file not in files:
            return None

        def local(frame: FrameType, _event: str, _argument: Any) -> Any:
            nonlocal before
            seen.add((file, before, frame.f_lineno))
            before = frame.f_lineno
            return local

        return local

    traced = sys.gettrace()
    sys.settrace(watch)
    try:
        for data in inputs:
            target.check(data)
    finally:
        sys.settrace(traced)
    return seen


def smallest(target: Target, inputs: Iterable[bytes]) -> list[bytes]:
    """The inputs without which a step would not be taken, the shortest first."""
    kept: list[bytes] = []
    seen: set[Step] = set()
    for data in sorted(inputs, key=len):
        new = steps(target, [data]) - seen
        if new:
            kept.append(data)
            seen |= new
    return kept


def _functions(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            if constant.co_flags & 0x02:  # A function's locals are numbered, a class body's are not.
                yield constant
            yield from _functions(constant)


def _lines(code: CodeType) -> set[int]:
    return {line for _, _, line in code.co_lines() if line is not None and line != code.co_firstlineno}
