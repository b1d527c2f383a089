"""The desk's pages without a browser: who may come, what they show, and how trouble is told."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute
from sqlalchemy import select

import desk_scene
from desk_browser import Desk, told
from desk_scene import Evening
from handled_site import COUNTER, PASSWORD, log_kinds
from handled_site import Desk as Worker
from hemlarm_cloud.pages.desk import routes
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.schema_cases import alarm_case, service_mode
from hemlarm_cloud.store.schema_centre import duty_call, report_order
from hemlarm_cloud.store.schema_sites import zone_name

NOW_MS = 1_800_000_000_000


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{tmp_path / 'desk.db'}")
    yield opened
    opened.close()


@pytest.fixture
def evening(store: Store) -> Evening:
    return desk_scene.evening(store, NOW_MS)


def readable_pages(evening: Evening) -> list[str]:
    """Every page of the desk that can be read, with ids that are there."""
    ids = {"case_id": evening.fire, "site_id": evening.house.site, "service_id": 1, "picture_id": 1}
    known = [route for part in routes.PARTS for route in part.router.routes if isinstance(route, APIRoute)]
    pages = [f"/desk{route.path}".format(**ids) for route in known if "GET" in (route.methods or ())]
    assert len(pages) > 10
    return pages


def test_only_the_centres_people_find_a_desk(store: Store, evening: Evening) -> None:
    house = evening.house
    customer = Desk(store, "customer", "anna@example.org", NOW_MS, customer=house.customer, person=house.people[0])
    for path in readable_pages(evening):
        assert "Björk" not in customer.get(path, 404)


def test_a_monitor_sees_the_queue_and_nothing_else_of_the_desk(store: Store, evening: Evening) -> None:
    monitor = Desk(store, "monitor", "wall", NOW_MS)
    shown = monitor.get("/desk")
    assert "Villa Björk" in shown
    assert "/claim" not in shown
    others = [path for path in readable_pages(evening) if path not in ("/desk", "/desk/queue")]
    for path in others:
        monitor.get(path, 404)
    monitor.post(f"/desk/cases/{evening.fire}/claim", 403, version=0)


def test_who_is_not_signed_in_is_led_to_sign_in(store: Store, evening: Evening) -> None:
    nobody = Desk(store, "operator", "anna", NOW_MS).client
    nobody.cookies.clear()
    answer = nobody.get(f"/desk/cases/{evening.fire}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/login?next=/desk/cases/{evening.fire}")


def test_the_queue_has_fire_first_and_an_incident_in_one_row(store: Store, evening: Evening) -> None:
    rows = told(Desk(store, "operator", "anna", NOW_MS).get("/desk/queue"))
    order = [rows.index(word) for word in ("Brand Villa", "Inbrott Sjöstugan", "Vatten Sjöstugan", "Regional störning")]
    assert order == sorted(order)
    assert rows.count("Norrbotten") == 1
    assert "1204 anläggningar" in rows
    assert "Brandlarm, Kök, rök Nästa: Se på bilder" in rows


def test_the_queue_can_show_only_ones_own_or_only_what_nobody_has(store: Store, evening: Evening) -> None:
    bo = Desk(store, "operator", "bo", NOW_MS)
    assert "Lager 4" in (mine := bo.get("/desk/queue?show=mine"))
    assert "Villa Björk" not in mine
    assert "Lager 4, Hamnen, Luleå" not in told(bo.get("/desk/queue?show=free"))
    assert "Villa Björk" in bo.get("/desk/queue?show=nonsense")


def test_the_banner_names_what_nobody_took_and_goes_when_somebody_does(store: Store, evening: Evening) -> None:
    anna = Desk(store, "operator", "anna", NOW_MS)
    assert told(anna.get("/desk/banner")) == ""
    desk_scene.escalate(store, NOW_MS)
    assert "Ingen har tagit: Brand, Villa Björk" in told(anna.get("/desk/banner"))
    anna.post(f"/desk/cases/{evening.fire}/claim", version=_version(store, evening.fire))
    assert "Villa Björk" not in anna.get("/desk/banner")


def test_everything_is_there_in_both_languages(store: Store, evening: Evening) -> None:
    service = desk_scene.on_call(store, evening.house, NOW_MS)
    pages = ["/desk", f"/desk/cases/{evening.fire}", f"/desk/sites/{evening.house.site}", "/desk/search?q=bj"]
    pages += ["/desk/log", "/desk/reports", "/desk/duty", f"/desk/duty/{service}", f"/desk/cases/{evening.incident}"]
    for language, words in (("sv", "Kö Sök Logg Rapporter Jour"), ("en", "Queue Search Log Reports On call")):
        desk = Desk(store, "supervisor", f"sara-{language}", NOW_MS, language)
        for path in pages:
            page = told(desk.get(path))
            assert all(word in page for word in words.split()), path
    assert "Call the fire brigade" in desk.get(f"/desk/cases/{evening.fire}")


def test_a_zone_is_shown_by_its_name_and_marked_on_the_map(store: Store, evening: Evening) -> None:
    page = Desk(store, "operator", "anna", NOW_MS).get(f"/desk/cases/{evening.fire}")
    assert 'aria-label="Planritning. Larmade sektioner: Kök, rök."' in page
    assert page.count('class="spot alarmed"') == 1
    assert page.count('class="spot"') == len(desk_scene.VILLA.marks) - 1


def test_names_that_people_wrote_never_become_marks_of_the_page(store: Store, evening: Evening) -> None:
    evil = "<script>alert(1)</script>"
    with store.begin() as tx:
        tx.connection.execute(zone_name.update().where(zone_name.c.zone == 3).values(name=evil))
    anna = Desk(store, "operator", "anna", NOW_MS)
    for path in ("/desk", f"/desk/cases/{evening.fire}", f"/desk/sites/{evening.house.site}"):
        page = anna.get(path)
        assert evil not in page
        assert "&lt;script&gt;" in page, path


def test_who_comes_second_reads_who_was_first(store: Store, evening: Evening) -> None:
    anna, bo = (Desk(store, "operator", name, NOW_MS) for name in ("anna", "bo"))
    version = _version(store, evening.fire)
    anna.post(f"/desk/cases/{evening.fire}/claim", version=version)
    page = told(bo.post(f"/desk/cases/{evening.fire}/claim", 409, version=version).text)
    assert "Någon hann före anna har ärendet. Be om en överlämning" in page


def test_a_change_that_somebody_else_made_is_told_with_what_it_was(store: Store, evening: Evening) -> None:
    anna = Desk(store, "operator", "anna", NOW_MS)
    path = f"/desk/cases/{evening.fire}"
    anna.post(f"{path}/claim", version=(version := _version(store, evening.fire)))
    anna.post(f"{path}/note", note="ringde tillbaka")
    page = told(anna.post(f"{path}/wait", 409, version=version, minutes=15).text)
    assert "Ärendet har ändrats Senast: anna, anteckning." in page


def test_a_case_is_not_closed_before_all_is_done_and_the_page_says_what_is_left(store: Store, evening: Evening) -> None:
    anna = Desk(store, "operator", "anna", NOW_MS)
    path = f"/desk/cases/{evening.fire}"
    anna.post(f"{path}/claim", version=_version(store, evening.fire))
    answer = anna.post(f"{path}/close", 409, version=_version(store, evening.fire), outcome="real")
    page = told(answer.text)
    assert "Det går inte att avsluta ännu Kvar att göra: Se på bilder, Ring anläggningen, fråga lösenord" in page
    assert _state(store, evening.fire) == "claimed"


def test_the_right_password_opens_the_result_that_needs_it(store: Store, evening: Evening) -> None:
    anna = Desk(store, "operator", "anna", NOW_MS)
    path = f"/desk/cases/{evening.water}"
    anna.post(f"{path}/claim", version=_version(store, evening.water))
    before = anna.get(path)
    assert 'value="right-password" data-digit="1" disabled' in before
    assert "FEL lösenord" in anna.post(f"{path}/password", 200, spoken="granris").text
    after = anna.post(f"{path}/password", 200, spoken=PASSWORD.upper()).text
    assert "Rätt lösenord." in after
    assert 'value="right-password" data-digit="1" disabled' not in after
    assert COUNTER not in after
    assert COUNTER in anna.post(f"{path}/counter-password", 200).text
    assert log_kinds(store, evening.water)[-3:] == ["password-wrong", "password-right", "counter-shown"]
    assert PASSWORD not in anna.get(path)


def test_at_a_hold_up_nobody_is_offered_a_call_to_the_site(store: Store) -> None:
    house = desk_scene.house(store)
    case_id = house.case("hold-up", 1120, at_ms=NOW_MS)
    anna = Desk(store, "operator", "anna", NOW_MS)
    anna.post(f"/desk/cases/{case_id}/claim", version=0)
    page = anna.get(f"/desk/cases/{case_id}")
    assert "ring aldrig anläggningen" in page
    assert "password-check" not in page
    assert "/feedback" not in page


def test_work_belongs_to_whoever_has_the_case_and_to_supervisors(store: Store, evening: Evening) -> None:
    path = f"/desk/cases/{evening.taken}"
    assert "data-digit" in Desk(store, "operator", "bo", NOW_MS).get(path)
    assert "data-digit" in Desk(store, "supervisor", "sara", NOW_MS).get(path)
    anna = Desk(store, "operator", "anna", NOW_MS).get(path)
    assert "data-digit" not in anna
    assert "bo arbetar med ärendet" in told(anna)


def test_a_case_is_handed_over_put_off_taken_up_again_and_let_go(store: Store, evening: Evening) -> None:
    bo, anna = (Desk(store, "operator", name, NOW_MS) for name in ("bo", "anna"))
    path = f"/desk/cases/{evening.taken}"

    def post(desk: Desk, action: str, **fields: Any) -> None:
        desk.post(f"{path}/{action}", version=_version(store, evening.taken), **fields)

    post(bo, "hand-over", to="operator:anna")
    post(anna, "wait", minutes=30, why="låssmed på väg")
    assert "Väntar till" in anna.get(path)
    post(anna, "resume")
    post(anna, "release")
    assert _state(store, evening.taken) == "new"


def test_the_page_itself_gets_only_what_changes(store: Store, evening: Evening) -> None:
    anna = Desk(store, "operator", "anna", NOW_MS)
    part = anna.get(f"/desk/cases/{evening.fire}", part=True)
    assert "<html" not in part
    assert "Villa Björk" in part
    claimed = anna.post(f"/desk/cases/{evening.fire}/claim", 200, part=True, version=_version(store, evening.fire))
    assert "Du har det" in claimed.text


def test_a_case_that_is_not_there_is_no_page(store: Store, evening: Evening) -> None:
    anna = Desk(store, "operator", "anna", NOW_MS)
    anna.get("/desk/cases/4711", 404)
    anna.post("/desk/cases/4711/claim", 404, version=0)
    anna.get("/desk/sites/4711", 404)
    anna.get("/desk/pictures/4711", 404)


def test_service_mode_is_ordered_for_a_person_with_authority_and_ended(store: Store) -> None:
    house = desk_scene.house(store)
    anna = Desk(store, "operator", "anna", NOW_MS)
    path = f"/desk/sites/{house.site}"
    refused = anna.post(f"{path}/service-modes", 403, kinds="burglary", hours=2)
    assert "Det får du inte göra" in told(refused.text)
    anna.post(f"{path}/service-modes", kinds="burglary", hours=2, on_behalf_of=house.people[0])
    assert "Inbrottslarm" in (page := told(anna.get(path)))
    assert "Avsluta nu" in page
    fields: dict[str, Any] = {"version": 0, "on_behalf_of": house.people[0]}
    anna.post(f"{path}/service-modes/1/end", **fields)
    with store.read() as reading:
        assert reading.connection.scalar(select(service_mode.c.state)) == "ended"


def test_service_mode_between_two_moments_is_read_by_the_sites_clock(store: Store) -> None:
    house = desk_scene.house(store)
    sara = Desk(store, "supervisor", "sara", NOW_MS)
    times: dict[str, Any] = {"hours": 0, "from": "2027-01-16T08:00", "until": "2027-01-17T16:00"}
    sara.post(f"/desk/sites/{house.site}/service-modes", kinds="fire", reason="brev 12", **times)
    with store.read() as reading:
        row = reading.connection.execute(select(service_mode)).one()
    assert (row.from_ms, row.until_ms) == (1_800_082_800_000, 1_800_198_000_000)
    assert "Återta" in sara.get(f"/desk/sites/{house.site}")
    wrong = sara.post(f"/desk/sites/{house.site}/service-modes", 422, kinds="fire", hours=0, until="imorgon")
    assert "Något stämmer inte" in told(wrong.text)


def test_reports_come_as_files_and_mistakes_as_the_page(store: Store, evening: Evening) -> None:
    anna = Desk(store, "operator", "anna", NOW_MS)
    for code, kind, number in (("K1", "site", "Villa Björk"), ("ZR0002", "case", str(evening.taken))):
        pdf = anna.client.get("/desk/reports/file", params={"code": code, "kind": kind, "number": number})
        assert (pdf.status_code, pdf.content[:5]) == (200, b"%PDF-"), pdf.text[:200]
    query = {"code": "ZR0001", "kind": "customer", "number": "Villa Björk", "period": "2027-01", "form": "csv"}
    csv = anna.client.get("/desk/reports/file", params=query)
    assert csv.headers["content-disposition"] == 'attachment; filename="ZR0001-2027-01.csv"'
    assert "Brand" in csv.text
    wrong = anna.get("/desk/reports/file?code=ZR0001&kind=site&number=nowhere", 422)
    assert 'value="nowhere"' in wrong


def test_a_report_is_ordered_for_each_month_and_stopped(store: Store, evening: Evening) -> None:
    sara = Desk(store, "supervisor", "sara", NOW_MS)
    order: dict[str, Any] = {
        "code": "ZR0001",
        "kind": "site",
        "number": "Villa Björk",
        "recipient": "anna@example.org",
        "form": "pdf",
    }
    sara.post("/desk/reports/orders", **order)
    assert "anna@example.org" in sara.get("/desk/reports")
    sara.post("/desk/reports/orders", 422, **{**order, "recipient": "nobody"})
    sara.post("/desk/reports/orders/1/end")
    with store.read() as reading:
        assert reading.connection.scalar(select(report_order.c.ended_ms)) == NOW_MS


def test_a_call_for_an_on_call_service_is_written_down_and_ended(store: Store) -> None:
    house = desk_scene.house(store)
    service = desk_scene.on_call(store, house, NOW_MS)
    anna = Desk(store, "operator", "anna", NOW_MS)
    assert "Karl Björk" in anna.get("/desk/duty")
    anna.post(f"/desk/duty/{service}/calls", caller="Grannen", note="Vatten i trappan", answered="yes")
    anna.now_ms += 240_000
    anna.post(f"/desk/duty/{service}/calls/1/finish")
    assert "Vatten i trappan" in (page := told(anna.get(f"/desk/duty/{service}")))
    assert "4 min" in page
    with store.read() as reading:
        assert reading.connection.scalar(select(duty_call.c.person)) == house.people[1]
    assert "Ingen i jour" in page


def test_the_log_tells_what_everybody_does_in_words(store: Store, evening: Evening) -> None:
    Worker(store, evening.fire, now_ms=NOW_MS).claim().do("look-at-pictures", "nothing-seen", "bara damm")
    anna = Desk(store, "operator", "sara", NOW_MS)
    page = told(anna.get("/desk/log"))
    assert "anna Brand, Villa Björk Åtgärd utförd åtgärd: Se på bilder; utfall: Inget syns; bara damm" in page
    only = told(anna.get("/desk/log/part?who=operator:bo"))
    assert "bo Sabotage" in only
    assert "damm" not in only


def _version(store: Store, case_id: int) -> int:
    with store.read() as reading:
        found = reading.connection.scalar(select(alarm_case.c.version).where(alarm_case.c.id == case_id))
    return int(found or 0)


def _state(store: Store, case_id: int) -> str:
    with store.read() as reading:
        return str(reading.connection.scalar(select(alarm_case.c.state).where(alarm_case.c.id == case_id)))
