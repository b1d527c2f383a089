"""Dates that pass: the yearly test, fire certificates, police approvals, contracts of which notice was given.

Each becomes a service case, and a notice to whom it concerns, once: thirty days ahead, and when it has passed. The
yearly test becomes one when it is overdue, and another one for each further year. The case's key says which date it is
about, so that a crash repeats nothing and a new date begins anew.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Row, Select, String, case, cast, func, literal, select

from hemlarm_cloud.cases.categories import SERVICE, URGENCY
from hemlarm_cloud.handling import outcomes, planning
from hemlarm_cloud.notices import names, recipients, texts
from hemlarm_cloud.notices.recipients import Recipient
from hemlarm_cloud.sites.contract_dates import CALENDAR
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.schema_cases import QUEUED, alarm_case
from hemlarm_cloud.store.schema_sites import authority, authority_list, contract, person, site
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_cloud.supervision import service_cases

DAY_MS = 86_400_000

TEST_EVERY_MS = 365 * DAY_MS
"""How often an alarm is tested."""

AHEAD_MS = 30 * DAY_MS
"""How long before a date people are told of it."""

POLL_MS = 3_600_000
"""Dates are days; an hour later is soon enough."""

_GROUP = 20
"""Cases of one transaction, some 50 ms of work: an alarm waits no longer for this."""

_NEVER = {"sv": "aldrig", "en": "never"}


class _Told(NamedTuple):
    """What a date makes: the text's topic with its values in a language, the case's summary, and whom it concerns."""

    topic: str
    values: Callable[[str], dict[str, str]]
    summary: str
    people: list[Recipient]
    site: int | None = None


class _Kind(NamedTuple):
    """`rows` gives what is due at a moment: each row has a key, and whatever `tell` needs."""

    rows: Callable[[int], Select[Any]]
    tell: Callable[[Transaction, Row[Any], int], _Told]


def step(store: Store, now_ms: int) -> int | None:
    """Open the cases that are due, a bounded number of each kind; returns when to be called again."""
    for kind in _KINDS:
        query = _unknown(kind.rows(now_ms)).limit(_GROUP)
        if not _any(store, query):
            continue
        with store.begin() as tx:
            rows = tx.connection.execute(query).all()
            for row in rows:
                _open(tx, row.key, kind.tell(tx, row, now_ms), now_ms)
        if len(rows) == _GROUP:
            return now_ms
    return now_ms if _close_tested(store, now_ms) else now_ms + POLL_MS


def _any(store: Store, query: Select[Any]) -> bool:
    """Look without keeping those waiting who write: there is hardly ever anything."""
    with store.read() as reading:
        return reading.connection.execute(query.limit(1)).first() is not None


def _open(tx: Transaction, key: str, told: _Told, now_ms: int) -> None:
    case_id = service_cases.open_case(tx, key, told.site, told.summary, now_ms)
    assert case_id is not None, "only what has no case yet was looked for"
    for recipient in told.people:
        text = texts.compose(told.topic, recipient.language, **told.values(recipient.language))
        recipients.tell(tx, key, recipient, text, now_ms, told.site, case_id)


def _unknown(query: Select[Any]) -> Select[Any]:
    """Leave out what has its case already."""
    key = query.selected_columns.key
    return query.where(~select(alarm_case.c.id).where(alarm_case.c.key == key).exists())


def _keyed(what: str, *parts: Any) -> ColumnElement[str]:
    key: Any = literal(what)
    for part in parts:
        key = key + ":" + cast(part, String)
    labelled: ColumnElement[str] = key.label("key")
    return labelled


def _stage(at_ms: Any, now_ms: int) -> ColumnElement[str]:
    return case((at_ms <= now_ms, "passed"), else_="soon")


def _untested(now_ms: int) -> Select[Any]:
    since_ms = func.coalesce(site.c.tested_ms, site.c.created_ms)
    years = (literal(now_ms, BigInteger) - since_ms) // literal(TEST_EVERY_MS, BigInteger)
    return (
        select(_keyed("yearly-test", site.c.id, since_ms, years), site.c.id, site.c.name, site.c.tested_ms)
        .add_columns(site.c.time_zone)
        .where(site.c.customer.is_not(None), site.c.ended_ms.is_(None), since_ms <= now_ms - TEST_EVERY_MS)
        .order_by(site.c.id)
    )


def _tell_untested(tx: Transaction, row: Row[Any], now_ms: int) -> _Told:
    def values(language: str) -> dict[str, str]:
        tested = _NEVER[language] if row.tested_ms is None else names.day(row.tested_ms, row.time_zone)
        return {"site": row.name, "tested": tested}

    summary = f"Yearly test overdue; last tested {values('en')['tested']}"
    return _Told("yearly-test", values, summary, recipients.of_site(tx, row.id, now_ms), row.id)


def _certificates(now_ms: int) -> Select[Any]:
    until_ms = authority_list.c.fire_certificate_until_ms
    stage = _stage(until_ms, now_ms)
    return (
        select(_keyed("fire-certificate", authority_list.c.id, until_ms, stage), stage.label("stage"))
        .add_columns(authority_list.c.id, authority_list.c.name, until_ms.label("until_ms"))
        .where(authority_list.c.kind == "installer", until_ms <= now_ms + AHEAD_MS)
        .order_by(authority_list.c.id)
    )


def _tell_certificate(tx: Transaction, row: Row[Any], now_ms: int) -> _Told:
    until = names.day(row.until_ms, CALENDAR.key)
    summary = f"Fire certificate of {row.name}: {_verb(row.stage)} {until}"
    people = recipients.of_company(tx, row.id, now_ms)
    return _Told(f"fire-certificate-{row.stage}", lambda _: {"company": row.name, "until": until}, summary, people)


def _approvals(now_ms: int) -> Select[Any]:
    until_ms = authority.c.police_approval_until_ms
    stage = _stage(until_ms, now_ms)
    return (
        select(_keyed("police", authority.c.list, authority.c.person, until_ms, stage), stage.label("stage"))
        .add_columns(authority.c.person, authority.c.list, until_ms.label("until_ms"))
        .add_columns(person.c.name, authority_list.c.name.label("company"))
        .join_from(authority, person, person.c.id == authority.c.person)
        .join(authority_list, authority_list.c.id == authority.c.list)
        .where(until_ms <= now_ms + AHEAD_MS, authority.c.level == "I")
        .order_by(authority.c.list, authority.c.person)
    )


def _tell_approval(tx: Transaction, row: Row[Any], _now_ms: int) -> _Told:
    until = names.day(row.until_ms, CALENDAR.key)
    summary = f"Police approval of {row.name}, {row.company}: {_verb(row.stage)} {until}"
    holder = recipients.person_recipient(tx, row.person)
    values = {"person": row.name, "company": row.company, "until": until}
    return _Told(f"police-approval-{row.stage}", lambda _: values, summary, [holder] if holder else [])


def _contracts(now_ms: int) -> Select[Any]:
    stage = _stage(contract.c.ends_ms, now_ms)
    return (
        select(_keyed("contract", contract.c.id, contract.c.ends_ms, stage), stage.label("stage"))
        .add_columns(contract.c.number, contract.c.customer, contract.c.ends_ms)
        .where(contract.c.terminated_ms.is_not(None), contract.c.ends_ms <= now_ms + AHEAD_MS)
        .order_by(contract.c.id)
    )


def _tell_contract(tx: Transaction, row: Row[Any], now_ms: int) -> _Told:
    until = names.day(row.ends_ms, CALENDAR.key)
    summary = f"Contract {row.number}: {'ended' if row.stage == 'passed' else 'ends'} {until}"
    people = recipients.of_customer(tx, row.customer, now_ms)
    return _Told(f"contract-{row.stage}", lambda _: {"contract": row.number, "until": until}, summary, people)


def _verb(stage: str) -> str:
    return "expired" if stage == "passed" else "expires"


_KINDS = (
    _Kind(_untested, _tell_untested),
    _Kind(_certificates, _tell_certificate),
    _Kind(_approvals, _tell_approval),
    _Kind(_contracts, _tell_contract),
)


def _close_tested(store: Store, now_ms: int) -> bool:
    """Close cases of tests that were done since and that nobody works on. Returns whether there may be more."""
    query = (
        select(alarm_case.c.id)
        .join(site, site.c.id == alarm_case.c.site)
        .where(QUEUED, alarm_case.c.urgency == URGENCY[SERVICE], alarm_case.c.key.startswith("yearly-test:"))
        .where(alarm_case.c.state == "new", site.c.tested_ms > alarm_case.c.opened_ms - TEST_EVERY_MS)
        .order_by(alarm_case.c.id)
        .limit(_GROUP)
    )
    if not _any(store, query):
        return False
    with store.begin() as tx:
        done = tx.connection.scalars(query).all()
        for case_id in done:
            planning.closed_by_itself(tx, case_id, outcomes.TEST, now_ms)
    return len(done) == _GROUP
