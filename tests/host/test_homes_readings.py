"""Temperatures, plugs and locks show while they are known, and otherwise a reason: never an old value as a new one."""

import pytest

from hemlarm_cloud.homes import readings
from hemlarm_cloud.homes.readings import LOCK, PLUG, TEMPERATURE
from hemlarm_cloud.store import LineFault, Store
from hemlarm_protocol import household
from home_support import Home, degrees
from registered_site import PANEL

MINUTE_MS = 60_000


@pytest.fixture
def home(store: Store) -> Home:
    """A home on each kind of database, whose panel told its readings at the beginning."""
    home = Home(store)
    home.measure((TEMPERATURE, 7, degrees(215)), (PLUG, 1, 1), (LOCK, 2, household.LOCKED))
    return home


def _values(home: Home) -> list[int | None]:
    return [each.value for each in home.read(readings.reading, home.now_ms).items]


def _why(home: Home) -> str:
    found = home.read(readings.reading, home.now_ms)
    assert found.available is not bool(found.why)
    assert found.available or not any(each.value is not None or each.told_ms is not None for each in found.items)
    return str(found.why)


def test_a_home_in_contact_shows_what_its_panel_told_by_the_names_on_its_keypad(home: Home) -> None:
    found = home.read(readings.reading, home.now_ms)
    assert (found.available, found.why) == (True, "")
    assert [(each.name, each.kind, each.value) for each in found.items] == [
        ("Källare", TEMPERATURE, 215),
        ("Kaffebryggare", PLUG, 1),
        ("Ytterdörr", LOCK, household.LOCKED),
    ]


def test_a_frost_is_told_below_zero(home: Home) -> None:
    home.measure((TEMPERATURE, 7, degrees(-35)))
    assert _values(home)[0] == -35


def test_on_the_mobile_network_nothing_is_available_and_the_page_says_why(home: Home) -> None:
    home.now_ms += MINUTE_MS
    home.hear(path=2)
    home.tell(1350, at_s=60)
    assert _why(home) == "mobile"


def test_back_on_ip_an_old_value_is_not_shown_until_it_is_told_anew(home: Home) -> None:
    home.now_ms += MINUTE_MS
    home.tell(1350, at_s=60)
    home.now_ms += MINUTE_MS
    home.hear()
    home.tell(3350, at_s=120)
    assert _values(home) == [None, None, None]
    home.now_ms += 1000
    home.measure((PLUG, 1, 0))
    assert _values(home) == [None, 0, None]


def test_an_ip_path_that_is_silent_says_mobile_and_a_silent_panel_says_no_contact(home: Home) -> None:
    with home.store.begin() as tx:
        tx.begin_line_fault(LineFault(PANEL, "path-fault", 1, home.now_ms, home.now_ms - MINUTE_MS))
    home.hear(path=2)
    assert _why(home) == "mobile"
    with home.store.begin() as tx:
        tx.begin_line_fault(LineFault(PANEL, "line-fault", 0, home.now_ms, home.now_ms - MINUTE_MS))
    assert _why(home) == "no-contact"


def test_a_value_of_before_a_silence_is_not_shown_after_it(home: Home) -> None:
    with home.store.begin() as tx:
        tx.begin_line_fault(LineFault(PANEL, "line-fault", 0, home.now_ms + MINUTE_MS, home.now_ms))
        tx.end_line_fault(PANEL, "line-fault", 0, home.now_ms + 2 * MINUTE_MS)
    home.now_ms += 2 * MINUTE_MS
    home.hear()
    assert _values(home) == [None, None, None]


def test_a_panel_that_nobody_heard_for_longer_than_its_level_is_not_in_contact_even_if_nobody_watches(
    home: Home,
) -> None:
    home.now_ms += 180_000 + readings.KEPT_MS
    assert _why(home) == ""
    home.now_ms += 1
    assert _why(home) == "no-contact"


def test_a_panel_never_heard_is_not_in_contact(store: Store) -> None:
    home = Home(store)
    with store.begin() as tx:
        tx.connection.exec_driver_sql("DELETE FROM path_heard")
    assert _why(home) == "no-contact"


def test_a_home_without_any_of_it_says_that_there_is_nothing_to_read(store: Store) -> None:
    home = Home(store, outputs=None, zones=[])
    assert _why(home) == "nothing"


def test_what_was_taken_out_of_the_configuration_is_not_shown_any_more(home: Home) -> None:
    home.configure(2, outputs=[])
    assert _values(home) == [215]
