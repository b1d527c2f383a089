"""The audit log tells who changed what, and cannot be edited."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import text

from hemlarm_cloud.actor import SYSTEM
from hemlarm_cloud.errors import InvalidError, RefusedError
from hemlarm_cloud.sites import audit, contacts, customers
from hemlarm_cloud.store import Store, StoreError
from hemlarm_cloud.store.transaction import Transaction
from registered_site import LETTER, NOW_MS, OPERATOR, Registered, register, version

CHANGES = {
    "a changed word": "UPDATE audit SET detail = '{}' WHERE id = 3",
    "another actor": "UPDATE audit SET actor = 'somebody' WHERE id = 3",
    "another time": "UPDATE audit SET at_ms = at_ms + 1 WHERE id = 3",
    "another person": "UPDATE audit SET on_behalf_of = 7 WHERE id = 3",
    "a row taken out": "DELETE FROM audit WHERE id = 3",
    "two rows exchanged": "UPDATE audit SET id = CASE id WHEN 3 THEN -4 ELSE -3 END WHERE id IN (3, 4)",
}


def fill(store: Store, count: int = 5) -> None:
    with store.begin() as tx:
        for number in range(count):
            audit.write(tx, OPERATOR.on_behalf_of(5), "change-plan", "site 1", {"step": number}, NOW_MS + number)


@contextmanager
def without_guards(store: Store) -> Iterator[Transaction]:
    """A transaction of somebody who has the whole database in hand."""
    with store.begin() as tx:
        if tx.connection.dialect.name == "postgresql":
            tx.connection.execute(text("ALTER TABLE audit DISABLE TRIGGER USER"))
        else:
            tx.connection.execute(text("DROP TRIGGER audit_refuses_update"))
            tx.connection.execute(text("DROP TRIGGER audit_refuses_delete"))
        yield tx


@pytest.mark.parametrize("change", CHANGES)
def test_the_database_refuses_to_change_or_delete_an_entry(store: Store, change: str) -> None:
    fill(store)
    with pytest.raises(StoreError), store.begin() as tx:
        tx.connection.execute(text(CHANGES[change]))
    with store.read() as reading:
        assert [entry["detail"]["step"] for entry in audit.entries(reading, SYSTEM)] == [0, 1, 2, 3, 4]
        assert audit.check_chain(reading) is None


@pytest.mark.parametrize("table", ["key_movement", "case_log"])
def test_other_logs_are_guarded_in_the_same_way(store: Store, table: str) -> None:
    with store.read() as reading:
        if reading.connection.dialect.name == "postgresql":
            query = "SELECT count(*) FROM pg_trigger WHERE tgrelid = CAST(:table AS regclass) AND NOT tgisinternal"
        else:
            query = "SELECT count(*) / 2 FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table"
        assert reading.connection.scalar(text(query), {"table": table}) == 1


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_behind_the_databases_back_breaks_the_chain(store: Store, change: str) -> None:
    fill(store)
    with without_guards(store) as tx:
        tx.connection.execute(text(CHANGES[change]))
        if "-4" in CHANGES[change]:
            tx.connection.execute(text("UPDATE audit SET id = -id WHERE id < 0"))
    with store.read() as reading:
        assert audit.check_chain(reading) == (4 if "DELETE" in CHANGES[change] else 3)


def test_a_log_whose_end_was_cut_off_no_longer_leads_to_a_head_kept_elsewhere(store: Store) -> None:
    fill(store)
    with store.read() as reading:
        kept = audit.head(reading)
        assert kept is not None
        assert audit.check_chain(reading, kept) is None
    with without_guards(store) as tx:
        tx.connection.execute(text("DELETE FROM audit WHERE id = 5"))
    with store.read() as reading:
        assert audit.check_chain(reading) is None
        assert audit.check_chain(reading, kept) == kept.id
    fill(store)
    with store.read() as reading:
        assert audit.check_chain(reading, kept) == kept.id


def test_an_empty_log_is_whole(store: Store) -> None:
    with store.read() as reading:
        assert audit.head(reading) is None
        assert audit.check_chain(reading) is None


def test_a_long_log_is_checked_to_its_end(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "_PAGE", 2)
    fill(store, 6)
    with store.read() as reading:
        assert audit.check_chain(reading, audit.head(reading)) is None
    with without_guards(store) as tx:
        tx.connection.execute(text("UPDATE audit SET action = 'x' WHERE id = 6"))
    with store.read() as reading:
        assert audit.check_chain(reading) == 6


def test_an_entry_tells_who_did_what_for_whom(store: Store) -> None:
    there = register(store)
    with store.begin() as tx:
        wanted = [contacts.Contact(there.b, has_key=True)]
        actor = OPERATOR.on_behalf_of(there.a)
        contacts.replace(tx, actor, there.site, wanted, version(store, there.site), NOW_MS, LETTER)
    with store.read() as reading:
        last = audit.entries(reading, OPERATOR, site=there.site)[-1]
    assert (last["actor"], last["on_behalf_of"], last["action"]) == ("operator:anna", there.a, "change-contacts")
    assert (last["site"], last["customer"], last["subject"]) == (there.site, there.customer, f"site {there.site}")
    assert last["detail"]["reason"] == LETTER
    assert last["detail"]["before"] == []
    assert last["detail"]["after"][0]["person"] == there.b


def add_two(tx: Transaction) -> None:
    customers.add(tx, SYSTEM, "77", "Undone", NOW_MS)
    customers.add(tx, SYSTEM, "78", "", NOW_MS)


def test_what_was_refused_or_undone_leaves_no_entry(store: Store) -> None:
    there = register(store)
    with store.read() as reading:
        before = audit.head(reading)
    seen = version(store, there.site)
    with pytest.raises(RefusedError), store.begin() as tx:
        contacts.replace(tx, OPERATOR.on_behalf_of(there.b), there.site, [], seen, NOW_MS, LETTER)
    with pytest.raises(InvalidError), store.begin() as tx:
        add_two(tx)
    with store.read() as reading:
        assert audit.head(reading) == before


def seen_by(store: Store, there: Registered) -> set[int | None]:
    with store.read() as reading:
        return {entry["customer"] for entry in audit.entries(reading, there.customers_account(), limit=500)}


def test_a_customer_sees_entries_about_what_it_has_and_no_others(store: Store) -> None:
    there = register(store)
    assert seen_by(store, there) == {there.customer}
    with store.read() as reading:
        assert audit.entries(reading, there.customers_account(), site=there.other_site) == []
        with pytest.raises(RefusedError):
            audit.entries(reading, there.installers_account())


def test_entries_come_in_pages(store: Store) -> None:
    fill(store)
    with store.read() as reading:
        first = audit.entries(reading, SYSTEM, limit=2)
        rest = audit.entries(reading, SYSTEM, after_id=first[-1]["id"])
        with pytest.raises(InvalidError, match="limit"):
            audit.entries(reading, SYSTEM, limit=501)
    assert [entry["detail"]["step"] for entry in first + rest] == [0, 1, 2, 3, 4]


def test_a_detail_beyond_all_bounds_is_refused(store: Store) -> None:
    with pytest.raises(InvalidError, match="characters to log"), store.begin() as tx:
        audit.write(tx, SYSTEM, "change-plan", "site 1", {"text": "x" * audit.DETAIL_MAX}, NOW_MS)
