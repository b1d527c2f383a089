"""What reads the modem's bytes: the line parser, the PDU decoder, and the channel of commands."""

from typing import Any

from tools.fuzz_targets import Target, held_bytes, pieces

from hemlarm_firmware.modem import lines, pdu

LINES_HELD_MAX = 2_600
"""What `Lines` may hold on CPython: its 1,024 bytes, twice while it grows, and what such an object takes."""

_RAW_LINES = ("+QIRD: ", "+CIPRXGET: 2,0,")
_RAW_MAX = 1_500
_SMS_MAX = 140
_LINE_MAX = 512
_READ_MAX = 256  # What a board gives at a time.

Item = tuple[Any, ...]


def items_of(stream: bytes, sizes: bytes) -> "list[Item]":
    """What `Lines` makes of a stream in such pieces; raw data that came in several pieces stands in one."""
    parser = lines.Lines()
    found: list[Item] = []
    raw_left = 0
    for piece in pieces(stream, sizes):
        parser.feed(piece)
        while (item := parser.next()) is not None:
            _check_item(item)
            if item[0] == "line" and (raw_left := _announced(item[1])):
                parser.expect_data(raw_left)
            if item[0] == "data":
                raw_left -= len(item[1])
                if found[-1][0] == "data":
                    item = ("data", found.pop()[1] + item[1])
            found.append(item)
        if len(piece) > 16:
            assert held_bytes(parser) <= LINES_HELD_MAX, f"the parser holds {held_bytes(parser)} bytes"
    if not raw_left:
        _check_prompt(parser)
    return found


def _check_prompt(parser: lines.Lines) -> None:
    """A prompt is seen at once, whatever came before: nothing follows it before it was answered."""
    parser.feed(b"\n> ")
    last = None
    while (item := parser.next()) is not None:
        last = item
    assert last == ("prompt",), f"instead of the prompt there is {last}"


def _check_item(item: Item) -> None:
    if item[0] == "line":
        assert 0 < len(item[1]) <= _LINE_MAX, f"a line of {len(item[1])} characters"
        assert item[1].isascii(), f"{item[1]!r} is not printable"
        assert item[1].isprintable(), f"{item[1]!r} is not printable"
    elif item[0] == "data":
        assert item[1], "raw data of no bytes"
    else:
        assert item in (("prompt",), ("overflow",)), f"{item} is no item"


def _announced(line: str) -> int:
    """How many raw bytes follow a line, as the makers' commands for reading a socket have it; 0 where it says none."""
    for beginning in _RAW_LINES:
        number = line.removeprefix(beginning)
        if number != line and number.isdecimal() and int(number) <= _RAW_MAX:
            return int(number)
    return 0


def check_lines(data: bytes) -> None:
    """The first two bytes say in which pieces the others come; these and large pieces mean the same."""
    stream, sizes = data[2:], data[:2] or b"\x01"
    whole, found = items_of(stream, b"\x00"), items_of(stream, sizes)
    assert found == whole, f"in pieces of {list(sizes)} {found}, in large ones {whole}"
    if len(stream) > _READ_MAX:
        _check_flooded(stream)


def _check_flooded(stream: bytes) -> None:
    """More than is ever read at a time may be lost, but nothing worse."""
    parser = lines.Lines()
    for _ in range(3):
        parser.feed(stream)
        assert held_bytes(parser) <= LINES_HELD_MAX, f"the parser holds {held_bytes(parser)} bytes"
    for _ in range(4 * len(stream) + 4):
        item = parser.next()
        if item is None:
            return
        _check_item(item)
    raise AssertionError("the items never end")


def check_pdu(data: bytes) -> None:
    """Any line where a PDU should be: an SMS of at most 140 octets, a report, or the one error."""
    text = "".join(chr(byte) if 0x20 <= byte < 0x7F else "?" for byte in data)
    for given in (text, data.hex().upper()):
        try:
            sender, octets = pdu.deliver(given)
        except pdu.PduError:
            pass
        else:
            assert 0 < len(octets) <= _SMS_MAX, f"an SMS of {len(octets)} octets"
            assert not sender or sender.removeprefix("+").isdecimal(), f"{sender!r} is no number"
            assert len(sender) <= 21, f"{sender!r} is too long for a number"
            if sender.removeprefix("+"):
                _check_answerable(sender, octets)
        try:
            reference, delivered = pdu.status_report(given)
        except pdu.PduError:
            continue
        assert 0 <= reference < 256, f"the reference {reference} has more than a byte"
        assert delivered in (True, False, None)


def _check_answerable(sender: str, octets: bytes) -> None:
    """Whoever sent an SMS can be sent one."""
    length, text = pdu.submit(sender, octets, report=True)
    assert bytes.fromhex(text)[1:][-len(octets) :] == octets, "other octets were sent than given"
    assert len(text) == 2 * (length + 1), "the length is not that of the PDU"


_LINES_WORDS = (
    *(b"\r\n", b"OK\r\n", b"ERROR\r\n", b"> ", b"\r\n> ", b"+CME ERROR: 10\r\n", b"+CMS ERROR: 500\r\n", b"AT+CSQ\r"),
    *(b"+QIRD: 40\r\n", b"+QIRD: 0\r\n", b"+CIPRXGET: 2,0,33\r\n", b"SEND OK\r\n", b'+QIURC: "recv",0\r\n', b"RDY\r\n"),
    *(b"\x00", b"\x1a", b" " * 40, b"A" * 250, b"7" * 512),
)
_SMS = bytes.fromhex("07916407058099F9 040B916407281553F8 0004 22112201203400 04 DEADBEEF".replace(" ", ""))
_REPORT = bytes.fromhex("07916407058099F9 0611 0B916407281553F8 22112201203400 22112201203500 00".replace(" ", ""))

_LONGEST = _SMS[:-5] + b"\x8c" + bytes(140)
_TOO_LONG = _SMS[:-5] + b"\x8d" + bytes(141)
_NO_NUMBER = _SMS[:9] + b"\x00\x91" + _SMS[17:]
_LONG_NUMBER = _SMS[:9] + b"\x16\x91" + b"\x21" * 11 + _SMS[17:]

TARGETS = (
    Target(
        name="lines",
        modules=("hemlarm_firmware.modem.lines",),
        check=check_lines,
        words=_LINES_WORDS,
        seeds=(
            b"\x03\x11\r\n+CEREG: 0,1\r\n\r\nOK\r\n",
            b"\x01\x40AT+QISEND=0,5\r\r\n> \r\nSEND OK\r\n",
            b'\x00\x00\r\n+QIURC: "recv",0\r\n\r\n+QIRD: 12\r\nABC\r\n>\n+QQ1\r\nOK\r\n',
            b"\x01\x01\r\n" + b"A" * 510 + b"   \r\nOK\r\n",
            b"\x01\x01\r\n>" + b"A" * 520 + b"\r\nOK\r\n",
            b"\x07\x00\r\nRDY\r\n\x00\xff\xfe" + b"x" * 600 + b"\r\nOK\r\n",
        ),
        length_max=1_200,
    ),
    Target(
        name="pdu",
        modules=("hemlarm_firmware.modem.pdu",),
        check=check_pdu,
        words=(b"07916407058099F9", b"040B91", b"0004", b"00F5", b"22112201203400", b"\x8c", b"\x0b\x91", b"\xd0"),
        seeds=(
            _SMS,
            _REPORT,
            _LONGEST,
            _TOO_LONG,
            _LONG_NUMBER,
            _NO_NUMBER,
            _SMS.hex().upper().encode(),
            _REPORT.hex().encode(),
        ),
        length_max=400,
    ),
)
