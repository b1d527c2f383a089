"""Power cuts and outages of whole regions: one incident, whatever its size, and no case of each site."""

from typing import Any

import pytest
from sqlalchemy import Row

from case_support import FIRE, HOUR_MS, MAINS, MAINS_BACK, NOON_MS, Centre, Told, panel_id
from hemlarm_cloud.cases.dense import SITES_MIN
from hemlarm_cloud.store import LineFault, Store

NORTH = range(1, SITES_MIN + 6)
SOUTH = range(101, 106)


@pytest.fixture
def centre(store: Store) -> Centre:
    made = Centre(store)
    made.add_panels(*NORTH, region="north")
    made.add_panels(*SOUTH, region="south")
    return made


def out(*panels: int, at: float = 0) -> list[Told]:
    """Mains lost, a second apart."""
    return [Told(MAINS, at + index, zone=0, panel=panel) for index, panel in enumerate(panels)]


def back(*panels: int, at: float) -> list[Told]:
    return [told._replace(qcode=MAINS_BACK) for told in out(*panels, at=at)]


def incident(centre: Centre) -> Row[Any]:
    (found,) = [case for case in centre.cases() if case.kind == "incident"]
    return found


def test_many_sites_of_a_region_at_once_are_one_incident(centre: Centre) -> None:
    centre.tell(*out(*NORTH[: SITES_MIN - 1]))
    assert centre.cases() == []
    centre.tell(*out(*NORTH[SITES_MIN - 1 :], at=120), *out(*SOUTH))
    case = centre.case()
    assert (case.kind, case.site, case.region, case.sites) == ("incident", None, "north", len(NORTH))
    assert (case.category, case.urgency, case.summary) == ("power", 4, "Mains lost at many sites in north")
    assert [row.case for row in centre.conditions()] == [case.id] * len(NORTH) + [None] * len(SOUTH)
    centre.pass_time(7 * HOUR_MS)
    assert len([row for row in centre.cases() if row.kind == "fault"]) == len(SOUTH), "who is part of it waits for it"


def test_too_few_sites_or_too_long_apart_are_no_incident(centre: Centre) -> None:
    for index, panel in enumerate(NORTH):
        centre.tell(Told(MAINS, 60 * index, zone=0, panel=panel))
    assert centre.cases() == []
    centre.move(NORTH, to=1)
    centre.tell(*(Told(1308, index, zone=0, panel=panel) for index, panel in enumerate(NORTH)))
    assert "incident" not in {case.kind for case in centre.cases()}, "one site with many panels is one site"


def test_what_comes_within_ten_minutes_of_an_incident_belongs_to_it(centre: Centre) -> None:
    late, last = NORTH[-1], NORTH[-2]
    centre.tell(*out(late, at=SITES_MIN + 1_100), *out(*NORTH[:SITES_MIN]))
    assert incident(centre).sites == SITES_MIN
    centre.tell(*out(last, at=SITES_MIN + 560))
    assert incident(centre).sites == SITES_MIN + 2, "which brings within reach what came before"
    centre.tell(*out(NORTH[-3], at=10_000))
    assert incident(centre).sites == SITES_MIN + 2


def test_cases_that_sites_had_already_go_into_the_incident(centre: Centre) -> None:
    for panel in NORTH:
        with centre.store.begin() as tx:
            tx.begin_line_fault(LineFault(panel_id(panel), "line-fault", 0, NOON_MS, NOON_MS))
    for panel in NORTH[:3]:
        centre.alert(panel, "line-fault", NOON_MS)
    taken, *others = centre.cases()
    centre.take_case(taken.id)
    for panel in NORTH[3:]:
        with centre.store.begin() as tx:
            tx.add_alert(panel_id(panel), "line-fault", "", NOON_MS + 1_000)
    centre.work()
    case = incident(centre)
    merged = {row.id: row.incident for row in centre.cases(merged=True) if row.outcome == "merged"}
    assert merged == {other.id: case.id for other in others}
    assert case.sites == len(NORTH) - 1
    assert centre.cases()[0].state == "in-progress", "what somebody works on stays theirs"


def test_an_incident_is_over_when_fewer_than_a_tenth_still_have_the_fault(centre: Centre) -> None:
    centre.tell(*out(*NORTH))
    most = len(NORTH) - len(NORTH) // 10
    centre.tell(*back(*NORTH[:most], at=3_600))
    assert incident(centre).state == "new", "a tenth is not fewer"
    centre.tell(*back(NORTH[most], at=3_700))
    assert incident(centre).outcome == "restored"
    left = [row for row in centre.conditions() if row.ended_ms is None]
    assert {(row.case, row.due_ms - row.began_ms) for row in left} == {(None, 6 * HOUR_MS)}
    centre.pass_time(7 * HOUR_MS)
    assert [case.kind for case in centre.cases()] == ["incident"] + ["fault"] * len(left)


def test_an_incident_in_an_operators_hands_stays_open(centre: Centre) -> None:
    centre.tell(*out(*NORTH))
    centre.take_case(incident(centre).id)
    centre.tell(*back(*NORTH, at=3_600))
    assert incident(centre).state == "in-progress"
    assert centre.log(incident(centre).id)[-1] == "restored"


def test_a_fire_in_a_power_cut_is_a_case_of_its_own(centre: Centre) -> None:
    centre.tell(*out(*NORTH), Told(FIRE, 5, panel=3))
    assert sorted((case.kind, case.urgency) for case in centre.cases()) == [("alarm", 0), ("incident", 4)]


def test_sites_without_a_region_are_grouped_too(store: Store) -> None:
    centre = Centre(store)
    centre.add_panels(*NORTH)
    centre.tell(*out(*NORTH))
    assert (incident(centre).region, incident(centre).summary) == ("", "Mains lost at many sites")


def test_a_large_incident_tells_its_growth_in_few_lines(centre: Centre) -> None:
    for panel in NORTH:
        centre.tell(Told(MAINS, panel, zone=0, panel=panel))
    assert centre.log(incident(centre).id).count("grown") == 1
    assert incident(centre).sites == len(NORTH)
