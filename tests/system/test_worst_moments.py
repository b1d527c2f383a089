"""An alarm is on its way, and something crashes or restarts in the worst moment: it is stored once and acknowledged.

Every moment is one of the alarm's way to the store: of the connection, of the packet, of the commit, and of the
modem's talk with its network. Each is tried on a house with one path, and over the mobile path of a house with two.
"""

from collections.abc import Iterator

import pytest

from hemlarm_protocol.path_names import IP, MOBILE
from hemlarm_simulator.launch import ForkServer
from hemlarm_simulator.modem.simulated_modem import MOMENTS
from hemlarm_simulator.virtual.crashing_store import CRASH_POINTS
from hemlarm_simulator.virtual.mqtt_packets import CONNECT, PUBLISH, SUBSCRIBE
from hemlarm_simulator.virtual.world import VirtualWorld
from worst_moments import CLOSED_S, OPEN_S, Alarm, Ambush, Strike, modem_of, one_path, two_paths

DOWN_MS = 5_000
"""How long the broker or the ingest is away."""

ACKNOWLEDGED_MS = {IP: 15_000, MOBILE: 15_000}
"""From the key to the acknowledgement, with a crash of broker or ingest: it took 6 to 12 s when this was written."""

RESTARTED_MS = 60_000
"""The same where the modem restarts, as long as an SMS may take otherwise: it was 28 to 52 s. A modem needs 10 s to its
first answer and 8 s to its network."""

UNDISTURBED_MS = 10_000
"""And where nothing but the fixed line is in trouble: it was 4 to 5 s."""

_ONE_WAY_MS = {IP: 20, MOBILE: 30}
"""How long a packet is on its way."""

PACKETS = {
    "CONNECT on its way": (CONNECT, 0.5),
    "CONNACK on its way": (CONNECT, 1.5),
    "SUBSCRIBE on its way": (SUBSCRIBE, 0.5),
    "SUBACK on its way": (SUBSCRIBE, 1.5),
    "PUBLISH on its way": (PUBLISH, 0.5),
    "PUBLISH passed on and not committed": (PUBLISH, 1.0),
    "acknowledgement on its way": (PUBLISH, 1.5),
}
"""By name: the packet of the panel, and after how many times the way of one direction the moment is there."""

STRIKES: dict[str, Strike] = {
    "broker": lambda world: world.broker_wipe(DOWN_MS),
    "ingest": lambda world: world.cloud_process.crash(DOWN_MS),
}


@pytest.fixture(name="server", scope="module")
def _server() -> Iterator[ForkServer]:
    with ForkServer() as server:
        yield server


def house(server: ForkServer, path: int) -> VirtualWorld:
    """A house in which an alarm goes over this path, because there is no other or the other one is dead."""
    if path == IP:
        return one_path(server)
    world = two_paths(server)
    world.network.black_hole = True
    return world


@pytest.mark.parametrize("crashing", STRIKES)
@pytest.mark.parametrize("moment", PACKETS)
@pytest.mark.parametrize("path", [IP, MOBILE], ids=["ip", "mobile"])
def test_an_alarm_survives_a_crash_around_each_packet(
    server: ForkServer, path: int, moment: str, crashing: str
) -> None:
    packet, ways = PACKETS[moment]
    after_ms = round(ways * _ONE_WAY_MS[path]) + (ways == 1.0)
    with house(server, path) as world:
        alarm = Alarm(world)
        ambush = Ambush(world, path, packet, after_ms, STRIKES[crashing])
        ambush.arm()
        if packet != PUBLISH:
            (world.network if path == IP else world.mobile).drop_connection()
        alarm.press()
        assert alarm.wait(ACKNOWLEDGED_MS[path]) > 0
        assert ambush.struck
        assert alarm.is_stored_once()


@pytest.mark.parametrize("when", CRASH_POINTS)
@pytest.mark.parametrize("path", [IP, MOBILE], ids=["ip", "mobile"])
def test_an_alarm_survives_a_crash_around_its_commit(server: ForkServer, path: int, when: str) -> None:
    with house(server, path) as world:
        alarm = Alarm(world)
        world.cloud_process.crash(DOWN_MS, when)
        alarm.press()
        assert alarm.wait(ACKNOWLEDGED_MS[path]) > DOWN_MS
        assert world.faults[f"ingest-crash-{when}"] == 1
        assert alarm.is_stored_once()


_OVER_SMS = ("sms-prompt", "sms-data", "sms-sent")
_WHILE_OPENING = ("connect", "prompt", "data", "send-ok")
_OF_THE_EVENT = ("prompt", "data", "send-ok")


def test_every_moment_of_the_modem_is_tried() -> None:
    assert {*_WHILE_OPENING, *_OF_THE_EVENT, *_OVER_SMS, "registration"} == set(MOMENTS)


def restarted_at(world: VirtualWorld, moment: str) -> int:
    """An alarm while the fixed line is a black hole and the modem restarts in that moment: returns how long it took."""
    alarm = Alarm(world)
    world.network.black_hole = True
    modem_of(world).reset_at(moment)
    alarm.press()
    took_ms = alarm.wait(RESTARTED_MS)
    assert modem_of(world).restarts.get(f"at {moment}") == 1
    assert alarm.is_stored_once()
    return took_ms


@pytest.mark.parametrize("moment", _WHILE_OPENING)
@pytest.mark.parametrize("family", ["quectel", "simcom"])
def test_an_alarm_survives_a_modem_that_restarts_while_it_connects(
    server: ForkServer, family: str, moment: str
) -> None:
    with two_paths(server, family, CLOSED_S) as world:
        assert restarted_at(world, moment) > UNDISTURBED_MS


@pytest.mark.parametrize("moment", _OF_THE_EVENT)
@pytest.mark.parametrize("family", ["quectel", "simcom"])
def test_an_alarm_survives_a_modem_that_restarts_while_it_sends_it(
    server: ForkServer, family: str, moment: str
) -> None:
    with two_paths(server, family, OPEN_S) as world:
        assert restarted_at(world, moment) > UNDISTURBED_MS


@pytest.mark.parametrize("family", ["quectel", "simcom"])
def test_an_alarm_survives_a_modem_that_restarts_and_does_so_again_as_it_registers(
    server: ForkServer, family: str
) -> None:
    with two_paths(server, family) as world:
        modem_of(world).reset("brown-out")
        assert restarted_at(world, "registration") > UNDISTURBED_MS


@pytest.mark.parametrize("moment", _OVER_SMS)
@pytest.mark.parametrize("family", ["quectel", "simcom"])
def test_an_alarm_survives_a_modem_that_restarts_while_it_texts_it(
    server: ForkServer, family: str, moment: str
) -> None:
    with two_paths(server, family) as world:
        world.mobile.data = False
        assert restarted_at(world, moment) > UNDISTURBED_MS


@pytest.mark.parametrize("standby_s", [OPEN_S, CLOSED_S])
@pytest.mark.parametrize("family", ["quectel", "simcom"])
def test_an_alarm_into_a_black_hole_comes_over_the_mobile_path_soon(
    server: ForkServer, family: str, standby_s: int
) -> None:
    with two_paths(server, family, standby_s) as world:
        alarm = Alarm(world)
        world.network.black_hole = True
        alarm.press()
        assert alarm.wait(UNDISTURBED_MS) > 0
        assert alarm.is_stored_once()
