"""Walking through a house: which way somebody takes, which doors that opens, and which detectors see it."""

import math
from itertools import pairwise

import pytest

from hemlarm_simulator.description import houses, load_house
from hemlarm_simulator.page.plan import OUTSIDE, Opening, Plan, Point, Room, Stairs, plan_of
from hemlarm_simulator.page.walking import DOOR_MS, SEEN_MS, STEP_MS, WALK_M_S, Step, walk

HALL, KITCHEN, LOFT = Room("hall", 0, 0, 4, 3), Room("kitchen", 4, 0, 2, 3), Room("loft", 8, 0, 3, 3, ground=False)
FRONT = Opening((2, 3), False, 0.9, ("hall", OUTSIDE), "front")
BACK = Opening((6, 1.5), True, 0.9, ("kitchen", OUTSIDE), "back")
INNER = Opening((4, 1.5), True, 0.9, ("kitchen", "hall"))
PLAN = Plan(
    (HALL, KITCHEN, LOFT),
    (FRONT, BACK, INNER),
    stairs=(Stairs((0.5, 0.5), (10, 1)),),
    sensors={"eye": (0.3, 2), "oven": (5, 0.5), "loft": (9, 2)},
)
KINDS = {"eye": "motion", "oven": "smoke", "loft": "pet-camera"}
GARDEN = (2.0, 4.0)


def walked(start: Point, to: Point, **more: tuple[str, ...]) -> list[Step]:
    return walk(PLAN, start, to, KINDS, **more)


def handled(steps: list[Step]) -> list[str]:
    return [f"{verb} {name}" for step in steps for verb, name in (("open", step.opens), ("close", step.closes)) if name]


def test_whoever_comes_home_opens_the_door_and_closes_it_and_is_seen_in_the_hall() -> None:
    steps = walked(GARDEN, (1, 1))
    assert handled(steps) == ["open front", "close front"]
    assert {name for step in steps for name in step.sees} == {"eye"}
    assert (steps[-1].x, steps[-1].y, steps[-1].room) == (1, 1, "hall")
    opened, closed = (next(step.at_ms for step in steps if verb(step)) for verb in (_opens, _closes))
    assert closed - opened == DOOR_MS - STEP_MS


def _opens(step: Step) -> str:
    return step.opens


def _closes(step: Step) -> str:
    return step.closes


def test_a_motion_detector_sees_again_and_again_whoever_walks_in_its_room_and_a_smoke_detector_never() -> None:
    seen = [step.at_ms for step in walked((0.5, 1.5), (3.6, 1.5)) if step.sees]
    assert len(seen) >= 2
    assert all(later - earlier == SEEN_MS for earlier, later in pairwise(seen))
    assert not any(step.sees for step in walked((4.5, 0.5), (5.5, 2.5)))


def test_an_open_door_is_left_open() -> None:
    assert handled(walked(GARDEN, (1, 1), stand_open=("front",))) == []


def test_behind_a_locked_door_one_takes_another_way_or_none() -> None:
    assert handled(walked(GARDEN, (1, 1), locked=("front",))) == ["open back", "close back"]
    assert walked(GARDEN, (1, 1), locked=("front", "back")) == []


def test_stairs_lead_to_the_other_floor_at_once_and_nobody_walks_between_the_two_on_the_plan() -> None:
    steps = walked((1, 1), (9, 2))
    assert steps[-1].room == "loft"
    assert {step.room for step in steps} == {"hall", "loft"}
    assert "loft" in {name for step in steps for name in step.sees}


def test_nobody_stands_in_a_wall_or_leaves_the_garden() -> None:
    assert walked((1, 1), (-50, 1))[-1].x == pytest.approx(-0.9)
    assert walked((1, 1), (3.99, 1))[-1].x == pytest.approx(3.7)


def test_round_the_house_is_a_way_and_through_it_none() -> None:
    steps = walked(GARDEN, (2, -1))
    assert {step.room for step in steps} == {OUTSIDE}
    assert handled(steps) == []


@pytest.mark.parametrize("name", houses())
def test_every_room_of_every_house_can_be_reached_and_steps_are_a_persons(name: str) -> None:
    plan = plan_of(load_house(name))
    kinds = {sensor.name: sensor.kind for sensor in load_house(name).sensors}
    for room in plan.rooms:
        steps = walk(plan, plan.places["person"], (room.x + room.w / 2, room.y + room.h / 2), kinds)
        assert steps[-1].room == room.name
        assert [step.at_ms for step in steps] == [STEP_MS * number for number in range(1, len(steps) + 1)]
        for before, after in pairwise(steps):
            far = math.dist((before.x, before.y), (after.x, after.y))
            floors = {before.room, after.room}
            assert far <= WALK_M_S * STEP_MS / 1000 + 0.01 or floors & _upstairs(plan)
            _expect_a_way(plan, before, after)


def _upstairs(plan: Plan) -> set[str]:
    return {room.name for room in plan.rooms if not room.ground}


def _expect_a_way(plan: Plan, before: Step, after: Step) -> None:
    """Whoever is in another room now went through a door between the two, or over stairs."""
    if before.room == after.room:
        return
    doors = [door for door in plan.doors if {*door.between} == {before.room, after.room}]
    middle = ((before.x + after.x) / 2, (before.y + after.y) / 2)
    ends = [end for stairs in plan.stairs for end in (stairs.at, stairs.to)]
    assert any(math.dist(door.at, middle) < 0.6 for door in doors) or any(
        math.dist(end, (after.x, after.y)) < 0.1 for end in ends
    )
