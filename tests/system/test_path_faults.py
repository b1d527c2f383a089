"""A panel with two paths comes through every fault of paths, SMS and modem: the store ends with each event once."""

import dataclasses
from collections.abc import Callable, Iterator

import pytest

from hemlarm_simulator.description import AreaDescription, HouseDescription, load_house
from hemlarm_simulator.launch import ForkServer
from hemlarm_simulator.modem.simulated_modem import MOMENTS
from hemlarm_simulator.modem_description import FAMILIES
from hemlarm_simulator.virtual.faults import PATH_KINDS
from hemlarm_simulator.virtual.world import VirtualWorld

MINUTE_MS = 60_000
REGISTERED_MS = MINUTE_MS
LIMIT_MS = 30 * MINUTE_MS
BUTTON = "fire-button"

Story = Callable[[VirtualWorld], None]


@pytest.fixture(name="server", scope="module")
def _server() -> Iterator[ForkServer]:
    with ForkServer() as server:
        yield server


def _house(family: str) -> HouseDescription:
    house = load_house("two-paths")
    assert house.modem is not None
    modem = dataclasses.replace(house.modem, family=family)
    return dataclasses.replace(house, modem=modem, areas=(AreaDescription(1, 0, 0),), filter_ms=0)


def live(world: VirtualWorld, presses: int = 20) -> None:
    """Somebody plays with the fire button: an event every four seconds."""
    for press in range(presses):
        (world.house.close if press % 2 else world.house.open)(BUTTON)
        world.run_until(world.now_ms + 4_000)


def all_there_once(world: VirtualWorld) -> bool:
    """Whether every event that the panel numbered is acknowledged there, and stored exactly once."""
    numbered = {trace.values[0] for trace in world.ledger.traces if trace.what == "event"}
    known = {trace.values[0] for trace in world.ledger.traces if trace.what == "acknowledged"}
    stored = [(event.kid, event.number) for event in world.cloud.events() if event.qcode]
    return numbered <= known and len(set(stored)) == len(stored) and numbered <= {number for _, number in stored}


def _mobile(attribute: str, value: object) -> Story:
    """The fixed line is cut, and something befalls the mobile network."""

    def story(world: VirtualWorld) -> None:
        world.network.up = False
        setattr(world.mobile, attribute, value)

    return story


def _last_resort(world: VirtualWorld) -> None:
    """There is nothing but SMS."""
    world.network.up = world.mobile.data = False


def _sms_lost(world: VirtualWorld) -> None:
    _last_resort(world)
    world.sms.loss_per_mille = 500


def _sms_delayed(world: VirtualWorld) -> None:
    _last_resort(world)
    world.sms.delay_ms = 90_000


def _sms_outage(world: VirtualWorld) -> None:
    _last_resort(world)
    world.sms.switch(False)


def _modem(act: Callable[[VirtualWorld], None]) -> Story:
    """The modem is all that there is, and something befalls it."""

    def story(world: VirtualWorld) -> None:
        world.network.up = False
        live(world, 8)
        act(world)

    return story


def _reset(world: VirtualWorld) -> None:
    assert world.modem is not None
    world.modem.reset()


def _hang(world: VirtualWorld) -> None:
    assert world.modem is not None
    world.modem.hang()


def _garble(world: VirtualWorld) -> None:
    assert world.modem is not None
    world.modem.garble(5)


def _moment(moment: str) -> Story:
    def story(world: VirtualWorld) -> None:
        assert world.modem is not None
        world.modem.reset_at(moment)
        if moment.startswith("sms"):
            _last_resort(world)
        else:
            world.network.up = False

    return story


STORIES: dict[str, tuple[str, Story]] = {
    "black-hole-ip": ("black-hole-ip", lambda world: setattr(world.network, "black_hole", True)),
    "black-hole-mobile": ("black-hole-mobile", _mobile("black_hole", True)),
    "packet-lost": ("packet-lost", _mobile("loss_per_mille", 200)),
    "mobile-outage": ("mobile-outage", _mobile("up", False)),
    "mobile-data-off": ("mobile-data-off", _mobile("data", False)),
    "mobile-jammed": ("mobile-jammed", _mobile("jammed", True)),
    "sms-outage": ("sms-outage", _sms_outage),
    "sms-lost": ("sms-lost", _sms_lost),
    "sms-delayed": ("sms-delayed", _sms_delayed),
    "modem-reset": ("modem-reset", _modem(_reset)),
    "modem-hang": ("modem-hang", _modem(_hang)),
    "modem-garbled": ("modem-garbled", _modem(_garble)),
    **{f"modem-at-{moment}": ("modem-moment", _moment(moment)) for moment in MOMENTS if moment != "registration"},
}


def test_every_kind_of_fault_has_its_story() -> None:
    assert {kind for kind, _ in STORIES.values()} == set(PATH_KINDS)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("name", STORIES)
def test_the_panel_and_the_store_come_through(server: ForkServer, name: str, family: str) -> None:
    kind, story = STORIES[name]
    with VirtualWorld(server, _house(family)) as world:
        world.run_until(REGISTERED_MS)
        live(world, 4)
        assert not world.faults
        story(world)
        live(world)
        world.run_until(world.now_ms + 2 * MINUTE_MS)
        assert world.faults[kind] >= 1
        world.calm()
        live(world, 2)
        assert world.wait_for(lambda: all_there_once(world), LIMIT_MS)
        assert world.crashes == []
