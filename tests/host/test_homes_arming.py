"""Which areas are armed, by whom: what comes late never turns it back."""

from itertools import permutations

import pytest

from hemlarm_cloud.actor import Actor, Role
from hemlarm_cloud.errors import NotFoundError
from hemlarm_cloud.homes import arming
from hemlarm_cloud.store import Store
from hemlarm_protocol import household
from home_support import Home
from registered_site import NOW_MS


@pytest.fixture
def home(store: Store) -> Home:
    """A home on each kind of database."""
    return Home(store)


def _state(home: Home) -> tuple[str | None, str, str]:
    (area,) = home.read(arming.states)
    return area.state, area.person, area.phase


def test_an_area_that_nothing_was_told_of_is_neither_armed_nor_disarmed(home: Home) -> None:
    assert _state(home) == (None, "", "")


def test_each_way_of_arming_shows_with_the_person_who_did_it(home: Home) -> None:
    for qcode, user, wanted in (
        (3401, 1, ("away", "Anna Berg", "")),
        (1401, 2, ("disarmed", "Bo Berg", "")),
        (3441, 2, ("home", "Bo Berg", "")),
        (3456, 1, ("night", "Anna Berg", "")),
        (1401, 0, ("disarmed", "", "")),
    ):
        home.tell(qcode, user=user)
        assert _state(home) == wanted


def test_an_event_that_comes_late_never_overwrites_a_newer_one(home: Home) -> None:
    home.tell(3401, at_s=10, number=5)
    home.tell(1401, at_s=5, number=4)
    assert _state(home)[0] == "away"


def test_within_one_journal_the_numbers_decide_even_where_a_date_was_an_estimate(home: Home) -> None:
    home.tell(3401, at_s=90_000, number=5)
    home.tell(1401, at_s=20, number=6)
    assert _state(home)[0] == "disarmed"


def test_three_events_end_the_same_in_whatever_order_they_come(tmp_path_factory: pytest.TempPathFactory) -> None:
    for order in permutations(((1, 3401), (2, 1401), (3, 3441))):
        store = Store.open(f"sqlite:///{tmp_path_factory.mktemp('order')}/store.db")
        home = Home(store)
        for number, qcode in order:
            home.tell(qcode, at_s=number, number=number)
        assert _state(home)[0] == "home", order
        store.close()


def test_the_panels_own_reading_shows_the_delay_that_runs_and_only_beside_the_state_it_belongs_to(home: Home) -> None:
    home.tell(3401, user=1)
    home.measure((household.AREA, 1, 1 + household.IN_EXIT))
    assert _state(home) == ("away", "Anna Berg", "exit")
    home.tell(1401, at_s=5, user=1)
    assert _state(home) == ("disarmed", "Anna Berg", "")


def test_a_reading_alone_tells_the_state_after_a_restore_of_the_cloud(home: Home) -> None:
    home.measure((household.AREA, 1, 3))
    assert _state(home)[0] == "night"


def test_another_customer_is_not_told_whether_the_home_is_armed(home: Home) -> None:
    home.tell(3401, at_s=0)
    for stranger in (home.ids.others_account(), Actor("customer:x", Role.CUSTOMER)):
        with home.store.read() as reading, pytest.raises(NotFoundError):
            arming.states(reading, stranger, home.site)


def test_the_state_has_the_moment_at_which_it_began(home: Home) -> None:
    home.tell(3401, at_s=7)
    (area,) = home.read(arming.states)
    assert area.dated_ms == NOW_MS + 7000
    assert arming.is_armed([area])
