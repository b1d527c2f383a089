"""Who armed and disarmed with what and when; alarms, faults, power; and what a home is not told while it is silent."""

import pytest
from sqlalchemy import select

from hemlarm_cloud.actor import SYSTEM
from hemlarm_cloud.errors import InvalidError, NotFoundError
from hemlarm_cloud.homes import history
from hemlarm_cloud.homes.commands import ARM_AWAY
from hemlarm_cloud.homes.history import ALARMS, ARMING, FAULTS, KINDS, POWER
from hemlarm_cloud.sites import accounts
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.schema_cases import alarm_case
from hemlarm_protocol.contact_id import SOURCE_COMMAND, SOURCE_KEYPAD, SOURCE_TAG
from home_support import Home
from registered_site import NOW_MS


@pytest.fixture
def home(store: Store) -> Home:
    """A home on each kind of database."""
    return Home(store)


def _told(home: Home, kind: str = "all") -> list[tuple[int, str, str, int]]:
    return [(each.qcode, each.who, each.how, each.tag) for each in home.read(history.page, kind).entries]


def test_the_newest_comes_first_with_who_did_it_and_by_which_code_or_tag(home: Home) -> None:
    home.tell(3401, at_s=1, user=1, source=SOURCE_KEYPAD)
    home.tell(1401, at_s=2, user=2, source=SOURCE_TAG + 1)
    assert _told(home) == [(1401, "Bo Berg", "tag", 2), (3401, "Anna Berg", "code", 0)]


def test_what_was_done_from_the_telephone_names_the_person_even_if_the_panel_has_no_number_for_them(home: Home) -> None:
    with home.store.begin() as tx:
        accounts.create(tx, SYSTEM, "c", "customer", bytes(32), NOW_MS, home.ids.c, home.ids.customer)
    home.answer(home.ask(home.cia, ARM_AWAY), True)
    home.tell(3401, at_s=1, user=0, source=SOURCE_COMMAND)
    assert _told(home) == [(3401, "Cia Berg", "app", 0)]


def test_each_kind_has_its_own(home: Home) -> None:
    for number, qcode in enumerate((3401, 1130, 1301, 1384, 1601), 1):
        home.tell(qcode, at_s=number, zone=2)
    shown = {kind: [each[0] for each in _told(home, kind)] for kind in KINDS}
    assert shown == {
        "all": [1601, 1384, 1301, 1130, 3401],
        ARMING: [3401],
        ALARMS: [1130],
        FAULTS: [1384],
        POWER: [1301],
    }
    for kind in (ARMING, ALARMS, FAULTS, POWER):
        assert {each.kind for each in home.read(history.page, kind).entries} == {kind}


def test_a_zone_has_the_name_on_the_keypad(home: Home) -> None:
    home.tell(1130, zone=2)
    (entry,) = home.read(history.page).entries
    assert (entry.zone, entry.zone_name) == (2, "Köksfönster")


def test_a_hold_up_alarm_is_not_told_before_its_case_is_closed(home: Home) -> None:
    home.tell(3401, at_s=1)
    home.tell(1121, at_s=2)
    assert [each[0] for each in _told(home)] == [3401]
    assert _told(home, ALARMS) == []
    with home.store.begin() as tx:
        case = tx.connection.scalars(select(alarm_case.c.id)).one()
        closed = {"state": "closed", "closed_ms": home.now_ms, "outcome": "accidental"}
        tx.connection.execute(alarm_case.update().where(alarm_case.c.id == case).values(closed))
    assert [each[0] for each in _told(home)] == [1121, 3401]


def test_pages_follow_one_another_without_a_gap_even_where_dates_are_equal(home: Home) -> None:
    for number in range(7):
        home.tell(3401 if number % 2 else 1401, at_s=number // 3)
    whole = [each.id for each in home.read(history.page).entries]
    found: list[int] = []
    before = ""
    while True:
        page = home.read(history.page, "all", before, 3)
        found += [each.id for each in page.entries]
        before = page.before
        if not before:
            break
    assert found == whole
    assert len(whole) == 7


@pytest.mark.parametrize("before", ["x", "1", "1-", "-1-2", "9" * 50 + "-1"])
def test_a_page_that_was_never_given_is_refused(home: Home, before: str) -> None:
    with pytest.raises(InvalidError, match="before"):
        home.read(history.page, "all", before)


def test_another_customer_reads_nothing_of_it(home: Home) -> None:
    with home.store.read() as reading, pytest.raises(NotFoundError):
        history.page(reading, home.ids.others_account(), home.site)
