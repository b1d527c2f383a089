"""What is fuzzed, and what must hold for any bytes at all: each target has a function that complains of an input.

A check lets through only what its module documents as an error. Whatever else it raises is a find: an AssertionError
for a promise that does not hold, any other exception for an error that nobody would catch.
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
for folder in ("protocol", "firmware", "cloud"):
    if str(ROOT / folder) not in sys.path:
        sys.path.append(str(ROOT / folder))


@dataclass(frozen=True)
class Target:
    """Something that takes a stranger's bytes. `words` are pieces of its language, from which a fuzzer may build."""

    name: str
    modules: tuple[str, ...]
    """What is instrumented, and whose lines are counted as reached."""
    check: Callable[[bytes], None]
    words: tuple[bytes, ...]
    seeds: tuple[bytes, ...]
    """Inputs to begin with, where there is no corpus yet."""
    length_max: int = 2048


def pieces(stream: bytes, sizes: bytes) -> Iterator[bytes]:
    """The stream in pieces of these sizes, over and over; a size of 0 counts as 256."""
    start = turn = 0
    while start < len(stream):
        size = sizes[turn % len(sizes)] or 256
        yield stream[start : start + size]
        start += size
        turn += 1


def held_bytes(thing: Any, depth: int = 6) -> int:
    """How much memory a thing holds, with all that it consists of; functions, classes and modules count nothing."""
    size = sys.getsizeof(thing)
    if depth == 0 or isinstance(thing, (str, bytes, bytearray, int, float, type(None), type)):
        return size
    if isinstance(thing, dict):
        return size + sum(held_bytes(each, depth - 1) for pair in thing.items() for each in pair)
    if isinstance(thing, (list, tuple, set, frozenset)):
        return size + sum(held_bytes(each, depth - 1) for each in thing)
    return size + (held_bytes(vars(thing), depth - 1) if hasattr(thing, "__dict__") and not callable(thing) else 0)


def all_targets() -> "dict[str, Target]":
    """The targets by name. Imports what they fuzz, so that a fuzzer can instrument it first."""
    from tools import fuzz_at, fuzz_dc09, fuzz_driver, fuzz_forward, fuzz_link, fuzz_modem, fuzz_receive

    modules = (fuzz_link, fuzz_modem, fuzz_at, fuzz_driver, fuzz_dc09, fuzz_forward, fuzz_receive)
    found = [target for module in modules for target in module.TARGETS]
    return {target.name: target for target in found}
