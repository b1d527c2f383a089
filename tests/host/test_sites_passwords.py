"""A site's two passwords: sealed, compared, and shown only where that is logged."""

import unicodedata
from typing import Any

import pytest
from sqlalchemy import select

from hemlarm_cloud.actor import SYSTEM, Actor
from hemlarm_cloud.errors import ConflictError, InvalidError, NotFoundError, RefusedError
from hemlarm_cloud.sites import audit, passwords, sites
from hemlarm_cloud.sites.passwords import COUNTER, PASSWORD
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.schema_sites import site
from hemlarm_cloud.vault import Vault, VaultError
from registered_site import (
    LATER_MS,
    LETTER,
    MONITOR,
    NOW_MS,
    OPERATOR,
    SUPERVISOR,
    VAULT,
    Registered,
    register,
    version,
)

WORDS = "Blå elefant"


def set_it(
    store: Store, actor: Actor, site_id: int, new: str = WORDS, which: str = PASSWORD, now_ms: int = NOW_MS, **more: Any
) -> None:
    with store.begin() as tx:
        seen = sites.one(tx, SYSTEM, site_id)["version"]
        more = {"reason": LETTER} | more
        passwords.set_password(tx, VAULT, actor, site_id, which, new, seen, now_ms, **more)


def check(store: Store, site_id: int, spoken: str, actor: Actor = OPERATOR) -> str:
    with store.begin() as tx:
        return passwords.check(tx, VAULT, actor, site_id, spoken, NOW_MS)


def registered(store: Store) -> Registered:
    there = register(store)
    set_it(store, SUPERVISOR, there.site)
    return there


@pytest.mark.parametrize(
    "spoken",
    [WORDS, "blå elefant", "BLÅ ELEFANT", "blå-elefant!", " blå  elefant ", unicodedata.normalize("NFD", WORDS)],
)
def test_what_is_said_counts_and_not_how_it_is_written(store: Store, spoken: str) -> None:
    there = registered(store)
    assert check(store, there.site, spoken) == "right"


@pytest.mark.parametrize("spoken", ["", "bla elefant", "blå elefan", "blå elefanter", "elefant blå", "!"])
def test_other_words_are_wrong(store: Store, spoken: str) -> None:
    there = registered(store)
    assert check(store, there.site, spoken) == "wrong"


def test_a_site_without_a_password_says_so(store: Store) -> None:
    there = register(store)
    assert check(store, there.site, WORDS) == "not-set"


def test_each_check_and_each_look_is_in_the_audit_log_without_the_words(store: Store) -> None:
    there = registered(store)
    set_it(store, SUPERVISOR, there.site, "Gul giraff", COUNTER)
    check(store, there.site, WORDS)
    check(store, there.site, "röd räv")
    with store.begin() as tx:
        assert passwords.reveal_counter(tx, VAULT, OPERATOR, there.site, NOW_MS) == "Gul giraff"
    with store.read() as reading:
        logged = audit.entries(reading, SYSTEM, site=there.site)[-3:]
        whole = repr(audit.entries(reading, SYSTEM, limit=500)).lower()
    told = [(entry["actor"], entry["action"], entry["detail"]) for entry in logged]
    assert told == [
        ("operator:anna", "check-password", {"outcome": "right"}),
        ("operator:anna", "check-password", {"outcome": "wrong"}),
        ("operator:anna", "reveal-password", {"which": "counter_password"}),
    ]
    assert not any(word in whole for word in ("elefant", "giraff", "räv"))


def test_a_stolen_database_has_no_password_and_a_swapped_one_does_not_open(store: Store) -> None:
    there = registered(store)
    set_it(store, SUPERVISOR, there.other_site, "Gul giraff")
    with store.begin() as tx:
        sealed = tx.connection.scalars(select(site.c.password).where(site.c.password.is_not(None))).all()
        assert not any(b"lefant" in row or b"giraff" in row for row in sealed)
        tx.connection.execute(site.update().where(site.c.id == there.other_site).values(password=sealed[0]))
        tx.connection.execute(site.update().where(site.c.id == there.site).values(counter_password=sealed[0]))
    with pytest.raises(VaultError, match="does not open the site password"):
        check(store, there.other_site, WORDS)
    with pytest.raises(VaultError), store.begin() as tx:
        passwords.reveal_counter(tx, VAULT, OPERATOR, there.site, NOW_MS)
    with pytest.raises(VaultError), store.begin() as tx:
        passwords.check(tx, Vault(bytes(64)), OPERATOR, there.site, WORDS, NOW_MS)


def test_customers_and_monitors_neither_check_nor_look(store: Store) -> None:
    there = registered(store)
    for actor in (MONITOR, there.customers_account(there.a), there.installers_account()):
        with pytest.raises(RefusedError):
            check(store, there.site, WORDS, actor)
        with pytest.raises(RefusedError), store.begin() as tx:
            passwords.reveal_counter(tx, VAULT, actor, there.site, NOW_MS)
    with pytest.raises(NotFoundError):
        check(store, there.site, WORDS, there.others_account())


def test_passwords_are_changed_by_an_a_or_an_installer_with_papers(store: Store) -> None:
    there = register(store)
    set_it(store, OPERATOR.on_behalf_of(there.a), there.site, "ny ett")
    set_it(store, there.customers_account(there.a), there.site, "ny två", reason="")
    set_it(store, there.installers_account(), there.site, "ny tre")
    set_it(store, OPERATOR.on_behalf_of(there.fitter), there.site, "ny fyra", kinds=("burglary", "fire"))
    assert check(store, there.site, "ny fyra") == "right"
    for person in (there.b, there.c, there.nobody, there.neighbour):
        with pytest.raises(RefusedError):
            set_it(store, OPERATOR.on_behalf_of(person), there.site, "ny fem")
    with pytest.raises(RefusedError, match="police approval"):
        set_it(store, OPERATOR.on_behalf_of(there.fitter), there.site, "ny fem", now_ms=LATER_MS)
    with pytest.raises(RefusedError, match="fire certificate"):
        set_it(store, OPERATOR.on_behalf_of(there.fitter), there.site, "ny fem", now_ms=LATER_MS, kinds=("fire",))
    assert check(store, there.site, "ny fyra") == "right"


@pytest.mark.parametrize("wrong", ["", "abc", "!!!!!", "x" * 41, "tab\there", "nul\x00nul", "\ud800\ud800\ud800\ud800"])
def test_a_password_that_cannot_be_said_is_refused(store: Store, wrong: str) -> None:
    there = register(store)
    with pytest.raises(InvalidError, match="password"):
        set_it(store, SUPERVISOR, there.site, wrong)


def test_the_two_passwords_differ(store: Store) -> None:
    there = registered(store)
    with pytest.raises(InvalidError, match="differ"):
        set_it(store, SUPERVISOR, there.site, "BLÅ ELEFANT", COUNTER)
    set_it(store, SUPERVISOR, there.site, "Gul giraff", COUNTER)
    with pytest.raises(InvalidError, match="differ"):
        set_it(store, SUPERVISOR, there.site, "gul giraff")


def test_a_change_on_an_old_version_is_refused(store: Store) -> None:
    there = registered(store)
    seen = version(store, there.site) - 1
    with pytest.raises(ConflictError, match="changed meanwhile"), store.begin() as tx:
        passwords.set_password(tx, VAULT, SUPERVISOR, there.site, PASSWORD, "röd räv", seen, NOW_MS)
    assert check(store, there.site, WORDS) == "right"


def test_a_site_shows_whether_its_passwords_are_set_and_nothing_more(store: Store) -> None:
    there = registered(store)
    with store.read() as reading:
        shown = sites.one(reading, there.customers_account(), there.site)
    assert (shown["password"], shown["counter_password"]) == (True, False)
