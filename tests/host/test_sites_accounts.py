"""Accounts and their tokens."""

import pytest
from sqlalchemy import select

from hemlarm_cloud.actor import SYSTEM, Actor, Role
from hemlarm_cloud.errors import ConflictError, InvalidError, NotFoundError, RefusedError
from hemlarm_cloud.sites import accounts, audit
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.schema_sites import account
from registered_site import MONITOR, NOW_MS, OPERATOR, Registered, register

TOKEN_BYTES = bytes(range(32))


def create(store: Store, name: str = "anna", role: str = "operator", token: bytes = TOKEN_BYTES, **more: int) -> str:
    with store.begin() as tx:
        return accounts.create(tx, SYSTEM, name, role, token, NOW_MS, **more).token


def find(store: Store, token: str, now_ms: int = NOW_MS) -> Actor | None:
    with store.read() as reading:
        return accounts.find(reading, token, now_ms)


def test_a_token_stands_for_its_account(store: Store) -> None:
    token = create(store)
    assert find(store, token) == Actor("operator:anna", Role.OPERATOR)


def test_the_store_has_no_token_and_neither_has_the_audit_log(store: Store) -> None:
    token = create(store)
    with store.read() as reading:
        stored = repr(reading.connection.execute(select(account)).all()) + repr(audit.entries(reading, SYSTEM))
    assert token not in stored
    assert TOKEN_BYTES.hex() not in stored
    assert token.removeprefix("hemlarm_") not in stored


@pytest.mark.parametrize("wrong", ["", "x", "hemlarm_" + "A" * 43, "å" * 51, "hemlarm_", "A" * 100_000, "\0" * 51])
def test_another_token_stands_for_nobody(store: Store, wrong: str) -> None:
    create(store)
    assert find(store, wrong) is None


def test_an_account_ends_at_its_moment_and_when_it_is_revoked(store: Store) -> None:
    token = create(store, expires_ms=NOW_MS + 10)
    assert find(store, token, NOW_MS + 9) is not None
    assert find(store, token, NOW_MS + 10) is None
    lasting = create(store, "bo", token=bytes(32))
    with store.begin() as tx:
        accounts.revoke(tx, SYSTEM, 2, NOW_MS)
    assert find(store, lasting) is None
    with pytest.raises(ConflictError), store.begin() as tx:
        accounts.revoke(tx, SYSTEM, 2, NOW_MS)


def test_a_new_token_ends_the_old_one(store: Store) -> None:
    old = create(store)
    with store.begin() as tx:
        new = accounts.renew(tx, SYSTEM, 1, bytes(32), NOW_MS).token
    assert find(store, old) is None
    assert find(store, new) == Actor("operator:anna", Role.OPERATOR)


@pytest.mark.parametrize("actor", [OPERATOR, MONITOR, Actor("customer:x", Role.CUSTOMER, customer=1)])
def test_accounts_are_for_supervisors(store: Store, actor: Actor) -> None:
    create(store)
    with store.begin() as tx:
        for refused in (
            lambda: accounts.create(tx, actor, "bo", "supervisor", bytes(32), NOW_MS),
            lambda: accounts.revoke(tx, actor, 1, NOW_MS),
            lambda: accounts.renew(tx, actor, 1, bytes(32), NOW_MS),
            lambda: accounts.accounts(tx, actor),
            lambda: accounts.one(tx, actor, 1),
        ):
            with pytest.raises(RefusedError):
                refused()


def test_a_name_is_taken_once_and_looks_like_no_other(store: Store) -> None:
    create(store)
    with pytest.raises(ConflictError, match="choose another name"):
        create(store, token=bytes(32))
    for wrong in ("", "x" * 49, "operator:anna", "a\nb", "a\x00b", "a\ud800"):
        with pytest.raises(InvalidError, match="name"):
            create(store, wrong, token=bytes(32))


def test_an_account_names_its_tenant_and_a_person_of_that_tenant(store: Store) -> None:
    there = register(store)
    token = create(store, "berg", "customer", customer=there.customer, person=there.a)
    assert find(store, token) == Actor("customer:berg", Role.CUSTOMER, there.a, customer=there.customer)
    fitter = create(store, "fitter", "installer", bytes(32), installer=there.company, person=there.fitter)
    assert find(store, fitter) == Actor("installer:fitter", Role.INSTALLER, there.fitter, installer=there.company)


def wrong_owners(there: Registered) -> list[tuple[str, dict[str, int], type[Exception]]]:
    return [
        ("customer", {}, InvalidError),
        ("installer", {}, InvalidError),
        ("operator", {"customer": there.customer}, InvalidError),
        ("operator", {"person": there.a}, InvalidError),
        ("robot", {}, InvalidError),
        ("customer", {"customer": there.customer, "installer": there.company}, InvalidError),
        ("customer", {"customer": 999}, NotFoundError),
        ("customer", {"customer": there.customer, "person": there.neighbour}, NotFoundError),
        ("customer", {"customer": there.customer, "person": there.fitter}, NotFoundError),
        ("installer", {"installer": there.list}, NotFoundError),
        ("installer", {"installer": there.company, "person": there.a}, NotFoundError),
        ("supervisor", {"expires_ms": -1}, InvalidError),
    ]


def test_an_account_that_mixes_tenants_is_refused(store: Store) -> None:
    there = register(store)
    for role, owner, error in wrong_owners(there):
        with pytest.raises(error):
            create(store, "x", role, TOKEN_BYTES, **owner)


def test_accounts_are_listed_without_their_tokens(store: Store) -> None:
    create(store)
    create(store, "bo", "monitor", bytes(32))
    with store.read() as reading:
        listed = accounts.accounts(reading, SYSTEM)
        assert listed[1:] == accounts.accounts(reading, SYSTEM, after_id=1)
        assert accounts.one(reading, SYSTEM, 2) == listed[1]
        with pytest.raises(NotFoundError):
            accounts.one(reading, SYSTEM, 3)
    assert [(row["name"], row["role"]) for row in listed] == [("anna", "operator"), ("bo", "monitor")]
    assert not any("token" in column for column in listed[0])
