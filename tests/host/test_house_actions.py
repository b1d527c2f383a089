"""What the house page can do: each action's deed, and what is refused with which words."""

from typing import Any

import pytest

from hemlarm_simulator.page.actions import ACTIONS, ActionError, do
from hemlarm_simulator.page.state import house_state, power_state
from house_page_support import StillWorld, target


def state(world: StillWorld) -> dict[str, Any]:
    return house_state(world, 1)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("body", "name", "expected"),
    [
        ({"do": "open", "what": "front-door"}, "front-door", {"open": True, "state": "active"}),
        ({"do": "open", "what": "front-door", "on": False}, "front-door", {"open": False, "state": "rest"}),
        ({"do": "close", "what": "front-door"}, "front-door", {"open": False}),
        ({"do": "move", "what": "hall"}, "hall", {"state": "active"}),
        ({"do": "animal", "what": "hall", "value": 30}, "hall", {"state": "active"}),
        ({"do": "dismount", "what": "hall"}, "hall", {"off": True}),
        ({"do": "cable", "what": "hall", "value": "cut"}, "hall", {"cable": "cut"}),
        ({"do": "press", "what": "fire-button"}, "fire-button", {"state": "alarm"}),
    ],
)
def test_a_deed_is_seen_at_its_sensor(body: dict[str, Any], name: str, expected: dict[str, Any]) -> None:
    world = StillWorld()
    do(target(world), body)
    assert state(world)[f"1/sensor/{name}"].items() >= expected.items()


def test_smoke_fills_a_detector_until_it_sounds_and_leaves_it_again() -> None:
    world = StillWorld()
    house = target(world)
    do(house, {"do": "smoke", "what": "kitchen"})
    world.pass_ms(3_000)
    rising = state(world)["1/sensor/kitchen"]
    assert (rising["state"], rising["sounding"]) == ("active", False)
    assert 0.2 < rising["level"] < 0.5
    world.pass_ms(60_000)
    assert state(world)["1/sensor/kitchen"].items() >= {"state": "alarm", "sounding": True, "level": 1.0}.items()
    do(house, {"do": "smoke", "what": "kitchen", "on": False})
    world.pass_ms(120_000)
    assert state(world)["1/sensor/kitchen"].items() >= {"state": "rest", "sounding": False, "level": 0.0}.items()


@pytest.mark.parametrize(
    ("body", "name", "expected"),
    [
        ({"do": "battery", "what": "{}", "on": True}, "battery_low", True),
        ({"do": "fault", "what": "{}"}, "fault", True),
        ({"do": "reach", "what": "{}", "on": False}, "reach", False),
    ],
)
def test_what_is_wrong_with_a_radio_sensor_is_seen(body: dict[str, Any], name: str, expected: bool) -> None:
    world = StillWorld("big-villa")
    sensor = next(sensor.name for sensor in world.house.description.sensors if sensor.radio)
    do(target(world), body | {"what": sensor})
    assert state(world)[f"1/sensor/{sensor}"][name] is expected


def test_keys_and_tags_reach_the_keypad() -> None:
    world = StillWorld("big-villa")
    house = target(world)
    owner = next(user for user in world.house.description.users if user.tags)
    do(house, {"do": "key", "key": "away"})
    do(house, {"do": "tag", "what": owner.name})
    assert [values for values in world.inputs if values[0] in ("key", "tag")] == [
        ("key", "away"),
        ("tag", owner.tags[0]),
    ]
    do(house, {"do": "tag", "what": "stranger"})
    assert world.inputs[-1][1] not in owner.tags


def test_somebody_walks_through_a_door_that_opens_and_closes_and_is_seen_inside() -> None:
    world = StillWorld()
    house = target(world)
    before = house.person.position
    hall = next(sensor for sensor in world.house.description.sensors if sensor.name == "hall")
    do(house, {"do": "walk", "to": list(house.person.plan.sensors["hall"])})
    world.pass_ms(60_000)
    zones = [values[1:] for values in world.inputs if values[0] == "zone"]
    assert house.person.position != before
    assert house.person.position[2] == house.person.plan.room_at(house.person.plan.sensors["hall"])
    assert (1, True) in zones
    assert zones.index((1, True)) < zones.index((1, False)) < len(zones)
    assert (hall.zone, True) in zones


def test_a_panel_is_switched_off_and_on_once_however_often_it_is_asked_for() -> None:
    world = StillWorld()
    house = target(world)
    for on in (False, False, True, True):
        do(house, {"do": "power", "on": on})
    do(house, {"do": "reset"})
    do(house, {"do": "hang", "value": "busy"})
    do(house, {"do": "flash-fail"})
    assert world.done == [
        ("power", False),
        ("power", True),
        ("reset",),
        ("hang", "busy"),
        ("flash", ["journal", "state", "config"]),
    ]


def test_the_ways_to_the_world_can_be_broken() -> None:
    world = StillWorld("two-paths")
    house = target(world)
    for body in (
        {"do": "ethernet", "on": False},
        {"do": "black-hole", "on": True},
        {"do": "black-hole", "path": "mobile"},
        {"do": "mobile", "on": False},
        {"do": "mobile-data", "on": False},
        {"do": "mobile-signal", "value": -101},
        {"do": "jam", "radio": 1},
        {"do": "jam", "radio": 2},
        {"do": "dark"},
    ):
        do(house, body)
    seen = state(world)
    assert (seen["1/cable"], seen["1/black-hole"], seen["1/radio-jammed"], seen["1/dark"]) == (False, True, True, True)
    assert seen["1/mobile"] == {
        "up": False,
        "data": False,
        "dbm": -101,
        "technology": "LTE",
        "jammed": True,
        "black-hole": True,
        "running": True,
    }


def test_mains_and_battery_are_seen_to_fail() -> None:
    world = StillWorld("reference")
    house = target(world)
    supply = world.supply
    assert power_state(supply, 1)["1/battery"]["state"] == "full"
    supply.panel_starts()
    do(house, {"do": "mains", "on": False})
    giving = power_state(supply, 1)
    assert giving["1/mains"] is False
    assert giving["1/battery"]["state"] == "giving"
    assert giving["1/battery"]["ma"] < 0 < giving["1/battery"]["hours"]
    do(house, {"do": "battery", "value": 10})
    assert power_state(supply, 1)["1/battery"]["percent"] == 10


def test_a_battery_without_its_plug_is_none() -> None:
    world = StillWorld("reference")
    do(target(world), {"do": "battery", "on": False})
    assert power_state(world.supply, 1)["1/battery"]["state"] == "none"


def test_plugs_are_pressed_and_locks_are_turned_unless_something_is_in_their_way() -> None:
    world = StillWorld("smart-villa")
    house = target(world)
    plug, lock = (
        next(each for each in world.house.description.outputs if each.kind == kind) for kind in ("plug", "lock")
    )
    do(house, {"do": "plug-press", "what": plug.name})
    do(house, {"do": "lock-turn", "what": lock.name})
    assert (state(world)[f"1/plug/{plug.number}"], state(world)[f"1/lock/{lock.number}"]) == (True, "unlocked")
    do(house, {"do": "lock-jam", "what": lock.name})
    do(house, {"do": "lock-turn", "what": lock.name})
    assert state(world)[f"1/lock/{lock.number}"] == "unlocked"
    do(house, {"do": "lock-jam", "what": lock.name, "on": False})
    do(house, {"do": "lock-turn", "what": lock.name, "on": True})
    assert state(world)[f"1/lock/{lock.number}"] == "locked"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "None is nothing that can be done"),
        ({"do": "fly"}, "there are animal, battery"),
        ({"do": ["open"]}, "nothing that can be done"),
        ({"do": "open"}, "'what' is missing"),
        ({"do": "open", "what": 7}, "'what' is missing, or no text"),
        ({"do": "open", "what": "front-dor"}, "did you mean front-door?"),
        ({"do": "open", "what": "front-door", "on": "yes"}, "true or false"),
        ({"do": "key", "key": "x"}, "'key' is one of"),
        ({"do": "mains", "on": False}, "no supply of its own"),
        ({"do": "mobile", "on": False}, "no modem"),
        ({"do": "jam", "radio": 3}, "'radio' is one of 1, 2"),
        ({"do": "walk", "to": [1]}, "[x, y] in metres"),
        ({"do": "walk", "to": [1, float("nan")]}, "from -100 to 100"),
        ({"do": "walk", "to": [1, 1e9]}, "from -100 to 100"),
        ({"do": "heat", "what": "kitchen", "value": True}, "a number from"),
        ({"do": "battery", "what": "hall"}, "no radio sensor here"),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_reason(body: dict[str, Any], said: str) -> None:
    world = StillWorld()
    with pytest.raises(ActionError) as refused:
        do(target(world), body)
    assert said in str(refused.value)
    assert world.inputs == []


def test_everything_that_the_page_promises_can_be_done() -> None:
    promised = (
        "open close move break_glass animal smoke heat co water temperature press dismount cable battery fault reach "
        "key tag walk mains power ethernet black-hole mobile-signal mobile mobile-data jam dark lock-turn lock-jam "
        "plug-press flash-fail reset hang"
    )
    assert set(promised.split()) <= set(ACTIONS)
