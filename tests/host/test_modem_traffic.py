"""Sockets and SMS of the firmware against the simulated modem of each family: bytes, partings, resets, a full card."""

import asyncio
import random

import pytest

from hemlarm_firmware.modem.stream import ModemStream
from hemlarm_simulator.modem.message_store import REC_UNREAD, StoredMessage
from hemlarm_simulator.modem.sim_card import SimCard
from hemlarm_simulator.modem.tpdu import text_message
from modem_bench import CENTRE, HOST, NUMBER, PORT, Bench

FAMILIES = ("quectel", "simcom")
OCTETS = bytes(range(136))


async def _echoed(bench: Bench, stream: ModemStream, data: bytes) -> bytes:
    writing = asyncio.create_task(stream.write(data))
    back = b""
    while len(back) < len(data):
        piece = await asyncio.wait_for(stream.read(300), 120)
        assert piece
        back += piece
    await writing
    return back


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("trouble", ["none", "split_lines", "urc_flood"])
def test_everything_that_is_written_comes_back_in_order(family: str, trouble: str) -> None:
    data = random.Random(3).randbytes(6000)

    async def story(bench: Bench) -> None:
        await bench.ready()
        if trouble != "none":
            setattr(bench.modem, trouble, True)
        stream = ModemStream(await bench.driver.connect(HOST, PORT))
        assert await _echoed(bench, stream, data) == data
        stream.close()
        await bench.later(5)
        assert bench.internet.sockets[-1].closed

    Bench(family).play(story)


@pytest.mark.parametrize("family", FAMILIES)
def test_bytes_are_counted_as_they_went(family: str) -> None:
    async def story(bench: Bench) -> None:
        await bench.ready()
        stream = ModemStream(await bench.driver.connect(HOST, PORT))
        await _echoed(bench, stream, bytes(3000))
        assert bench.driver.air.totals(bench.clock.now_ms)[1:3] == (3000, 3000)

    Bench(family).play(story)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_other_side_closing_is_the_end_and_the_next_connection_works(family: str) -> None:
    async def story(bench: Bench) -> None:
        await bench.ready()
        for _ in range(5):
            stream = ModemStream(await bench.driver.connect(HOST, PORT))
            assert await _echoed(bench, stream, b"hello") == b"hello"
            bench.internet.sockets[-1].on_event(("closed",))
            assert await asyncio.wait_for(stream.read(10), 30) == b""
            with pytest.raises(OSError, match="104"):
                await stream.write(b"late")
            stream.close()
            await bench.later(2)

    Bench(family).play(story)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("moment", ["prompt", "data", "send-ok"])
def test_a_reset_while_sending_ends_the_wait_and_the_modem_comes_back(family: str, moment: str) -> None:
    async def story(bench: Bench) -> None:
        await bench.ready()
        stream = ModemStream(await bench.driver.connect(HOST, PORT))
        bench.modem.reset_at(moment)
        await stream.write(b"hello")
        with pytest.raises(OSError, match="modem"):
            await asyncio.wait_for(stream.read(10), 60)
        stream.close()
        await bench.until(lambda: not bench.driver.ready_for_data)
        await bench.ready(200)
        again = ModemStream(await bench.driver.connect(HOST, PORT))
        assert await _echoed(bench, again, b"again") == b"again"

    Bench(family).play(story)


@pytest.mark.parametrize("family", FAMILIES)
def test_attempts_that_are_given_up_leave_the_modem_s_sockets_free(family: str) -> None:
    async def story(bench: Bench) -> None:
        await bench.ready()
        bench.internet.open_to = True
        for _ in range(9):
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(bench.driver.connect(HOST, PORT), 0.03)
        await bench.later(10)
        stream = ModemStream(await bench.driver.connect(HOST, PORT))
        assert await _echoed(bench, stream, b"hello") == b"hello"
        assert [socket.closed for socket in bench.internet.sockets][:-1] == [True] * (len(bench.internet.sockets) - 1)

    Bench(family).play(story)


# Messages.


@pytest.mark.parametrize("family", FAMILIES)
def test_an_sms_goes_out_and_its_report_comes(family: str) -> None:
    async def story(bench: Bench) -> None:
        await bench.ready()
        reference = await bench.driver.send_sms(CENTRE, OCTETS)
        await bench.until(lambda: bench.said("sms-report", reference, True))
        assert bench.texts == [(NUMBER, OCTETS)]

    Bench(family).play(story)


@pytest.mark.parametrize("family", FAMILIES)
def test_an_sms_comes_in_while_data_flows(family: str) -> None:
    async def story(bench: Bench) -> None:
        await bench.ready()
        stream = ModemStream(await bench.driver.connect(HOST, PORT))
        bench.modem.urc_flood = True
        bench.cloud.send(NUMBER, OCTETS)
        for _ in range(20):
            assert await _echoed(bench, stream, OCTETS * 3) == OCTETS * 3
            await bench.later(1)
        assert bench.said("sms", OCTETS, CENTRE)

    Bench(family).play(story)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_full_card_blocks_nothing(family: str) -> None:
    bench = Bench(family)
    _fill(bench.sim)

    async def story(bench: Bench) -> None:
        await bench.ready()
        bench.cloud.send(NUMBER, OCTETS)
        await bench.until(lambda: bench.said("sms", OCTETS, CENTRE))
        assert not bench.sim.messages.full

    bench.play(story)


def _fill(card: SimCard) -> None:
    message = text_message("+46700000002", NUMBER, "your parcel is waiting")
    while not card.messages.full:
        card.messages.add(StoredMessage(REC_UNREAD, b"", "", message, None, 0))


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("moment", ["sms-prompt", "sms-data", "sms-sent"])
def test_a_reset_while_texting_is_an_oserror_and_the_next_sms_goes(family: str, moment: str) -> None:
    async def story(bench: Bench) -> None:
        await bench.ready()
        bench.modem.reset_at(moment)
        with pytest.raises(OSError, match="modem"):
            await bench.driver.send_sms(CENTRE, b"first")
        await bench.until(lambda: bench.driver.ready_for_sms)
        await bench.driver.send_sms(CENTRE, b"second")
        await bench.until(lambda: bench.texts and bench.texts[-1] == (NUMBER, b"second"))
        assert all(octets in (b"first", b"second") for _, octets in bench.texts)

    Bench(family).play(story)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_text_that_people_send_does_nothing(family: str) -> None:
    async def story(bench: Bench) -> None:
        await bench.ready()
        bench.cloud.send_text(NUMBER, "call me")
        bench.cloud.send(NUMBER, b"\x00")
        await bench.until(lambda: bench.said("sms", b"\x00", CENTRE))
        assert [told for _, told in bench.told if told[0] == "sms"] == [("sms", b"\x00", CENTRE)]

    Bench(family).play(story)
