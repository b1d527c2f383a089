"""What reads a stranger's bytes: the kept corpus and inputs made from it break nothing, and a planted bug is found.

`python tools/fuzz.py` looks for more with millions of inputs, guided by coverage.
"""

import importlib.util
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import planted_receive
import planted_trade
from hemlarm_firmware.link import mqtt
from hemlarm_firmware.modem import at, driver, lines, pdu, socket
from tool_loading import load_tool

fuzz = load_tool("fuzz")
corpus = fuzz.fuzz_corpus
TARGETS = fuzz.fuzz_targets.all_targets()

MUTATED = 1_200
SLOWER = {"driver": 10, "forward": 10, "receive": 4}
SEED = 5
REACHED_MIN = 0.85
CORPUS_BYTES_MAX = 60_000

Plant = Callable[[pytest.MonkeyPatch], None]


def inputs(name: str, count: int = MUTATED) -> Iterator[bytes]:
    """The corpus of a target, then inputs made from it, the same ones each time."""
    yield from corpus.read(TARGETS[name])
    yield from corpus.mutated(TARGETS[name], SEED, count // SLOWER.get(name, 1))


@pytest.mark.parametrize("name", TARGETS)
def test_the_corpus_and_what_is_made_from_it_break_nothing(name: str) -> None:
    for data in inputs(name):
        try:
            TARGETS[name].check(data)
        except Exception as error:  # noqa: BLE001 - any error is a find.
            pytest.fail(f"{name} breaks with {data.hex()}: {type(error).__name__}: {error}")


@pytest.mark.parametrize("name", TARGETS)
def test_the_corpus_reaches_most_lines(name: str) -> None:
    target = TARGETS[name]
    there, hit = fuzz.fuzz_reach.lines_of(target), fuzz.fuzz_reach.reached(target, corpus.read(target))
    missed = sorted(f"{Path(file).name}:{line}" for file, line in there - hit)
    assert len(hit) > REACHED_MIN * len(there), f"not reached: {missed}; run python tools/fuzz.py {name} --keep"


def test_the_corpus_is_small() -> None:
    assert sum(corpus.path(target).stat().st_size for target in TARGETS.values()) <= CORPUS_BYTES_MAX


# A bug planted in each is found, whatever the way in which it goes wrong.


def _no_length_check(patch: pytest.MonkeyPatch) -> None:
    parse = mqtt._parse
    patch.setattr(mqtt, "_parse", lambda first, body: (mqtt.SUBACK, body[2]) if first == 0x90 else parse(first, body))


def _no_largest_packet(patch: pytest.MonkeyPatch) -> None:
    packet_max, header = mqtt.PACKET_MAX, mqtt._header

    def careless(buffer: bytearray, start: int, end: int) -> tuple[int, int]:
        mqtt.PACKET_MAX = 1 << 30
        try:
            return header(buffer, start, end)
        finally:
            mqtt.PACKET_MAX = packet_max

    patch.setattr(mqtt, "_header", careless)


def _forgets_half_a_packet(patch: pytest.MonkeyPatch) -> None:
    packets = mqtt.Decoder.packets

    def forgetful(self: mqtt.Decoder) -> Any:
        found = packets(self)
        self._length = 0 if found else self._length
        return found

    patch.setattr(mqtt.Decoder, "packets", forgetful)


def _lines_without_end(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(lines, "_HELD_MAX", 1 << 30)


def _prompt_only_with_a_line_feed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(lines.Lines, "_take_part", lambda self: None)


def _drops_a_long_half(patch: pytest.MonkeyPatch) -> None:
    take_part = lines.Lines._take_part

    def dropping(self: lines.Lines) -> Any:
        self._held = bytearray() if len(self._held) > 100 else self._held
        return take_part(self)

    patch.setattr(lines.Lines, "_take_part", dropping)


def _text_that_is_decoded(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(lines, "_text", lambda line: bytes(line).decode())


def _octets_that_are_not_there(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(pdu, "_octet", lambda data, index: data[index])


def _sms_of_any_length(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(pdu, "OCTETS_MAX", 255)


def _numbers_of_any_length(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(pdu, "_DIGITS_MAX", 255)


def _answers_without_end(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(at, "_ANSWER_MAX", 1 << 30)


def _a_number_that_is_trusted(patch: pytest.MonkeyPatch) -> None:
    finishes = at.AtChannel._finishes
    patch.setattr(
        at.AtChannel,
        "_finishes",
        lambda self, line: (int(line[12:]) if line[:5] == "+CME " else 0, finishes(self, line))[1],
    )


def _silence_that_never_ends(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(at.AtChannel, "fail", lambda self, why: None)
    patch.setattr(at.AtChannel, "_settle", _settle_for_ever)


async def _settle_for_ever(self: at.AtChannel) -> None:
    while self._open:
        await self._pause.wait(1)


def _header_that_is_trusted(patch: pytest.MonkeyPatch) -> None:
    """As it was when the fuzzer found it: of two headers before the data, the second one was taken for the data."""

    async def fetch(self: socket.ModemSocket) -> None:
        self._there = False
        profile, number = self._sockets.profile, self.number
        text = profile.READ.format(number, socket.FETCH_MAX)
        answer = await self._sockets.at.command(text, 5_000, want=profile.READ_WANT, raw=self._length)
        if len(answer) > 1:
            self._in = answer[1]
            self._reader.end()

    patch.setattr(socket.ModemSocket, "_fetch", fetch)


def _news_that_are_trusted(patch: pytest.MonkeyPatch) -> None:
    """The line is looked up in a table, and not every line is in it."""
    patch.setattr(driver.Driver, "_on_news", lambda self, line="": {"": 0, "+CPIN: READY": 1}[line])


PLANTED: list[tuple[str, Plant]] = [
    ("mqtt", _no_length_check),
    ("mqtt", _no_largest_packet),
    ("mqtt", _forgets_half_a_packet),
    ("lines", _lines_without_end),
    ("lines", _prompt_only_with_a_line_feed),
    ("lines", _drops_a_long_half),
    ("lines", _text_that_is_decoded),
    ("pdu", _octets_that_are_not_there),
    ("pdu", _sms_of_any_length),
    ("pdu", _numbers_of_any_length),
    ("at", _answers_without_end),
    ("at", _a_number_that_is_trusted),
    ("at", _silence_that_never_ends),
    ("driver", _header_that_is_trusted),
    ("driver", _news_that_are_trusted),
    *planted_trade.PLANTED,
    *planted_receive.PLANTED,
]


def test_every_target_has_a_planted_bug() -> None:
    assert {name for name, _ in PLANTED} == set(TARGETS)


@pytest.mark.parametrize(("name", "plant"), PLANTED, ids=[f"{name}-{plant.__name__[1:]}" for name, plant in PLANTED])
def test_a_planted_bug_is_found(name: str, plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)
    for data in inputs(name, 4 * MUTATED):
        try:
            TARGETS[name].check(data)
        except Exception:  # noqa: BLE001 - as above.
            return
    pytest.fail("no input finds it")


# Memory.


@pytest.mark.parametrize("flood", [b"A", b">", b"\r", b"\n", b"OK\r\n", b"\x00\xff", b"> \r\n"])
def test_a_flood_from_the_modem_leaves_memory_as_it_was(flood: bytes) -> None:
    parser = lines.Lines()
    piece = (flood * 256)[:256]

    def pour(times: int) -> None:
        for _ in range(times):
            parser.feed(piece)
            while parser.next() is not None:
                pass

    assert _grown_bytes(pour) < 16_000


def test_a_flood_from_the_broker_leaves_memory_as_it_was() -> None:
    decoder = mqtt.Decoder()
    piece = mqtt.publish("t", bytes(240))

    def pour(times: int) -> None:
        for _ in range(times):
            decoder.feed(piece)
            assert len(decoder.packets()) == 1

    assert _grown_bytes(pour) < 16_000


def _grown_bytes(pour: Callable[[int], None]) -> int:
    """How far memory rises at most while 400 pieces more come than a few."""
    tracemalloc.start()
    try:
        pour(8)
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        pour(400)
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()


# The program.


def test_without_atheris_the_program_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    assert fuzz.main(["mqtt"]) == 2
    assert "pip install --require-hashes -r requirements-fuzz.lock" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["nothing"], ["--runs", "0"], ["--seconds", "-1"]])
def test_bad_usage_is_refused(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as left:
        fuzz.main(arguments)
    assert left.value.code == 2


def _stand_in(folder: Path, script: str) -> Path:
    """A program in the place of the one that needs atheris."""
    path = folder / "child.py"
    path.write_text(f"import pathlib, sys\n{script}")
    return path


def _run(script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *more: str) -> int:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: True)
    monkeypatch.setattr(fuzz, "_CHILD", _stand_in(tmp_path, script))
    status: int = fuzz.main(["mqtt", "--runs", "7", *more])
    return status


def test_what_a_run_did_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run("print('#1234567\\tDONE   cov: 56 ft: 300 corp: 9/1Kb', file=sys.stderr)", tmp_path, monkeypatch) == 0
    told = capsys.readouterr().out
    assert "1,234,567" in told
    assert "56" in told


def test_an_input_that_breaks_a_promise_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    script = (
        "where = [each for each in sys.argv if each.startswith('-exact_artifact_path=')][0].partition('=')[2]\n"
        "pathlib.Path(where).write_bytes(bytes.fromhex('c0ffee'))\n"
        "print('IndexError: something', file=sys.stderr)\nsys.exit(77)\n"
    )
    assert _run(script, tmp_path, monkeypatch) == 1
    told = capsys.readouterr().err
    assert "IndexError: something" in told
    assert "input: c0ffee" in told


def test_a_kept_corpus_is_reduced_to_what_reaches_something_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(corpus, "FOLDER", tmp_path / "kept")
    script = (
        "folder = pathlib.Path(sys.argv[-1])\n"
        "(folder / 'twice').write_bytes(bytes.fromhex('0101d000d000d000'))\n"
        "print('#7\\tDONE   cov: 1 ft: 1 corp: 1/1b', file=sys.stderr)\n"
    )
    assert _run(script, tmp_path, monkeypatch, "--keep") == 0
    kept = (tmp_path / "kept" / "mqtt.hex").read_text().split()
    assert kept
    assert "0101d000d000d000" not in kept or len(kept) < 6
    hit = fuzz.fuzz_reach.reached(TARGETS["mqtt"], [bytes.fromhex(line) for line in kept])
    assert hit == fuzz.fuzz_reach.reached(TARGETS["mqtt"], TARGETS["mqtt"].seeds)
