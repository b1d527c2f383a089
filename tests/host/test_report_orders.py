"""Standing orders: each month's report is mailed once, whatever is restarted or comes late."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Row, select, update

from hemlarm_cloud.actor import SYSTEM, Actor, Role
from hemlarm_cloud.errors import InvalidError, NotFoundError, RefusedError
from hemlarm_cloud.notices import outbox
from hemlarm_cloud.reports import catalogue, monthly, orders
from hemlarm_cloud.reports.model import Report
from hemlarm_cloud.reports.subjects import About
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.schema_centre import notice, report_order
from hemlarm_cloud.store.schema_sites import audit, site
from report_history import at, fill

HOUR_MS = 3_600_000
ORDERED_MS = at("2026-08-15 12:00")
VILLA = About(site=1)

OPERATOR = Actor("operator:anna", Role.OPERATOR)
OWNER = Actor("customer:asa", Role.CUSTOMER, person=1, customer=1)
STRANGER = Actor("customer:other", Role.CUSTOMER, person=5, customer=2)


class KilledError(Exception):
    """The process ends here."""


@pytest.fixture
def store(store: Store) -> Store:
    fill(store)
    return store


def order(
    store: Store, actor: Actor = OWNER, report: str = "ZR0001", about: About = VILLA, form: str = "csv",
    recipient: str = "asa@example.org", language: str = "sv", now_ms: int = ORDERED_MS,
) -> int:  # fmt: skip
    with store.begin() as tx:
        return orders.order(tx, actor, report, about, recipient, form, language, now_ms)


def notices(store: Store) -> list[Row[Any]]:
    with store.read() as reading:
        return list(reading.connection.execute(select(notice).order_by(notice.c.id)))


def run(store: Store, now_ms: int) -> int | None:
    """Call the step until it wants to wait."""
    for _ in range(50):
        again_ms = monthly.step(store, now_ms)
        if again_ms != now_ms:
            return again_ms
    raise AssertionError("it never waits")


def test_a_month_is_mailed_from_six_on_the_first_morning_after(store: Store) -> None:
    order(store)
    run(store, at("2026-08-31 23:59"))
    run(store, at("2026-09-01 05:59"))
    assert notices(store) == []
    assert run(store, at("2026-09-01 06:00")) == at("2026-09-01 07:00")
    (mail,) = notices(store)
    assert (mail.channel, mail.recipient, mail.site, mail.state) == ("mail", "asa@example.org", 1, "waiting")
    assert mail.subject == "ZR0001 Sammanställning över ärenden, 2026-08"
    assert "Villa Åsgård" in mail.text
    assert mail.attachment_name == "ZR0001-2026-08.csv"
    assert mail.attachment.decode("utf-8-sig").splitlines()[1].startswith("801,2026-08-01T10:00:02+02:00,")


def test_no_month_is_mailed_twice_and_none_from_before_the_order(store: Store) -> None:
    order(store)
    for _ in range(3):
        run(store, at("2026-09-01 08:00"))
    run(store, at("2026-09-30 08:00"))
    assert [mail.key for mail in notices(store)] == ["report:1:2026-08"]


def test_months_that_were_missed_are_caught_up_with_in_order(store: Store) -> None:
    order(store, report="ZR0047", about=About(customer=1))
    run(store, at("2026-12-24 12:00"))
    assert [mail.attachment_name for mail in notices(store)] == [
        "ZR0047-2026-01--2026-08.csv",
        "ZR0047-2026-01--2026-09.csv",
        "ZR0047-2026-01--2026-10.csv",
        "ZR0047-2026-01--2026-11.csv",
    ]


def test_two_processes_send_a_month_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    order(store)
    now_ms = at("2026-09-01 08:00")
    rendered = catalogue.rendered

    def overtaken(report: Report, form: catalogue.Form) -> bytes:
        monkeypatch.setattr(catalogue, "rendered", rendered)
        run(store, now_ms)
        return rendered(report, form)

    monkeypatch.setattr(catalogue, "rendered", overtaken)
    run(store, now_ms)
    assert len(notices(store)) == 1


def test_a_crash_before_the_commit_loses_no_month(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    order(store)
    now_ms = at("2026-09-01 08:00")
    put = outbox.put

    def crash(*told: Any, **more: Any) -> bool:
        put(*told, **more)
        raise KilledError

    monkeypatch.setattr(outbox, "put", crash)
    with pytest.raises(KilledError):
        run(store, now_ms)
    monkeypatch.setattr(outbox, "put", put)
    assert notices(store) == []
    run(store, now_ms)
    assert len(notices(store)) == 1


def test_every_kind_of_order_is_sent_in_its_form_and_language(store: Store) -> None:
    order(store, report="ZR0047", about=About(customer=1), form="pdf", language="en")
    order(store, report="K1", about=About(site=1), form="pdf")
    order(store, report="ZR0042", about=About(list=1), language="en")
    order(store, report="ZR0020", about=About(service=1), form="pdf")
    run(store, at("2026-09-01 08:00"))
    sent = notices(store)
    assert [mail.attachment_name for mail in sent] == [
        "ZR0047-2026-01--2026-08.pdf",
        "K1.pdf",
        "ZR0042.csv",
        "ZR0020-2026-08.pdf",
    ]
    assert sent[0].subject == "ZR0047 Alarm events this year, 2026-08"
    assert sent[0].attachment.startswith(b"%PDF")
    assert "people" not in sent[1].text
    assert sent[2].attachment.decode("utf-8-sig").startswith("Table,Name,Authority")


def test_a_site_that_got_another_owner_sends_its_reports_nowhere(store: Store) -> None:
    order(store)
    with store.begin() as tx:
        tx.connection.execute(update(site).where(site.c.id == 1).values(customer=2))
    run(store, at("2026-09-01 08:00"))
    assert notices(store) == []
    with store.read() as reading:
        assert reading.connection.scalar(select(report_order.c.ended_ms)) is not None
        (*_, last) = reading.connection.execute(select(audit).order_by(audit.c.id)).all()
    assert last.action == "report-order-ended"
    assert "another customer" in last.detail


def test_clocks_far_away_have_their_own_first_of_the_month(store: Store) -> None:
    with store.begin() as tx:
        tx.connection.execute(update(site).where(site.c.id == 1).values(time_zone="Pacific/Honolulu"))
    order(store)
    there = datetime(2026, 9, 1, 6, tzinfo=ZoneInfo("Pacific/Honolulu"))
    due_ms = round(there.timestamp() * 1000)
    run(store, due_ms - 1)
    assert notices(store) == []
    run(store, due_ms)
    assert len(notices(store)) == 1


def test_ordering_takes_authority_a_or_b_and_is_in_the_audit_log(store: Store) -> None:
    order(store, OPERATOR.on_behalf_of(2))
    order(store, SYSTEM)
    for actor, error in (
        (OPERATOR, RefusedError),
        (OPERATOR.on_behalf_of(3), RefusedError),
        (OPERATOR.on_behalf_of(5), RefusedError),
        (STRANGER, NotFoundError),
        (Actor("monitor:wall", Role.MONITOR), RefusedError),
        (Actor("installer:kaj", Role.INSTALLER, person=4, installer=2), RefusedError),
    ):
        with pytest.raises(error):
            order(store, actor)
    with store.read() as reading:
        logged = reading.connection.execute(select(audit).order_by(audit.c.id)).all()
    assert [(row.action, row.on_behalf_of, row.site) for row in logged] == [
        ("report-ordered", 2, 1),
        ("report-ordered", None, 1),
    ]


def test_an_order_is_ended_by_whoever_may_order_and_sends_no_more(store: Store) -> None:
    first = order(store)
    with store.read() as reading:
        assert [row.id for row in orders.orders(reading, OWNER)] == [first]
        assert orders.orders(reading, STRANGER) == []
    with store.begin() as tx, pytest.raises(NotFoundError):
        orders.end(tx, STRANGER, first, ORDERED_MS)
    with store.begin() as tx, pytest.raises(RefusedError):
        orders.end(tx, OPERATOR.on_behalf_of(3), first, ORDERED_MS)
    for _ in range(2):
        with store.begin() as tx:
            orders.end(tx, OWNER, first, ORDERED_MS)
    with store.read() as reading:
        assert orders.orders(reading, OWNER) == []
    run(store, at("2026-09-01 08:00"))
    assert notices(store) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"report": "ZR0002", "about": About(case=620)}, "not sent each month"),
        ({"report": "ZR0001", "about": About(list=1)}, "is about a customer"),
        ({"recipient": "nobody"}, "no mail address"),
        ({"recipient": ""}, "recipient"),
        ({"form": "doc"}, "form"),
        ({"language": "no"}, "language"),
    ],
)
def test_an_order_that_cannot_be_is_refused(store: Store, change: dict[str, Any], told: str) -> None:
    with pytest.raises(InvalidError, match=told):
        order(store, **change)
    with store.read() as reading:
        assert reading.connection.execute(select(report_order)).all() == []
