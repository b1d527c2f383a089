"""The key register: keys handed out and back, destroyed at contract end, with a record that cannot be edited."""

import pytest
from sqlalchemy import text

from hemlarm_cloud.actor import SYSTEM, Actor
from hemlarm_cloud.errors import ConflictError, InvalidError, NotFoundError, RefusedError
from hemlarm_cloud.sites import audit, contract_dates, contracts, keys, sites
from hemlarm_cloud.store import Store, StoreError
from registered_site import DAY_MS, LETTER, MONITOR, NOW_MS, OPERATOR, Registered, register, version

SAFE, GUARD = "key safe 3", "Guard Gun"


def receive(store: Store, site_id: int, label: str = "17", now_ms: int = NOW_MS) -> int:
    with store.begin() as tx:
        return keys.receive(tx, OPERATOR, site_id, label, SAFE, now_ms)


def move(store: Store, key: int, kind: str, holder: str, seen: int, now_ms: int = NOW_MS, note: str = "") -> int:
    with store.begin() as tx:
        return keys.move(tx, OPERATOR, key, kind, holder, seen, now_ms, note)


def states(store: Store, site_id: int) -> list[tuple[str, str, str]]:
    with store.read() as reading:
        return [(row["label"], row["state"], row["holder"]) for row in keys.keys(reading, OPERATOR, site_id)]


def test_a_key_goes_out_and_comes_back_and_each_movement_is_kept(store: Store) -> None:
    there = register(store)
    key = receive(store, there.site)
    seen = move(store, key, "handed-out", GUARD, 0, NOW_MS + 1, "alarm at night")
    assert states(store, there.site) == [("17", "out", GUARD)]
    move(store, key, "back", SAFE, seen, NOW_MS + 2)
    assert states(store, there.site) == [("17", "held", SAFE)]
    with store.read() as reading:
        rows = keys.movements(reading, OPERATOR, key)
    told = [(row["at_ms"] - NOW_MS, row["kind"], row["holder"], row["by"], row["note"]) for row in rows]
    assert told == [
        (0, "received", SAFE, "operator:anna", ""),
        (1, "handed-out", GUARD, "operator:anna", "alarm at night"),
        (2, "back", SAFE, "operator:anna", ""),
    ]


def test_a_movement_is_neither_changed_nor_deleted(store: Store) -> None:
    receive(store, register(store).site)
    for change in ("UPDATE key_movement SET holder = 'x'", "DELETE FROM key_movement"):
        with pytest.raises(StoreError), store.begin() as tx:
            tx.connection.execute(text(change))


def test_a_key_that_is_out_is_neither_handed_out_again_nor_destroyed(store: Store) -> None:
    there = register(store)
    key = receive(store, there.site)
    seen = move(store, key, "handed-out", GUARD, 0)
    for kind in ("handed-out", "returned", "destroyed"):
        with pytest.raises(ConflictError, match="is out; it must be held"):
            move(store, key, kind, "x", seen)
    with pytest.raises(ConflictError, match="changed meanwhile"):
        move(store, key, "back", SAFE, 0)


def test_a_returned_key_is_gone(store: Store) -> None:
    there = register(store)
    key = receive(store, there.site)
    seen = move(store, key, "returned", "Anna Berg", 0)
    with pytest.raises(ConflictError, match="is returned"):
        move(store, key, "handed-out", GUARD, seen)
    receive(store, there.site)
    assert [row[:2] for row in states(store, there.site)] == [("17", "returned"), ("17", "held")]


def end_site(store: Store, there: Registered) -> None:
    with store.begin() as tx:
        sites.end(tx, SYSTEM, there.site, sites.one(tx, SYSTEM, there.site)["version"], NOW_MS + 5)


def test_keys_are_destroyed_when_the_site_has_ended_and_not_before(store: Store) -> None:
    there = register(store)
    first, second = receive(store, there.site), receive(store, there.site, "18")
    with pytest.raises(ConflictError, match="return it to its owner"):
        move(store, first, "destroyed", "shredder", 0)
    end_site(store, there)
    with store.read() as reading:
        assert [row["id"] for row in keys.to_destroy(reading, OPERATOR, NOW_MS + 5)] == [first, second]
    move(store, first, "destroyed", "shredder", 0, NOW_MS + 6, "witnessed by Sara")
    with store.read() as reading:
        assert [row["id"] for row in keys.to_destroy(reading, OPERATOR, NOW_MS + 6)] == [second]
        record = keys.movements(reading, OPERATOR, first)[-1]
        logged = audit.entries(reading, SYSTEM, site=there.site)[-1]
    assert (record["kind"], record["by"], record["note"]) == ("destroyed", "operator:anna", "witnessed by Sara")
    assert (logged["action"], logged["detail"]["kind"]) == ("move-key", "destroyed")


def test_keys_are_destroyed_when_the_contract_that_was_given_notice_of_is_over(store: Store) -> None:
    there = register(store)
    key = receive(store, there.site)
    with store.begin() as tx:
        ends_ms = contracts.give_notice(tx, OPERATOR.on_behalf_of(there.a), there.contract, 0, NOW_MS, LETTER)
    assert ends_ms == NOW_MS + 400 * DAY_MS
    for now_ms, due in ((ends_ms - 1, []), (ends_ms, [key])):
        with store.read() as reading:
            assert [row["id"] for row in keys.to_destroy(reading, OPERATOR, now_ms)] == due
    with pytest.raises(ConflictError):
        move(store, key, "destroyed", "shredder", 0, ends_ms - 1)
    move(store, key, "destroyed", "shredder", 0, ends_ms)


def test_a_contract_that_nobody_ended_keeps_its_keys(store: Store) -> None:
    there = register(store)
    key = receive(store, there.site)
    after_ms = contract_dates.later_by_months(NOW_MS + 400 * DAY_MS, 1)
    with store.read() as reading:
        assert keys.to_destroy(reading, OPERATOR, after_ms) == []
    with pytest.raises(ConflictError):
        move(store, key, "destroyed", "shredder", 0, after_ms)


def test_the_register_is_the_operators_and_a_customer_may_look(store: Store) -> None:
    there = register(store)
    key = receive(store, there.site)
    for actor in (MONITOR, there.customers_account(there.a), there.installers_account()):
        with pytest.raises(RefusedError), store.begin() as tx:
            keys.move(tx, actor, key, "handed-out", GUARD, 0, NOW_MS)
        with pytest.raises(RefusedError), store.begin() as tx:
            keys.receive(tx, actor, there.site, "19", SAFE, NOW_MS)
    with store.read() as reading:
        assert len(keys.movements(reading, there.customers_account(), key)) == 1


def out_of_sight(store: Store, actor: Actor, key: int, site_id: int) -> None:
    with store.begin() as tx:
        for looked in (
            lambda: keys.keys(tx, actor, site_id),
            lambda: keys.movements(tx, actor, key),
            lambda: keys.move(tx, actor, key, "handed-out", GUARD, 0, NOW_MS),
            lambda: keys.receive(tx, actor, site_id, "x", SAFE, NOW_MS),
        ):
            with pytest.raises(NotFoundError):
                looked()
        assert keys.to_destroy(tx, actor, NOW_MS + 10) == []


def test_another_tenant_knows_of_no_key(store: Store) -> None:
    there = register(store)
    key = receive(store, there.site)
    end_site(store, there)
    out_of_sight(store, there.others_account(), key, there.site)


def test_tags_are_told_apart_and_printable(store: Store) -> None:
    there = register(store)
    receive(store, there.site)
    with pytest.raises(ConflictError, match="another tag"):
        receive(store, there.site)
    for wrong in ("", "x" * 41, "a\nb"):
        with pytest.raises(InvalidError):
            receive(store, there.site, wrong)
    end_site(store, there)
    with pytest.raises(ConflictError, match="has ended"):
        receive(store, there.site, "20")
    assert version(store, there.site) > 0


def test_one_site_has_so_many_keys_and_no_more(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "KEYS_MAX", 2)
    there = register(store)
    receive(store, there.site, "1")
    receive(store, there.site, "2")
    with pytest.raises(ConflictError, match="as many as one can"):
        receive(store, there.site, "3")
