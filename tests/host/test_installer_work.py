"""What an installer does at a site: changes that the panel decides on, the walk test as it goes, and the hand-over."""

import io
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import insert

from hemlarm_cloud.actor import Actor
from hemlarm_cloud.errors import ConflictError, InvalidError, NotFoundError, RefusedError
from hemlarm_cloud.installer import configuring, hand_over, walk
from hemlarm_cloud.sites import levels, lists, people
from hemlarm_cloud.store import Panel, PathReport, Store
from hemlarm_cloud.store.schema_cases import signal
from hemlarm_cloud.store.schema_sites import panel_user
from hemlarm_protocol import cbor
from registered_site import NOW_MS, PANEL, SUPERVISOR, Registered, list_version, register

CONFIG: dict[int | str, Any] = {
    "areas": [{"number": 1}],
    "zones": [
        {"number": 1, "type": "entry", "area": 1, "name": "Ytterdörr"},
        {"number": 2, "type": "fire", "area": 1, "name": "Kök"},
        {"number": 3, "type": "tamper", "area": 1, "name": "Kåpa"},
    ],
    "users": [{"number": 1, "role": "master", "code": True, "tags": 2}],
    "revision": 4,
}
MOTION = [["zones", 5, {"type": "instant", "area": 1}]]


def at_work(store: Store) -> Registered:
    """The registered site, whose panel has told its configuration."""
    there = register(store)
    with store.begin() as tx:
        tx.add_panel(Panel(PANEL, PANEL[:2], b"wrapped", "1", NOW_MS))
        tx.expect_configuration(PANEL)
        tx.keep_configuration(PANEL, 4, cbor.encode(CONFIG), NOW_MS)
        tx.connection.execute(insert(panel_user).values(transmitter=PANEL, user=1, person=there.a))
    return there


def send(store: Store, actor: Actor, site: int, edits: list[list[Any]]) -> bytes:
    with store.begin() as tx:
        return configuring.send(tx, actor, site, PANEL, edits, NOW_MS, lambda count: b"\x07" * count)


def report(store: Store, there: Registered, qcode: int, zone: int, at_ms: int) -> None:
    """A signal, as case work makes it of an event."""
    row = {"origin": "panel", "origin_id": at_ms, "transmitter": PANEL, "site": there.site, "qcode": qcode}
    row |= {"category": "test", "urgency": 7, "area": 1, "zone": zone, "user": 0, "dated_ms": at_ms}
    row |= {"order_key": str(at_ms), "received_ms": at_ms, "handling": "record"}
    with store.begin() as tx:
        tx.connection.execute(insert(signal).values(row))


def test_a_change_waits_for_the_panel_and_says_who_asked(store: Store) -> None:
    there = at_work(store)
    change_id = send(store, there.installers_account(), there.site, MOTION)
    with store.read() as reading:
        change = reading.change(change_id)
        (shown,) = configuring.changes(reading, PANEL)
    assert change is not None
    assert (change.requested_by, change.base, cbor.decode(change.edits)) == ("installer:i", 4, MOTION)
    assert (shown.state, "edits" in shown._mapping) == ("queued", False)
    with pytest.raises(ConflictError, match="waits"):
        send(store, there.installers_account(), there.site, MOTION)


def test_nobody_without_the_papers_changes_what_they_are_for(store: Store) -> None:
    there = at_work(store)
    fire = [["zones", 2, {"name": "Kitchen"}]]
    with store.begin() as tx:
        fitter = people.add(tx, SUPERVISOR, people.Details("Nova Fitter"), NOW_MS, installer=there.company)
        seen = list_version(store, there.company)
        levels.give(tx, SUPERVISOR, there.company, fitter, "I", seen, NOW_MS)
    unapproved = Actor("installer:n", there.installers_account().role, fitter, installer=there.company)
    with pytest.raises(RefusedError, match="police approval"):
        send(store, unapproved, there.site, MOTION)
    with pytest.raises(RefusedError, match="A or an installer"):
        send(store, there.customers_account(there.b), there.site, MOTION)
    with pytest.raises(NotFoundError):
        send(store, there.others_account(), there.site, MOTION)
    seen = list_version(store, there.company)
    with store.begin() as tx:
        lists.change(tx, SUPERVISOR, there.company, "Larmfirman", NOW_MS - 1, seen, NOW_MS)
    with pytest.raises(RefusedError, match="fire certificate"):
        send(store, there.installers_account(), there.site, fire)
    send(store, there.installers_account(), there.site, MOTION)


def test_edits_go_in_as_many_changes_as_they_need(store: Store) -> None:
    there = at_work(store)
    many = [["zones", number, {"type": "instant", "area": 1, "name": f"Room {number}"}] for number in range(10, 60)]
    change_id = send(store, there.installers_account(), there.site, many)
    with store.read() as reading:
        change = reading.change(change_id)
    assert change is not None
    sent = cbor.decode(change.edits)
    assert isinstance(sent, list)
    assert sent == many[: len(sent)]
    assert 5 < len(sent) < 32
    assert len(change.edits) <= 700


@pytest.mark.parametrize("edits", [[], [["panel", 0, {"siren_s": 1.5}]], [["panel", 0, {"apn": "x" * 800}]]])
def test_edits_that_no_panel_can_be_sent_are_refused(store: Store, edits: list[list[Any]]) -> None:
    there = at_work(store)
    with pytest.raises(InvalidError):
        send(store, there.installers_account(), there.site, edits)


def test_a_label_is_read_as_it_stands_or_refused() -> None:
    label = "hl1:A1B2C3D4:000102030405060708090a0b0c0d0e0f "
    ((section, number, fields),) = configuring.enrolment(7, "Attic", "fire", 1, "smoke", label, False)
    assert (section, number) == ("zones", 7)
    assert (fields["radio"].hex(), fields["key"]) == ("a1b2c3d4", bytes(range(16)))
    for wrong in ("", "HL1:A1B2", "HL1:A1B2C3D4:00", label + ":00", "HL1:A1B2C3DG:" + "0" * 32):
        with pytest.raises(InvalidError, match="the label reads HL1:"):
            configuring.enrolment(7, "", "fire", 1, "", wrong, False)


def test_a_walk_test_ticks_off_zones_as_they_are_seen_to_work(store: Store) -> None:
    there = at_work(store)
    with store.read() as reading:
        assert walk.last(reading, PANEL).began_ms is None
    report(store, there, walk.BEGUN, 0, NOW_MS)
    report(store, there, walk.TESTED, 1, NOW_MS + 1_000)
    report(store, there, walk.ENDED, 0, NOW_MS + 5_000)
    report(store, there, walk.BEGUN, 0, NOW_MS + 9_000)
    report(store, there, walk.TESTED, 2, NOW_MS + 10_000)
    with store.read() as reading:
        now = walk.last(reading, PANEL)
    assert now.running
    assert [(zone.number, zone.tested_ms) for zone in now.zones] == [(1, None), (2, NOW_MS + 10_000)]
    report(store, there, walk.NOT_TESTED, 1, NOW_MS + 11_000)
    report(store, there, walk.ENDED, 0, NOW_MS + 11_001)
    with store.read() as reading:
        ended = walk.last(reading, PANEL)
    assert (ended.running, ended.ended_ms, ended.tested) == (False, NOW_MS + 11_001, 1)


def test_the_hand_over_says_what_was_tried_and_measured_and_no_code(store: Store) -> None:
    there = at_work(store)
    report(store, there, walk.BEGUN, 0, NOW_MS)
    report(store, there, walk.TESTED, 1, NOW_MS + 60_000)
    with store.begin() as tx:
        tx.keep_path_report(PathReport(PANEL, 2, NOW_MS, 1, 1, 3, 87, 0, 0, 0, 0, 0, 0, 0))
    fitter = there.installers_account()
    with store.read() as reading:
        swedish = hand_over.make(reading, fitter, there.site, PANEL, "sv", NOW_MS)
        english = hand_over.make(reading, fitter, there.site, PANEL, "en", NOW_MS)
        assert hand_over.make(reading, fitter, there.site, PANEL, "sv", NOW_MS) == swedish
        with pytest.raises(NotFoundError):
            hand_over.make(reading, there.others_account(), there.site, PANEL, "sv", NOW_MS)
    texts = ["".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages) for made in (swedish, english)]
    for told in (
        "Överlämning av larmanläggning",
        "Ytterdörr",
        "In/ut",
        "1/2",
        "Mobilnät",
        "LTE",
        "-87 dBm",
        "Anna Berg",
    ):
        assert told in texts[0], texts[0]
    for told in ("Hand-over of the alarm", "Larmfirman", "Mobile network", "Master", "Name and signature", "112"):
        assert told in texts[1], texts[1]
