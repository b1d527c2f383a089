"""The family: who invites whom, who may what, and that a removal is one at once."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from access_support import (
    CHANCES,
    DAY_MS,
    NOW_MS,
    PASSWORD,
    URL,
    Family,
    add_family,
    add_login,
    last_link,
    letters,
    new_store,
)
from hemlarm_cloud.access import family, sessions, signing_in
from hemlarm_cloud.access.codes import OldLinkError
from hemlarm_cloud.actor import SYSTEM, Actor, Role
from hemlarm_cloud.errors import ConflictError, InvalidError, NotFoundError, RefusedError
from hemlarm_cloud.sites import audit, authority
from hemlarm_cloud.sites.people import Details
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.transaction import Transaction


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """One kind of database is enough: what is asked of it here is asked of both by others."""
    opened = new_store(tmp_path / "family.db")
    yield opened
    opened.close()


MOA = Details("Moa Berg", "", "", "moa@example.se")


def invite(store: Store, home: Family, actor: Actor, wanted: Details = MOA, level: str = "C") -> int:
    with store.begin() as tx:
        return family.invite(tx, actor, wanted, level, home.list, URL, NOW_MS, CHANCES)


def accept(store: Store, now_ms: int = NOW_MS) -> int:
    return family.accept(store, last_link(store).removeprefix("/invited/"), PASSWORD, "sv", now_ms, CHANCES)


def sign_in(store: Store, login: str) -> sessions.Session | None:
    token = signing_in.sign_in(store, login, PASSWORD, "a", "b", NOW_MS, CHANCES).token
    with store.read() as reading:
        return sessions.find(reading, token, NOW_MS)


def member(store: Store, home: Family, person: int) -> family.Member:
    with store.read() as reading:
        found = family.members(reading, home.actor(home.anna), NOW_MS)
    return next(member for member in found if member.person == person)


def test_who_is_invited_gets_a_login_and_a_level_of_their_own(store: Store) -> None:
    home = add_family(store)
    moa = invite(store, home, home.actor(home.anna))
    assert letters(store)[-1][:2] == ("mail", "moa@example.se")
    assert "Anna Berg" in letters(store)[-1][2]
    assert (member(store, home, moa).invited_ms, member(store, home, moa).login) == (NOW_MS, "")
    accept(store)
    found = sign_in(store, "moa@example.se")
    assert found is not None
    assert (found.name, found.actor.person, found.actor.customer) == ("Moa Berg", moa, home.customer)
    shown = member(store, home, moa)
    assert (shown.level, shown.login, shown.confirmed, shown.invited_ms) == ("C", "moa@example.se", True, None)


def test_an_invitation_is_good_once_and_for_a_week(store: Store) -> None:
    home = add_family(store)
    invite(store, home, home.actor(home.anna))
    with pytest.raises(OldLinkError):
        accept(store, NOW_MS + 7 * DAY_MS)
    accept(store)
    with pytest.raises(OldLinkError):
        accept(store)


def test_a_second_invitation_ends_the_first(store: Store) -> None:
    home = add_family(store)
    moa = invite(store, home, home.actor(home.anna))
    first = last_link(store)
    with store.begin() as tx:
        family.invite_again(tx, home.actor(home.anna), moa, URL, NOW_MS, CHANCES)
    with pytest.raises(OldLinkError):
        family.accept(store, first.removeprefix("/invited/"), PASSWORD, "sv", NOW_MS, CHANCES)
    accept(store)
    with pytest.raises(ConflictError), store.begin() as tx:
        family.invite_again(tx, home.actor(home.anna), moa, URL, NOW_MS, CHANCES)


def test_only_who_has_authority_a_invites_changes_and_takes_away(store: Store) -> None:
    home = add_family(store)
    erik = home.actor(home.erik)
    with pytest.raises(RefusedError):
        invite(store, home, erik)
    with pytest.raises(RefusedError), store.begin() as tx:
        family.remove(tx, erik, home.anna, NOW_MS)
    with pytest.raises(RefusedError), store.begin() as tx:
        family.change_level(tx, erik, home.erik, home.list, "A", NOW_MS)
    with store.read() as reading:
        assert [family.is_head(reading, home.actor(who), NOW_MS) for who in (home.anna, home.erik)] == [True, False]
    assert letters(store) == []


def test_no_family_reaches_into_another(store: Store) -> None:
    home, other = add_family(store), add_family(store, "1002", "+46702222222")
    stranger = other.actor(other.anna)
    with pytest.raises(NotFoundError):
        invite(store, home, stranger)
    acts: list[Callable[[Transaction], None]] = [
        lambda tx: family.remove(tx, stranger, home.erik, NOW_MS),
        lambda tx: family.change_level(tx, stranger, home.erik, home.list, "C", NOW_MS),
        lambda tx: family.invite_again(tx, stranger, home.erik, URL, NOW_MS, CHANCES),
    ]
    for act in acts:
        with pytest.raises(NotFoundError), store.begin() as tx:
            act(tx)
    with store.read() as reading:
        assert {member.person for member in family.members(reading, stranger, NOW_MS)} == {other.anna, other.erik}


def test_who_is_taken_away_is_out_at_once_and_does_not_come_back(store: Store) -> None:
    home = add_family(store)
    add_login(store, "customer", "erik@example.se", customer=home.customer, person=home.erik)
    token = signing_in.sign_in(store, "erik@example.se", PASSWORD, "a", "b", NOW_MS, CHANCES).token
    with store.begin() as tx:
        family.remove(tx, home.actor(home.anna), home.erik, NOW_MS)
    with store.read() as reading:
        assert sessions.find(reading, token, NOW_MS) is None
        assert [found.person for found in family.members(reading, home.actor(home.anna), NOW_MS)] == [home.anna]
        assert audit.entries(reading, SYSTEM)[-1]["action"] == "remove-member"
    with pytest.raises(signing_in.WrongLoginError):
        sign_in(store, "erik@example.se")
    # The address is free again.
    invite(store, home, home.actor(home.anna), Details("Erik", "", "", "erik@example.se"), "B")
    accept(store)
    assert sign_in(store, "erik@example.se") is not None


def test_an_invitation_ends_when_its_person_is_taken_away(store: Store) -> None:
    home = add_family(store)
    moa = invite(store, home, home.actor(home.anna))
    with store.begin() as tx:
        family.remove(tx, home.actor(home.anna), moa, NOW_MS)
    with pytest.raises(OldLinkError):
        accept(store)


def test_somebody_always_has_authority_a(store: Store) -> None:
    home = add_family(store)
    anna = home.actor(home.anna)
    with pytest.raises(ConflictError), store.begin() as tx:
        family.change_level(tx, anna, home.anna, home.list, "B", NOW_MS)
    with pytest.raises(ConflictError), store.begin() as tx:
        family.remove(tx, anna, home.anna, NOW_MS)
    with store.begin() as tx:
        family.change_level(tx, anna, home.erik, home.list, "A", NOW_MS)
    with store.begin() as tx:
        family.change_level(tx, anna, home.anna, home.list, "C", NOW_MS)
    assert (member(store, home, home.anna).level, member(store, home, home.erik).level) == ("C", "A")


@pytest.mark.parametrize(
    ("wanted", "level"),
    [
        (Details("Moa"), "C"),
        (Details("Moa", "", "", "no address"), "C"),
        (Details("", "", "", "moa@example.se"), "C"),
        (Details("Moa", "123", "", "moa@example.se"), "C"),
        (Details("Moa", "", "", "moa@example.se"), "I"),
    ],
)
def test_an_invitation_that_cannot_be_leaves_nobody_on_record(store: Store, wanted: Details, level: str) -> None:
    home = add_family(store)
    with pytest.raises(InvalidError):
        invite(store, home, home.actor(home.anna), wanted, level)
    with store.read() as reading:
        assert len(family.members(reading, home.actor(home.anna), NOW_MS)) == 2


@pytest.mark.parametrize(
    ("level", "actions"),
    [
        ("A", {"arm", "disarm", "bypass", "outputs", "unlock", "change-settings", "change-contacts", "change-plan"}),
        ("B", {"arm", "disarm", "outputs", "unlock", "service-burglary"}),
        ("C", {"see-site", "arm", "service-burglary"}),
    ],
)
def test_each_level_may_do_its_part(level: str, actions: set[str]) -> None:
    may = {action for action in authority.ACTIONS if authority.may(action, [authority.Standing(level)], NOW_MS)}
    assert actions <= may
    assert not any("picture" in action for action in may)
    assert ("disarm" in may, "unlock" in may) == (level != "C", level != "C")
    assert ("change-contacts" in may) == (level == "A")


def test_the_centre_has_no_family(store: Store) -> None:
    with pytest.raises(RefusedError), store.read() as reading:
        family.members(reading, Actor("operator:x", Role.OPERATOR), NOW_MS)
