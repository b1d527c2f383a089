"""A connection through a modem's own sockets, of both families: bytes both ways, partings, and modems that go away."""

import asyncio

from hemlarm_firmware.modem import quectel, simcom
from hemlarm_firmware.modem.socket import FETCH_MAX, UNSENT_MAX, ModemSocket
from hemlarm_firmware.modem.stream import ModemStream
from modem_peer import Peer
from modem_wire import run, settle
from session_support import Chance

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

UP, DOWN = Chance(1)(7000), Chance(2)(5000)
HOST, PORT = "broker.example", 8883
FAMILIES = (quectel, simcom)


def _with_line(site: Peer, work: "Callable[[Peer, ModemSocket], Coroutine[Any, Any, Any]]") -> "Any":
    async def connected() -> "Any":
        line = await site.sockets.connect(HOST, PORT)
        try:
            return await work(site, line)
        finally:
            line.close()
            await settle()

    return run(site, connected)


def _without(site: Peer, work: "Callable[[Peer], Coroutine[Any, Any, Any]]") -> "Any":
    return run(site, lambda: work(site))


async def _read(line: ModemSocket, n: int) -> bytes:
    """Read `n` bytes, or up to the end."""
    stream = ModemStream(line)
    data = b""
    while len(data) < n:
        piece = await stream.read(n - len(data))
        if not piece:
            break
        data += piece
    return data


async def _failure(wait: "Coroutine[Any, Any, Any]") -> str:
    try:
        await wait
    except OSError as error:
        return str(error)
    return ""


# Bytes.


def test_what_is_written_arrives_and_what_comes_is_read() -> None:
    for family in FAMILIES:
        site = Peer(family)

        async def work(site: Peer, line: ModemSocket) -> bytes:
            assert line.write(b"hello\r\n\x1a") == 8
            await settle()
            site.come(b"OK\r\nERROR\r\n>")
            return await _read(line, 12)

        assert _with_line(site, work) == b"OK\r\nERROR\r\n>"
        assert bytes(site.peer) == b"hello\r\n\x1a"


def test_much_goes_both_ways_in_order() -> None:
    for family in FAMILIES:
        site = Peer(family)

        async def work(site: Peer, line: ModemSocket) -> bytes:
            writer = asyncio.create_task(ModemStream(line).write(UP))
            for at in range(0, len(DOWN), 700):
                site.come(DOWN[at : at + 700])
                await settle()
            got = await _read(line, len(DOWN))
            await writer
            await settle()
            return got

        assert _with_line(site, work) == DOWN
        assert bytes(site.peer) == UP
        assert site.air.totals(0)[1:3] == (len(UP), len(DOWN))


def test_nothing_is_fetched_that_nobody_reads() -> None:
    for family in FAMILIES:
        site = Peer(family)

        async def work(site: Peer, line: ModemSocket) -> int:
            site.come(bytes(3 * FETCH_MAX))
            await settle()
            return len(site.inbox)

        assert _with_line(site, work) == 2 * FETCH_MAX


def test_a_modem_that_takes_nothing_makes_the_writer_wait() -> None:
    for family in FAMILIES:
        site = Peer(family)
        site.stuck = family.SEND.split("=")[0]

        async def work(site: Peer, line: ModemSocket) -> bool:
            assert line.write(bytes(UNSENT_MAX + 100)) == UNSENT_MAX
            assert line.write(b"x") is None
            assert line.blocked
            assert line.ioctl(3, 5) == 0
            writer = asyncio.create_task(line.writable())
            await settle()
            return writer.done()

        assert _with_line(site, work) is False


def test_a_modem_may_take_a_part() -> None:
    site = Peer(simcom)
    site.takes = 3

    async def work(site: Peer, line: ModemSocket) -> None:
        line.write(b"one after the other")
        for _ in range(7):
            await settle()

    _with_line(site, work)
    assert bytes(site.peer) == b"one after the other"


def test_a_lost_notice_is_made_good_by_the_next_sending() -> None:
    for family in FAMILIES:
        site = Peer(family)

        async def work(site: Peer, line: ModemSocket) -> bytes:
            site.inbox = b"unheard"
            await settle()
            assert line.readinto(bytearray(10)) is None
            line.write(b"x")
            return await _read(line, 7)

        assert _with_line(site, work) == b"unheard"


def test_a_poll_tells_what_is_ready() -> None:
    site = Peer(quectel)

    async def work(site: Peer, line: ModemSocket) -> "list[int]":
        told = [line.ioctl(3, 5)]
        site.come(b"x")
        await settle()
        return told + [line.ioctl(3, 5), line.ioctl(3, 4), line.ioctl(99, 0) < 0]

    assert _with_line(site, work) == [4, 5, 4, True]


# Partings.


def test_what_came_before_the_other_side_closed_is_read_first() -> None:
    for family in FAMILIES:
        site = Peer(family)

        async def work(site: Peer, line: ModemSocket) -> "tuple[bytes, str]":
            site.come(b"x" * 1200)
            site.part()
            await settle()
            assert line.write(b"late") is None
            return await _read(line, 5000), await _failure(line.writable())

        data, failure = _with_line(site, work)
        assert data == b"x" * 1200
        assert failure
        assert site.wire.sent[-1] == family.CLOSE.format(site.number)


def test_what_can_no_longer_be_sent_costs_nothing_that_came() -> None:
    for family in FAMILIES:
        site = Peer(family)

        async def work(site: Peer, line: ModemSocket) -> bytes:
            site.come(b"x" * 1200)
            site.part()
            line.write(b"late")
            return await _read(line, 5000)

        assert _with_line(site, work) == b"x" * 1200


def test_a_close_gives_the_modem_its_socket_back_and_is_final() -> None:
    for family in FAMILIES:
        site = Peer(family)

        async def work(site: Peer, line: ModemSocket) -> "list[Any]":
            line.close()
            line.close()
            await settle()
            return [line.write(b"x"), line.readinto(bytearray(1)), await _failure(line.readable()) != ""]

        assert _with_line(site, work) == [None, None, True]
        assert site.wire.sent.count(family.CLOSE.format(site.number)) == 1


def test_a_connection_that_is_refused_is_an_oserror() -> None:
    for family in FAMILIES:
        site = Peer(family)
        site.outcome = 566

        async def work(site: Peer) -> str:
            return await _failure(site.sockets.connect(HOST, PORT))

        assert "error 566" in _without(site, work)


def test_an_attempt_that_is_given_up_leaves_no_socket_behind() -> None:
    for family in FAMILIES:
        site = Peer(family)
        site.opens = False

        async def work(site: Peer) -> None:
            task = asyncio.create_task(site.sockets.connect(HOST, PORT))
            await settle()
            task.cancel()
            await settle()

        _without(site, work)
        assert site.wire.sent[-1] == family.CLOSE.format(site.number)


def test_news_of_an_old_connection_do_not_concern_the_new_one() -> None:
    for family in FAMILIES:
        site = Peer(family)

        async def work(site: Peer, line: ModemSocket) -> "list[Any]":
            old = site.number
            new = await site.sockets.connect(HOST, PORT)
            assert site.number != old
            told: list[Any] = [await _failure(line.readable()) != ""]
            site.wire.say(f"{site.family.CLOSED}{old}" + ("" if site.family is quectel else ",1"))
            await settle()
            told += [new.write(b"x")]
            new.close()
            return told

        assert _with_line(site, work) == [True, 1]


# A modem that goes away.


def test_a_modem_that_restarts_ends_the_waits_with_the_reason() -> None:
    for family in FAMILIES:
        site = Peer(family)

        async def work(site: Peer, line: ModemSocket) -> "list[str]":
            line.write(bytes(UNSENT_MAX))
            waits = [asyncio.create_task(_failure(wait)) for wait in (line.readable(), line.writable())]
            site.stuck = site.family.SEND.split("=")[0]
            await settle()
            sent = len(site.wire.sent)
            site.at.fail("restarted")
            site.sockets.lost("it restarted")
            await settle()
            told = [await waits[0], await waits[1]]
            line.close()
            await settle()
            assert len(site.wire.sent) == sent, "a modem that restarts is not spoken to"
            return told

        assert all("restarted" in told for told in _with_line(site, work))


def test_a_modem_that_falls_silent_while_sending_ends_the_connection() -> None:
    for family in FAMILIES:
        site = Peer(family)
        site.stuck = family.SEND.split("=")[0]

        async def work(site: Peer, line: ModemSocket) -> str:
            line.write(b"x")
            await settle()
            site.at.fail("gave no answer")
            return await _failure(line.readable())

        assert "gave no answer" in _with_line(site, work)
        assert bytes(site.peer) == b""


def test_a_send_that_the_modem_refuses_is_the_end() -> None:
    for family in FAMILIES:
        site = Peer(family)
        site.refuses = True

        async def work(site: Peer, line: ModemSocket) -> "list[Any]":
            line.write(b"x")
            return [await _read(line, 1), await _failure(line.writable()) != ""]

        assert _with_line(site, work) == [b"", True]
        assert site.wire.sent[-1] == site.family.CLOSE.format(site.number)


def test_a_send_of_which_nothing_is_taken_is_the_end() -> None:
    site = Peer(simcom)
    site.takes = -1

    async def work(site: Peer, line: ModemSocket) -> bytes:
        line.write(b"x")
        return await _read(line, 1)

    assert _with_line(site, work) == b""


def test_garbled_news_do_nothing() -> None:
    for family in FAMILIES:
        site = Peer(family)

        async def work(site: Peer, line: ModemSocket) -> bytes:
            for start in (site.family.OPENED, site.family.ARRIVED, site.family.CLOSED, site.family.SENT or "+Q"):
                site.wire.say(start, start + "x", start + f"{site.number},", start + "7,1", start + "-1")
            await settle()
            site.come(b"still there")
            return await _read(line, 11)

        assert _with_line(site, work) == b"still there"
