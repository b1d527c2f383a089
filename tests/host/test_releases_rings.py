"""Which panel is in which ring, and when a ring may lead to the next: the pure part of releases."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemlarm_cloud.errors import InvalidError
from hemlarm_cloud.updates import rings
from hemlarm_cloud.updates.rings import Tally
from release_support import panel_name

FIFTY = [panel_name(number) for number in range(50)]


def sizes(planned: dict[str, int]) -> list[int]:
    return [list(planned.values()).count(ring) for ring in range(max(planned.values()) + 1)]


def test_the_usual_rings_of_fifty_panels_grow_from_one() -> None:
    assert sizes(rings.plan(7, FIFTY, (), rings.parse(rings.DEFAULT))) == [1, 2, 10, 37]


def test_the_same_release_has_the_same_rings_and_another_one_others() -> None:
    reaches = rings.parse(rings.DEFAULT)
    planned = rings.plan(7, FIFTY, (), reaches)
    assert rings.plan(7, reversed(FIFTY), (), reaches) == planned
    assert rings.plan(8, FIFTY, (), reaches) != planned


def test_named_panels_are_the_first_ring_however_many_they_are() -> None:
    named = FIFTY[10:14]
    planned = rings.plan(7, FIFTY, named, rings.parse(rings.DEFAULT))
    assert sorted(name for name, ring in planned.items() if ring == 0) == named
    assert max(planned.values()) == 3


@given(
    count=st.integers(1, 300),
    written=st.sampled_from(("100%", "1, 100%", "1, 5%, 25%, 100%", "10, 20, 50%, 100%", "2%, 3%, 100%")),
    named=st.integers(0, 5),
)
def test_every_panel_has_a_ring_and_each_ring_reaches_as_far_as_it_says(count: int, written: str, named: int) -> None:
    panels = [panel_name(number) for number in range(count)]
    reaches = rings.parse(written)
    planned = rings.plan(1, panels, panels[:named], reaches)
    assert set(planned) == set(panels)
    for ring in range(len(reaches)):
        within = sum(each <= ring for each in planned.values())
        furthest = max(each.count(count) for each in reaches[: ring + 1])
        assert within == max(furthest, min(named, count))


@pytest.mark.parametrize(
    "written",
    ["", "5%", "100", "1, 100%, 50%", "5%, 1, 100%", "5, 5, 100%", "0, 100%", "1, 101%", "one, 100%", "1;100%"],
)
def test_rings_that_make_no_sense_are_refused_with_an_example(written: str) -> None:
    with pytest.raises(InvalidError, match=r"rings: .*1, 5%, 25%, 100%"):
        rings.parse(written)


@pytest.mark.parametrize(
    ("ring", "tally", "fails"),
    [
        (0, Tally(good=9, bad=1, tried=10), True),
        (1, Tally(good=9, bad=1, tried=10), True),
        (1, Tally(good=49, bad=1, tried=50), False),
        (1, Tally(good=48, bad=2, tried=50), True),
        (2, Tally(good=98, bad=2, tried=100), False),
        (0, Tally(good=9, bad=1, tried=10, excused=1), False),
        (0, Tally(waiting=10), False),
    ],
)
def test_no_failure_is_allowed_in_the_first_ring_and_two_percent_later(ring: int, tally: Tally, fails: bool) -> None:
    assert rings.fails(ring, tally, 2) is fails


@pytest.mark.parametrize(
    ("tally", "holds"),
    [
        (Tally(), True),
        (Tally(good=1, tried=1), True),
        (Tally(waiting=1), False),
        (Tally(waiting=5, good=5), True),
        (Tally(waiting=5, going=1, good=5), False),
        (Tally(waiting=5, going=1, good=5, away=5), True),
        (Tally(going=1), False),
        (Tally(bad=1, excused=1), True),
    ],
)
def test_a_ring_holds_when_half_of_those_that_can_be_reached_run_the_version(tally: Tally, holds: bool) -> None:
    assert rings.holds(tally) is holds
