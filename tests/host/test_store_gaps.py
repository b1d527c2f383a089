"""Finding missing numbers: whatever comes in whatever order, the store agrees with a model that just counts."""

from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from hemlarm_cloud.store import Event, Panel, Store
from hemlarm_cloud.store.gaps import first_gaps

PANEL, KID = "00112233445566ff", b"kid1"
HIGHEST = 40


def make_store() -> Store:
    store = Store.open("sqlite://")
    with store.begin() as tx:
        tx.add_panel(Panel(PANEL, "00", b"wrapped", "1", 0))
        assert tx.learn_incarnation(PANEL, KID, bytes(16), 0) == "new"
    return store


def make_event(number: int, qcode: int = 1130) -> Event:
    return Event(PANEL, KID, number, number.to_bytes(8, "big"), bytes(64), 0, 0, qcode)


@dataclass
class Model:
    """Every number by itself."""

    there: set[int] = field(default_factory=set)

    def missing(self, below: int) -> list[tuple[int, int]]:
        gaps: list[tuple[int, int]] = []
        for number in range(1, below):
            if number in self.there:
                continue
            if gaps and gaps[-1][1] == number - 1:
                gaps[-1] = (gaps[-1][0], number)
            else:
                gaps.append((number, number))
        return gaps

    def complete_below(self) -> int:
        number = 1
        while number in self.there:
            number += 1
        return number


numbers = st.integers(1, HIGHEST)
records = st.one_of(
    st.tuples(st.just("event"), numbers, numbers, numbers),
    st.tuples(st.just("void"), numbers, numbers, numbers),
    st.tuples(st.just("look"), numbers, numbers, numbers),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(records, max_size=30))
def test_any_order_of_arrival_ends_in_what_counting_gives(steps: list[tuple[str, int, int, int]]) -> None:
    store, model = make_store(), Model()
    for what, number, one, other in steps:
        with store.begin() as tx:
            if what == "look":
                assert tx.missing(PANEL, KID, number, HIGHEST) == model.missing(number)
            elif what == "event":
                tx.add_event(make_event(number))
                model.there.add(number)
            elif number not in model.there:
                assert tx.add_void(make_event(number, qcode=0), min(one, other), max(one, other), 0) == "new"
                model.there |= {number, *range(min(one, other), max(one, other) + 1)}
    with store.begin() as tx:
        assert tx.missing(PANEL, KID, HIGHEST + 2, HIGHEST) == model.missing(HIGHEST + 2)
        assert tx.incarnations(PANEL)[0].complete_below == model.complete_below()


@settings(max_examples=30, deadline=None)
@given(st.permutations([*range(1, 21)]), st.integers(0, 20))
def test_one_set_of_events_ends_the_same_in_every_order(order: list[int], left_out: int) -> None:
    store = make_store()
    for number in order:
        if number != left_out:
            with store.begin() as tx:
                tx.add_event(make_event(number))
                tx.missing(PANEL, KID, number)
    with store.begin() as tx:
        assert tx.missing(PANEL, KID, 21) == ([(left_out, left_out)] if left_out else [])
        assert tx.incarnations(PANEL)[0].complete_below == (left_out or 21)


def test_no_more_gaps_are_returned_than_asked_for_and_the_lowest_come_first() -> None:
    store = make_store()
    with store.begin() as tx:
        tx.add_events([make_event(number) for number in range(2, 100, 2)])
        assert tx.missing(PANEL, KID, 100, at_most=3) == [(1, 1), (3, 3), (5, 5)]


def test_a_panel_that_claims_a_huge_number_costs_one_gap() -> None:
    store = make_store()
    with store.begin() as tx:
        tx.add_event(make_event(1))
        assert tx.missing(PANEL, KID, 1 << 32) == [(2, (1 << 32) - 1)]


def test_an_unknown_incarnation_misses_nothing() -> None:
    store = make_store()
    with store.begin() as tx:
        assert tx.missing(PANEL, b"none", 50) == []


def test_gaps_are_found_across_pages_of_numbers() -> None:
    store = make_store()
    present = [number for number in range(1, 3001) if number not in (1000, 1001, 2500)]
    with store.begin() as tx:
        tx.add_events([make_event(number) for number in present])
        assert tx.missing(PANEL, KID, 3002) == [(1000, 1001), (2500, 2500), (3001, 3001)]


def test_numbers_beyond_the_last_wanted_gap_are_not_read() -> None:
    def numbers_once() -> "list[int]":
        raise AssertionError("read too far")

    def until_seven() -> "object":
        yield from (2, 4, 6)
        numbers_once()

    assert first_gaps(1, 100, until_seven(), [], 2) == (1, [(1, 1), (3, 3)])  # type: ignore[arg-type]
