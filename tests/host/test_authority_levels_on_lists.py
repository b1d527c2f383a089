"""Authority lists: which sites they cover, who is on them, and who may change that."""

from collections.abc import Callable
from typing import Any

import pytest

from hemlarm_cloud.actor import Actor
from hemlarm_cloud.errors import ConflictError, InvalidError, NotFoundError, RefusedError
from hemlarm_cloud.sites import levels, lists, people
from hemlarm_cloud.store import Store
from registered_site import LATER_MS, LETTER, MONITOR, NOW_MS, OPERATOR, SUPERVISOR, Registered, list_version, register


def cover(store: Store, actor: Actor, list_id: int, site_id: int, off: bool = False) -> None:
    seen = list_version(store, list_id)
    with store.begin() as tx:
        act = lists.uncover if off else lists.cover
        act(tx, actor, list_id, site_id, seen, NOW_MS, LETTER)


def give(store: Store, actor: Actor, list_id: int, person: int, level: str, **more: Any) -> None:
    seen = list_version(store, list_id)
    with store.begin() as tx:
        levels.give(tx, actor, list_id, person, level, seen, NOW_MS, reason=LETTER, **more)


def test_a_list_covers_the_customers_own_sites_only(store: Store) -> None:
    there = register(store)
    with pytest.raises(NotFoundError):
        cover(store, SUPERVISOR, there.list, there.other_site)
    with pytest.raises(NotFoundError):
        cover(store, SUPERVISOR, there.other_list, there.site)
    with pytest.raises(ConflictError, match="covers site"):
        cover(store, SUPERVISOR, there.list, there.site)
    cover(store, SUPERVISOR, there.list, there.second_site)
    with store.read() as reading:
        covered = lists.sites_of(reading, there.customers_account(), there.list)
    assert [row["number"] for row in covered] == ["V1", "V2"]


def test_a_site_is_put_on_a_list_by_its_a(store: Store) -> None:
    there = register(store)
    with pytest.raises(RefusedError):
        cover(store, OPERATOR.on_behalf_of(there.a), there.list, there.second_site)
    cover(store, SUPERVISOR, there.list, there.second_site)
    cover(store, OPERATOR.on_behalf_of(there.a), there.list, there.second_site, off=True)
    for person in (there.b, there.fitter, there.neighbour):
        with pytest.raises(RefusedError):
            cover(store, OPERATOR.on_behalf_of(person), there.list, there.site, off=True)
    with pytest.raises(ConflictError, match="does not cover"):
        cover(store, SUPERVISOR, there.list, there.second_site, off=True)


def test_an_a_lets_an_installer_company_serve_a_site_and_sends_it_away(store: Store) -> None:
    there = register(store)
    cover(store, there.customers_account(there.a), there.company, there.site, off=True)
    with store.read() as reading:
        assert lists.sites_of(reading, there.installers_account(), there.company) == []
    cover(store, OPERATOR.on_behalf_of(there.a), there.company, there.site)
    cover(store, OPERATOR.on_behalf_of(there.neighbour), there.company, there.other_site)
    with store.read() as reading:
        seen = lists.sites_of(reading, there.customers_account(), there.company)
    assert [row["number"] for row in seen] == ["V1"], "of a company's sites a customer sees its own"


def test_an_installer_puts_itself_on_no_site(store: Store) -> None:
    there = register(store)
    with pytest.raises(NotFoundError):
        cover(store, there.installers_account(), there.company, there.other_site)
    with pytest.raises(RefusedError):
        cover(store, OPERATOR.on_behalf_of(there.fitter), there.company, there.other_site)


def test_levels_and_lists_are_of_one_kind(store: Store) -> None:
    there = register(store)
    for list_id, person, level in (
        (there.list, there.nobody, "I"),
        (there.company, there.fitter, "A"),
        (there.list, there.nobody, "D"),
    ):
        with pytest.raises(InvalidError, match="level"):
            give(store, SUPERVISOR, list_id, person, level)
    with pytest.raises(InvalidError, match="only installers have one"):
        give(store, SUPERVISOR, there.list, there.nobody, "C", police_approval_until_ms=LATER_MS)
    with pytest.raises(InvalidError, match="until_ms"):
        give(store, SUPERVISOR, there.list, there.nobody, "C", until_ms=-1)


def test_people_of_others_are_on_no_list(store: Store) -> None:
    there = register(store)
    for person in (there.neighbour, there.fitter, 9999):
        with pytest.raises(NotFoundError):
            give(store, SUPERVISOR, there.list, person, "C")
    for person in (there.a, there.neighbour):
        with pytest.raises(NotFoundError):
            give(store, SUPERVISOR, there.company, person, "I")


def test_an_installers_list_and_papers_are_registered_by_supervisors(store: Store) -> None:
    there = register(store)
    for actor in (OPERATOR.on_behalf_of(there.fitter), there.installers_account(), OPERATOR.on_behalf_of(there.a)):
        with pytest.raises(RefusedError):
            give(store, actor, there.company, there.fitter, "I", police_approval_until_ms=LATER_MS)
        with pytest.raises(RefusedError), store.begin() as tx:
            lists.change(tx, actor, there.company, "x", LATER_MS, list_version(store, there.company), NOW_MS, LETTER)
    with pytest.raises(InvalidError, match="only installer companies"), store.begin() as tx:
        lists.change(tx, SUPERVISOR, there.list, "x", LATER_MS, list_version(store, there.list), NOW_MS)


def test_an_empty_list_is_filled_by_an_a_of_the_customer(store: Store) -> None:
    there = register(store)
    with store.begin() as tx:
        made = lists.add(tx, there.customers_account(there.a), "Summer guests", NOW_MS, there.customer)
    give(store, there.customers_account(there.a), made, there.nobody, "C")
    with pytest.raises(RefusedError):
        give(store, there.customers_account(there.b), made, there.c, "C")
    with pytest.raises(NotFoundError):
        give(store, there.others_account(), made, there.neighbour, "A")


def test_a_list_is_begun_by_an_a_and_a_company_by_a_supervisor(store: Store) -> None:
    there = register(store)
    with store.begin() as tx:
        for actor in (there.customers_account(there.b), OPERATOR, MONITOR):
            with pytest.raises((RefusedError, InvalidError)):
                lists.add(tx, actor, "x", NOW_MS, there.customer)
        with pytest.raises(NotFoundError):
            lists.add(tx, there.others_account(), "x", NOW_MS, there.customer)
        for actor in (there.customers_account(there.a), OPERATOR.on_behalf_of(there.a)):
            with pytest.raises(RefusedError):
                lists.add(tx, actor, "x", NOW_MS)


def test_a_change_on_an_old_version_is_refused(store: Store) -> None:
    there = register(store)
    seen = list_version(store, there.list)
    with store.begin() as tx:
        levels.give(tx, SUPERVISOR, there.list, there.nobody, "C", seen, NOW_MS)
        acts: list[Callable[[], int]] = [
            lambda: levels.give(tx, SUPERVISOR, there.list, there.nobody, "B", seen, NOW_MS),
            lambda: levels.take(tx, SUPERVISOR, there.list, there.nobody, seen, NOW_MS),
            lambda: lists.cover(tx, SUPERVISOR, there.list, there.second_site, seen, NOW_MS),
            lambda: lists.uncover(tx, SUPERVISOR, there.list, there.site, seen, NOW_MS),
            lambda: lists.change(tx, SUPERVISOR, there.list, "x", None, seen, NOW_MS),
        ]
        for act in acts:
            with pytest.raises(ConflictError, match="changed meanwhile"):
                act()


def test_who_has_which_level_at_a_site_is_shown_with_all_papers(store: Store) -> None:
    there = register(store)
    with store.read() as reading:
        rows = levels.levels_at(reading, OPERATOR, there.site)
    assert [(row["name"], row["level"], row["kind"]) for row in rows] == [
        ("Anna Berg", "A", "customer"),
        ("Bo Berg", "B", "customer"),
        ("Cia Berg", "C", "customer"),
        ("Ivar Installer", "I", "installer"),
    ]
    assert (rows[3]["police_approval_until_ms"], rows[3]["fire_certificate_until_ms"]) == (LATER_MS, LATER_MS)


def seen_lists(store: Store, actor: Actor) -> set[int]:
    with store.read() as reading:
        return {row["id"] for row in lists.lists(reading, actor)}


def test_a_tenant_sees_its_lists_and_the_companies_that_serve_it(store: Store) -> None:
    there = register(store)
    assert seen_lists(store, OPERATOR) == {there.list, there.company, there.other_list}
    assert seen_lists(store, there.customers_account()) == {there.list, there.company}
    assert seen_lists(store, there.installers_account()) == {there.company}
    assert seen_lists(store, there.others_account()) == {there.other_list}


def test_lists_have_bounds(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    there: Registered = register(store)
    monkeypatch.setattr(levels, "PEOPLE_MAX", 3)
    monkeypatch.setattr(lists, "SITES_MAX", 1)
    with pytest.raises(ConflictError, match="3 people"):
        give(store, SUPERVISOR, there.list, there.nobody, "C")
    give(store, SUPERVISOR, there.list, there.c, "B")
    with pytest.raises(ConflictError, match="1 sites"):
        cover(store, SUPERVISOR, there.list, there.second_site)


def test_a_person_taken_off_a_list_has_no_authority_any_more(store: Store) -> None:
    there = register(store)
    seen = list_version(store, there.list)
    with store.begin() as tx:
        levels.take(tx, SUPERVISOR, there.list, there.a, seen, NOW_MS)
        with pytest.raises(NotFoundError, match="not on list"):
            levels.take(tx, SUPERVISOR, there.list, there.a, seen + 1, NOW_MS)
        with pytest.raises(RefusedError):
            people.add(tx, there.customers_account(there.a), people.Details("x"), NOW_MS, there.customer)
