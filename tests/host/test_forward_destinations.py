"""Who may set up forwarding, what is refused, and that secrets stay secret."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from forward_support import DC09_WISH, KEY, NOW_MS, PASSWORD, SOS_WISH, VAULT, Town, add_destination
from hemlarm_cloud.actor import SYSTEM, Actor, Role
from hemlarm_cloud.errors import CentreError, ConflictError, InvalidError, NotFoundError, RefusedError
from hemlarm_cloud.forward import destinations, keeping
from hemlarm_cloud.forward.destinations import Wish
from hemlarm_cloud.forward.settings import DestinationSettings
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.schema_centre import destination, route
from hemlarm_cloud.store.schema_sites import audit

OPERATOR = Actor("operator:anna", Role.OPERATOR)
CUSTOMER = Actor("customer:eva", Role.CUSTOMER, customer=1)

CERTIFICATE = "-----BEGIN CERTIFICATE-----\nbm9uZQ==\n-----END CERTIFICATE-----\n"


def change(store: Store, destination_id: int, wish: Wish, version: int = 0, actor: Actor = SYSTEM) -> None:
    with store.begin() as tx:
        destinations.change(tx, VAULT, actor, destination_id, version, wish, NOW_MS)


def test_a_destination_is_added_with_its_secret_sealed_and_in_the_audit_log(store: Store) -> None:
    to = add_destination(store)
    with store.read() as reading:
        row = destinations.show(reading, OPERATOR, to)
        logged = reading.connection.execute(select(audit.c.action, audit.c.detail)).all()
        waits = destinations.waiting(reading, OPERATOR, to)
    assert (row.name, row.protocol, row.active, row.version) == ("Peer", "dc-09", True, 0)
    assert KEY not in bytes(row.secret)
    assert keeping.secrets(store, VAULT, to) == (KEY, None)
    assert [entry.action for entry in logged] == ["destination-add"]
    assert KEY.hex() not in logged[0].detail
    assert waits == 0


@pytest.mark.parametrize(
    "wish",
    [
        replace(DC09_WISH, name=""),
        replace(DC09_WISH, name="x" * 41),
        replace(DC09_WISH, name="a\0"),
        replace(DC09_WISH, protocol="telex"),
        replace(DC09_WISH, primary_address="nowhere"),
        replace(DC09_WISH, primary_address="host:0"),
        replace(DC09_WISH, primary_address="host:65536"),
        replace(DC09_WISH, primary_address="ho st:1"),
        replace(DC09_WISH, secondary_address="x"),
        replace(DC09_WISH, level_s=60),
        replace(DC09_WISH, secret="12"),
        replace(DC09_WISH, secret="zz" * 16),
        replace(DC09_WISH, settings=DestinationSettings("12")),
        replace(DC09_WISH, settings=DestinationSettings("12g4")),
        replace(DC09_WISH, settings=DestinationSettings("1234", form="BASIC")),
        replace(DC09_WISH, settings=DestinationSettings("1234", line="")),
        replace(DC09_WISH, settings=DestinationSettings("1234", receiver="1234567")),
        replace(DC09_WISH, settings=DestinationSettings("1234", renew=True)),
        replace(DC09_WISH, settings=DestinationSettings("1234", server_name="a b")),
        replace(DC09_WISH, settings=DestinationSettings("1234", authority=CERTIFICATE)),
        replace(DC09_WISH, settings=DestinationSettings("1234", authority="x" * 20_001)),
        replace(SOS_WISH, secret=None),
        replace(SOS_WISH, secret="short"),
        replace(SOS_WISH, secret="fifteen with bl"),
        replace(SOS_WISH, secret="łłłłłłłłłłłłłłł"),
        replace(SOS_WISH, settings=replace(SOS_WISH.settings, account="")),
        replace(SOS_WISH, settings=replace(SOS_WISH.settings, transmitter_type="SIXSIX")),
        replace(SOS_WISH, settings=replace(SOS_WISH.settings, receiver="")),
        replace(SOS_WISH, level_s=180),
        replace(SOS_WISH, level_s=90),
    ],
)
def test_what_cannot_work_is_refused_by_name(store: Store, wish: Wish) -> None:
    with pytest.raises(InvalidError):
        add_destination(store, wish)
    with store.read() as reading:
        assert destinations.listed(reading, SYSTEM) == []


def test_at_the_strict_levels_sos_access_has_a_second_receiver(store: Store) -> None:
    add_destination(store, replace(SOS_WISH, level_s=90, secondary_address="[::1]:2"))


def test_a_name_is_taken_once_and_a_version_changed_once(store: Store) -> None:
    to = add_destination(store)
    add_destination(store, SOS_WISH)
    with pytest.raises(ConflictError, match="called"):
        add_destination(store)
    with pytest.raises(ConflictError, match="called"):
        change(store, to, replace(DC09_WISH, name="Partner"))
    change(store, to, replace(DC09_WISH, name="Other", secret=None))
    with pytest.raises(ConflictError, match="version"):
        change(store, to, DC09_WISH)
    with pytest.raises(ConflictError, match="protocol"):
        change(store, to, SOS_WISH, version=1)
    assert keeping.secrets(store, VAULT, to) == (KEY, None)
    change(store, to, replace(DC09_WISH, secret="00" * 32), version=1)
    assert keeping.secrets(store, VAULT, to) == (bytes(32), None)


def test_a_new_password_by_hand_ends_the_one_on_its_way(store: Store) -> None:
    to = add_destination(store, SOS_WISH)
    with store.begin() as tx:
        sealed = VAULT.seal(destinations.SECRET_PURPOSE, destinations.owner(to), b"new")
        tx.connection.execute(destination.update().values(next_secret=sealed))
    assert keeping.secrets(store, VAULT, to) == (PASSWORD.encode(), b"new")
    change(store, to, replace(SOS_WISH, secret="another15chars."))
    assert keeping.secrets(store, VAULT, to) == (b"another15chars.", None)


def test_only_supervisors_change_and_only_the_centre_sees(store: Store) -> None:
    to = add_destination(store)
    site = Town(store).site(to)
    asked: list[Any] = [
        lambda tx, actor: destinations.add(tx, VAULT, actor, SOS_WISH, NOW_MS),
        lambda tx, actor: destinations.change(tx, VAULT, actor, to, 0, DC09_WISH, NOW_MS),
        lambda tx, actor: destinations.set_route(tx, actor, to, site, "1234", 4, NOW_MS),
        lambda tx, actor: destinations.remove_route(tx, actor, to, site, NOW_MS),
    ]
    seen: list[Any] = [
        lambda reading, actor: destinations.show(reading, actor, to),
        lambda reading, actor: destinations.listed(reading, actor),
        lambda reading, actor: destinations.routes(reading, actor, site),
        lambda reading, actor: destinations.sent(reading, actor, to),
        lambda reading, actor: destinations.waiting(reading, actor, to),
    ]
    for ask in asked:
        for actor in (OPERATOR, CUSTOMER):
            with pytest.raises(RefusedError), store.begin() as tx:
                ask(tx, actor)
    for see in seen:
        with store.read() as reading:
            see(reading, OPERATOR)
            with pytest.raises(RefusedError):
                see(reading, CUSTOMER)


def test_routes_are_set_changed_and_removed(store: Store) -> None:
    to = add_destination(store)
    site = Town(store).site(to, "ABC", 2)
    with store.begin() as tx:
        destinations.set_route(tx, SYSTEM, to, site, "ABCD", 4, NOW_MS)
        (row,) = destinations.routes(tx, SYSTEM, site)
        assert (row.account, row.lowest_urgency, row.name) == ("ABCD", 4, "Peer")
        destinations.remove_route(tx, SYSTEM, to, site, NOW_MS)
        assert tx.connection.execute(select(route)).all() == []
        with pytest.raises(NotFoundError):
            destinations.remove_route(tx, SYSTEM, to, site, NOW_MS)


def test_a_route_stays_while_something_waits_on_it(store: Store) -> None:
    to = add_destination(store)
    town = Town(store)
    site = town.site(to)
    town.signal(site)
    with pytest.raises(ConflictError, match="still wait"), store.begin() as tx:
        destinations.remove_route(tx, SYSTEM, to, site, NOW_MS)
    with store.read() as reading:
        assert [row.state for row in destinations.sent(reading, SYSTEM, to)] == ["waiting"]
        assert destinations.waiting(reading, SYSTEM, to) == 1


@pytest.mark.parametrize(
    ("wish", "account", "urgency"),
    [
        (DC09_WISH, "12", 4),
        (DC09_WISH, "12g4", 4),
        (DC09_WISH, "1234", 6),
        (DC09_WISH, "1234", -1),
        (SOS_WISH, "ABCDEF", 4),
    ],
)
def test_a_route_that_no_telegram_could_take_is_refused(store: Store, wish: Wish, account: str, urgency: int) -> None:
    with pytest.raises(InvalidError):
        Town(store).site(add_destination(store, wish), account, urgency)


def test_what_is_not_there_is_not_found(store: Store) -> None:
    site = Town(store).site()
    asked: list[Any] = [
        lambda tx: destinations.show(tx, SYSTEM, 9),
        lambda tx: destinations.sent(tx, SYSTEM, 9),
        lambda tx: destinations.change(tx, VAULT, SYSTEM, 9, 0, DC09_WISH, NOW_MS),
        lambda tx: destinations.set_route(tx, SYSTEM, 9, site, "1234", 4, NOW_MS),
        lambda tx: destinations.routes(tx, SYSTEM, 999),
    ]
    for ask in asked:
        with pytest.raises(NotFoundError), store.begin() as tx:
            ask(tx)
    assert issubclass(NotFoundError, CentreError)
