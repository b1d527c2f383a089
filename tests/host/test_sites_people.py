"""People on record, whom to call about a site, and a site's own action plans."""

from collections.abc import Callable
from typing import Any

import pytest

from hemlarm_cloud.actor import SYSTEM, Actor
from hemlarm_cloud.errors import ConflictError, InvalidError, NotFoundError, RefusedError
from hemlarm_cloud.handling.default_plans import Step
from hemlarm_cloud.sites import audit, contacts, names, people, plans, sites
from hemlarm_cloud.sites.contacts import Contact
from hemlarm_cloud.sites.register import ensure_transmitter
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.transaction import Transaction
from registered_site import LETTER, MONITOR, NOW_MS, OPERATOR, PANEL, SUPERVISOR, Registered, register, version

EVA = people.Details("Eva Öst", "+46 70-174 06 05", "", "eva@example.org", "en")


def test_a_person_is_put_on_record_by_an_a_of_the_customer(store: Store) -> None:
    there = register(store)
    with store.begin() as tx:
        for actor in (SUPERVISOR, OPERATOR.on_behalf_of(there.a), there.customers_account(there.a)):
            made = people.add(tx, actor, EVA, NOW_MS, there.customer, reason=LETTER)
            row = people.expect(tx, actor, made)
            assert (row.name, row.phone, row.language) == ("Eva Öst", "+46701740605", "en")


def refused(there: Registered) -> list[tuple[Actor, type[Exception]]]:
    return [
        (OPERATOR, RefusedError),
        (OPERATOR.on_behalf_of(there.b), RefusedError),
        (OPERATOR.on_behalf_of(there.neighbour), RefusedError),
        (OPERATOR.on_behalf_of(there.fitter), RefusedError),
        (MONITOR.on_behalf_of(there.a), RefusedError),
        (there.customers_account(), RefusedError),
        (there.customers_account(there.c), RefusedError),
        (there.others_account(), NotFoundError),
        (there.installers_account(), NotFoundError),
    ]


def test_nobody_else_puts_people_on_record_or_changes_or_erases_them(store: Store) -> None:
    there = register(store)
    with store.begin() as tx:
        for actor, error in refused(there):
            with pytest.raises(error):
                people.add(tx, actor, EVA, NOW_MS, there.customer, reason=LETTER)
            with pytest.raises(error):
                people.change(tx, actor, there.nobody, EVA, 0, NOW_MS, LETTER)
            with pytest.raises(error):
                people.erase(tx, actor, there.nobody, 0, NOW_MS, LETTER)


def test_an_installer_companys_people_are_the_supervisors_to_register(store: Store) -> None:
    there = register(store)
    with store.begin() as tx:
        people.add(tx, SUPERVISOR, EVA, NOW_MS, installer=there.company)
        with pytest.raises(RefusedError):
            people.add(tx, there.installers_account(), EVA, NOW_MS, installer=there.company)
        with pytest.raises(NotFoundError):
            people.add(tx, SUPERVISOR, EVA, NOW_MS, installer=there.list)
        for owner in ((None, None), (there.customer, there.company)):
            with pytest.raises(InvalidError, match="one record"):
                people.add(tx, SUPERVISOR, EVA, NOW_MS, *owner)


@pytest.mark.parametrize(
    "wrong",
    [
        people.Details(""),
        people.Details("x" * 81),
        people.Details("x", phone="0701740605"),
        people.Details("x", phone="+46"),
        people.Details("x", other_phone="+4670174060512345"),
        people.Details("x", email="eva"),
        people.Details("x", email="eva@@example.org"),
        people.Details("x", email="e va@example.org"),
        people.Details("x", email="eva@example"),
        people.Details("x", language="fi"),
        people.Details("x\x00"),
    ],
)
def test_details_that_cannot_be_are_refused(store: Store, wrong: people.Details) -> None:
    there = register(store)
    with pytest.raises(InvalidError), store.begin() as tx:
        people.add(tx, SUPERVISOR, wrong, NOW_MS, there.customer)


def test_a_person_is_erased_when_nothing_needs_the_person_any_more(store: Store) -> None:
    there = register(store)
    with store.begin() as tx:
        eva = people.add(tx, SUPERVISOR, EVA, NOW_MS, there.customer)
        seen = contacts.replace(tx, SUPERVISOR, there.site, [Contact(eva)], _version(tx, there), NOW_MS)
        with pytest.raises(ConflictError, match="in contacts still"):
            people.erase(tx, SUPERVISOR, eva, 0, NOW_MS)
        seen = contacts.replace(tx, SUPERVISOR, there.site, [], seen, NOW_MS)
        seen = plans.replace(tx, SUPERVISOR, there.site, {"fire": [Step("call-contact", "", eva)]}, seen, NOW_MS)
        with pytest.raises(ConflictError, match="an action plan still"):
            people.erase(tx, SUPERVISOR, eva, 0, NOW_MS)
        seen = plans.replace(tx, SUPERVISOR, there.site, {}, seen, NOW_MS)
        seen = names.link_users(tx, SUPERVISOR, PANEL, {1: eva}, seen, NOW_MS)
        with pytest.raises(ConflictError, match="a user of a panel still"):
            people.erase(tx, SUPERVISOR, eva, 0, NOW_MS)
        names.link_users(tx, SUPERVISOR, PANEL, {}, seen, NOW_MS)
        with pytest.raises(ConflictError, match="an authority list still"):
            people.erase(tx, SUPERVISOR, there.a, 0, NOW_MS)
        people.erase(tx, SUPERVISOR, eva, 0, NOW_MS)
        row = people.expect(tx, SYSTEM, eva)
        entry = audit.entries(tx, SYSTEM, limit=500)[-1]
    assert (row.name, row.phone, row.other_phone, row.email) == (people.GONE, "", "", "")
    assert (entry["action"], entry["detail"]) == ("erase-person", {})


def test_a_person_is_changed_with_the_version_that_was_seen(store: Store) -> None:
    there = register(store)
    with store.begin() as tx:
        assert people.change(tx, there.customers_account(there.a), there.b, EVA, 0, NOW_MS) == 1
        with pytest.raises(ConflictError):
            people.change(tx, SUPERVISOR, there.b, EVA, 0, NOW_MS)


def _version(tx: Transaction, there: Registered) -> int:
    return int(sites.one(tx, SYSTEM, there.site)["version"])


def test_contacts_are_called_in_the_order_given(store: Store) -> None:
    there = register(store)
    wanted = [Contact(there.c, note="works at night"), Contact(there.a, True), Contact(there.nobody, False, True)]
    with store.begin() as tx:
        contacts.replace(tx, there.customers_account(there.a), there.site, wanted, _version(tx, there), NOW_MS)
    with store.read() as reading:
        rows = contacts.contacts(reading, OPERATOR, there.site)
    assert [(row["position"], row["name"], row["has_key"], row["fire_neighbour"]) for row in rows] == [
        (1, "Cia Berg", False, False),
        (2, "Anna Berg", True, False),
        (3, "Dan Berg", False, True),
    ]


Act = Callable[[Transaction, Actor, Registered, int, str], int]


def set_contacts(tx: Transaction, actor: Actor, there: Registered, seen: int, reason: str) -> int:
    return contacts.replace(tx, actor, there.site, [Contact(there.b)], seen, NOW_MS, reason)


def set_plan(tx: Transaction, actor: Actor, there: Registered, seen: int, reason: str) -> int:
    return plans.replace(tx, actor, there.site, {"water": [Step("guard")]}, seen, NOW_MS, reason)


@pytest.mark.parametrize("act", [set_contacts, set_plan])
def test_contacts_and_plans_are_changed_by_an_a_only(store: Store, act: Act) -> None:
    there = register(store)
    with store.begin() as tx:
        seen = _version(tx, there)
        for actor in (OPERATOR.on_behalf_of(there.a), there.customers_account(there.a), SUPERVISOR):
            seen = act(tx, actor, there, seen, LETTER)
        for actor, error in refused(there):
            expected = RefusedError if actor == there.installers_account() else error
            with pytest.raises(expected):
                act(tx, actor, there, seen, LETTER)
        with pytest.raises(InvalidError, match="which mail or letter"):
            act(tx, OPERATOR.on_behalf_of(there.a), there, seen, "")
        with pytest.raises(ConflictError):
            act(tx, SUPERVISOR, there, seen - 1, LETTER)


def test_contacts_are_people_of_the_customer_each_once_and_not_too_many(store: Store) -> None:
    there = register(store)
    seen = version(store, there.site)
    for wrong, error in (
        ([Contact(there.neighbour)], NotFoundError),
        ([Contact(there.fitter)], NotFoundError),
        ([Contact(9999)], NotFoundError),
        ([Contact(there.a), Contact(there.a)], InvalidError),
        ([Contact(there.a, note="x" * 201)], InvalidError),
        ([Contact(person) for person in range(1, 22)], InvalidError),
    ):
        with pytest.raises(error), store.begin() as tx:
            contacts.replace(tx, SUPERVISOR, there.site, wrong, seen, NOW_MS)


def test_a_site_without_a_customer_takes_nobodys_people(store: Store) -> None:
    there = register(store)
    with store.begin() as tx:
        stand_in = ensure_transmitter(tx, "f" * 16, "hemlarm", NOW_MS)
        with pytest.raises(NotFoundError):
            contacts.replace(tx, SUPERVISOR, stand_in, [Contact(there.a)], 0, NOW_MS)
        contacts.replace(tx, SUPERVISOR, stand_in, [], 0, NOW_MS)


def test_a_whole_plan_is_replaced_and_read_back_in_its_order(store: Store) -> None:
    there = register(store)
    first = {"fire": [Step("look-at-pictures"), Step("fire-neighbour", "no-smoke", there.b, "left door")]}
    second = {"intrusion": [Step("verify-password"), Step("guard", "key-service")], "water": []}
    with store.begin() as tx:
        seen = plans.replace(tx, SUPERVISOR, there.site, first, _version(tx, there), NOW_MS)
        assert plans.plans(tx, OPERATOR, there.site) == first
        plans.replace(tx, SUPERVISOR, there.site, second, seen, NOW_MS)
        assert plans.plans(tx, OPERATOR, there.site) == {"intrusion": second["intrusion"]}
        detail = audit.entries(tx, SYSTEM, site=there.site, limit=500)[-1]["detail"]
    assert [step["kind"] for step in detail["before"]] == ["look-at-pictures", "fire-neighbour"]
    assert [step["kind"] for step in detail["after"]] == ["verify-password", "guard"]


def wrong_plans(there: Registered) -> list[tuple[dict[str, Any], type[Exception]]]:
    return [
        ({"earthquake": [Step("guard")]}, InvalidError),
        ({"incident": [Step("guard")]}, InvalidError),
        ({"fire": [Step("sing")]}, InvalidError),
        ({"fire": [Step("guard-report")]}, InvalidError),
        ({"fire": [Step("guard", "full-moon")]}, InvalidError),
        ({"fire": [Step("guard")] * 21}, InvalidError),
        ({"fire": [Step("guard", text="x" * 201)]}, InvalidError),
        ({"fire": [Step("guard", person=there.a)]}, InvalidError),
        ({"hold-up": [Step("verify-password")]}, InvalidError),
        ({"fire": [Step("call-contact", person=there.neighbour)]}, NotFoundError),
    ]


def test_a_plan_that_cannot_be_followed_is_refused_whole(store: Store) -> None:
    there = register(store)
    good = {"water": [Step("guard")]}
    with store.begin() as tx:
        plans.replace(tx, SUPERVISOR, there.site, good, _version(tx, there), NOW_MS)
    seen = version(store, there.site)
    for wrong, error in wrong_plans(there):
        with pytest.raises(error), store.begin() as tx:
            plans.replace(tx, SUPERVISOR, there.site, wrong, seen, NOW_MS)
    with store.read() as reading:
        assert plans.plans(reading, OPERATOR, there.site) == good


def test_who_may_not_see_people_sees_neither_contacts_nor_plans(store: Store) -> None:
    there = register(store)
    with store.read() as reading:
        for look in (contacts.contacts, plans.plans):
            with pytest.raises(RefusedError):
                look(reading, there.installers_account(), there.site)
            with pytest.raises(NotFoundError):
                look(reading, there.others_account(), there.site)
            look(reading, MONITOR, there.site)
