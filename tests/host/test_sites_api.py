"""The register over HTTP: what each role may see and change, and that tenants never meet."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from api_support import client
from hemlarm_cloud.actor import Actor
from hemlarm_cloud.store import Store
from registered_site import DAY_MS, LETTER, MONITOR, NOW_MS, OPERATOR, PANEL, SUPERVISOR, Registered, register, version


def api(store: Store, actor: Actor) -> TestClient:
    return client(store, actor, lambda: NOW_MS)


def put(store: Store, actor: Actor, there: Registered, path: str, **body: Any) -> int:
    return int(api(store, actor).put(path, json={"version": version(store, there.site), **body}).status_code)


def paths(there: Registered) -> dict[str, str]:
    """What each GET shows of the first customer."""
    return {
        "site": f"/sites/{there.site}",
        "contacts": f"/sites/{there.site}/contacts",
        "plans": f"/sites/{there.site}/plans",
        "levels": f"/sites/{there.site}/levels",
        "keys": f"/sites/{there.site}/keys",
        "transmitters": f"/sites/{there.site}/transmitters",
        "transmitter": f"/transmitters/{PANEL}",
        "zones": f"/transmitters/{PANEL}/zones",
        "users": f"/transmitters/{PANEL}/users",
        "customer": f"/customers/{there.customer}",
        "contract": f"/contracts/{there.contract}",
        "contracts": f"/contracts?customer={there.customer}",
        "person": f"/people/{there.a}",
        "list": f"/lists/{there.list}",
        "list people": f"/lists/{there.list}/people",
        "list sites": f"/lists/{there.list}/sites",
    }


def statuses(store: Store, actor: Actor, there: Registered) -> dict[str, int]:
    asked = api(store, actor)
    return {name: asked.get(path).status_code for name, path in paths(there).items()}


def test_the_centre_and_the_customer_see_everything(store: Store) -> None:
    there = register(store)
    for actor in (SUPERVISOR, OPERATOR, MONITOR, there.customers_account()):
        assert set(statuses(store, actor, there).values()) == {200}


def test_an_installer_sees_the_site_but_not_its_people(store: Store) -> None:
    there = register(store)
    seen = statuses(store, there.installers_account(), there)
    assert {name for name, status in seen.items() if status == 200} == {
        "site", "keys", "transmitters", "transmitter", "zones",
    }  # fmt: skip
    assert {name for name, status in seen.items() if status == 403} == {"contacts", "plans", "levels", "users"}


def test_another_tenant_is_told_that_there_is_no_such_thing(store: Store) -> None:
    there = register(store)
    assert set(statuses(store, there.others_account(), there).values()) == {404}


def test_lists_of_everything_hold_only_what_is_ones_own(store: Store) -> None:
    there = register(store)
    for path in ("/sites", "/customers", "/people", "/lists", "/audit", "/sites?search=Canary"):
        for actor in (there.customers_account(there.a), there.installers_account()):
            found = api(store, actor).get(path)
            assert "Canary" not in found.text
            assert found.status_code == (403 if actor.installer and path == "/audit" else 200)


def test_contacts_are_changed_by_an_a_and_on_an_as_behalf(store: Store) -> None:
    there = register(store)
    path, wanted = f"/sites/{there.site}/contacts", [{"person": there.b, "has_key": True}]
    tried = {
        "A": put(store, there.customers_account(there.a), there, path, contacts=wanted),
        "B": put(store, there.customers_account(there.b), there, path, contacts=wanted),
        "installer": put(store, there.installers_account(), there, path, contacts=wanted),
        "other": put(store, there.others_account(), there, path, contacts=wanted),
        "monitor": put(store, MONITOR, there, path, contacts=wanted),
        "operator": put(store, OPERATOR, there, path, contacts=wanted),
        "for A": put(store, OPERATOR, there, path, contacts=wanted, on_behalf_of=there.a, reason=LETTER),
        "for A, unwritten": put(store, OPERATOR, there, path, contacts=wanted, on_behalf_of=there.a),
        "for B": put(store, OPERATOR, there, path, contacts=wanted, on_behalf_of=there.b, reason=LETTER),
        "for nobody": put(store, OPERATOR, there, path, contacts=wanted, on_behalf_of=9999, reason=LETTER),
        "B for A": put(store, there.customers_account(there.b), there, path, contacts=wanted, on_behalf_of=there.a),
        "stranger in it": put(store, SUPERVISOR, there, path, contacts=[{"person": there.neighbour}]),
    }
    assert tried == {
        "A": 200, "B": 403, "installer": 403, "other": 404, "monitor": 403, "operator": 403, "for A": 200,
        "for A, unwritten": 422, "for B": 403, "for nobody": 404, "B for A": 403, "stranger in it": 404,
    }  # fmt: skip
    shown = api(store, OPERATOR).get(path).json()
    assert [(row["position"], row["name"], row["has_key"]) for row in shown] == [(1, "Bo Berg", True)]


def test_the_second_of_two_who_saw_the_same_version_is_told(store: Store) -> None:
    there = register(store)
    path, seen = f"/sites/{there.site}/plans", version(store, there.site)
    steps = [{"kind": "call-contact", "person": there.a, "text": "twice"}, {"kind": "guard", "only_if": "key-service"}]
    body = {"version": seen, "plans": [{"category": "intrusion", "steps": steps}]}
    assert api(store, SUPERVISOR).put(path, json=body).json() == {"version": seen + 1}
    second = api(store, SUPERVISOR).put(path, json={"version": seen, "plans": []})
    assert second.status_code == 409
    assert "changed meanwhile" in second.json()["detail"]
    (plan,) = api(store, OPERATOR).get(path).json()
    assert [(step["kind"], step["person"], step["only_if"]) for step in plan["steps"]] == [
        ("call-contact", there.a, ""),
        ("guard", None, "key-service"),
    ]


def test_a_password_is_set_checked_and_never_shown(store: Store) -> None:
    there = register(store)
    path = f"/sites/{there.site}"
    actor = there.customers_account(there.a)
    assert put(store, actor, there, f"{path}/password", password="Blå elefant") == 200
    assert put(store, actor, there, f"{path}/password", password="Gul giraff", which="counter_password") == 200
    operator = api(store, OPERATOR)
    assert operator.post(f"{path}/password-check", json={"spoken": "blå ELEFANT"}).json() == {"outcome": "right"}
    assert operator.post(f"{path}/password-check", json={"spoken": "grå"}).json() == {"outcome": "wrong"}
    assert operator.post(f"{path}/counter-password").json() == {"counter_password": "Gul giraff"}
    assert api(store, actor).post(f"{path}/password-check", json={"spoken": "x"}).status_code == 403
    assert api(store, actor).post(f"{path}/counter-password").status_code == 403
    told = operator.get(path).text + operator.get("/audit?limit=500").text
    assert "elefant" not in told.lower()
    assert "giraff" not in told.lower()


def test_a_site_is_registered_described_and_ended(store: Store) -> None:
    there = register(store)
    boss = api(store, SUPERVISOR)
    new = {"number": "V9", "customer": there.customer, "contract": there.contract, "name": "Ladan"}
    made = boss.post("/sites", json=new)
    assert made.status_code == 201
    path = f"/sites/{made.json()['id']}"
    assert boss.put(path, json={"version": 0, "name": "Ladan", "town": "Åmål"}).json() == {"version": 1}
    assert boss.post(f"{path}/end", json={"version": 1}).json() == {"version": 2}
    shown = boss.get(path).json()
    assert (shown["town"], shown["ended_ms"], shown["version"]) == ("Åmål", NOW_MS, 2)
    assert boss.put(path, json={"version": 2, "name": "Ladan"}).status_code == 409
    assert boss.post("/sites", json=new).status_code == 409
    assert boss.post("/sites", json=new | {"number": "V10", "customer": there.other_customer}).status_code == 404
    assert api(store, OPERATOR).post("/sites", json=new | {"number": "V11"}).status_code == 403


def test_levels_papers_and_lists_over_http(store: Store) -> None:
    there = register(store)
    path = f"/lists/{there.list}"
    actor = api(store, there.customers_account(there.a))
    seen = actor.get(path).json()["version"]
    assert actor.put(f"{path}/people/{there.nobody}", json={"version": seen, "level": "C"}).status_code == 200
    assert actor.post(f"{path}/people/{there.nobody}/take", json={"version": seen + 1}).status_code == 200
    assert actor.put(f"{path}/people/{there.neighbour}", json={"version": seen + 2, "level": "C"}).status_code == 404
    levels = [(row["person"], row["level"]) for row in actor.get(f"{path}/people").json()]
    assert levels == [(there.a, "A"), (there.b, "B"), (there.c, "C")]
    company = f"/lists/{there.company}"
    assert actor.get(company).status_code == 200
    assert actor.put(company, json={"version": 3, "name": "x", "fire_certificate_until_ms": 1}).status_code == 403
    names = [row["number"] for row in actor.get(f"{company}/sites").json()]
    assert names == ["V1"]


def test_a_key_over_http(store: Store) -> None:
    there = register(store)
    operator = api(store, OPERATOR)
    made = operator.post(f"/sites/{there.site}/keys", json={"label": "17", "holder": "safe"})
    path = f"/keys/{made.json()['id']}/movements"
    moved = operator.post(path, json={"kind": "handed-out", "holder": "Gun", "version": 0, "note": "night"})
    assert moved.json() == {"version": 1}
    assert [row["kind"] for row in operator.get(path).json()] == ["received", "handed-out"]
    assert operator.get("/keys/to-destroy").json() == []
    assert operator.post(path, json={"kind": "destroyed", "holder": "x", "version": 1}).status_code == 409


def test_notice_of_a_contract_over_http(store: Store) -> None:
    there = register(store)
    path = f"/contracts/{there.contract}"
    wanted = {"version": 0, "on_behalf_of": there.b, "reason": LETTER}
    assert api(store, OPERATOR).post(f"{path}/notice", json=wanted).status_code == 403
    given = api(store, OPERATOR).post(f"{path}/notice", json=wanted | {"on_behalf_of": there.a})
    assert given.json() == {"ends_ms": NOW_MS + 400 * DAY_MS}
    assert api(store, OPERATOR).get(path).json()["terminated_ms"] == NOW_MS


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/customers", {"number": "1\x00", "name": "x"}),
        ("/customers", {"number": "1", "name": "x\u2028y"}),
        ("/people", {"name": "x", "customer": 1, "installer": 1}),
        ("/people", {"name": "x", "customer": 1, "phone": "0701234567"}),
        ("/people", {"name": "x", "customer": 1, "email": "nobody"}),
        ("/people", {"name": "x", "customer": 1 << 63}),
        ("/sites", {"number": "?1", "customer": 1, "name": "x"}),
        ("/sites", {"number": "1", "customer": 1, "name": "x", "time_zone": "Mars/Olympus"}),
        ("/contracts", {"customer": 1, "number": "1", "begins_ms": 5, "ends_ms": 5}),
        ("/lists", {"name": ""}),
    ],
)
def test_values_that_cannot_be_are_told(store: Store, path: str, body: dict[str, Any]) -> None:
    register(store)
    assert api(store, SUPERVISOR).post(path, json=body).status_code == 422
