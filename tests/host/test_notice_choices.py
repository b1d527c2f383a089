"""Everybody chooses for the own account what to be told of, and how; only who has authority is told."""

from typing import Any

import pytest
from sqlalchemy import delete, update

from handled_site import NOON_MS
from hemlarm_cloud.errors import InvalidError, NotFoundError, RefusedError
from hemlarm_cloud.notices import choices
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.schema_access import credential
from hemlarm_cloud.store.schema_sites import account, authority, person, site
from told_house import ToldHouse

ARMED = 3401


def chosen(house: ToldHouse, which: int = 0) -> dict[str, list[Any]]:
    with house.store.read() as reading:
        found = choices.chosen(reading, house.actor(which), house.accounts[which], house.site, NOON_MS)
        return {kind: channels for kind, channels in found.items() if channels}


def test_what_was_chosen_replaces_what_was_chosen_before(store: Store) -> None:
    house = ToldHouse(store)
    assert chosen(house) == {}
    house.choose(arming=("mail", "sms"), power=("mail",))
    assert chosen(house) == {"arming": ["sms", "mail"], "power": ["mail"]}
    house.choose(alarm=("sms",))
    assert chosen(house) == {"alarm": ["sms"]}
    assert chosen(house, which=1) == {}


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ({"weather": ("mail",)}, "no notices are of kind 'weather'"),
        ({"alarm": ("pigeon",)}, "no notice goes by 'pigeon'"),
        ({"alarm": ("push",)}, "no browser of this account takes messages; allow it in one first"),
    ],
)
def test_what_cannot_be_is_refused_with_the_remedy_and_changes_nothing(store: Store, wanted: Any, told: str) -> None:
    house = ToldHouse(store)
    house.choose(arming=("mail",))
    with pytest.raises(InvalidError, match=told):
        house.choose(**wanted)
    assert chosen(house) == {"arming": ["mail"]}


def test_nobody_chooses_for_somebody_else_or_for_another_customers_site(store: Store) -> None:
    house, other = ToldHouse(store), ToldHouse(store, "Canary")
    with store.begin() as tx:
        with pytest.raises(NotFoundError):
            choices.choose(tx, house.actor(0), house.accounts[1], house.site, {}, NOON_MS)
        with pytest.raises(NotFoundError):
            choices.choose(tx, house.actor(0), house.accounts[0], other.site, {}, NOON_MS)
        with pytest.raises(NotFoundError):
            choices.chosen(tx, house.actor(0), other.accounts[0], other.site, NOON_MS)
        lose_authority(house, tx)
        with pytest.raises(RefusedError):
            choices.choose(tx, house.actor(0), house.accounts[0], house.site, {}, NOON_MS)


def test_mail_goes_to_the_proved_login_and_else_to_the_persons_address(store: Store) -> None:
    house = ToldHouse(store)
    with store.begin() as tx:
        assert choices.recipients(tx, house.accounts[0])["mail"] == [f"anna{house.site}@login.example"]
        tx.connection.execute(update(credential).values(verified_ms=None))
        assert choices.recipients(tx, house.accounts[0])["mail"] == [f"a{house.site}@example.se"]


def lose_authority(house: ToldHouse, tx: Any) -> None:
    tx.connection.execute(delete(authority).where(authority.c.person == house.a))


def be_revoked(house: ToldHouse, tx: Any) -> None:
    tx.connection.execute(update(account).where(account.c.id == house.accounts[0]).values(revoked_ms=NOON_MS))


def be_ended(house: ToldHouse, tx: Any) -> None:
    tx.connection.execute(update(site).where(site.c.id == house.site).values(ended_ms=NOON_MS))


def be_sold(house: ToldHouse, tx: Any) -> None:
    tx.connection.execute(update(site).where(site.c.id == house.site).values(customer=None))


def have_no_number(house: ToldHouse, tx: Any) -> None:
    tx.connection.execute(update(person).where(person.c.id == house.a).values(phone=""))


@pytest.mark.parametrize("change", [lose_authority, be_revoked, be_ended, be_sold, have_no_number])
def test_who_may_no_more_is_not_told_any_more(store: Store, change: Any) -> None:
    house = ToldHouse(store)
    house.choose(arming=("sms",))
    house.happen(ARMED)
    assert len(house.told()) == 1
    with store.begin() as tx:
        change(house, tx)
    house.happen(ARMED)
    assert len(house.told()) == 1
