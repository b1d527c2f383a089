"""Signals and panels over the API: what is found, in which order, and by whom."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

import api_support
import centre_rows as rows
from api_support import NOW_MS, OPERATOR
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.schema import line_fault, panel, path_heard
from hemlarm_cloud.store.schema_sites import transmitter


def ids(client: TestClient, **query: Any) -> list[int]:
    """The ids of the signals that a client is shown."""
    answer = client.get("/signals", params=query)
    assert answer.status_code == 200, answer.text
    return [row["id"] for row in answer.json()]


def test_all_signals_come_in_pages_as_they_came(store: Store) -> None:
    tenant = rows.add_tenant(store, "north")
    numbers = [rows.add_signal(store, tenant, dated_ms=NOW_MS - index) for index in range(5)]
    client = api_support.client(store)
    assert ids(client, limit=2) == numbers[:2]
    assert ids(client, after=numbers[1]) == numbers[2:]


def test_a_sites_signals_come_in_pages_as_they_happened(store: Store) -> None:
    tenant = rows.add_tenant(store, "north")
    dates = [30, 10, 20, 10]
    first, second, third, fourth = (rows.add_signal(store, tenant, dated_ms=NOW_MS + date) for date in dates)
    client = api_support.client(store, tenant.actor)
    assert ids(client, site=tenant.site) == [second, fourth, third, first]
    assert ids(client, site=tenant.site, after=second, limit=2) == [fourth, third]
    assert ids(client, transmitter=tenant.transmitter, from_ms=NOW_MS + 20) == [third, first]
    assert ids(client, site=tenant.site, from_ms=NOW_MS + 10, until_ms=NOW_MS + 20) == [second, fourth]
    assert client.get("/signals", params={"site": tenant.site, "after": 999}).status_code == 404


def test_a_search_that_would_be_endless_is_refused(store: Store) -> None:
    tenant = rows.add_tenant(store, "north")
    assert api_support.client(store).get("/signals", params={"from_ms": NOW_MS}).status_code == 422
    assert api_support.client(store, tenant.actor).get("/signals").status_code == 422


def test_signals_of_others_are_not_there(store: Store) -> None:
    mine, other = rows.add_tenant(store, "north"), rows.add_tenant(store, "south")
    hidden = rows.add_signal(store, other)
    installer = rows.add_installer(store, "Lås AB", mine.site)
    for actor in (mine.actor, installer):
        client = api_support.client(store, actor)
        assert client.get(f"/signals/{hidden}").status_code == 404
        assert client.get("/signals", params={"site": other.site}).status_code == 404
        assert client.get("/signals", params={"transmitter": other.transmitter}).status_code == 404
        assert client.get("/signals", params={"site": mine.site, "after": hidden}).status_code == 404


def test_a_hold_up_is_seen_by_the_customer_when_its_case_is_closed(store: Store) -> None:
    tenant = rows.add_tenant(store, "north")
    silent = {"category": "hold-up", "urgency": 1, "qcode": 1121}
    during = rows.add_case(store, tenant, category="hold-up")
    afterwards = rows.add_case(store, tenant, category="hold-up", state="closed", closed_ms=NOW_MS)
    hidden = rows.add_signal(store, tenant, during, **silent)
    shown = rows.add_signal(store, tenant, afterwards, **silent)
    assert ids(api_support.client(store, tenant.actor), site=tenant.site) == [shown]
    assert ids(api_support.client(store, OPERATOR), site=tenant.site) == [hidden, shown]
    assert api_support.client(store, tenant.actor).get(f"/signals/{hidden}").status_code == 404


PANEL = "00000000000000a1"


@pytest.fixture
def panel_of(store: Store) -> rows.Tenant:
    """A tenant with a panel that is heard by one path and silent on the other."""
    tenant = rows.add_tenant(store, "north")
    values = {"shard": "a1", "root_key": b"", "certificate_serial": "01", "provisioned_ms": NOW_MS}
    with store.begin() as tx:
        tx.connection.execute(panel.insert(), {"id": PANEL, **values})
        added = {"id": PANEL, "kind": "hemlarm", "site": tenant.site, "name": "hall", "added_ms": NOW_MS}
        tx.connection.execute(transmitter.insert(), added)
        tx.connection.execute(path_heard.insert(), {"panel": PANEL, "path": 1, "heard_ms": NOW_MS})
        fault = {"panel": PANEL, "kind": "path-fault", "path": 2, "began_ms": NOW_MS, "heard_ms": NOW_MS}
        tx.connection.execute(line_fault.insert(), fault)
    return tenant


def test_a_panel_tells_how_it_is(store: Store, panel_of: rows.Tenant) -> None:
    client = api_support.client(store, panel_of.actor)
    assert [row["id"] for row in client.get("/panels").json()] == [PANEL]
    assert client.get("/panels", params={"after": PANEL}).json() == []
    shown = client.get(f"/panels/{PANEL}").json()
    assert (shown["site"], shown["name"], shown["health"]) == (panel_of.site, "hall", None)
    assert shown["paths"] == [{"path": 1, "heard_ms": NOW_MS}]
    assert shown["faults"] == [{"kind": "path-fault", "path": 2, "began_ms": NOW_MS}]
    assert "root_key" not in shown


def test_panels_of_others_are_not_there(store: Store, panel_of: rows.Tenant) -> None:
    client = api_support.client(store, rows.add_tenant(store, "south").actor)
    assert client.get("/panels").json() == []
    assert client.get(f"/panels/{PANEL}").status_code == 404
    assert client.get("/panels", params={"site": panel_of.site}).status_code == 404
    assert client.get("/panels/nonsense").status_code == 422
