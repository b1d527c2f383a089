"""One MQTT connection: opened in order, frames both ways, and a reason for every way in which it can end."""

import asyncio

from hemlarm_firmware.board import Board, Stream
from hemlarm_firmware.link import connection as connections
from hemlarm_firmware.link.connection import Connection, LinkDownError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

PANEL = "a1b2c3d4e5f60718"
DOWN = b"hemlarm/1/a1/a1b2c3d4e5f60718/down"
ACCEPTED = b"\x20\x02\x00\x00"
SUBSCRIBED = b"\x90\x03\x00\x01\x00"


class ScriptedStream(Stream):
    """Gives what was scripted, piece by piece: bytes, or an exception to raise. Then it waits for ever."""

    def __init__(self, pieces: "list[bytes | Exception]") -> None:
        self._pieces = pieces
        self.written: list[bytes] = []
        self.takes = 1 << 20
        self.closed = 0

    async def read(self, n: int) -> bytes:
        """Return the next piece, in parts if it is longer than `n`."""
        if not self._pieces:
            await asyncio.Event().wait()
        piece = self._pieces.pop(0)
        if isinstance(piece, Exception):
            raise piece
        if len(piece) > n:
            self._pieces.insert(0, piece[n:])
        return piece[:n]

    def write_now(self, data: "bytes | memoryview") -> int:
        """Take what there is room for: `takes` bytes in all."""
        taken = min(len(data), self.takes)
        self.takes -= taken
        self.written.append(bytes(data[:taken]))
        return taken

    async def write(self, data: "bytes | bytearray | memoryview") -> None:
        """Note what was written."""
        self.written.append(bytes(data))

    def close(self) -> None:
        """Count."""
        self.closed += 1


class ScriptedBoard(Board):
    """A board whose only connection is scripted."""

    def __init__(self, *pieces: "bytes | Exception") -> None:
        self.stream = ScriptedStream(list(pieces))

    async def connect(self) -> Stream:
        """Return the stream."""
        return self.stream


def published(payload: bytes, topic: bytes = DOWN) -> bytes:
    """Return a PUBLISH from the broker, of less than 128 bytes."""
    return bytes((0x30, 2 + len(topic) + len(payload), 0, len(topic))) + topic + payload


def run(board: ScriptedBoard, story: "Callable[[Connection], Coroutine[object, object, object]]") -> object:
    """Run a story on an opened connection and close it; return what the story returned."""

    async def whole() -> object:
        connection = Connection(board, PANEL)
        try:
            await connection.open()
            return await story(connection)
        finally:
            connection.close()

    return asyncio.run(whole())


def reason(board: ScriptedBoard) -> str:
    """Open and receive until the connection fails; return why it did."""

    async def receive(connection: Connection) -> None:
        while True:
            await connection.receive()

    try:
        run(board, receive)
    except LinkDownError as error:
        return str(error)
    raise AssertionError("the connection did not fail")


def test_it_introduces_the_panel_and_subscribes_to_its_topic() -> None:
    async def nothing(connection: Connection) -> None:
        return None

    board = ScriptedBoard(ACCEPTED, SUBSCRIBED)
    run(board, nothing)
    connect, subscribe = board.stream.written
    assert connect[:1] == b"\x10"
    assert connect[-16:] == PANEL.encode()
    assert subscribe == b"\x82\x27\x00\x01\x00\x22" + DOWN + b"\x00"
    assert board.stream.closed == 1


def test_frames_go_both_ways() -> None:
    async def talk(connection: Connection) -> "list[bytes]":
        connection.send_now(b"up")
        return [await connection.receive(), await connection.receive()]

    board = ScriptedBoard(ACCEPTED + SUBSCRIBED + published(b"one")[:9], published(b"one")[9:] + published(b"two"))
    assert run(board, talk) == [b"one", b"two"]
    assert board.stream.written[2] == b"\x30\x24\x00\x20hemlarm/1/a1/a1b2c3d4e5f60718/upup"


def test_what_the_network_does_not_take_at_once_follows_whole_and_in_order() -> None:
    async def talk(connection: Connection) -> "list[bool]":
        blocked = []
        for frame in (b"one", b"two", b"three"):
            connection.send_now(frame)
            blocked.append(connection.blocked)
        await connection.drain()
        return blocked + [connection.blocked]

    board = ScriptedBoard(ACCEPTED, SUBSCRIBED)
    board.stream.takes = 50
    assert run(board, talk) == [False, True, True, False]
    head = b"\x00\x20hemlarm/1/a1/a1b2c3d4e5f60718/up"
    sent = b"".join(board.stream.written[2:])
    assert sent == b"\x30\x25" + head + b"one" + b"\x30\x25" + head + b"two" + b"\x30\x27" + head + b"three"


def test_a_ping_s_answer_is_no_frame() -> None:
    async def receive(connection: Connection) -> bytes:
        return await connection.receive()

    assert run(ScriptedBoard(ACCEPTED, SUBSCRIBED, b"\xd0\x00", published(b"frame")), receive) == b"frame"


def test_every_refusal_has_its_reason() -> None:
    assert reason(ScriptedBoard(b"\x20\x02\x00\x05")) == "the broker refuses: code 5 (MQTT 3.1.1, table 3.1)"
    assert reason(ScriptedBoard(b"\x20\x02\x00\x99")) == "the broker refuses: code 153 (MQTT 3.1.1, table 3.1)"
    assert reason(ScriptedBoard(ACCEPTED, b"\x90\x03\x00\x01\x80")) == "the broker refuses the subscription"
    assert reason(ScriptedBoard(SUBSCRIBED)) == "the broker sent suback instead of connack"
    assert reason(ScriptedBoard(b"")) == "the broker closed the connection"
    assert reason(ScriptedBoard(ACCEPTED, SUBSCRIBED, b"")) == "the broker closed the connection"


def test_what_was_not_asked_for_ends_the_connection() -> None:
    assert "unexpected publish" in reason(ScriptedBoard(ACCEPTED, SUBSCRIBED, published(b"x", b"hemlarm/1/a1/other")))
    assert "unexpected connack" in reason(ScriptedBoard(ACCEPTED, SUBSCRIBED, ACCEPTED))
    assert "none that we take" in reason(ScriptedBoard(ACCEPTED, SUBSCRIBED, b"\x40\x00"))


def test_a_silent_broker_is_given_up() -> None:
    limit_s, connections.OPEN_LIMIT_S = connections.OPEN_LIMIT_S, 0
    try:
        assert "did not answer" in reason(ScriptedBoard(ACCEPTED))
    finally:
        connections.OPEN_LIMIT_S = limit_s


def test_a_closed_connection_says_so_and_closes_once() -> None:
    async def use_after_close(connection: Connection) -> str:
        connection.close()
        try:
            connection.send_now(b"late")
        except LinkDownError as error:
            return str(error)
        return "sent"

    board = ScriptedBoard(ACCEPTED, SUBSCRIBED)
    assert run(board, use_after_close) == "the connection is closed"
    assert board.stream.closed == 1
