"""Reports, standing orders and on-call services over HTTP."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

import api_support
from hemlarm_cloud.actor import SYSTEM, Actor, Role
from hemlarm_cloud.reports import catalogue
from hemlarm_cloud.store import Store
from report_history import MADE_MS, at, fill

OPERATOR = Actor("operator:anna", Role.OPERATOR)
OWNER = Actor("customer:asa", Role.CUSTOMER, person=1, customer=1)
STRANGER = Actor("customer:other", Role.CUSTOMER, person=5, customer=2)

PATHS = {
    "ZR0047": "customer=1&period=2026-12",
    "ZR0001": "customer=1&period=2026-10",
    "ZR0002": "case=620",
    "ZR0034": "site=1&period=2026-06-05..2026-06-15",
    "ZR0042": "list=1",
    "K1": "site=1",
    "ZR0010": "service=1&period=2026-10",
    "ZR0020": "service=1&period=2026-10",
}


@pytest.fixture
def store(store: Store) -> Store:
    fill(store)
    return store


def api(store: Store, actor: Actor) -> TestClient:
    return api_support.client(store, actor, lambda: MADE_MS)


def test_every_report_comes_as_a_file_in_both_forms(store: Store) -> None:
    customer = api(store, OWNER)
    for code, about in PATHS.items():
        for form, begins in (("csv", "\ufeff".encode()), ("pdf", b"%PDF-")):
            answer = customer.get(f"/reports/{code}?{about}&form={form}")
            assert answer.status_code == 200, answer.text
            assert answer.content.startswith(begins)
            assert answer.headers["content-type"] == catalogue.MEDIA_TYPES[form]
            assert f'filename="{code}' in answer.headers["content-disposition"]
        assert api(store, STRANGER).get(f"/reports/{code}?{about}").status_code == 404


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/reports/ZR9999?site=1", 422),
        ("/reports/K1", 422),
        ("/reports/K1?site=1&case=1", 422),
        ("/reports/K1?site=99", 404),
        ("/reports/ZR0002?case=1150", 409),
        ("/reports/ZR0001?site=1&period=2026-99", 422),
        ("/reports/ZR0034?site=1&transmitter=%00", 422),
        ("/reports/ZR0001?site=99999999999999999999", 422),
        ("/billing-basis?month=2026-10", 403),
        ("/billing-basis?month=october", 422),
    ],
)
def test_what_cannot_be_had_is_answered_with_its_reason(store: Store, path: str, status: int) -> None:
    assert api(store, OPERATOR).get(path).status_code == status


def test_the_billing_basis_is_a_file_for_supervisors(store: Store) -> None:
    answer = api(store, SYSTEM).get("/billing-basis?month=2026-10&language=en")
    assert answer.content.decode("utf-8-sig").splitlines()[1] == (
        "K-1001,Björkhöjdens Fastigheter AB,AV-1,Month,2026-10,8,13,5"
    )


def test_an_order_is_made_listed_and_ended(store: Store) -> None:
    wanted = {"report": "ZR0001", "site": 1, "recipient": "asa@example.org", "form": "csv"}
    made = api(store, OPERATOR).post("/report-orders", json=wanted | {"on_behalf_of": 1})
    assert made.status_code == 201
    assert api(store, OPERATOR).post("/report-orders", json=wanted).status_code == 403
    (listed,) = api(store, OWNER).get("/report-orders").json()
    assert (listed["id"], listed["last_month"], listed["customer"]) == (made.json()["id"], "2026-11", 1)
    assert api(store, STRANGER).get("/report-orders").json() == []
    ended = api(store, OWNER).post(f"/report-orders/{listed['id']}/end", json={})
    assert ended.status_code == 204
    assert api(store, OWNER).get("/report-orders").json() == []


def test_a_roster_is_replaced_and_its_gaps_are_told(store: Store) -> None:
    monday, next_monday = at("2026-12-07 08:00"), at("2026-12-14 08:00")
    duty = {"person": 2, "from_ms": monday, "until_ms": next_monday - 1_000}
    wanted: dict[str, Any] = {"from_ms": monday, "until_ms": next_monday, "duties": [duty], "version": 0}
    customer = api(store, OWNER)
    replaced = customer.put("/duty-services/1/roster", json=wanted)
    assert replaced.json() == [{"kind": "gap", "from_ms": next_monday - 1_000, "until_ms": next_monday, "position": 0}]
    assert customer.put("/duty-services/1/roster", json=wanted).status_code == 409
    (present,) = customer.get(f"/duty-services/1/on-duty?at_ms={monday}").json()
    assert (present["name"], present["phone"]) == ("Göran Ängström", "+46701110002")
    shown = customer.get(f"/duty-services/1/roster?from_ms={monday}&until_ms={next_monday}").json()
    assert [each["person"] for each in shown["duties"]] == [2]
    assert len(shown["troubles"]) == 1
    assert customer.get("/duty-services").json()[0]["version"] == 1


def test_calls_are_recorded_by_the_centre_and_counted(store: Store) -> None:
    operator = api(store, OPERATOR)
    began = at("2026-12-08 09:00")
    call = {"at_ms": began, "answered_ms": began + 5_000, "caller": "+4670"}
    made = operator.post("/duty-services/1/calls", json=call)
    assert made.status_code == 201
    assert api(store, OWNER).post("/duty-services/1/calls", json=call).status_code == 403
    ended = operator.post(f"/duty-calls/{made.json()['id']}/finish", json={"ended_ms": began + 60_000, "note": "Hiss"})
    assert ended.status_code == 204
    (listed,) = operator.get(f"/duty-services/1/calls?from_ms={began}&until_ms={began + 1}").json()
    assert (listed["person"], listed["note"]) == (1, "Hiss")
    counted = operator.get("/reports/ZR0010?service=1&period=2026-12&form=csv").text
    assert "2026-12-08,1,1,0,5,5,55," in counted
    assert operator.get("/duty-services/9/on-duty").status_code == 404
    added = api(store, SYSTEM).post("/duty-services", json={"customer": 1, "name": "Nattjour"})
    assert added.status_code == 201
