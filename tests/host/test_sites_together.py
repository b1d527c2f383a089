"""Two people change the same site at the same moment; and the link level, which an installer sets too."""

import threading
from collections.abc import Callable

import pytest

from hemlarm_cloud.actor import SYSTEM, Actor
from hemlarm_cloud.errors import ConflictError, InvalidError, RefusedError
from hemlarm_cloud.sites import accounts, audit, contacts, link_levels
from hemlarm_cloud.sites.contacts import Contact
from hemlarm_cloud.sites.register import ensure_transmitter
from hemlarm_cloud.store import Panel, Store
from registered_site import LATER_MS, LETTER, NOW_MS, OPERATOR, PANEL, SUPERVISOR, Registered, register, version


def at_once(store: Store, act: Callable[[int], str], count: int) -> list[str]:
    """What each of `count` threads' act returned, all begun together."""
    outcomes: list[str] = []
    begin = threading.Barrier(count)

    def run(number: int) -> None:
        begin.wait()
        outcomes.append(act(number))
        store.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


def test_of_several_who_saw_the_same_version_one_changes_it(store_url: str) -> None:
    store = Store.open(store_url)
    there = register(store)
    seen = version(store, there.site)
    people = (there.a, there.b, there.c, there.nobody)

    def act(number: int) -> str:
        try:
            with store.begin() as tx:
                contacts.replace(tx, SUPERVISOR, there.site, [Contact(people[number])], seen, NOW_MS)
        except ConflictError:
            return "told"
        return "changed"

    assert at_once(store, act, 4) == ["changed", "told", "told", "told"]
    assert version(store, there.site) == seen + 1
    store.close()


def test_the_chain_stays_whole_however_many_write(store_url: str) -> None:
    store = Store.open(store_url)

    def act(number: int) -> str:
        for entry in range(10):
            with store.begin() as tx:
                audit.write(tx, SYSTEM, "change-plan", "site 1", {"writer": number, "entry": entry}, NOW_MS)
        return "written"

    at_once(store, act, 4)
    with store.read() as reading:
        assert len(audit.entries(reading, SYSTEM, limit=500)) == 40
        assert audit.check_chain(reading, audit.head(reading)) is None
    store.close()


def test_a_name_of_an_account_is_given_once(store_url: str) -> None:
    store = Store.open(store_url)

    def act(number: int) -> str:
        try:
            with store.begin() as tx:
                accounts.create(tx, SYSTEM, "anna", "operator", bytes([number] * 32), NOW_MS)
        except ConflictError:
            return "told"
        return "created"

    assert at_once(store, act, 3) == ["created", "told", "told"]
    store.close()


def with_panel(store: Store) -> Registered:
    there = register(store)
    with store.begin() as tx:
        tx.add_panel(Panel(PANEL, "00", b"key", "serial", NOW_MS))
    return there


def set_level(store: Store, there: Registered, actor: Actor, link_s: int = 90, now_ms: int = NOW_MS) -> int:
    seen = version(store, there.site)
    with store.begin() as tx:
        return link_levels.set_link_level(tx, actor, PANEL, link_s, 90_000, seen, now_ms, LETTER)


def test_the_link_level_is_set_by_an_a_or_an_installer_with_papers(store: Store) -> None:
    there = with_panel(store)
    allowed = (there.customers_account(there.a), there.installers_account(), OPERATOR.on_behalf_of(there.fitter))
    for actor, link_s in zip(allowed, (90, 180, 18_000), strict=True):
        set_level(store, there, actor, link_s)
        with store.read() as reading:
            panel = reading.panel(PANEL)
            assert panel is not None
            assert (panel.link_level_s, panel.standby_level_s, panel.levels_told) == (link_s, 90_000, False)
    for person in (there.b, there.c, there.neighbour):
        with pytest.raises(RefusedError):
            set_level(store, there, OPERATOR.on_behalf_of(person))
    with pytest.raises(RefusedError, match="police approval"):
        set_level(store, there, there.installers_account(), now_ms=LATER_MS)


def test_a_link_level_that_is_none_is_refused(store: Store) -> None:
    there = with_panel(store)
    with pytest.raises(InvalidError):
        set_level(store, there, SUPERVISOR, 91)
    seen = version(store, there.site)
    with store.begin() as tx:
        with pytest.raises(InvalidError, match="standby"):
            link_levels.set_link_level(tx, SUPERVISOR, PANEL, 90_000, 90, seen, NOW_MS)
        foreign = ensure_transmitter(tx, "dc09:1234", "dc-09", NOW_MS)
        with pytest.raises(ConflictError, match="no panel of ours"):
            link_levels.set_link_level(tx, SUPERVISOR, "dc09:1234", 90, 90, 0, NOW_MS)
    assert foreign != there.site
