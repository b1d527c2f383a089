"""Pictures attached by hand: what is taken, and who sees them."""

import pytest

from handled_site import ANNA, MONITOR, NOON_MS, HandledSite, log_kinds, set_case
from hemlarm_cloud.errors import ConflictError, InvalidError, NotFoundError, RefusedError
from hemlarm_cloud.handling import pictures
from hemlarm_cloud.store import Store

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
JPEG = b"\xff\xd8\xff\xe0" + bytes(100)


def attach(store: Store, case_id: int, content: bytes) -> int:
    with store.begin() as tx:
        return pictures.attach_picture(tx, ANNA, case_id, content, NOON_MS).id


def test_every_look_at_a_picture_is_logged(store: Store) -> None:
    case_id = HandledSite(store).case("fire", 1111)
    first, second = attach(store, case_id, PNG), attach(store, case_id, JPEG)
    with store.begin() as tx:
        assert pictures.look_at_picture(tx, ANNA, case_id, first, NOON_MS) == ("image/png", PNG)
        assert pictures.look_at_picture(tx, ANNA, case_id, second, NOON_MS) == ("image/jpeg", JPEG)
    assert log_kinds(store, case_id)[-4:] == ["picture-attached", "picture-attached", "picture-seen", "picture-seen"]
    with store.read() as reading:
        assert [picture.id for picture in pictures.pictures(reading, ANNA, case_id)] == [first, second]


def test_customers_and_others_at_the_centre_see_no_picture(store: Store) -> None:
    house = HandledSite(store)
    case_id = house.case("fire", 1111)
    picture = attach(store, case_id, PNG)
    for actor in (house.owner, MONITOR):
        with store.begin() as tx, pytest.raises(RefusedError):
            pictures.look_at_picture(tx, actor, case_id, picture, NOON_MS)
        with store.read() as reading, pytest.raises(RefusedError):
            pictures.pictures(reading, actor, case_id)


def test_a_picture_is_found_in_its_own_case_only(store: Store) -> None:
    house = HandledSite(store)
    case_id, other = house.case("fire", 1111), house.case("fire", 1111)
    picture = attach(store, case_id, PNG)
    with store.begin() as tx, pytest.raises(NotFoundError):
        pictures.look_at_picture(tx, ANNA, other, picture, NOON_MS)


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"\x89PNG", b"<svg>", PNG + bytes(pictures.PICTURE_MAX)])
def test_what_is_no_picture_or_too_large_is_not_taken(store: Store, content: bytes) -> None:
    case_id = HandledSite(store).case("fire", 1111)
    with pytest.raises(InvalidError):
        attach(store, case_id, content)


def test_a_case_takes_a_bounded_number_of_pictures_and_none_once_closed(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = HandledSite(store).case("fire", 1111)
    monkeypatch.setattr(pictures, "PICTURES_MAX", 2)
    attach(store, case_id, PNG)
    attach(store, case_id, PNG)
    with pytest.raises(ConflictError, match="which is the most"):
        attach(store, case_id, PNG)
    set_case(store, case_id, state="closed", closed_ms=NOON_MS, outcome="real")
    with pytest.raises(ConflictError, match="closed as real"):
        attach(store, case_id, PNG)
