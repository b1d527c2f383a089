"""Whom to tell about a site or a company, and how they are reached."""

import hashlib
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, or_, select

from hemlarm_cloud.notices import outbox
from hemlarm_cloud.notices.addresses import is_address
from hemlarm_cloud.notices.outbox import Channel
from hemlarm_cloud.notices.texts import Text
from hemlarm_cloud.sms.numbers import is_number
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_sites import authority, authority_list, authority_list_site, contact, person
from hemlarm_cloud.store.transaction import Transaction

TOLD_MAX = 5
"""People told of one thing."""

_LOOKED_AT = 4 * TOLD_MAX
"""People looked at, for not all can be reached."""


class Recipient(NamedTuple):
    """Somebody who can be reached."""

    person: int
    channel: Channel
    address: str
    language: str


def of_person(row: Row[Any]) -> Recipient | None:
    """How this person, a row of `person`, is reached in writing: by mail, else by SMS, else not at all."""
    if is_address(row.email):
        return Recipient(row.id, "mail", row.email, row.language)
    return by_sms(row)


def by_sms(row: Row[Any]) -> Recipient | None:
    """How this person is reached by SMS, if at all."""
    number = next((number for number in (row.phone, row.other_phone) if is_number(number)), None)
    return Recipient(row.id, "sms", number, row.language) if number else None


def person_recipient(reading: Queries, person_id: int) -> Recipient | None:
    """How the person with this id is reached."""
    row = reading.connection.execute(select(person).where(person.c.id == person_id)).one_or_none()
    return None if row is None else of_person(row)


def of_site(reading: Queries, site_id: int, now_ms: int) -> list[Recipient]:
    """Return who decides about a site: those of level A on its customer's lists; without any, its first contact."""
    query = (
        select(person)
        .join(authority, authority.c.person == person.c.id)
        .join(authority_list_site, authority_list_site.c.list == authority.c.list)
        .where(authority_list_site.c.site == site_id, authority.c.level == "A", _valid(now_ms))
    )
    deciding = _reached(reading, query.distinct().order_by(person.c.id))
    if deciding:
        return deciding
    contacts = select(person).join(contact, contact.c.person == person.c.id).where(contact.c.site == site_id)
    return _reached(reading, contacts.order_by(contact.c.position))[:1]


def of_customer(reading: Queries, customer_id: int, now_ms: int) -> list[Recipient]:
    """Return who decides for a customer: those of level A on any of its lists."""
    query = (
        select(person)
        .join(authority, authority.c.person == person.c.id)
        .join(authority_list, authority_list.c.id == authority.c.list)
        .where(authority_list.c.customer == customer_id, authority.c.level == "A", _valid(now_ms))
    )
    return _reached(reading, query.distinct().order_by(person.c.id))


def of_company(reading: Queries, list_id: int, now_ms: int) -> list[Recipient]:
    """Return those on an installer company's list."""
    query = (
        select(person)
        .join(authority, authority.c.person == person.c.id)
        .where(authority.c.list == list_id, _valid(now_ms))
    )
    return _reached(reading, query.order_by(person.c.id))


def tell(
    tx: Transaction,
    key: str,
    recipient: Recipient,
    text: Text,
    now_ms: int,
    site: int | None = None,
    case: int | None = None,
) -> bool:
    """Put a notice to somebody, once for each key and person. An SMS says as much as fits into one."""
    most = outbox.TEXT_MAX[recipient.channel]
    body = text.body if len(text.body) <= most else text.body[: most - 1] + "…"
    full_key = f"{key}:{recipient.person}"
    if len(full_key) > outbox.KEY_MAX:
        full_key = hashlib.sha256(full_key.encode()).hexdigest()
    return outbox.put(tx, full_key, recipient.channel, recipient.address, text.subject, body, now_ms, site, case)


def _valid(now_ms: int) -> Any:
    return or_(authority.c.until_ms.is_(None), authority.c.until_ms > now_ms)


def _reached(reading: Queries, query: Select[Any]) -> list[Recipient]:
    people: Sequence[Row[Any]] = reading.connection.execute(query.limit(_LOOKED_AT)).all()
    return [reached for reached in map(of_person, people) if reached][:TOLD_MAX]
