"""Forwarding over HTTP: what supervisors set up, what the centre sees, and that no secret ever comes back."""

from typing import Any

import pytest

from api_support import MONITOR, OPERATOR, SUPERVISOR, client
from forward_support import KEY, PASSWORD, Town
from hemlarm_cloud.actor import Actor, Role
from hemlarm_cloud.store import Store

CUSTOMER = Actor("customer:eva", Role.CUSTOMER, customer=1)

PEER: dict[str, Any] = {
    "name": "Peer",
    "protocol": "dc-09",
    "primary_address": "127.0.0.1:1",
    "secret": KEY.hex(),
    "settings": {"account": "ABC1", "form": "SIA-DCS"},
}
PARTNER: dict[str, Any] = {
    "name": "Partner",
    "protocol": "sos-access",
    "primary_address": "arc.example:9000",
    "secret": PASSWORD,
    "settings": {"account": "HEM1", "receiver": "ARC", "transmitter_type": "HEM", "renew": True},
}


@pytest.mark.parametrize("wanted", [PEER, PARTNER])
def test_a_destination_is_added_shown_and_changed_without_its_secret(store: Store, wanted: dict[str, Any]) -> None:
    http = client(store, SUPERVISOR)
    added = http.post("/destinations", json=wanted)
    assert added.status_code == 201
    shown = http.get(f"/destinations/{added.json()['id']}")
    assert shown.json() == added.json() == http.get("/destinations").json()[0]
    assert (shown.json()["has_secret"], shown.json()["settings"]["account"]) == (True, wanted["settings"]["account"])
    assert wanted["secret"] not in shown.text
    change = {name: value for name, value in wanted.items() if name != "secret"} | {"active": False, "version": 0}
    changed = http.put(f"/destinations/{added.json()['id']}", json=change)
    assert (changed.status_code, changed.json()["active"], changed.json()["version"]) == (200, False, 1)
    assert changed.json()["has_secret"]
    assert http.put(f"/destinations/{added.json()['id']}", json=change).status_code == 409


def test_routes_are_set_and_removed_and_what_waits_is_seen(store: Store) -> None:
    http = client(store, SUPERVISOR)
    to = http.post("/destinations", json=PEER).json()["id"]
    town = Town(store)
    site = town.site()
    assert http.put(f"/sites/{site}/routes/{to}", json={"account": "1234"}).status_code == 204
    route = {"site": site, "destination": to, "name": "Peer", "account": "1234", "lowest_urgency": 4}
    assert http.get(f"/sites/{site}/routes").json() == [route]
    signal = town.signal(site)
    (waits,) = client(store, OPERATOR).get(f"/destinations/{to}/forwarded").json()
    assert (waits["signal"], waits["site"], waits["state"]) == (signal, site, "waiting")
    assert http.delete(f"/sites/{site}/routes/{to}").status_code == 409
    other = town.site(to)
    assert http.delete(f"/sites/{other}/routes/{to}").status_code == 204
    assert http.delete(f"/sites/{other}/routes/{to}").status_code == 404


def test_who_may_not_is_told_so_and_changes_nothing(store: Store) -> None:
    to = client(store, SUPERVISOR).post("/destinations", json=PEER).json()["id"]
    site = Town(store).site()
    for actor in (OPERATOR, CUSTOMER, MONITOR):
        http = client(store, actor)
        assert http.post("/destinations", json=PARTNER).status_code == 403
        assert http.put(f"/destinations/{to}", json=PEER | {"version": 0}).status_code == 403
        assert http.put(f"/sites/{site}/routes/{to}", json={"account": "1234"}).status_code == 403
        assert http.delete(f"/sites/{site}/routes/{to}").status_code == 403
    for path in ("/destinations", f"/destinations/{to}", f"/destinations/{to}/forwarded", f"/sites/{site}/routes"):
        assert client(store, CUSTOMER).get(path).status_code == 403
        assert client(store, MONITOR).get(path).status_code == 200
    assert len(client(store, OPERATOR).get("/destinations").json()) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"name": "a\u0000b"},
        {"protocol": "telex"},
        {"primary_address": "nowhere"},
        {"level_s": 91},
        {"secret": "short"},
        {"settings": {"account": "xyz"}},
        {"settings": {"account": "ABC1", "authority": "no PEM"}},
        {"colour": "red"},
    ],
)
def test_what_cannot_be_is_refused_without_being_repeated(store: Store, change: dict[str, Any]) -> None:
    answer = client(store, SUPERVISOR).post("/destinations", json=PEER | change)
    assert answer.status_code == 422
    assert KEY.hex() not in answer.text


def test_what_is_not_there_is_not_found(store: Store) -> None:
    http = client(store, SUPERVISOR)
    site = Town(store).site()
    for path in ("/destinations/9", "/destinations/9/forwarded", "/sites/999/routes"):
        assert http.get(path).status_code == 404
    assert http.put("/destinations/9", json=PEER | {"version": 0}).status_code == 404
    assert http.put(f"/sites/{site}/routes/9", json={"account": "1234"}).status_code == 404
