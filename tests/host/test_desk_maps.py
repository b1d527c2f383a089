"""A site's map and the search by whatever a caller says, as the desk has them."""

import pytest

import desk_scene
from handled_site import HandledSite
from hemlarm_cloud.actor import Actor, Role
from hemlarm_cloud.errors import ConflictError, InvalidError, NotFoundError, RefusedError
from hemlarm_cloud.pages.desk import map_view, searching
from hemlarm_cloud.sites import maps
from hemlarm_cloud.store import Store

ANNA = Actor("operator:anna", Role.OPERATOR)
SARA = Actor("supervisor:sara", Role.SUPERVISOR)
STRANGER = Actor("customer:x", Role.CUSTOMER, customer=99)

HALL = maps.Room("Hall", 0, 0, 30, 20)


def draw(store: Store, house: HandledSite, wanted: maps.Map, version: int = 0, actor: Actor = SARA) -> int:
    with store.begin() as tx:
        return maps.replace(tx, actor, house.site, wanted, version, 1)


def test_a_map_is_kept_as_it_was_drawn_and_seen_by_nobody_else(store: Store) -> None:
    house = HandledSite(store)
    drawn = maps.Map((HALL,), (maps.Mark(3, 5, 6, "dc09:1"),))
    assert draw(store, house, drawn) == 1
    with store.read() as reading:
        assert maps.find(reading, house.owner, house.site) == drawn
        with pytest.raises(NotFoundError):
            maps.find(reading, STRANGER, house.site)
    assert draw(store, house, maps.Map(), 1) == 2
    with store.read() as reading:
        assert maps.find(reading, SARA, house.site) is None


def test_a_map_is_drawn_by_who_may_and_over_the_version_that_they_saw(store: Store) -> None:
    house = HandledSite(store)
    with pytest.raises(RefusedError):
        draw(store, house, maps.Map((HALL,)), actor=house.owner)
    with pytest.raises(ConflictError):
        draw(store, house, maps.Map((HALL,)), version=7)


@pytest.mark.parametrize(
    "wrong",
    [
        maps.Map((maps.Room("x", -1, 0, 1, 1),)),
        maps.Map((maps.Room("x", 0, 0, 0, 1),)),
        maps.Map((maps.Room("x", 0, 0, maps.EXTENT_MAX_DM + 1, 1),)),
        maps.Map((maps.Room("x" * 31, 0, 0, 1, 1),)),
        maps.Map((HALL,) * (maps.ROOMS_MAX + 1)),
        maps.Map((HALL,), (maps.Mark(0, 1, 1),)),
        maps.Map((HALL,), (maps.Mark(3, 1, 1), maps.Mark(3, 2, 2))),
    ],
)
def test_a_map_that_cannot_be_is_refused(store: Store, wrong: maps.Map) -> None:
    house = HandledSite(store)
    with pytest.raises(InvalidError):
        draw(store, house, wrong)


def test_what_alarmed_is_marked_whether_or_not_the_map_names_its_transmitter() -> None:
    drawn = maps.Map((HALL,), (maps.Mark(1, 1, 1), maps.Mark(2, 9, 9, "other")))
    shown = map_view.drawn(drawn, {("panel", 1): "Dörr"}, [("panel", 1), ("panel", 2)], "panel")
    assert [(spot.name, spot.alarmed) for spot in shown.spots] == [("Dörr", True), ("", False)]
    assert shown.view == "-4 -4 38 28"


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ("Sjö", ["Sjöstugan"]),
        ("storgatan", ["Villa Björk", "Sjöstugan"]),
        ("panel-2", ["Sjöstugan"]),
        ("lisa", ["Villa Björk", "Sjöstugan"]),
        ("070-000 00 03", ["Villa Björk", "Sjöstugan"]),
        ("+46 70 000 00 03", ["Villa Björk", "Sjöstugan"]),
        ("700000003", ["Villa Björk", "Sjöstugan"]),
        ("03", []),
        ("%", []),
        ("", []),
    ],
)
def test_a_site_is_found_by_whatever_a_caller_says(store: Store, said: str, names: list[str]) -> None:
    desk_scene.house(store)
    desk_scene.house(store, "Sjöstugan", "Östersund")
    with store.read() as reading:
        found = searching.search(reading, ANNA, said)
    assert [site.name for site in found.sites] == names


def test_only_the_staff_search(store: Store) -> None:
    with store.read() as reading, pytest.raises(RefusedError):
        searching.search(reading, STRANGER, "Björk")
