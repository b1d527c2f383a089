"""Service mode and notices over the API: the same rules, and nobody else's affairs."""

from typing import Any

import pytest

from api_support import MONITOR, NOW_MS, OPERATOR, SUPERVISOR, client
from hemlarm_cloud.notices import outbox
from hemlarm_cloud.store import Store
from served_site import HOUR_MS, ServedSite

UNTIL_MS = NOW_MS + HOUR_MS


@pytest.fixture
def house(store: Store) -> ServedSite:
    return ServedSite(store)


def wanted(house: ServedSite, **values: Any) -> dict[str, Any]:
    return {"kinds": ["burglary"], "until_ms": UNTIL_MS, "on_behalf_of": house.c} | values


def test_an_operator_orders_on_behalf_of_c_and_ends_it(store: Store, house: ServedSite) -> None:
    web = client(store, OPERATOR)
    made = web.post(f"/sites/{house.site}/service-modes", json=wanted(house))
    assert made.status_code == 201
    order = made.json()["id"]
    assert web.get(f"/service-modes/{order}").json() == {
        "id": order,
        "site": house.site,
        "transmitter": None,
        "kinds": ["burglary"],
        "from_ms": NOW_MS,
        "until_ms": UNTIL_MS,
        "ended_ms": None,
        "state": "active",
        "ordered_by": house.c,
        "registered_by": "operator:anna",
        "registered_ms": NOW_MS,
        "reason": "",
        "version": 0,
    }
    ending = {"version": 0, "on_behalf_of": house.c}
    assert web.post(f"/service-modes/{order}/end", json=ending).json() == {"version": 1}
    assert [each["state"] for each in web.get(f"/sites/{house.site}/service-modes").json()] == ["ended"]
    assert web.post(f"/service-modes/{order}/end", json=ending).status_code == 409


def test_c_is_refused_for_fire_and_a_monitor_for_everything(store: Store, house: ServedSite) -> None:
    refused = client(store, OPERATOR).post(f"/sites/{house.site}/service-modes", json=wanted(house, kinds=["fire"]))
    assert (refused.status_code, "A or B" in refused.json()["detail"]) == (403, True)
    assert client(store, MONITOR).post(f"/sites/{house.site}/service-modes", json=wanted(house)).status_code == 403


def test_a_customer_orders_ahead_and_withdraws(store: Store, house: ServedSite) -> None:
    web = client(store, house.owner)
    later = {"kinds": ["fire"], "from_ms": UNTIL_MS, "until_ms": UNTIL_MS + HOUR_MS}
    order = web.post(f"/sites/{house.site}/service-modes", json=later).json()["id"]
    assert web.post(f"/service-modes/{order}/end", json={"version": 0}).status_code == 409
    assert web.post(f"/service-modes/{order}/withdraw", json={"version": 0}).json() == {"version": 1}
    assert [notice["subject"] for notice in web.get("/notices").json()] == [
        "Serviceläge registrerat: Villa Björk",
        "Serviceläge återtaget: Villa Björk",
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"kinds": []},
        {"kinds": ["sauna"]},
        {"kinds": "burglary"},
        {"until_ms": NOW_MS},
        {"until_ms": 1 << 64},
        {"from_ms": NOW_MS - HOUR_MS},
        {"transmitter": "a\0b"},
        {"transmitter": "unknown"},
        {"reason": "x" * 201},
        {"more": 1},
    ],
)
def test_what_cannot_be_is_refused_with_a_reason(store: Store, house: ServedSite, wrong: dict[str, Any]) -> None:
    answer = client(store, OPERATOR).post(f"/sites/{house.site}/service-modes", json=wanted(house, **wrong))
    assert answer.status_code == 422
    assert answer.json()["detail"]


def test_another_customer_finds_nothing_of_it(store: Store, house: ServedSite) -> None:
    other = ServedSite(store, "Villa Gran")
    order = client(store, SUPERVISOR).post(
        f"/sites/{house.site}/service-modes", json={"kinds": ["burglary"], "until_ms": UNTIL_MS}
    )
    web = client(store, other.owner)
    path = f"/service-modes/{order.json()['id']}"
    found = [web.get(path), web.get(f"/sites/{house.site}/service-modes"), web.get(f"/notices?site={house.site}")]
    changed = [web.post(f"{path}/{verb}", json={"version": 0}) for verb in ("end", "withdraw")]
    ordered = web.post(f"/sites/{house.site}/service-modes", json={"kinds": ["burglary"], "until_ms": UNTIL_MS})
    assert {answer.status_code for answer in [*found, *changed, ordered]} == {404}
    assert web.get("/notices").json() == []


def test_notices_come_in_pages(store: Store) -> None:
    with store.begin() as tx:
        for number in range(3):
            outbox.put(tx, str(number), "sms", "+46701234567", "", f"text {number}", NOW_MS)
    web = client(store, OPERATOR)
    first = web.get("/notices?limit=2").json()
    assert [notice["text"] for notice in first] == ["text 0", "text 1"]
    (last,) = web.get(f"/notices?after={first[-1]['id']}").json()
    assert (last["text"], last["state"], last["tries"], last["problem"]) == ("text 2", "waiting", 0, "")
    assert "attachment" not in last
    assert web.get("/notices?limit=501").status_code == 422
