"""A home at a glance: alarms that go on, what lasts, contact and service mode; and what its pages call all that."""

from typing import get_args

import pytest
from sqlalchemy import insert, select, update

from hemlarm_cloud.cases.categories import ALARMS, SERVICE_KINDS
from hemlarm_cloud.errors import NotFoundError
from hemlarm_cloud.homes import commands, history, overview, readings
from hemlarm_cloud.homes.panels import LIMIT_DEFAULTS, LIMITS
from hemlarm_cloud.notices.choices import KINDS
from hemlarm_cloud.notices.outbox import CHANNELS
from hemlarm_cloud.pages.customer import wording
from hemlarm_cloud.pages.customer.texts import TEXTS
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.schema_cases import alarm_case, service_mode
from hemlarm_protocol import household
from hemlarm_protocol.message_names import REFUSALS
from home_support import Home


@pytest.fixture
def home(store: Store) -> Home:
    """A home on each kind of database."""
    return Home(store)


def test_an_alarm_has_the_zones_that_make_it_what_it_is_called_in_their_order(home: Home) -> None:
    home.tell(1154, at_s=1, zone=7)
    home.tell(1130, at_s=2, zone=2)
    home.tell(1130, at_s=3, zone=1)
    home.tell(3130, at_s=4, zone=2)
    (shown,) = home.read(overview.alarms)
    assert (shown.category, shown.zones) == ("intrusion", ["Köksfönster", "Ytterdörr"])
    assert (shown.answered, shown.test, shown.cancelled) == (False, False, False)


def test_a_hold_up_is_among_neither_alarms_nor_cases_until_it_is_closed(home: Home) -> None:
    home.tell(1120, zone=1)
    assert home.read(overview.alarms) == []
    assert home.read(overview.cases) == []
    with home.store.begin() as tx:
        case = tx.connection.scalars(select(alarm_case.c.id)).one()
    with pytest.raises(NotFoundError):
        home.read(overview.case, case)
    with home.store.begin() as tx:
        closed = {"state": "closed", "closed_ms": home.now_ms, "outcome": "real"}
        tx.connection.execute(update(alarm_case).values(closed))
    assert home.read(overview.alarms) == []
    assert [row.category for row in home.read(overview.cases)] == ["hold-up"]


def test_what_lasts_names_the_zone_and_goes_when_it_ends(home: Home) -> None:
    home.tell(1384, at_s=5, zone=2)
    (lasting,) = home.read(overview.overview, home.now_ms).lasting
    assert (lasting.kind, lasting.code, lasting.zone) == ("sensor-battery", 384, "Köksfönster")
    home.tell(3384, at_s=9, zone=2)
    assert home.read(overview.overview, home.now_ms).lasting == []


def test_service_mode_shows_while_it_lasts(home: Home) -> None:
    row = {"site": home.site, "kinds": "burglary,fire", "from_ms": home.now_ms, "until_ms": home.now_ms + 1000}
    row |= {"state": "scheduled", "registered_by": "operator:anna", "registered_ms": home.now_ms}
    with home.store.begin() as tx:
        tx.connection.execute(insert(service_mode), row)
    shown = home.read(overview.overview, home.now_ms).service
    assert shown == [overview.Service(("burglary", "fire"), home.now_ms + 1000)]
    assert home.read(overview.overview, home.now_ms + 1000).service == []


def test_a_panel_that_told_no_health_shows_neither_mains_nor_battery(home: Home) -> None:
    (contact,) = home.read(overview.overview, home.now_ms).contacts
    assert (contact.why, contact.mains, contact.battery_percent) == ("", None, None)


def test_another_customer_sees_neither_cases_nor_alarms(home: Home) -> None:
    home.tell(1130, zone=2)
    with home.store.read() as reading:
        for look in (overview.alarms, overview.cases):
            with pytest.raises(NotFoundError):
                look(reading, home.ids.others_account(), home.site)
        with pytest.raises(NotFoundError):
            overview.overview(reading, home.ids.others_account(), home.site, home.now_ms)


def test_the_pages_have_a_text_for_whatever_there_is_to_tell() -> None:
    values = {
        "alarm": ALARMS,
        "do": ALARMS,
        "is": ("disarmed", "away", "home", "night", "unknown"),
        "phase": ("exit", "entry", "alarm"),
        "kind": history.KINDS,
        "how": ("code", "tag", "app"),
        "why": [each for each in get_args(readings.Why) if each not in ("", "nothing")],
        "service": SERVICE_KINDS,
        "refused": ["zone", "panel", *commands.REASONS.values()],
        "limit": LIMITS,
        "lock": (household.UNLOCKED, household.LOCKED, household.MOVING, household.JAMMED),
        "reading": (readings.TEMPERATURE, readings.PLUG, readings.LOCK),
        "by": CHANNELS,
        "unreached": CHANNELS,
        "of": [*KINDS, *(f"{kind}-what" for kind in KINDS)],
    }
    wanted = {f"customer.{group}-{value}" for group, each in values.items() for value in each}
    wanted |= {f"customer.{name}" for name in LIMIT_DEFAULTS} | set(wording.EVENT_NAMES.values())
    assert wanted - TEXTS.keys() == set()
    assert all(swedish and english for swedish, english in TEXTS.values())


def test_the_reasons_for_a_refusal_are_the_panels() -> None:
    assert commands.REASONS.keys() == REFUSALS.keys()
