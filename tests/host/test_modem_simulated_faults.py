"""What a modem does wrong, and its line, and the radio around it: the driver comes through, and tells what it was."""

import asyncio

import pytest

from hemlarm_simulator.modem.simulated_modem import MOMENTS
from modem_bench import CENTRE, HOST, PORT, Bench

both = pytest.mark.parametrize("family", ["quectel", "simcom"])

MINUTE_MS = 60_000
FLOODED_MAX = 600
"""Commands in ten minutes: a look at everything, with eight commands, each 16 s, and more often in the beginning."""


async def carries(bench: Bench) -> None:
    """A connection and a message get through, at the second try at the latest."""
    for attempt in range(2):
        await bench.ready()
        try:
            line = await bench.driver.connect(HOST, PORT)
            line.write(b"to and fro")
            await line.readable()
            assert line.readinto(bytearray(16)) == 10
            line.close()
            await bench.driver.send_sms(CENTRE, b"sealed")
            return
        except OSError:
            assert attempt == 0
            await bench.later(60)


@both
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_modem_that_resets_in_the_worst_moment_is_back_within_a_minute(family: str, moment: str) -> None:
    async def story(bench: Bench) -> None:
        await bench.ready()
        if moment == "registration":
            bench.cell.lets_register = "none"
            await bench.until(lambda: not bench.driver.ready_for_sms)
        bench.modem.reset_at(moment)
        if moment == "registration":
            bench.cell.lets_register = "home"
            await bench.until(lambda: bench.modem.restarts)
        else:
            with pytest.raises(OSError, match=r"restarted|lost|no answer"):
                await use(bench)
        assert bench.modem.restarts == {f"at {moment}": 1}
        reset_ms = bench.clock.now_ms
        await bench.until(lambda: len(bench.said("data", True)) > 1 and bench.driver.ready_for_data)
        assert bench.clock.now_ms < reset_ms + MINUTE_MS
        assert len(bench.said("restarted")) == 1
        await carries(bench)

    async def use(bench: Bench) -> None:
        line = await bench.driver.connect(HOST, PORT)
        line.write(b"to and fro")
        await line.readable()
        line.readinto(bytearray(16))
        for _ in range(2):
            await bench.driver.send_sms(CENTRE, b"sealed")

    Bench(family).play(story)


@both
def test_a_modem_that_hangs_has_its_supply_cut(family: str) -> None:
    async def story(bench: Bench) -> None:
        await bench.ready()
        bench.modem.hang()
        hung_ms = bench.clock.now_ms
        await bench.until(lambda: not bench.driver.ready_for_data)
        await bench.ready()
        assert bench.clock.now_ms < hung_ms + 3 * MINUTE_MS
        assert len(bench.said("restarted")) == 1
        await carries(bench)

    Bench(family).play(story)


@both
def test_a_modem_that_hangs_while_it_is_used_is_found_out_at_once(family: str) -> None:
    async def story(bench: Bench) -> None:
        await bench.ready()
        line = await bench.driver.connect(HOST, PORT)
        bench.modem.hang()
        hung_ms = bench.clock.now_ms
        line.write(b"lost")
        with pytest.raises(OSError, match="no answer"):
            await line.readable()
        await bench.until(lambda: not bench.driver.ready_for_data)
        await bench.ready()
        assert bench.clock.now_ms < hung_ms + 2 * MINUTE_MS

    Bench(family).play(story)


@both
def test_a_connection_that_waits_is_lost_as_soon_as_the_modem_has_restarted(family: str) -> None:
    async def story(bench: Bench) -> None:
        await bench.ready()
        line = await bench.driver.connect(HOST, PORT)
        bench.modem.reset("brown-out")
        reset_ms = bench.clock.now_ms
        with pytest.raises(OSError, match="restarted"):
            await line.readable()
        assert bench.clock.now_ms < reset_ms + 15_000

    Bench(family).play(story)


@both
def test_a_modem_with_its_echo_on_is_set_up_anew(family: str) -> None:
    async def story(bench: Bench) -> None:
        await bench.ready()
        bench.modem.lose_echo()
        await bench.until(lambda: bench.said("restarted"), 70)
        await carries(bench)

    Bench(family).play(story)


@both
def test_a_restart_that_nobody_heard_of_is_known_by_the_echo(family: str) -> None:
    async def story(bench: Bench) -> None:
        await bench.ready()
        send, bench.modem._send = bench.modem._send, lambda _data: None
        bench.modem.reset("brown-out")
        await bench.later(20)
        bench.modem._send = send
        await bench.until(lambda: bench.said("restarted"), 90)
        await carries(bench)

    Bench(family).play(story)


@both
def test_a_line_that_garbles_a_byte_in_500_is_lived_with(family: str) -> None:
    async def story(bench: Bench) -> None:
        bench.modem.garble_per_mille = 2
        began_ms = bench.clock.now_ms
        ready = looks = 0
        while bench.clock.now_ms < began_ms + 60 * MINUTE_MS:
            await bench.later(5)
            looks += 1
            ready += bench.driver.ready_for_data
        assert ready > 0.8 * looks
        bench.modem.garble_per_mille = 0
        await carries(bench)

    Bench(family).play(story)


@both
def test_lines_that_come_in_pieces_are_lines(family: str) -> None:
    async def story(bench: Bench) -> None:
        await carries(bench)
        assert bench.said("restarted") == []

    bench = Bench(family)
    bench.modem.split_lines = True
    bench.play(story)


@both
def test_unsolicited_lines_everywhere_are_lived_with(family: str) -> None:
    async def story(bench: Bench) -> None:
        bench.modem.urc_flood = True
        await carries(bench)
        await bench.later(10 * 60)
        await carries(bench)
        assert bench.said("restarted") == []

    Bench(family).play(story)


@both
def test_news_of_the_network_without_end_do_not_keep_it_busy(family: str) -> None:
    async def story(bench: Bench) -> None:
        await bench.ready()
        said = len(bench.line.written)
        for _ in range(6_000):
            bench.line.take(b"\r\n+CEREG: 5\r\n")
            await asyncio.sleep(0.1)
        assert 40 < len(bench.line.written) - said < FLOODED_MAX
        await carries(bench)
        assert bench.said("restarted") == []

    Bench(family).play(story)


@both
def test_a_dead_modem_is_tried_ever_more_seldom(family: str) -> None:
    async def story(bench: Bench) -> None:
        await bench.later(24 * 3_600)
        assert 30 < len(cuts) < 120
        assert bench.driver.trouble == "the modem does not answer"
        bench.line.simulated = bench.modem
        await bench.ready(3_600)

    class Dead:
        def receive(self, data: bytes) -> None:
            pass

        def power_key(self, pressed: bool) -> None:
            pass

        def supply(self, on: bool) -> None:
            if not on:
                cuts.append(on)

    cuts: list[bool] = []
    bench = Bench(family)
    bench.line.simulated = Dead()  # type: ignore[assignment]
    bench.play(story)


@both
def test_jamming_is_told_within_a_minute_and_so_is_its_end(family: str) -> None:
    async def story(bench: Bench) -> None:
        await bench.ready()
        bench.cell.jammed = True
        await bench.until(lambda: bench.said("jammed", True), 60)
        await bench.later(20 * 60)
        assert bench.said("jammed", False) == []
        bench.cell.jammed = False
        over_ms = bench.clock.now_ms
        await bench.until(lambda: bench.said("jammed", False), 200)
        assert bench.clock.now_ms < over_ms + 3 * MINUTE_MS
        await carries(bench)
        assert len(bench.said("jammed", True)) == 1

    Bench(family).play(story)


@both
def test_a_modem_that_restarts_by_itself_and_searches_for_long_is_not_jammed(family: str) -> None:
    async def story(bench: Bench) -> None:
        await bench.ready()
        bench.cell.registration_ms = 80_000
        bench.modem.reset("brown-out")
        await bench.until(lambda: not bench.driver.ready_for_data)
        await carries(bench)
        assert bench.said("jammed", True) == []

    Bench(family).play(story)


@both
@pytest.mark.parametrize("why", ["none", "denied"])
def test_a_network_that_is_gone_or_denies_the_card_is_no_jamming(family: str, why: str) -> None:
    async def story(bench: Bench) -> None:
        await bench.ready()
        bench.cell.lets_register = why
        await bench.later(30 * 60)
        bench.cell.lets_register = "home"
        await carries(bench)
        assert bench.said("jammed", True) == []

    Bench(family).play(story)
