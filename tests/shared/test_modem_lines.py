"""Lines, prompts and raw data out of a modem's bytes: cut anywhere, too long, garbled, and never without bound."""

from hemlarm_firmware.modem.lines import LINE_MAX, RAW_MAX, Lines
from session_support import Chance

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

PROMPT, OVERFLOW = ("prompt",), ("overflow",)


def _items(lines: Lines, *pieces: bytes) -> "list[tuple[Any, ...]]":
    """Feed the pieces, and return all items."""
    found = []
    for piece in pieces:
        lines.feed(piece)
        item = lines.next()
        while item is not None:
            found.append(item)
            item = lines.next()
    return found


def _line(text: str) -> "tuple[str, str]":
    return "line", text


def test_a_line_is_what_stands_between_line_feeds_without_the_padding() -> None:
    assert _items(Lines(), b"\r\n+CSQ: 20,99\r\n\r\nOK\r\n") == [_line("+CSQ: 20,99"), _line("OK")]
    assert _items(Lines(), b"\0\0\r\n RDY \r\r\n") == [_line("RDY")]
    assert _items(Lines(), b"\r\n\r\n\n\n  \n") == []


def test_a_line_may_come_byte_by_byte() -> None:
    text = b"\r\n+CEREG: 5\r\n\r\n> "
    assert _items(Lines(), *[bytes([byte]) for byte in text]) == [_line("+CEREG: 5"), PROMPT]


def test_what_is_not_printable_is_shown_as_such_and_makes_no_number() -> None:
    assert _items(Lines(), b"+CSQ: 2\xb20\r\n\xc3\xa5\x07b\n") == [_line("+CSQ: 2?0"), _line("???b")]


def test_a_prompt_needs_no_line_feed_and_no_blank() -> None:
    assert _items(Lines(), b"\r\n>") == [PROMPT]
    assert _items(Lines(), b"\r\n> ") == [PROMPT]
    assert _items(Lines(), b"> ", b"\r\nOK\r\n") == [PROMPT, _line("OK")]
    assert _items(Lines(), b">abc\r\n+CMGS: 1\r\n") == [PROMPT, _line("abc"), _line("+CMGS: 1")]
    assert _items(Lines(), b"1 > 0\r\n") == [_line("1 > 0")]


def test_announced_data_is_passed_on_as_it_is_and_lines_go_on_behind_it() -> None:
    lines = Lines()
    lines.feed(b"+QIRD: 8\r\n\r\nOK\r\n> \r\nOK\r\n")
    assert lines.next() == _line("+QIRD: 8")
    lines.expect_data(8)
    assert lines.next() == ("data", b"\r\nOK\r\n> ")
    assert lines.next() == _line("OK")
    assert lines.next() is None


def test_announced_data_comes_in_the_pieces_it_was_sent_in() -> None:
    lines = Lines()
    assert _items(lines, b"+QIRD: 5\r\n") == [_line("+QIRD: 5")]
    lines.expect_data(5)
    assert _items(lines, b"\n\n", b"\r", b"> O", b"K\r\n") == [
        ("data", b"\n\n"),
        ("data", b"\r"),
        ("data", b"> "),
        _line("OK"),
    ]


def test_a_number_of_bytes_that_no_modem_gives_is_garbled() -> None:
    for wrong in (0, -1, RAW_MAX + 1, 1 << 40):
        lines = Lines()
        lines.expect_data(wrong)
        assert _items(lines, b"OK\r\n") == [_line("OK")]


def test_a_line_of_the_greatest_length_is_whole_and_a_longer_one_is_told_once() -> None:
    longest = b"x" * LINE_MAX
    assert _items(Lines(), longest + b"\r\n") == [_line("x" * LINE_MAX)]
    assert _items(Lines(), longest + b"x\r\nOK\r\n") == [OVERFLOW, _line("OK")]
    pieces = [b"y" * 200] * 30
    assert _items(Lines(), *(pieces + [b"> \r\nOK\r\n"])) == [OVERFLOW, _line("OK")]


def test_what_there_is_no_room_for_is_told() -> None:
    lines = Lines()
    for _ in range(9):
        lines.feed(b"z" * 500)
    lines.feed(b"\r\nOK\r\n")
    assert lines.next() == OVERFLOW
    assert lines.next() is None
    assert _items(lines, b"\r\nOK\r\n")[-1] == _line("OK")


def test_padding_without_end_takes_no_room() -> None:
    lines = Lines()
    assert _items(lines, *([b"\0" * 256] * 20)) == []
    assert _items(lines, b"OK\r\n") == [_line("OK")]


def test_nothing_is_remembered_behind_a_reset() -> None:
    lines = Lines()
    _items(lines, b"half a li")
    lines.expect_data(100)
    lines.reset()
    assert _items(lines, b"RDY\r\n") == [_line("RDY")]


def test_any_bytes_at_all_give_items_of_the_four_kinds_and_nothing_else() -> None:
    chance = Chance(3)
    lines = Lines()
    kinds = []
    for turn in range(400):
        piece = bytes([b"\r\n> O\0\xff+"[byte % 8] if turn % 3 else byte for byte in chance(1 + turn % 90)])
        for item in _items(lines, piece):
            kinds.append(item[0])
            assert item[0] != "line" or 0 < len(item[1]) <= LINE_MAX
            assert item[0] != "data" or item[1]
        if turn % 50 == 0:
            lines.expect_data(turn)
    assert set(kinds) == {"line", "prompt", "data"}
