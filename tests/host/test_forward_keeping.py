"""What senders find out is stored whole, people learn of what they must, and nobody's change is overwritten."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select, update

from forward_support import DC09_WISH, KEY, NOW_MS, PASSWORD, SOS_WISH, VAULT, Town, add_destination, states
from hemlarm_cloud.actor import SYSTEM
from hemlarm_cloud.forward import destinations, keeping
from hemlarm_cloud.forward.facts import (
    Delivered,
    Fact,
    Heard,
    NewPassword,
    PasswordLost,
    PasswordTaken,
    PutOff,
    Reached,
    Refused,
    Unreachable,
)
from hemlarm_cloud.forward.keeping import Destination
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.schema import alert, panel
from hemlarm_cloud.store.schema_cases import alarm_case, case_log, case_task, signal
from hemlarm_cloud.store.schema_centre import destination, forwarded


def keep(store: Store, *facts: Fact, kept: Destination | None = None, now_ms: int = NOW_MS) -> None:
    keeping.keep(store, VAULT, kept or keeping.active(store)[0], list(facts), now_ms)


def rows(store: Store, table: Any) -> list[Any]:
    with store.read() as reading:
        return list(reading.connection.execute(select(table).order_by(table.c.id)))


def test_what_was_delivered_put_off_and_heard_is_stored(store: Store) -> None:
    to = add_destination(store)
    town = Town(store)
    ids = town.signals(town.site(to), [(1130, 1), (1130, 2)])
    first, second = keeping.batch(store, to, NOW_MS)
    assert keeping.number(store, to, first) == 1
    keep(store, Heard(), Delivered(first, "secondary"), PutOff(second, "busy", 5_000))
    assert states(store) == [(ids[0], "sent"), (ids[1], "waiting")]
    sent, waits = rows(store, forwarded)
    assert (sent.receiver, sent.done_ms, sent.sequence, sent.tries) == ("secondary", NOW_MS, 1, 1)
    assert (waits.due_ms, waits.tries, waits.problem) == (NOW_MS + 5_000, 1, "busy")
    assert keeping.active(store)[0].heard_ms == NOW_MS
    assert keeping.queued_since(store, first.id) == (second.id, 2)


def test_facts_are_stored_together_or_not_at_all(store: Store) -> None:
    to = add_destination(store)
    town = Town(store)
    town.signal(town.site(to))
    (item,) = keeping.batch(store, to, NOW_MS)
    nothing: Any = None
    with pytest.raises(AttributeError):
        keep(store, Delivered(item, "primary"), Refused(nothing, "why"))
    assert [state for _, state in states(store)] == ["waiting"]


def test_a_refused_signal_becomes_one_service_case_of_its_site(store: Store) -> None:
    to = add_destination(store)
    town = Town(store)
    site = town.site(to)
    town.signals(site, [(1130, 1), (1110, 2)])
    for item in keeping.batch(store, to, NOW_MS):
        keep(store, Refused(item, "DUH"))
    assert [state for _, state in states(store)] == ["refused", "refused"]
    (case,) = rows(store, alarm_case)
    assert (case.site, case.kind, case.category, case.urgency, case.state) == (site, "service", "service", 5, "new")
    assert "Peer" in case.summary
    details = [entry.detail for entry in rows(store, case_log) if entry.kind in ("opened", "forwarding")]
    assert ["1130" in detail or "1110" in detail for detail in details] == [True, True]
    assert [task.kind for task in rows(store, case_task)] == ["service-task"]
    assert rows(store, alert) == []


def test_a_refused_signal_of_a_panel_is_an_alert_too(store: Store) -> None:
    to = add_destination(store)
    town = Town(store)
    town.signal(town.site(to))
    with store.begin() as tx:
        values = {"id": "00" * 8, "shard": "00", "root_key": b"", "certificate_serial": "0", "provisioned_ms": 0}
        tx.connection.execute(panel.insert(), values)
        tx.connection.execute(update(signal).values(transmitter="00" * 8))
    (item,) = keeping.batch(store, to, NOW_MS)
    keep(store, Refused(item, "DUH"))
    (row,) = rows(store, alert)
    assert (row.panel, row.kind, row.at_ms) == ("00" * 8, "forward-refused", NOW_MS)


def test_a_destination_out_of_reach_is_one_case_until_it_is_reached(store: Store) -> None:
    add_destination(store)
    keep(store, Unreachable("no answer in time"))
    keep(store, Unreachable("no answer in time"))
    (case,) = rows(store, alarm_case)
    assert (case.site, case.kind, case.state) == (None, "service", "new")
    keep(store, Reached())
    (case,) = rows(store, alarm_case)
    assert (case.state, case.outcome) == ("closed", "restored")
    keep(store, Reached())
    keep(store, Unreachable("again"))
    assert [case.state for case in rows(store, alarm_case)] == ["closed", "new"]


def test_a_case_that_somebody_has_taken_is_told_and_not_closed(store: Store) -> None:
    add_destination(store)
    keep(store, Unreachable("no answer in time"))
    with store.begin() as tx:
        tx.connection.execute(update(alarm_case).values(state="claimed", answered_ms=NOW_MS, operator="anna"))
    keep(store, Reached())
    (case,) = rows(store, alarm_case)
    assert case.state == "claimed"
    assert rows(store, case_log)[-1].kind == "restored"


def test_a_new_password_waits_sealed_beside_the_old_one_and_takes_its_place(store: Store) -> None:
    to = add_destination(store, replace(SOS_WISH, settings=replace(SOS_WISH.settings, renew=True)))
    keep(store, NewPassword(b"new"))
    assert keeping.secrets(store, VAULT, to) == (PASSWORD.encode(), b"new")
    keep(store, PasswordTaken())
    assert keeping.secrets(store, VAULT, to) == (b"new", None)
    assert keeping.active(store)[0].settings.renew is False
    assert keeping.active(store)[0].version == 0


def test_a_lost_password_is_asked_for_again(store: Store) -> None:
    to = add_destination(store, replace(SOS_WISH, settings=replace(SOS_WISH.settings, renew=True)))
    keep(store, NewPassword(b"new"))
    keep(store, PasswordLost())
    assert keeping.secrets(store, VAULT, to) == (PASSWORD.encode(), None)
    assert keeping.active(store)[0].settings.renew is True


def test_what_a_person_changed_meanwhile_is_not_overwritten(store: Store) -> None:
    to = add_destination(store, SOS_WISH)
    before = keeping.active(store)[0]
    with store.begin() as tx:
        wish = replace(SOS_WISH, secret="another15chars.")
        destinations.change(tx, VAULT, SYSTEM, to, 0, wish, NOW_MS)
    keep(store, NewPassword(b"new"), PasswordTaken(), Heard(), kept=before)
    assert keeping.secrets(store, VAULT, to) == (b"another15chars.", None)
    assert rows(store, destination)[0].heard_ms is None


def test_only_active_destinations_are_served(store: Store) -> None:
    add_destination(store, replace(DC09_WISH, active=False))
    add_destination(store, replace(DC09_WISH, name="Second", secondary_address="127.0.0.1:2"))
    (kept,) = keeping.active(store)
    assert (kept.name, kept.addresses) == ("Second", ("127.0.0.1:1", "127.0.0.1:2"))
    assert KEY.hex() not in repr(kept)
