"""Pictures as they come from panels: in parts, in any order and as often as a bad line makes it."""

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handled_site import ANNA, NOON_MS, log_kinds
from hemlarm_cloud.errors import NotFoundError
from hemlarm_cloud.pictures import arriving, rows, views
from hemlarm_cloud.pictures.jpeg import is_jpeg
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.picture_keys import PictureKeys
from picture_support import CameraSite, jpeg, parts_of

PANEL = "a1b2c3d4e5f60718"
DAY_S = 86_400


def test_a_picture_comes_in_parts_and_belongs_to_the_case_of_its_alarm(store: Store) -> None:
    site = CameraSite(store)
    case_id = site.alarm()
    content = jpeg(96)
    parts = parts_of(content)
    assert site.send(parts) == [min(len(content), part.offset + len(part.data)) for part in parts]
    with store.read() as reading:
        (head,) = views.of_case(reading, ANNA, case_id)
    assert (head.zone, head.shot, head.total, head.got, head.complete) == (3, 0, len(content), len(content), True)
    assert head.delete_ms == head.at_ms + rows.KEPT_MS
    assert site.look(head.id) == content
    assert log_kinds(store, case_id)[-2:] == ["picture-arrived", "picture-seen"]


def test_one_that_is_on_its_way_is_listed_and_not_shown(store: Store) -> None:
    site = CameraSite(store)
    case_id = site.alarm()
    site.send(parts_of(jpeg(96))[:1])
    with store.read() as reading:
        (head,) = views.of_case(reading, ANNA, case_id)
    assert (head.got, head.complete) == (700, False)
    with pytest.raises(NotFoundError):
        site.look(head.id)


@settings(max_examples=12)
@given(st.lists(st.integers(0, 9), max_size=40))
def test_whatever_order_parts_come_in_the_answer_says_where_to_go_on(order: list[int]) -> None:
    store = Store.open("sqlite://")
    site = CameraSite(store)
    content = jpeg(96)
    parts = parts_of(content, size=len(content) // 9)
    for index in order:
        site.send([parts[index % len(parts)]])
    (told,) = site.send([parts[0]])
    while told < len(content):
        at = next(part for part in parts if part.offset == told)
        (told,) = site.send([at])
    assert site.look(1) == content
    store.close()


def test_parts_of_two_panels_with_one_name_stay_apart(store: Store) -> None:
    one, two = CameraSite(store), CameraSite(store, "b1b2c3d4e5f60718")
    for site in (one, two):
        site.alarm()
    mine, other = jpeg(96), jpeg(64)
    one.send(parts_of(mine)[:1])
    two.send(parts_of(other))
    one.send(parts_of(mine)[1:])
    assert one.look(1) == mine
    assert two.look(2) == other


def test_what_is_no_image_or_lies_about_its_size_is_not_kept_and_not_asked_for_again(store: Store) -> None:
    site = CameraSite(store)
    assert site.send(parts_of(bytes(900)))[-1] == 900
    small = parts_of(jpeg(48))[0]
    lying = small._replace(id=b"picture2", total=10)
    assert site.send([lying]) == [10]
    changed = small._replace(id=b"picture3")
    assert site.send([changed, changed._replace(total=65_000, offset=len(changed.data))])[-1] == 65_000
    assert [head.total for head in site.heads()] == [changed.total]


def test_a_picture_older_than_it_may_be_kept_is_not_taken(store: Store) -> None:
    site = CameraSite(store)
    old = parts_of(jpeg(), number=0, taken=NOON_MS // 1000 - 14 * DAY_S)
    assert site.send(old)[0] == old[0].total
    assert site.heads() == []


@pytest.mark.parametrize("told_s", [None, 0, NOON_MS // 1000 + DAY_S])
def test_a_panel_without_the_right_time_does_not_decide_how_long_a_picture_is_kept(told_s: int | None) -> None:
    store = Store.open("sqlite://")
    site = CameraSite(store)
    site.alarm(at_ms=NOON_MS - 60_000)
    site.send(parts_of(jpeg(), taken=told_s))
    (head,) = site.heads()
    assert NOON_MS - 60_000 <= head.taken_ms <= NOON_MS
    store.close()


def test_a_panel_that_floods_is_rid_of_its_pictures_and_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arriving, "A_DAY_MAX", 2)
    store = Store.open("sqlite://")
    site = CameraSite(store)
    for name in (b"picture1", b"picture2", b"picture3"):
        told = site.send(parts_of(jpeg(), name))
        assert len(jpeg()) in told
    assert len(site.heads()) == 2
    store.close()


def test_a_picture_of_an_event_that_is_not_here_yet_is_kept(store: Store) -> None:
    site = CameraSite(store)
    site.send(parts_of(jpeg(), number=99))
    (head,) = site.heads()
    assert head.event is None
    assert head.complete_ms


def test_pictures_asked_for_are_found_in_the_case_that_was_open_then(store: Store) -> None:
    site = CameraSite(store)
    case_id = site.alarm(at_ms=NOON_MS - 60_000)
    site.send(parts_of(jpeg(), number=0))
    with store.read() as reading:
        assert [head.zone for head in views.of_case(reading, ANNA, case_id)] == [3]
    assert log_kinds(store, case_id)[-1] == "picture-arrived"


def test_a_disk_that_takes_no_key_costs_the_picture_and_nothing_that_comes_with_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = Store.open(f"sqlite:///{tmp_path / 'store.db'}")
    site = CameraSite(store)
    (tmp_path / "picture-keys").write_text("no folder")
    with store.begin() as tx:
        tx.learn_incarnation(PANEL, b"kid2", bytes(16), 0)
        assert arriving.write(tx, [(PANEL, parts_of(jpeg())[0])], NOON_MS) == []
    assert site.heads() == []
    assert "is not taken" in caplog.text
    with store.read() as reading:
        assert len(reading.incarnations(PANEL)) == 2
    store.close()


def test_nothing_of_a_picture_is_readable_in_the_database_while_it_comes_or_after(tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path / 'store.db'}")
    site = CameraSite(store)
    content = jpeg(96)
    parts = parts_of(content)
    site.send(parts[:2])
    assert not in_clear(tmp_path, content)
    site.send(parts[2:])
    assert not in_clear(tmp_path, content)
    assert site.look(1) == content
    store.close()


def in_clear(folder: Path, content: bytes) -> bool:
    return any(content[800:840] in file.read_bytes() for file in folder.rglob("*") if file.is_file())


# What is an image.


def test_images_are_told_from_what_is_none() -> None:
    content = jpeg(96)
    assert is_jpeg(content)
    assert not any(is_jpeg(content[:cut]) for cut in range(0, len(content) - 1, 7))
    assert not is_jpeg(content.replace(b"\xff\xda", b"\xff\xd9"))
    assert not is_jpeg(b"\xff\xd8" + b"\xff\xd9")
    assert not is_jpeg(b"")


def test_an_image_that_would_fill_the_memory_is_none() -> None:
    content = bytearray(jpeg(48))
    at = content.index(b"\xff\xc0")
    content[at + 5 : at + 9] = b"\xff\xff\xff\xff"
    assert not is_jpeg(bytes(content))


@given(st.binary(max_size=300))
def test_no_bytes_make_the_check_fail(data: bytes) -> None:
    assert is_jpeg(b"\xff\xd8" + data + b"\xff\xd9") in (True, False)


# Keys.


def test_keys_lie_in_files_for_their_owner_alone_and_are_gone_when_removed(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    keys = PictureKeys(folder, os.urandom)
    keys.make(1)
    keys.make(2)
    sealed = keys.seal(1, "whole", b"a room")
    assert PictureKeys(folder).open(1, "whole", sealed) == b"a room"
    assert keys.open(2, "whole", sealed) is None
    assert keys.open(1, "part 0", sealed) is None
    assert {oct(file.stat().st_mode & 0o777) for file in folder.iterdir()} == {"0o600"}
    assert folder.stat().st_mode & 0o077 == 0
    keys.remove({1})
    assert keys.all() == {2}
    assert keys.open(1, "whole", sealed) is None
    assert not keys.has(1)
