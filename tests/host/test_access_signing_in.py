"""Signing in: passwords, sessions, and what too many wrong attempts lead to."""

import time

import pytest
from sqlalchemy import select, update

from access_support import CHANCES, HOUR_MS, MINUTE_MS, NOW_MS, OTHER_PASSWORD, PASSWORD, add_family, add_login
from hemlarm_cloud.access import attempts, credentials, passwords, sessions, signing_in
from hemlarm_cloud.access.attempts import LockedError
from hemlarm_cloud.access.passwords import WeakPasswordError
from hemlarm_cloud.access.sessions import Session
from hemlarm_cloud.access.signing_in import NotVerifiedError, WrongLoginError
from hemlarm_cloud.actor import SYSTEM, Role
from hemlarm_cloud.sites import accounts
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.schema_access import credential, login_session


def sign_in(
    store: Store, login: str, password: str = PASSWORD, now_ms: int = NOW_MS, address: str = "192.0.2.1"
) -> str:
    return signing_in.sign_in(store, login, password, address, "a browser", now_ms, CHANCES).token


def whose(store: Store, token: str, now_ms: int = NOW_MS) -> Session | None:
    with store.read() as reading:
        return sessions.find(reading, token, now_ms)


def test_who_has_login_and_password_is_in_until_signing_out(store: Store) -> None:
    family = add_family(store)
    add_login(store, "customer", "anna@example.se", customer=family.customer, person=family.anna)
    token = sign_in(store, " Anna@Example.se ")
    found = whose(store, token, NOW_MS + 5_000 * HOUR_MS)
    assert found is not None
    assert (found.name, found.actor.role, found.actor.person) == ("Anna Berg", Role.CUSTOMER, family.anna)
    with store.begin() as tx:
        sessions.end(tx, found.account, found.id, NOW_MS + 1)
    assert whose(store, token, NOW_MS + 2) is None


def test_staff_are_out_after_a_long_shift(store: Store) -> None:
    add_login(store, "operator", "anna")
    token = sign_in(store, "anna")
    assert whose(store, token, NOW_MS + 12 * HOUR_MS - 1) is not None
    assert whose(store, token, NOW_MS + 12 * HOUR_MS) is None


def test_who_is_shut_out_is_out_at_once(store: Store) -> None:
    account = add_login(store, "operator", "anna")
    token = sign_in(store, "anna")
    with store.begin() as tx:
        accounts.revoke(tx, SYSTEM, account, NOW_MS)
    assert whose(store, token) is None
    with pytest.raises(WrongLoginError):
        sign_in(store, "anna")


def test_a_wrong_login_and_a_wrong_password_are_told_alike(store: Store) -> None:
    add_login(store, "operator", "anna")
    for login in ("anna", "nobody"):
        with pytest.raises(WrongLoginError) as told:
            sign_in(store, login, "not the password")
        assert "do not belong together" in str(told.value)


def test_an_unknown_login_takes_as_much_work_as_a_known_one(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    store = Store.open(f"sqlite:///{tmp_path}/a.db")
    add_login(store, "operator", "anna")
    checked: list[str] = []
    real = passwords.fits

    def fits(stored: str, given: str) -> bool:
        checked.append(stored[:31])
        return real(stored, given)

    monkeypatch.setattr(passwords, "fits", fits)
    for login in ("anna", "nobody"):
        with pytest.raises(WrongLoginError):
            sign_in(store, login, "not the password")
    store.close()
    # Algorithm, version and parameters, which decide how long it takes.
    assert len(checked) == 2
    assert checked[0] == checked[1]
    assert checked[0].startswith("$argon2id$v=19$m=47104,t=1,p=1$")


def test_five_wrong_ones_lock_a_login_ever_longer_and_the_lock_survives_a_restart(store: Store) -> None:
    add_login(store, "operator", "anna")
    for _ in range(5):
        with pytest.raises(WrongLoginError):
            sign_in(store, "anna", "wrong")
    # All of it is in the store, so who opens it anew finds the lock; and the right password does not open it.
    with pytest.raises(LockedError) as locked:
        sign_in(store, "anna")
    assert locked.value.until_ms == NOW_MS + MINUTE_MS
    with pytest.raises(WrongLoginError):
        sign_in(store, "anna", "wrong", NOW_MS + MINUTE_MS)
    with pytest.raises(LockedError) as locked:
        sign_in(store, "anna", PASSWORD, NOW_MS + 2 * MINUTE_MS)
    assert locked.value.until_ms == NOW_MS + 3 * MINUTE_MS
    assert sign_in(store, "anna", PASSWORD, NOW_MS + 3 * MINUTE_MS)
    assert sign_in(store, "anna", PASSWORD, NOW_MS + 3 * MINUTE_MS)


def test_one_address_that_tries_many_logins_is_locked_and_others_are_not(store: Store) -> None:
    add_login(store, "operator", "anna")
    with store.begin() as tx:
        for _ in range(attempts.FREE_OF_ADDRESS - 1):
            attempts.failed(tx, attempts.address_key("192.0.2.1"), NOW_MS, attempts.FREE_OF_ADDRESS)
    with pytest.raises(WrongLoginError):
        sign_in(store, "somebody", "wrong")
    with pytest.raises(LockedError):
        sign_in(store, "anna")
    assert sign_in(store, "anna", address="192.0.2.2")


def test_locks_grow_to_an_hour_and_are_forgotten_after_a_day(store: Store) -> None:
    assert [attempts.lock_ms(n) // MINUTE_MS for n in (4, 5, 6, 7, 10, 11, 500)] == [0, 1, 2, 4, 32, 60, 60]
    with store.begin() as tx:
        for _ in range(30):
            attempts.failed(tx, "login x", NOW_MS)
        attempts.failed(tx, "login x", NOW_MS + attempts.FORGOTTEN_MS)
        attempts.expect_free(tx, ["login x"], NOW_MS + attempts.FORGOTTEN_MS)
        assert attempts.forget_old(tx, NOW_MS + attempts.FORGOTTEN_MS) == 0
        assert attempts.forget_old(tx, NOW_MS + 2 * attempts.FORGOTTEN_MS) == 1


def test_who_has_not_confirmed_the_address_is_told_so_but_only_with_the_right_password(store: Store) -> None:
    family = add_family(store)
    add_login(store, "customer", "anna@example.se", verified=False, customer=family.customer, person=family.anna)
    with pytest.raises(NotVerifiedError):
        sign_in(store, "anna@example.se")
    with pytest.raises(WrongLoginError):
        sign_in(store, "anna@example.se", "wrong")


def test_a_new_password_ends_the_other_sessions(store: Store) -> None:
    account = add_login(store, "operator", "anna")
    tokens = [sign_in(store, "anna") for _ in range(3)]
    here = whose(store, tokens[0])
    assert here is not None
    with store.begin() as tx:
        ended = credentials.set_password(tx, here.actor, account, passwords.hashed(OTHER_PASSWORD), NOW_MS, here.id)
    assert ended == 2
    assert [whose(store, token) is not None for token in tokens] == [True, False, False]


def test_neither_tokens_nor_passwords_are_in_the_store(store: Store) -> None:
    add_login(store, "operator", "anna")
    token = sign_in(store, "anna")
    with store.read() as reading:
        rows = [*reading.connection.execute(select(login_session)), *reading.connection.execute(select(credential))]
    text = repr(rows)
    assert token not in text
    assert PASSWORD not in text
    assert "$argon2id$" in text


def test_a_hash_with_other_parameters_is_made_anew_at_the_next_sign_in(store: Store) -> None:
    from argon2 import PasswordHasher

    account = add_login(store, "operator", "anna")
    old = PasswordHasher(time_cost=1, memory_cost=8_192, parallelism=1).hash(PASSWORD)
    with store.begin() as tx:
        tx.connection.execute(update(credential).where(credential.c.account == account).values(password=old))
    assert sign_in(store, "anna")
    with store.read() as reading:
        row = credentials.of(reading, account)
    assert row is not None
    assert not passwords.is_outdated(row.password)
    assert passwords.fits(row.password, PASSWORD)


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("kort", "short"),
        ("x" * 201, "long"),
        ("anna@example.se", "login"),
        ("Anna.Example-Se", "login"),
        ("password123", "common"),
        ("Lösenord 123", "common"),
        ("sommar2026", "common"),
        ("sommaren2026", "common"),
        ("aaaaaaaaaaaa", "common"),
        ("1234567890", "common"),
        ("abcdefghijkl", "common"),
        ("qwertyuiop", "common"),
    ],
)
def test_passwords_that_anybody_would_guess_are_refused(password: str, why: str) -> None:
    with pytest.raises(WeakPasswordError) as refused:
        passwords.expect_good(password, "anna@example.se")
    assert refused.value.why == why


@pytest.mark.parametrize("password", [PASSWORD, "Zx7!kkqp0a", "blåbärssylt på tunnbröd", "密码很长很长很长很长很长"])
def test_other_passwords_are_taken(password: str) -> None:
    passwords.expect_good(password, "anna@example.se")
    assert passwords.fits(passwords.hashed(password), password)


def test_a_hash_costs_what_was_chosen() -> None:
    began_s = time.process_time()
    passwords.hashed(PASSWORD)
    # Some 50 ms: a hundred times less would mean that the parameters are gone.
    assert time.process_time() - began_s > 0.005
