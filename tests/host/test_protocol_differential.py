"""One corpus, hostile for the most part, through the protocol on both interpreters: every outcome is the same."""

import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hemlarm_protocol import cbor, household, keys, messages, sealing, topics
from message_examples import home
from outcomes import outcome
from session_support import PANEL, ROOT_KEY, SALT

ROOT = Path(__file__).parents[2]
MICROPYTHON = Path(sys.executable).with_name("micropython")
SEED = 20
PLAIN_MESSAGES: "list[messages.Message]" = [
    messages.Event(1130, 1, 2, 3, 0, 255, 1 << 31, 1 << 63, None),
    messages.Void(1, 0xFFFFFFFF, 1),
    messages.Hello(1, bytes(16), 1 << 40, 7, 1, 1, 1, [bytes(16)] * 3),
    messages.Welcome(bytes(16), 1 << 41, 60_000),
    messages.Heartbeat(1 << 39, 1, 1, 1, 1),
    messages.HeartbeatReply(1, 1 << 63),
    messages.Acknowledgement(bytes(4), [1, bytes(8)] * 15),
    messages.Command(bytes(8), 1, 1, 1, 1),
    messages.Result(bytes(8), 1, 1),
    messages.Resend(bytes(4), 1, 2),
    messages.Knock(),
    household.CodedCommand(bytes(8), 1, 1, 1, 1, b"123456"),
    household.Readings([1, 5, 1215, 2, 3, 1]),
    household.PicturePart(bytes(8), bytes(4), 1, 7, 0, None, 5, 0, b"jpeg!"),
    household.PictureState(bytes(8), 5),
]
TEXTS = ["c0af", "e08080", "eda080", "f4908080", "c3a5", "efbfbf", "ff", "80", "f09f9885", "f8888080", "e282", "00"]
HEADS = bytes([0x17, 0x18, 0x1B, 0x38, 0x3B, 0x40, 0x58, 0x60, 0x61, 0x63, 0x78, 0x80, 0x82, 0x9B, 0xA0, 0xA1, 0xA2])
LAST = bytes([0xBB, 0xC0, 0xF4, 0xF5, 0xF6, 0xF7, 0xF8, 0xF9, 0xFB, 0xFF])


def word(data: bytes) -> str:
    return data.hex() or "-"


def value(rnd: random.Random, depth: int) -> "cbor.Value":
    """Return a random value."""
    kind = rnd.randrange(8 if depth else 6)
    if kind < 2:
        return rnd.randrange(-(1 << rnd.choice([3, 8, 16, 32, 64])), 1 << rnd.choice([3, 5, 8, 16, 32, 64]))
    if kind == 2:
        return rnd.randbytes(rnd.choice([0, 1, 23, 24, 255, 256]))
    if kind == 3:
        return "".join(rnd.choice("aå水𐅑\x00\ud7ff\ue000") for _ in range(rnd.randrange(30)))
    if kind in (4, 5):
        return rnd.choice([True, False, None])
    if kind == 6:
        return [value(rnd, depth - 1) for _ in range(rnd.randrange(5))]
    names: list[int | str] = [rnd.randrange(-300, 300), "a", "b" * rnd.randrange(30), rnd.randrange(1 << 40)]
    return {name: value(rnd, depth - 1) for name in names}


def damaged(rnd: random.Random, data: bytes) -> bytes:
    """Return `data` with something wrong in most cases."""
    out = bytearray(data)
    for _ in range(rnd.randrange(3)):
        at = rnd.randrange(len(out) + 1)
        out[at : at + rnd.randrange(3)] = rnd.choice(
            [b"", rnd.randbytes(1), bytes([rnd.choice(HEADS + LAST)]), bytes.fromhex("61" + rnd.choice(TEXTS))]
        )
    return bytes(out)


def corpus() -> Iterator[str]:
    """Yield the lines."""
    rnd = random.Random(SEED)
    for _ in range(1500):
        yield "cbor " + word(damaged(rnd, cbor.encode(value(rnd, 4))))
        yield "cbor " + word(bytes(rnd.choice(HEADS + LAST) for _ in range(rnd.randrange(12))))
    for text in TEXTS:
        yield f"cbor {0x60 + len(text) // 2:02x}{text}"
    for _ in range(100):
        for message in PLAIN_MESSAGES:
            place = rnd.choice([rnd.choice(list(messages.ALLOWED)), home(message), home(message)])
            padded = damaged(rnd, messages.encode(message)) + bytes(rnd.randrange(3))
            yield f"message {place[0]} {place[1]} {word(padded)}"
    yield from crypto_lines(rnd)
    key = keys.journal_key(ROOT_KEY, PANEL, SALT)
    for number in range(300):
        frame = sealing.frame(key, sealing.seal_numbered(key, number, rnd.randbytes(rnd.choice([0, 33, 34, 500]))))
        yield "frame " + word(rnd.choice([frame, damaged(rnd, frame), rnd.randbytes(68)]))
    for topic in (
        topics.up("00" * 8),
        topics.down("ab" * 8),
        "hemlarm/1/00/x/up",
        "hemlarm",
        "hemlarm/1/ab/" + "é" * 16,
    ):
        yield "topic " + topic
    for seed in range(12):
        yield f"conversation {seed}"


def crypto_lines(rnd: random.Random) -> Iterator[str]:
    """Yield lines for the cryptography."""
    for _ in range(150):
        key, nonce = rnd.randbytes(32), rnd.randbytes(13)
        external, text = rnd.randbytes(rnd.randrange(40)), rnd.randbytes(rnd.randrange(70))
        yield f"seal {word(key)} {word(nonce)} {word(external)} {word(text)}"
        sealed = bytes.fromhex(outcome(f"seal {word(key)} {word(nonce)} {word(external)} {word(text)}"))
        yield f"open {word(key)} {word(nonce)} {word(external)} {word(rnd.choice([sealed, damaged(rnd, sealed)]))}"
        yield f"hkdf {word(key[: rnd.randrange(33)])} {word(external)} {word(text)} {rnd.randrange(1, 200)}"


def on_micropython(path: Path) -> list[str]:
    """Return the outcomes of the corpus in one MicroPython process."""
    folders = [str(ROOT / folder) for folder in ("protocol", "tests/shared")]
    done = subprocess.run(
        [str(MICROPYTHON), "-X", "heapsize=8M", str(ROOT / "tests/shared/outcomes.py"), str(path)],
        env={**os.environ, "MICROPYPATH": ":".join([*folders, ".frozen"])},
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode:
        pytest.fail(f"MicroPython left with {done.returncode}:\n{done.stdout[-500:]}{done.stderr}", pytrace=False)
    return done.stdout.splitlines()


def test_both_interpreters_make_the_same_of_every_line(tmp_path: Path) -> None:
    lines = list(corpus())
    path = tmp_path / "corpus.txt"
    path.write_text("\n".join(lines) + "\n")
    theirs = on_micropython(path)
    assert len(theirs) == len(lines)
    different = [
        (line, ours, other)
        for line, ours, other in zip(lines, map(outcome, lines), theirs, strict=True)
        if ours != other
    ]
    assert different[:5] == []


def test_the_corpus_is_neither_all_good_nor_all_bad() -> None:
    for operation in ("cbor", "message", "open", "frame", "topic"):
        outcomes = [outcome(line) for line in corpus() if line.startswith(operation + " ")]
        refused = [text for text in outcomes if text.startswith("BadMessage: ")]
        assert 0.1 < len(refused) / len(outcomes) < 0.95, operation
