"""Over the fixed line, over the modem, by SMS: whoever listens learns when and how large, and can do nothing with it.

The listener hears what the broker and the mobile operator hear, within TLS. It may also say everything again: to the
cloud, to the panel, and by SMS.
"""

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest

from hemlarm_cloud.store import Event
from hemlarm_protocol import messages, topics
from hemlarm_simulator.description import load_house
from hemlarm_simulator.launch import ForkServer
from hemlarm_simulator.virtual.world import VirtualWorld

LEVEL_S = 90
EVENT_BYTES = 68
DISARM = 1
ARMED, DISARMED, BURGLARY, FIRE = 3441, 1401, 1130, 1111
WAYS = {"ip": (True, True), "mobile": (False, True), "sms": (False, False)}
"""Each way, with whether the fixed line and the mobile data are there."""


class Listener:
    """Everything that goes by, in order: ("up" or "down", frame), and ("text", sender, receiver, octets)."""

    def __init__(self, world: VirtualWorld) -> None:
        self.heard: list[tuple[Any, ...]] = []
        broker = world.cloud_process.broker
        arrived, publish = broker.arrived, broker.publish

        def up(topic: str, payload: bytes) -> None:
            self.heard.append(("up", payload))
            arrived(topic, payload)

        def down(topic: str, payload: bytes) -> None:
            self.heard.append(("down", payload))
            publish(topic, payload)

        broker.arrived, broker.publish = up, down  # type: ignore[method-assign]
        world.ledger.watch(lambda _at, kind, values: self.heard.append(("text", *values)) if kind == "sms" else None)

    def frames(self, direction: str) -> list[bytes]:
        """What went by that way over MQTT."""
        return [said[1] for said in self.heard if said[0] == direction]

    def texts(self, sender: str) -> list[bytes]:
        """What a number has sent by SMS."""
        return [said[3] for said in self.heard if said[0] == "text" and said[1] == sender]


@pytest.fixture(name="server", scope="module")
def _server() -> Iterator[ForkServer]:
    with ForkServer() as server:
        yield server


@contextlib.contextmanager
def listened(server: ForkServer, way: str) -> Iterator[tuple[VirtualWorld, Listener, str]]:
    """A house that uses this way alone, with its modem's number."""
    house = load_house("two-paths")
    assert house.modem is not None
    with VirtualWorld(server, house, 3) as world:
        assert world.mobile is not None
        world.cloud_process.set_levels(world.panel.id, LEVEL_S, LEVEL_S)
        world.run_until(150_000)
        world.network.up, world.mobile.data = WAYS[way]
        world.run_until(400_000)
        yield world, Listener(world), house.modem.number


def live(world: VirtualWorld) -> None:
    """Somebody arms, a burglar comes, the alarm is switched off, and something burns."""
    world.house.enter_code("2580", "home")
    world.run_until(world.now_ms + 90_000)
    world.house.open("kitchen-door")
    world.run_until(world.now_ms + 150_000)
    world.house.enter_code("2580", "off")
    world.house.close("kitchen-door")
    world.run_until(world.now_ms + 60_000)
    world.house.smoke("kitchen", True)
    world.run_until(world.now_ms + 240_000)


def kinds(events: list[Event]) -> set[int]:
    """The codes of events."""
    return {event.qcode for event in events}


@pytest.mark.parametrize("way", ["ip", "mobile"])
def test_arming_disarming_a_break_in_and_a_fire_look_alike_on_either_path(server: ForkServer, way: str) -> None:
    with listened(server, way) as (world, listener, _):
        live(world)
        events = world.cloud.events()
        assert {ARMED, DISARMED, BURGLARY, FIRE} <= kinds(events)
        sealed = [frame for frame in listener.frames("up") if frame[:4] == events[0].kid]
        assert {len(frame) for frame in sealed} == {EVENT_BYTES}
        assert {event.sealed for event in events if kinds([event]) & {ARMED, DISARMED, BURGLARY, FIRE}} <= {
            frame[4:] for frame in sealed
        }
        nothing_in_clear(world, sealed)


def test_an_sms_shows_a_size_and_a_number_and_nothing_of_the_panel_or_the_event(server: ForkServer) -> None:
    with listened(server, "sms") as (world, listener, number):
        live(world)
        assert {BURGLARY, FIRE} <= kinds(world.cloud.events())
        texts = listener.texts(number)
        assert {len(text) for text in texts} <= {EVENT_BYTES, 2 * EVENT_BYTES}
        assert texts
        nothing_in_clear(world, texts)
        assert not any(bytes.fromhex(world.panel.id) in text for text in texts)


def nothing_in_clear(world: VirtualWorld, seen: list[bytes]) -> None:
    """No event's plaintext is in what was seen, nor its beginning."""
    for event in world.cloud.events():
        time_s = None if event.panel_time_ms is None else event.panel_time_ms // 1000
        plain = messages.Event(
            event.qcode,
            event.area,
            event.zone,
            event.user,
            event.source,
            event.detail,
            event.boot,
            event.uptime_ms,
            time_s,
        )
        assert not any(messages.encode(plain)[1:12] in frame for frame in seen)


@pytest.mark.parametrize("way", WAYS)
def test_everything_said_again_to_cloud_and_panel_changes_nothing(server: ForkServer, way: str) -> None:
    with listened(server, way) as (world, listener, number):
        live(world)
        if WAYS[way] != (False, False):
            world.cloud.send_command(DISARM, 1, 1)
            world.run_until(world.now_ms + 20_000)
        world.house.enter_code("2580", "home")
        world.run_until(world.now_ms + 120_000)
        assert world.house.lamps["armed"]
        stored = [(event.number, event.sealed) for event in world.cloud.events()]
        for said in list(listener.heard):
            play_again(world, said, number)
            world.run_until(world.now_ms + 50)
        world.run_until(world.now_ms + 30_000)
        assert [(event.number, event.sealed) for event in world.cloud.events()] == stored
        assert world.house.lamps["armed"]


def play_again(world: VirtualWorld, said: tuple[Any, ...], number: str) -> None:
    """Say once more what was heard, the same way."""
    broker = world.cloud_process.broker
    if said[0] == "up":
        broker.arrived(topics.up(world.panel.id), said[1])
    elif said[0] == "down":
        broker.publish(topics.down(world.panel.id), said[1])
    elif world.sms is not None:
        sender, receiver, octets = said[1:]
        assert number in (sender, receiver)
        # Whoever sends it has another number: the mobile network sees to that.
        world.sms.subscriber("+46701740699", lambda *_: None).send(receiver, octets)


@pytest.mark.parametrize("bit", [0, 40, 300, 543])
def test_an_sms_with_one_bit_changed_is_nothing_to_the_cloud(server: ForkServer, bit: int) -> None:
    with listened(server, "sms") as (world, listener, number):
        live(world)
        modem = world.house.description.modem
        assert modem is not None
        assert world.sms is not None
        before = len(world.cloud.events())
        changed = bytearray(listener.texts(number)[0])
        changed[bit // 8] ^= 1 << bit % 8
        answers = len(listener.heard)
        world.sms.subscriber("+46701740699", lambda *_: None).send(modem.sms_to, bytes(changed))
        world.run_until(world.now_ms + 30_000)
        assert len(world.cloud.events()) == before
        assert not any(said[0] == "text" and said[2] == "+46701740699" for said in listener.heard[answers:])
