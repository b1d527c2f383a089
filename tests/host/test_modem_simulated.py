"""The driver brings the simulated modem up, of either family, and tells truly what it can be used for."""

from typing import Any

import pytest

from hemlarm_firmware.modem import sim
from modem_bench import CENTRE, HOST, NUMBER, PORT, Bench

both = pytest.mark.parametrize("family", ["quectel", "simcom"])

HOUR_S = 3_600
START_S = 45
"""From no power to a connection: 4 s of asking, the key, up to 15 s of start, the card, 8 s of search, a context."""


def context_up(bench: Bench) -> str:
    """The command that asks for an address."""
    command: str = bench.driver.profile.CONTEXT_UP[-1]
    return command + "\r"


@both
def test_a_modem_without_power_is_started_and_carries_data_and_messages(family: str) -> None:
    async def story(bench: Bench) -> None:
        assert await bench.ready() <= START_S * 1000
        assert [told for _, told in bench.told] == [("texting", True), ("data", True)]
        assert bench.driver.status() == (1, 3, 71, 0)
        line = await bench.driver.connect(HOST, PORT)
        line.write(b"to and fro")
        await line.readable()
        buffer = bytearray(16)
        assert line.readinto(buffer) == 10
        assert buffer[:10] == b"to and fro"
        line.close()
        await bench.until(lambda: bench.internet.sockets[0].closed)
        reference = await bench.driver.send_sms(CENTRE, b"sealed")
        await bench.until(lambda: bench.said("sms-report", reference, True))
        assert bench.texts == [(NUMBER, b"sealed")]
        bench.cloud.send(NUMBER, b"acknowledged")
        await bench.until(lambda: bench.said("sms", b"acknowledged", CENTRE))

    Bench(family).play(story)


@both
def test_a_modem_that_runs_already_is_not_switched_off_by_its_key(family: str) -> None:
    async def story(bench: Bench) -> None:
        assert await bench.ready() - 15_000 < 15_000
        assert bench.modem.restarts == {}
        assert bench.count("AT\r") == 1

    bench = Bench(family)
    bench.modem.start()
    bench.pass_time(15_000)
    bench.play(story)


@both
def test_a_restarted_panel_makes_the_context_of_its_earlier_life_anew(family: str) -> None:
    async def first(bench: Bench) -> None:
        await bench.ready()
        await bench.driver.connect(HOST, PORT)

    async def second(bench: Bench) -> None:
        await bench.ready()
        assert bench.internet.sockets[0].closed
        line = await bench.driver.connect(HOST, PORT)
        line.close()

    bench = Bench(family)
    bench.play(first)
    bench.driver = bench.new_driver()
    bench.play(second)


@both
@pytest.mark.parametrize(("technology", "named"), [("GSM", 1), ("UMTS", 2), ("LTE", 3)])
def test_roaming_is_as_good_as_home_on_any_technology(family: str, technology: str, named: int) -> None:
    async def story(bench: Bench) -> None:
        await bench.ready()
        assert bench.driver.status()[:2] == (5, named)

    bench = Bench(family)
    bench.cell.lets_register, bench.cell.technology = "roaming", technology
    bench.play(story)


@both
def test_a_network_for_messages_only_is_waited_in_without_resets(family: str) -> None:
    async def story(bench: Bench) -> None:
        await bench.until(lambda: bench.driver.ready_for_sms)
        await bench.driver.send_sms(CENTRE, b"sealed")
        await bench.later(HOUR_S)
        assert bench.driver.status()[0] == 6
        assert bench.said("texting", False) == bench.said("data", True) == []
        bench.cell.lets_register = "home"
        assert await bench.ready(20)

    bench = Bench(family)
    bench.cell.lets_register = "sms-only"
    bench.play(story)


@both
def test_packet_service_that_goes_leaves_messages_and_comes_back(family: str) -> None:
    async def story(bench: Bench) -> None:
        await bench.ready()
        bench.cell.packet_service = False
        await bench.until(lambda: not bench.driver.ready_for_data, 10)
        with pytest.raises(OSError, match="no data"):
            await bench.driver.connect(HOST, PORT)
        await bench.driver.send_sms(CENTRE, b"sealed")
        bench.cell.packet_service = True
        await bench.ready(20)

    Bench(family).play(story)


@both
@pytest.mark.parametrize("why", ["none", "denied"])
def test_a_network_that_is_not_to_be_had_is_waited_for_with_ever_fewer_resets(family: str, why: str) -> None:
    async def story(bench: Bench) -> None:
        await bench.ready()
        bench.cell.lets_register = why
        await bench.until(lambda: not bench.driver.ready_for_sms, 10)
        assert not bench.driver.ready_for_data
        began_ms = bench.clock.now_ms
        await bench.later(4 * HOUR_S)
        restarts = bench.said("restarted")
        assert 3 <= len([at for at in restarts if at < began_ms + HOUR_S * 1000]) <= 10
        assert len(restarts) <= 20
        assert bench.driver.trouble == "the modem finds no network"
        bench.cell.lets_register = "home"
        await bench.ready(90)  # It may be restarting just then.
        assert bench.driver.trouble == ""
        assert bench.driver.status()[0] == 1

    Bench(family).play(story)


@both
def test_a_new_access_point_name_is_used_at_once(family: str) -> None:
    async def story(bench: Bench) -> None:
        await bench.until(lambda: bench.driver.ready_for_sms)
        await bench.until(lambda: bench.count(context_up(bench)) > 1)
        assert not bench.driver.ready_for_data
        bench.driver.configure({"apn": "alarms", "pin": ""})
        await bench.ready(15)

    bench = Bench(family)
    bench.cell.apn = "alarms"
    bench.play(story)


@both
def test_a_new_access_point_name_takes_the_place_of_one_that_works(family: str) -> None:
    async def story(bench: Bench) -> None:
        await bench.ready()
        line = await bench.driver.connect(HOST, PORT)
        bench.driver.configure({"apn": "panels", "pin": ""})
        await bench.later(60)
        assert bench.driver.ready_for_data
        bench.driver.configure({"apn": "alarms", "pin": ""})
        with pytest.raises(OSError, match="closed"):
            await line.readable()
        await bench.ready()
        names = [written for written in bench.line.written if b'"panels"' in written or b'"alarms"' in written]
        assert b'"alarms"' in names[-1]
        assert len([name for name in names if b'"panels"' in name]) == 1

    Bench(family).play(story)


@both
def test_connections_that_fail_climb_the_ladder_slowly_and_one_that_succeeds_ends_it(family: str) -> None:
    async def lose_for(bench: Bench, minutes: int) -> None:
        until_ms = bench.clock.now_ms + minutes * 60_000
        while bench.clock.now_ms < until_ms:
            await bench.ready()
            with pytest.raises(OSError, match="could not connect"):
                await bench.driver.connect(HOST, PORT)
            await bench.later(40)

    async def story(bench: Bench) -> None:
        await bench.ready()
        bench.internet.open_to = False
        closed, detached = (bench.count(each) for each in (bench.driver.profile.CONTEXT_DOWN, "AT+CGATT=0"))
        await lose_for(bench, 4)
        assert bench.count(bench.driver.profile.CONTEXT_DOWN) == closed + 1
        assert bench.count("AT+CGATT=0") == detached
        await lose_for(bench, 6)
        assert bench.count("AT+CGATT=0") == detached + 1
        assert bench.said("restarted") == []
        await lose_for(bench, 240)
        assert 1 <= len(bench.said("restarted")) <= 5
        bench.internet.open_to = True
        await bench.ready()
        (await bench.driver.connect(HOST, PORT)).close()
        bench.internet.open_to = False
        restarted = len(bench.said("restarted"))
        await lose_for(bench, 6)
        assert len(bench.said("restarted")) == restarted

    Bench(family).play(story)


@both
def test_the_right_pin_unlocks_the_card(family: str) -> None:
    async def story(bench: Bench) -> None:
        await bench.ready()
        assert bench.count("AT+CPIN=") == 1

    Bench(family, pin="4711").play(story)


@both
def test_a_card_without_its_pin_is_told(family: str) -> None:
    async def story(bench: Bench) -> None:
        await bench.until(lambda: bench.driver.status()[3])
        assert bench.driver.status()[3] == sim.NO_PIN
        bench.driver.configure({"apn": "panels", "pin": "4711"})
        await bench.ready()
        assert bench.driver.status()[3] == 0

    bench = Bench(family, pin="4711")
    bench.driver = _with_pin(bench, "")
    bench.play(story)


def _with_pin(bench: Bench, pin: str) -> Any:
    bench.settings["pin"] = pin
    return bench.new_driver()


@both
def test_a_wrong_pin_is_tried_once_whatever_happens_and_never_locks_the_card(family: str) -> None:
    async def story(bench: Bench) -> None:
        await bench.until(lambda: bench.driver.status()[3] == sim.PIN_REFUSED, 120)
        bench.modem.reset("brown-out")
        await bench.later(HOUR_S)
        assert bench.count("ATE0") == 2
        assert bench.sim.pin_attempts == 2
        assert bench.driver.status()[3] == sim.PIN_REFUSED

    async def put_right(bench: Bench) -> None:
        await bench.until(lambda: bench.driver.status()[3] == sim.PIN_REFUSED, 120)
        bench.driver.configure({"apn": "panels", "pin": "4711"})
        await bench.ready()

    bench = Bench(family, pin="4711")
    for restart in range(3):
        bench.driver = _with_pin(bench, "1234")
        bench.play(story if restart < 2 else put_right)
        bench.line.written.clear()


@both
def test_a_locked_card_is_left_alone(family: str) -> None:
    async def story(bench: Bench) -> None:
        await bench.until(lambda: bench.driver.status()[3] == sim.PUK_NEEDED, 120)
        await bench.later(HOUR_S)
        assert bench.count("AT+CPIN=") == len(bench.said("restarted")) == 0

    bench = Bench(family, pin="4711")
    bench.sim.pin_attempts = 0
    bench.play(story)


@both
def test_an_empty_card_holder_is_told_and_a_card_put_in_is_found(family: str) -> None:
    async def story(bench: Bench) -> None:
        await bench.until(lambda: bench.driver.status()[3] == sim.NO_CARD)
        assert not bench.driver.ready_for_sms
        bench.sim.inserted = True
        await bench.ready()

    bench = Bench(family)
    bench.sim.inserted = False
    bench.play(story)
