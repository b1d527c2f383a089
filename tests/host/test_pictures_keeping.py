"""How long pictures are kept, who decides, who sees them, and what is handed to the police."""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert, select

import api_support
import databases
from handled_site import ANNA, MONITOR, NOON_MS, log_kinds
from hemlarm_cloud.actor import Actor, Role
from hemlarm_cloud.errors import ConflictError, InvalidError, NotFoundError, RefusedError
from hemlarm_cloud.pictures import exporting, holding, retention, rows, views
from hemlarm_cloud.sites import audit
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.schema_homes import picture, picture_part
from hemlarm_cloud.store.schema_sites import zone_name
from old_store import make_old_store
from picture_support import SUPERVISOR, CameraSite, jpeg, parts_of

DAY_MS = rows.DAY_MS
REASON = "Polisen 5000-K1234-26"


def kept(store: Store) -> list[int]:
    with store.read() as reading:
        return list(reading.connection.scalars(select(picture.c.id).order_by(picture.c.id)))


def test_a_picture_is_deleted_a_fortnight_after_it_was_taken_with_its_parts_and_its_key(store: Store) -> None:
    site = CameraSite(store)
    site.alarm()
    whole = site.take()
    site.send(parts_of(jpeg(96), b"picture2")[:1])
    end_ms = NOON_MS + 14 * DAY_MS
    assert retention.step(store, end_ms - 1) == end_ms
    assert kept(store) == [whole, whole + 1]
    assert retention.step(store, end_ms) is None
    assert kept(store) == []
    assert store.picture_keys.all() == set()
    with store.read() as reading:
        assert not reading.connection.execute(select(picture_part.c.picture)).all()
        told = audit.entries(reading, SUPERVISOR, limit=100)[-1]
    assert told["action"] == "delete"
    assert told["detail"] == {"pictures": [whole, whole + 1]}


def test_a_hold_keeps_a_picture_for_thirty_days_and_no_longer(store: Store) -> None:
    site = CameraSite(store)
    case_id = site.alarm()
    held, other = site.take(), site.take(name=b"picture2")
    with store.begin() as tx:
        holding.hold(tx, SUPERVISOR, held, REASON, 0, NOON_MS)
    retention.step(store, NOON_MS + 30 * DAY_MS - 1)
    assert kept(store) == [held] != [held, other]
    assert site.look(held) == jpeg()
    retention.step(store, NOON_MS + 30 * DAY_MS)
    assert kept(store) == []
    assert "picture-held" in log_kinds(store, case_id)


def test_a_hold_that_ends_late_lets_the_picture_go_at_once(store: Store) -> None:
    site = CameraSite(store)
    site.alarm()
    held = site.take()
    with store.begin() as tx:
        holding.hold(tx, SUPERVISOR, held, REASON, 0, NOON_MS)
    with store.begin() as tx:
        holding.release(tx, SUPERVISOR, held, 1, NOON_MS + 20 * DAY_MS)
    retention.step(store, NOON_MS + 20 * DAY_MS)
    assert kept(store) == []


def test_only_supervisors_hold_and_hand_out_and_never_without_a_reason_or_on_an_old_version(store: Store) -> None:
    site = CameraSite(store)
    case_id = site.alarm()
    held = site.take()
    for actor in (ANNA, MONITOR, site.owner):
        with store.begin() as tx:
            with pytest.raises(RefusedError):
                holding.hold(tx, actor, held, REASON, 0, NOON_MS)
            with pytest.raises(RefusedError):
                exporting.export(tx, actor, case_id, "Polisen", NOON_MS)
    with store.begin() as tx:
        for reason in ("", "  ", "x" * 201, "a\nb"):
            with pytest.raises(InvalidError):
                holding.hold(tx, SUPERVISOR, held, reason, 0, NOON_MS)
            with pytest.raises(InvalidError):
                exporting.export(tx, SUPERVISOR, case_id, reason, NOON_MS)
        with pytest.raises(ConflictError):
            holding.hold(tx, SUPERVISOR, held, REASON, 1, NOON_MS)
        with pytest.raises(NotFoundError):
            holding.hold(tx, SUPERVISOR, held + 9, REASON, 0, NOON_MS)


def test_every_look_is_in_the_log_of_the_case_and_in_the_audit_log(store: Store) -> None:
    site = CameraSite(store)
    case_id = site.alarm()
    seen = site.take()
    site.look(seen, ANNA)
    site.look(seen)
    assert log_kinds(store, case_id)[-2:] == ["picture-seen", "picture-seen"]
    with store.read() as reading:
        looks = [entry for entry in audit.entries(reading, SUPERVISOR, limit=100) if entry["action"] == "look"]
    assert [(entry["actor"], entry["subject"]) for entry in looks] == [
        (ANNA.name, f"picture {seen}"),
        (SUPERVISOR.name, f"picture {seen}"),
    ]
    assert {(entry["site"], entry["customer"]) for entry in looks} == {(None, None)}  # Customers are not told of them.


def test_the_archive_for_the_police_proves_what_it_holds_and_is_in_the_audit_log(store: Store) -> None:
    site = CameraSite(store)
    case_id = site.alarm()
    with store.begin() as tx:
        tx.connection.execute(insert(zone_name).values(transmitter=site.panel, zone=3, name="Hallen"))
    first, second = site.take(), site.take(jpeg(96), b"picture2", zone=9)
    with store.begin() as tx:
        content = exporting.export(tx, SUPERVISOR, case_id, REASON, NOON_MS + 5)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(files["manifest.json"])
    told = manifest["pictures"]
    assert (manifest["case"], manifest["handed_to"], manifest["handed_out_by"]) == (case_id, REASON, SUPERVISOR.name)
    assert [each["camera"] for each in told] == ["Hallen", ""]
    assert told[0]["taken_at"] == "2026-11-18T11:06:40.000+00:00"
    assert [files[each["file"]] for each in told] == [jpeg(), jpeg(96)]
    sums = dict(line.split("  ")[::-1] for line in files["SHA256SUMS"].decode().splitlines())
    assert sums == {each["file"]: hashlib.sha256(files[each["file"]]).hexdigest() for each in told}
    assert log_kinds(store, case_id)[-1] == "picture-exported"
    with store.read() as reading:
        assert audit.entries(reading, SUPERVISOR, limit=100)[-1]["detail"]["sha256"] == sums
    with store.begin() as tx:
        only = exporting.export(tx, SUPERVISOR, case_id, REASON, NOON_MS, [second])
        with pytest.raises(NotFoundError):
            exporting.export(tx, SUPERVISOR, case_id, REASON, NOON_MS, [first + 99])
    with zipfile.ZipFile(io.BytesIO(only)) as archive:
        assert archive.namelist() == ["manifest.json", "SHA256SUMS", f"picture-{second}.jpg"]


def test_a_restored_copy_shows_nothing_whose_key_is_gone_and_its_number_opens_no_newer_picture(store: Store) -> None:
    site = CameraSite(store)
    case_id = site.alarm()
    lost = site.take()
    store.picture_keys.remove({lost})
    with store.read() as reading:
        assert views.of_case(reading, ANNA, case_id) == []
    with pytest.raises(NotFoundError):
        site.look(lost)
    store.picture_keys.make(lost)  # Another picture had that number meanwhile.
    with pytest.raises(NotFoundError):
        site.look(lost)
    assert site.send(parts_of(jpeg()))[0] == len(jpeg())


def test_a_picture_whose_key_is_gone_on_its_way_begins_anew(store: Store) -> None:
    site = CameraSite(store)
    site.alarm()
    parts = parts_of(jpeg(96))
    site.send(parts[:2])
    store.picture_keys.remove({site.heads()[0].id})
    assert site.send(parts[2:3]) == [0]
    site.send(parts)
    assert site.look(site.heads()[0].id) == jpeg(96)


def test_keys_that_belong_to_nothing_are_removed_and_none_over_an_empty_database(store: Store) -> None:
    site = CameraSite(store)
    store.picture_keys.make(77)
    retention.step(store, NOON_MS)
    assert store.picture_keys.all() == {77}
    store.picture_keys.remove({77})
    site.alarm()
    first, second = site.take(), site.take(name=b"picture2")
    with store.begin() as tx:
        tx.connection.execute(picture.delete().where(picture.c.id == first))
    retention.step(store, NOON_MS)
    assert store.picture_keys.all() == {second}


@pytest.fixture(name="empty_url", params=databases.KINDS)
def _empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'store.db'}"
        return
    try:
        databases.server().execute("CREATE DATABASE pictures_of_old")
    except databases.NoPostgresqlError as missing:
        pytest.skip(str(missing))
    yield databases.server().url("pictures_of_old")
    databases.discard(databases.server().url("pictures_of_old"))


def test_pictures_from_before_there_were_keys_are_sealed_and_then_kept_as_long_as_others(empty_url: str) -> None:
    case = {"id": 5, "kind": "alarm", "category": "fire", "urgency": 0, "state": "new", "began_ms": NOON_MS}
    case |= {"latest_ms": NOON_MS, "opened_ms": NOON_MS}
    old = {"id": 3, "case": 5, "at_ms": NOON_MS, "attached_by": "operator:bo", "media_type": "image/jpeg"}
    make_old_store(empty_url, "0008", [("alarm_case", case), ("case_picture", old | {"content": jpeg()})])
    store = Store.open(empty_url)
    assert retention.step(store, NOON_MS + DAY_MS) == NOON_MS + 14 * DAY_MS
    with store.begin() as tx:
        (head,) = views.of_case(tx, ANNA, 5)
        assert (head.id, head.at_ms, head.attached_by) == (3, NOON_MS, "operator:bo")
        assert views.look(tx, ANNA, 3, NOON_MS) == ("image/jpeg", jpeg())
        sealed = tx.connection.scalar(select(picture.c.content))
        assert sealed is not None
        assert jpeg() not in bytes(sealed)
        assert rows.make(tx, {"case": 5, "taken_ms": NOON_MS, "total": 1}) == 4
    store.close()


def test_by_the_api_staff_look_supervisors_hold_and_hand_out_and_nobody_else_gets_anything(tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path / 'store.db'}")
    site = CameraSite(store)
    case_id = site.alarm(at_ms=api_support.NOW_MS)
    number = site.take(now_ms=api_support.NOW_MS)
    where = f"/cases/{case_id}/pictures"
    staff, boss = api_support.client(store, ANNA), api_support.client(store, SUPERVISOR)
    assert staff.get(f"{where}/{number}").content == jpeg()
    assert staff.get(f"{where}/{number}").headers["x-content-type-options"] == "nosniff"
    held = boss.post(f"{where}/{number}/hold", json={"reason": REASON, "version": 0}).json()
    assert held[0]["hold_reason"] == REASON
    assert boss.post(f"{where}/{number}/release", json={"version": 1}).status_code == 200
    archive = boss.post(f"{where}/export", json={"to": REASON})
    assert archive.headers["content-type"] == "application/zip"
    assert archive.content[:2] == b"PK"
    assert staff.post(f"{where}/export", json={"to": REASON}).status_code == 403
    installer = Actor("installer:ivar", Role.INSTALLER, installer=1)
    for actor in (site.owner, installer, MONITOR):
        other = api_support.client(store, actor)
        answers = [other.get(where), other.get(f"{where}/{number}"), other.post(f"{where}/export", json={"to": "me"})]
        answers.append(other.post(f"{where}/{number}/hold", json={"reason": REASON, "version": 2}))
        assert {answer.status_code for answer in answers} <= {403, 404}
        assert not any(jpeg()[:30] in answer.content for answer in answers)
    store.close()
