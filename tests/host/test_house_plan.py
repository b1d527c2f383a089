"""Floor plans: what a file may say, where walls stand, and that every house that comes along can be looked at."""

import json
import math
from pathlib import Path

import pytest

from hemlarm_simulator.description import HouseDescription, houses, load_house, read_house
from hemlarm_simulator.house_table import HouseError
from hemlarm_simulator.page.drawing import drawing
from hemlarm_simulator.page.plan import OUTSIDE, Plan, Room, plan_of, read_plan
from hemlarm_simulator.page.walls import Wall, walls

HOUSE = 'title = "x"\n[[area]]\nnumber = 1\nexit_s = 60\nentry_s = 30\n'
ROOM = '[[room]]\nname = "hall"\nx = 0\ny = 0\nw = 4\nh = 3\n'
OTHER = '[[room]]\nname = "kitchen"\nx = 4\ny = 0\nw = 2\nh = 3\n'
APART_M = 0.7
"""Less between two symbols, and one hides the other."""


def sensor(name: str, kind: str, zone: int) -> str:
    return f'[[sensor]]\nname = "{name}"\nkind = "{kind}"\nzone = {zone}\ntype = "instant"\n'


def plan_from(tmp_path: Path, text: str) -> Plan:
    (tmp_path / "p.toml").write_text(text)
    return read_plan(tmp_path / "p.toml")


def house_with(tmp_path: Path, sensors: str, plan: str = "") -> HouseDescription:
    (tmp_path / "plans").mkdir(exist_ok=True)
    if plan:
        (tmp_path / "plans" / "flat.toml").write_text(plan)
    (tmp_path / "house.toml").write_text(('plan = "flat"\n' if plan else "") + HOUSE + sensors)
    return read_house(tmp_path / "house.toml")


@pytest.mark.parametrize("name", houses())
def test_every_house_that_comes_along_has_a_plan_that_shows_each_of_its_things(name: str) -> None:
    house = load_house(name)
    assert house.plan is not None
    file, plan = read_plan(house.plan), plan_of(house)
    drawn = [opening for opening in (*plan.doors, *plan.windows) if opening.sensor]
    assert {opening.sensor for opening in drawn} | set(plan.sensors) == {sensor.name for sensor in house.sensors}
    assert set(plan.sensors) <= set(file.sensors), "the plan gives each a place of its own"
    assert {output.name for output in house.outputs} <= set(file.outputs)
    assert set(plan.places) == set(file.places)
    places = [*plan.sensors.values(), *plan.outputs.values(), *plan.places.values(), *(door.at for door in drawn)]
    left, top, right, bottom = plan.garden
    for at in places:
        assert plan.room_at(at) != OUTSIDE or (left < at[0] < right and top < at[1] < bottom)
    for number, at in enumerate(places):
        assert min((math.dist(at, other) for other in places[:number]), default=1) >= APART_M, at


@pytest.mark.parametrize("name", houses())
def test_what_the_page_is_told_of_a_house_is_json(name: str) -> None:
    house = load_house(name)
    told = json.loads(json.dumps(drawing(house)))
    assert [one["name"] for one in told["sensors"]] == [sensor.name for sensor in house.sensors]
    assert told["has"]["power"] == (house.power is not None)
    assert told["people"][0]["code"] == house.users[0].code
    assert told["sounds"]["fire"]


def test_a_wall_between_two_rooms_stands_once_and_all_others_are_outer_ones() -> None:
    found = walls(Plan((Room("hall", 0, 0, 4, 3), Room("kitchen", 4, 0, 2, 3))))
    assert Wall(4, 0, 4, 3, False) in found
    assert [wall for wall in found if not wall.outer] == [Wall(4, 0, 4, 3, False)]
    assert Wall(0, 0, 6, 0, True) in found
    assert sum(abs(wall.x2 - wall.x1) + abs(wall.y2 - wall.y1) for wall in found if wall.outer) == 18


def test_doors_and_windows_are_gaps_in_their_walls(tmp_path: Path) -> None:
    plan = plan_from(tmp_path, ROOM + "[[door]]\nat = [1, 3]\nwidth = 0.8\n[[window]]\nat = [4, 1.5]\nwidth = 1\n")
    found = walls(plan)
    assert [(wall.x1, wall.x2) for wall in found if wall.y1 == wall.y2 == 3] == [(0, 0.6), (1.4, 4)]
    assert [(wall.y1, wall.y2) for wall in found if wall.x1 == wall.x2 == 4] == [(0, 1), (2, 3)]


def test_a_door_knows_its_wall_and_swings_into_the_room_that_the_plan_says(tmp_path: Path) -> None:
    plan = plan_from(tmp_path, ROOM + OTHER + '[[door]]\nat = [4, 1]\ninto = "kitchen"\n[[door]]\nat = [1, 0]\n')
    inner, front = plan.doors
    assert (inner.upright, inner.between) == (True, ("kitchen", "hall"))
    assert (front.upright, front.between) == (False, ("hall", OUTSIDE))


def test_a_plan_may_be_shared_since_what_a_house_lacks_is_left_out(tmp_path: Path) -> None:
    text = ROOM + '[[door]]\nat = [1, 3]\nsensor = "front"\n[[window]]\nat = [2, 0]\nsensor = "pane"\n'
    text += "[sensors]\nhall = [1, 1]\ncellar = [2, 2]\n"
    plan = plan_of(house_with(tmp_path, sensor("front", "door", 1) + sensor("hall", "motion", 2), text))
    assert plan.doors[0].sensor == "front"
    assert plan.windows[0].sensor == ""
    assert plan.sensors == {"hall": (1.0, 1.0)}


def test_what_a_plan_does_not_name_finds_a_place_of_its_own(tmp_path: Path) -> None:
    found = plan_of(house_with(tmp_path, sensor("a", "motion", 1) + sensor("b", "camera", 2), ROOM))
    assert all(found.room_at(at) == "hall" for at in found.sensors.values())
    assert len({*found.sensors.values()}) == 2


def test_a_house_without_a_plan_is_shown_as_one_room_with_all_it_has(tmp_path: Path) -> None:
    sensors = sensor("front", "door", 1) + sensor("pane", "window", 2)
    sensors += "".join(sensor(f"m{number}", "motion", number) for number in range(3, 20))
    house = house_with(tmp_path, sensors)
    plan = plan_of(house)
    assert [door.sensor for door in plan.doors] == ["front"]
    assert [window.sensor for window in plan.windows] == ["pane"]
    assert len(set(plan.sensors.values())) == 17
    assert all(plan.room_at(at) == "house" for at in plan.sensors.values())
    assert drawing(house)["sensors"][0]["at"] == list(plan.doors[0].at)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "at least one"),
        (ROOM + ROOM, "name of its own"),
        (ROOM.replace("hall", "outside"), "name of its own"),
        (ROOM.replace("w = 4", "w = 0.1"), "w = 0.1 is not a number from 0.5 to 60"),
        (ROOM.replace("w = 4", 'w = "4"'), "is not a number"),
        (ROOM + 'furniture = [["piano", 1, 1, 1, 1]]\n', "kinds: bed"),
        (ROOM + "[[door]]\nat = [2, 2]\n", "on no wall"),
        (ROOM + "[[door]]\nat = [2]\n", "no point"),
        (ROOM + '[[door]]\nat = [2, 0]\ninto = "cellar"\n', "not one of hall, outside"),
        (ROOM + "[[stairs]]\nat = [1, 1]\nto = [9, 9]\n", "in no room"),
        (ROOM + "[places]\nfountain = [1, 1]\n", "unknown field fountain"),
        (ROOM + "[sensors]\nhall = [1, 100]\n", "no point"),
        ("[[room", "p.toml"),
    ],
)
def test_a_mistake_in_a_plan_is_told_with_its_remedy(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(HouseError) as told:
        plan_from(tmp_path, text)
    assert complaint in str(told.value)
    assert "p.toml" in str(told.value)


def test_a_house_that_names_a_plan_that_is_not_there_is_told_which_there_are(tmp_path: Path) -> None:
    house_with(tmp_path, "", ROOM)
    (tmp_path / "house.toml").write_text('plan = "castle"\n' + HOUSE)
    with pytest.raises(HouseError, match="'castle' is not one of flat"):
        read_house(tmp_path / "house.toml")
