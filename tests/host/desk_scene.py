"""A busy evening at the centre, for tests of the desk: houses with a map and with cases of every kind."""

from typing import NamedTuple

from sqlalchemy import insert, update

from handled_site import HandledSite, add
from hemlarm_cloud.actor import SYSTEM, Actor, Role
from hemlarm_cloud.handling import actions, planning, timers
from hemlarm_cloud.sites import maps
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.schema_cases import alarm_case, condition
from hemlarm_cloud.store.schema_centre import duty, duty_service
from hemlarm_cloud.store.schema_sites import (
    authority,
    authority_list,
    authority_list_site,
    person,
    zone_name,
)

BO = Actor("operator:bo", Role.OPERATOR)

VILLA = maps.Map(
    (
        maps.Room("Vardagsrum", 0, 0, 52, 45),
        maps.Room("Kök", 52, 0, 40, 45),
        maps.Room("Hall", 0, 45, 30, 35),
        maps.Room("Sovrum", 30, 45, 37, 35),
        maps.Room("Bad", 67, 45, 25, 35),
    ),
    (maps.Mark(1, 4, 74), maps.Mark(2, 48, 4), maps.Mark(3, 72, 24), maps.Mark(4, 48, 66)),
)

ZONES = {1: "Ytterdörr", 2: "Altandörr", 3: "Kök, rök", 4: "Sovrum, rörelse"}


class Evening(NamedTuple):
    """The cases, by what they are."""

    house: HandledSite
    fire: int
    intrusion: int
    taken: int
    water: int
    power: int
    incident: int


def house(store: Store, name: str = "Villa Björk", town: str = "Umeå") -> HandledSite:
    """A house with a map, zones with names, and its owner on a list with authority A."""
    made = HandledSite(store, name, town=town, address="Storgatan 12", region="Västerbotten", guard="Nordvakt 090-123")
    with store.begin() as tx:
        rows = [{"transmitter": f"panel-{made.site}", "zone": zone, "name": said} for zone, said in ZONES.items()]
        tx.connection.execute(insert(zone_name), rows)
        maps.replace(tx, SYSTEM, made.site, VILLA, 0, 0)
        listed = add(tx, authority_list, kind="customer", name="Familjen", customer=made.customer, created_ms=0)
        tx.connection.execute(insert(authority_list_site), {"list": listed, "site": made.site})
        tx.connection.execute(insert(authority), {"list": listed, "person": made.people[0], "level": "A"})
        tx.connection.execute(
            update(person).where(person.c.id == made.people[0]).values(name="Anna Björk", email="anna@example.org")
        )
        for who, said in zip(made.people[1:], ("Karl Björk", "Lisa Lind", "Per Granne"), strict=True):
            tx.connection.execute(update(person).where(person.c.id == who).values(name=said))
    return made


def evening(store: Store, now_ms: int) -> Evening:
    """Cases of every kind, opened within the last hours."""
    first = house(store)
    second = house(store, "Sjöstugan", "Östersund")
    third = house(store, "Lager 4, Hamnen", "Luleå")
    fire = first.case("fire", 1110, at_ms=now_ms - 42_000)
    intrusion = second.case("intrusion", 1130, 1139, at_ms=now_ms - 25_000)
    taken = third.case("tamper", 1137, at_ms=now_ms - 600_000)
    water = second.case("water", 1154, at_ms=now_ms - 1_900_000)
    power = third.case("power", kind="fault", at_ms=now_ms - 9_000_000, summary="mains out")
    third.lasting(power, "mains", now_ms - 30_000_000)
    with store.begin() as tx:
        actions.claim(tx, BO, taken, 0, now_ms - 540_000)
    return Evening(first, fire, intrusion, taken, water, power, _incident(store, now_ms))


def _incident(store: Store, now_ms: int) -> int:
    with store.begin() as tx:
        values = {"kind": "incident", "category": "power", "urgency": 4, "state": "new", "region": "Norrbotten"}
        values |= {"summary": "mains out at many sites in Norrbotten", "sites": 1204}
        began = dict.fromkeys(("began_ms", "latest_ms", "opened_ms"), now_ms - 3_000_000)
        case_id = add(tx, alarm_case, **values, **began)
        planning.begin(tx, case_id, now_ms)
        struck = {"transmitter": "panel-1", "site": 1, "kind": "mains", "began_ms": now_ms - 3_000_000}
        add(tx, condition, case=case_id, region="Norrbotten", **struck)
    return case_id


def escalate(store: Store, now_ms: int) -> None:
    """Let time do what it does to cases that nobody takes."""
    timers.step(store, now_ms)


def on_call(store: Store, of: HandledSite, now_ms: int) -> int:
    """An on-call service of a house's customer, with somebody on duty now."""
    with store.begin() as tx:
        values = {"customer": of.customer, "name": "Teknisk jour", "number": "+4690100200", "created_ms": 0}
        service = add(tx, duty_service, **values)
        day = {"from_ms": now_ms - 3_600_000, "until_ms": now_ms + 86_400_000, "person": of.people[1]}
        tx.connection.execute(insert(duty), {"service": service, "position": 1, **day})
    return service
