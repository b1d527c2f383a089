"""A panel goes to another home: its history stays, its key is changed, and the former home's affairs stay unseen."""

from typing import Any

import pytest
from sqlalchemy import insert, select

from api_support import client
from hemlarm_cloud.actor import SYSTEM, Actor
from hemlarm_cloud.errors import ConflictError, RefusedError
from hemlarm_cloud.homes import commands, panels
from hemlarm_cloud.ingest import answers
from hemlarm_cloud.ingest.batch import Batch
from hemlarm_cloud.keys import ending, moves, rotation
from hemlarm_cloud.sites import transmitters
from hemlarm_cloud.store import Event, Panel, Store
from hemlarm_cloud.store.schema import configuration
from hemlarm_cloud.store.schema_sites import transmitter
from registered_site import NOW_MS, OPERATOR, PANEL, SUPERVISOR, VAULT, Registered, register, version

KID = b"kid."


@pytest.fixture(name="there")
def _there(store: Store) -> Registered:
    there = register(store)
    with store.begin() as tx:
        tx.add_panel(Panel(PANEL, PANEL[:2], VAULT.wrap(PANEL, bytes(32)), "1", NOW_MS))
        stored = {"panel": PANEL, "revision": 3, "document": b"\xa0", "complete": True, "expected_ms": NOW_MS}
        columns = configuration.c.keys()
        tx.connection.execute(insert(configuration), {name: stored[name] for name in stored if name in columns})
        if tx.connection.scalar(select(transmitter.c.site).where(transmitter.c.id == PANEL)) is None:
            transmitters.add(tx, SYSTEM, there.site, PANEL, "hemlarm", "", _version(tx, there.site), NOW_MS)
    return there


def _version(tx: Any, site_id: int) -> int:
    from hemlarm_cloud.sites import sites

    return int(sites.one(tx, SYSTEM, site_id)["version"])


def move(store: Store, to_site: int, actor: Actor = SUPERVISOR) -> bool:
    with store.begin() as tx:
        seen = _version(tx, to_site)
        return moves.move(tx, VAULT, actor, PANEL, to_site, seen, lambda count: b"\x05" * count, NOW_MS)[1]


def test_within_a_customers_homes_the_household_goes_along_and_the_key_is_changed(
    store: Store, there: Registered
) -> None:
    assert not move(store, there.second_site)
    with store.read() as reading:
        assert moves.waits(reading, PANEL) is None
        change = rotation.unfinished(reading, PANEL)
        assert change is not None
        assert change.state == "asked"
        assert reading.configuration(PANEL) is not None
        assert panels.expect(reading, SYSTEM, there.second_site, PANEL).id == PANEL


def test_to_another_customer_nothing_of_the_former_home_is_shown_or_asked_for_until_it_is_reset(
    store: Store, there: Registered
) -> None:
    assert move(store, there.other_site)
    with store.begin() as tx:
        assert tx.configuration(PANEL) is None
        with pytest.raises(ConflictError, match="reset it at its keypad"):
            panels.expect(tx, SYSTEM, there.other_site, PANEL)
        actor = there.others_account()
        with pytest.raises(ConflictError, match="another home"):
            commands.ask(
                tx, VAULT, actor, None, there.other_site, PANEL, commands.STATUS, 1, NOW_MS, lambda count: bytes(count)
            )
        batch = Batch()
        answers.outdate(tx, batch, PANEL)
        assert (batch.outdated, tx.configuration(PANEL)) == (set(), None)
        with pytest.raises(ConflictError, match="waits for its reset"):
            moves.move(tx, VAULT, SUPERVISOR, PANEL, there.site, 0, lambda count: bytes(count), NOW_MS)


def test_the_reset_ends_the_panel_and_its_move(store: Store, there: Registered) -> None:
    move(store, there.other_site)
    with store.begin() as tx:
        tx.learn_incarnation(PANEL, KID, bytes(16), NOW_MS)
        tx.add_event(Event(PANEL, KID, 1, b"shorttag", b"sealed", NOW_MS, NOW_MS, 1313))
    ending.step(store, NOW_MS + 1)
    with store.read() as reading:
        known = reading.panel(PANEL)
        assert known is not None
        assert known.revoked_ms == NOW_MS + 1
        assert moves.waits(reading, PANEL) is None
        assert transmitters.expect(reading, SYSTEM, PANEL).ended_ms == NOW_MS + 1
    ending.step(store, NOW_MS + 2)


def test_only_supervisors_move_panels(store: Store, there: Registered) -> None:
    with pytest.raises(RefusedError):
        move(store, there.second_site, OPERATOR)


def test_supervisors_do_it_all_over_the_api_and_nobody_else_does(store: Store, there: Registered) -> None:
    sara, anna, owner = (client(store, actor) for actor in (SUPERVISOR, OPERATOR, there.customers_account(there.a)))
    assert owner.get(f"/panels/{PANEL}/keys").status_code == 403
    assert anna.get(f"/panels/{PANEL}/keys").json()["rekey"] is None
    for path in ("rekey", "revoke"):
        assert [each.post(f"/panels/{PANEL}/{path}", json={}).status_code for each in (anna, owner)] == [403, 403]
    body = {"site": there.other_site, "version": version(store, there.other_site)}
    assert owner.post(f"/panels/{PANEL}/move", json=body).status_code == 403
    assert sara.post(f"/panels/{PANEL}/move", json=body).json()["needs_reset"] is True
    shown = sara.get(f"/panels/{PANEL}/keys").json()
    assert (shown["rekey"], shown["reset_wanted"]) == ("asked", True)
    assert sara.post(f"/panels/{PANEL}/rekey", json={}).status_code == 409
    assert sara.post(f"/panels/{PANEL}/revoke", json={"reason": "stolen"}).status_code == 204
    assert sara.get("/panels/0000000000000000/keys").status_code == 404
