"""A corpus as a text file, one input a line in hex, and inputs made from it by chance from a fixed seed."""

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from tools.fuzz_targets import ROOT, Target

FOLDER = ROOT / "tests" / "vectors" / "fuzz"
KEPT_BYTES_MAX = 12_000
"""What one target's corpus may hold: inputs that reach something new, the shortest first."""

_CHANGES_MAX = 6


def path(target: Target) -> Path:
    """Where the corpus of a target is kept."""
    return FOLDER / f"{target.name}.hex"


def read(target: Target) -> list[bytes]:
    """The kept inputs of a target and its seeds."""
    file = path(target)
    kept = [bytes.fromhex(line) for line in file.read_text().split()] if file.exists() else []
    return [*kept, *(seed for seed in target.seeds if seed not in kept)]


def write(target: Target, inputs: Sequence[bytes]) -> int:
    """Keeps as many of the inputs as there is room for, the shortest first; returns how many."""
    kept: list[bytes] = []
    size = 0
    for data in sorted(set(inputs), key=lambda data: (len(data), data)):
        size += len(data)
        if size > KEPT_BYTES_MAX:
            break
        kept.append(data)
    FOLDER.mkdir(parents=True, exist_ok=True)
    path(target).write_text("".join(data.hex() + "\n" for data in kept if data))
    return len(kept)


def mutated(target: Target, seed: int, count: int) -> Iterator[bytes]:
    """So many inputs like those of the corpus, the same ones for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - repeatable chance is wanted.
    corpus = read(target)
    for _ in range(count):
        data = bytearray(chance.choice(corpus))
        for _ in range(chance.randint(1, _CHANGES_MAX)):
            chance.choice(_CHANGES)(data, chance, target, corpus)
        yield bytes(data[: target.length_max])


def _flip(data: bytearray, chance: random.Random, _target: Target, _corpus: list[bytes]) -> None:
    if data:
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def _set(data: bytearray, chance: random.Random, _target: Target, _corpus: list[bytes]) -> None:
    if data:
        data[chance.randrange(len(data))] = chance.choice((0, 1, 10, 13, 26, 34, 44, 62, 127, 128, 255))


def _erase(data: bytearray, chance: random.Random, _target: Target, _corpus: list[bytes]) -> None:
    start = chance.randint(0, len(data))
    del data[start : start + chance.randint(1, 16)]


def _repeat(data: bytearray, chance: random.Random, _target: Target, _corpus: list[bytes]) -> None:
    start = chance.randint(0, len(data))
    piece = data[start : start + chance.randint(1, 32)]
    data[start:start] = piece * chance.choice((1, 1, 2, 40))


def _say(data: bytearray, chance: random.Random, target: Target, _corpus: list[bytes]) -> None:
    start = chance.randint(0, len(data))
    data[start:start] = chance.choice(target.words)


def _splice(data: bytearray, chance: random.Random, _target: Target, corpus: list[bytes]) -> None:
    other = chance.choice(corpus)
    start = chance.randint(0, len(data))
    data[start:] = other[chance.randint(0, len(other)) :]


_CHANGES = (_flip, _flip, _set, _erase, _repeat, _say, _say, _splice)
