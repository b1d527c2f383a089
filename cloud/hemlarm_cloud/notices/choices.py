"""Who is told of what, and how: each person's own choice for each site that it may see."""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple, cast

from sqlalchemy import ColumnElement, Row, delete, func, insert, or_, select

from hemlarm_cloud.actor import Actor, Role
from hemlarm_cloud.errors import InvalidError, NotFoundError, RefusedError
from hemlarm_cloud.notices import outbox
from hemlarm_cloud.notices.addresses import is_address, place
from hemlarm_cloud.notices.outbox import CHANNELS, Channel
from hemlarm_cloud.sites import audit, authority
from hemlarm_cloud.sms.numbers import is_number
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_access import credential, notice_address, notice_choice, push_subscription
from hemlarm_cloud.store.schema_sites import account, person
from hemlarm_cloud.store.transaction import Transaction

ALARM, ARMING, POWER, FAULT, TECHNICAL = "alarm", "arming", "power", "fault", "technical"
KINDS = (ALARM, ARMING, POWER, FAULT, TECHNICAL)
"""Fire, gas, intrusion and tamper; arming and disarming; mains and batteries; other faults; water and temperatures."""

USUAL: Mapping[str, tuple[Channel, ...]] = {ALARM: ("mail",), POWER: ("mail",), TECHNICAL: ("mail",)}
"""What a new account is offered."""

PLACES_MAX = 10
"""Browsers, and addresses of apps, that one account can name."""

TOLD_MAX = 20
"""Accounts told of what happens at one site."""


class Reached(NamedTuple):
    """How somebody is reached: recipients by channel as the outbox takes them, and in which language."""

    account: int
    language: str
    recipients: dict[Channel, list[str]]


def chosen(reading: Queries, actor: Actor, account_id: int, site: int, now_ms: int) -> dict[str, list[Channel]]:
    """Return by which channels this account is told of each kind. Raises NotFoundError or RefusedError."""
    _expect_own(reading, actor, account_id, site, now_ms)
    query = select(notice_choice.c.kind, notice_choice.c.channel)
    rows = reading.connection.execute(query.where(_mine(account_id, site))).all()
    found = {(row.kind, row.channel) for row in rows}
    return {kind: [channel for channel in CHANNELS if (kind, channel) in found] for kind in KINDS}


def choose(
    tx: Transaction, actor: Actor, account_id: int, site: int, wanted: Mapping[str, Collection[str]], now_ms: int
) -> None:
    """From now on tell this account of these kinds by these channels, and of nothing else at this site.

    Raises InvalidError for a kind or channel that is not there or by which this account is not reached, NotFoundError
    for a site or an account that is not this actor's, RefusedError.
    """
    _expect_own(tx, actor, account_id, site, now_ms)
    reached = recipients(tx, account_id)
    pairs = {(kind, channel) for kind, channels in wanted.items() for channel in channels}
    for kind, channel in sorted(pairs):
        _check(kind, channel, reached)
    tx.connection.execute(delete(notice_choice).where(_mine(account_id, site)))
    if pairs:
        rows = [{"account": account_id, "site": site, "kind": kind, "channel": channel} for kind, channel in pairs]
        tx.connection.execute(insert(notice_choice), rows)
    told = {kind: sorted(channel for each, channel in pairs if each == kind) for kind in sorted(wanted)}
    audit.write(tx, actor, "choose-notices", f"notices of account {account_id}", told, now_ms, site=site)


def try_out(tx: Transaction, actor: Actor, account_id: int, channel: str, subject: str, text: str, now_ms: int) -> None:
    """Send this account a test by one channel, at most once a minute. Raises InvalidError, NotFoundError."""
    expect_account(tx, actor, account_id)
    found = recipients(tx, account_id)
    _check(ALARM, channel, found)
    for recipient in found[cast(Channel, channel)]:
        key = f"trial:{now_ms // 60_000}:{account_id}:{channel}:{recipient.rpartition('#')[2]}"
        outbox.put(tx, key[: outbox.KEY_MAX], cast(Channel, channel), recipient, subject, text, now_ms)


def recipients(reading: Queries, account_id: int) -> dict[Channel, list[str]]:
    """Return how this account is reached, by channel; an empty list for a way that there is not (yet).

    Mail goes to the proved address of the login, else to the person's; SMS to the person's number.
    """
    found = _reached(reading, account.c.id == account_id)
    return found[0].recipients if found else {channel: [] for channel in CHANNELS}


def to_tell(reading: Queries, site: int, customer: int, now_ms: int) -> dict[tuple[str, Channel], list[Reached]]:
    """Return who is told of each kind by each channel at a site: chosen, reached, and with authority there now."""
    query = select(notice_choice.c.account, notice_choice.c.kind, notice_choice.c.channel)
    rows = reading.connection.execute(query.where(notice_choice.c.site == site)).all()
    standing = account.c.revoked_ms.is_(None) & or_(account.c.expires_ms.is_(None), account.c.expires_ms > now_ms)
    theirs = (account.c.role == Role.CUSTOMER.value) & (account.c.customer == customer)
    wanted = account.c.id.in_({row.account for row in rows})
    found = {each.account: each for each in _reached(reading, wanted & standing & theirs, site, now_ms)}
    told: dict[tuple[str, Channel], list[Reached]] = {}
    for row in rows:
        if row.account in found and found[row.account].recipients[row.channel]:
            told.setdefault((row.kind, row.channel), []).append(found[row.account])
    return told


def _reached(reading: Queries, which: ColumnElement[bool], site: int | None = None, now_ms: int = 0) -> list[Reached]:
    """Return how these accounts are reached; with a site, those whose person has authority to see it."""
    signing_in = (credential.c.login, credential.c.verified_ms, credential.c.language.label("chosen_language"))
    reaching = (person.c.language, person.c.email, person.c.phone, person.c.other_phone)
    joined = account.outerjoin(credential, credential.c.account == account.c.id)
    joined = joined.outerjoin(person, person.c.id == account.c.person)
    query = select(account, *signing_in, *reaching).select_from(joined).where(which).order_by(account.c.id)
    rows = reading.connection.execute(query.limit(TOLD_MAX)).all()
    if site is not None:
        rows = [row for row in rows if _sees(reading, row, site, now_ms)]
    places = {
        "push": _places(reading, push_subscription, rows),
        "apps": _places(reading, notice_address, rows),
    }
    return [
        Reached(
            row.id,
            row.chosen_language or row.language or "sv",
            {
                "sms": [number for number in (row.phone, row.other_phone) if number and is_number(number)][:1],
                "mail": _mail(row),
                "push": [place(row.name, each) for each in places["push"].get(row.id, [])],
                "apps": [place(row.name, each) for each in places["apps"].get(row.id, [])],
            },
        )
        for row in rows
    ]


def _mail(row: Row[Any]) -> list[str]:
    proved = row.login if row.verified_ms is not None else None
    return [address for address in (proved, row.email) if address and is_address(address)][:1]


def _places(reading: Queries, table: Any, rows: Collection[Row[Any]]) -> dict[int, list[int]]:
    """Return the ids of what these accounts have in a table, by account."""
    found: dict[int, list[int]] = {}
    query = select(table.c.account, table.c.id).where(table.c.account.in_([row.id for row in rows]))
    for owner, row_id in reading.connection.execute(query.order_by(table.c.id)):
        found.setdefault(owner, []).append(row_id)
    return {owner: ids[:PLACES_MAX] for owner, ids in found.items()}


def _sees(reading: Queries, row: Row[Any], site: int, now_ms: int) -> bool:
    if row.person is None:
        return False
    actor = Actor(f"{row.role}:{row.name}", Role(row.role), row.person, row.customer, row.installer)
    standings = authority.standings(reading, actor, row.person, [site])
    return authority.may("see-site", standings.get(site, ()), now_ms)


def _check(kind: str, channel: str, reached: Mapping[Channel, list[str]]) -> None:
    if kind not in KINDS:
        raise InvalidError(f"no notices are of kind {kind!r}; choose from {', '.join(KINDS)}")
    if channel not in CHANNELS:
        raise InvalidError(f"no notice goes by {channel!r}; choose from {', '.join(CHANNELS)}")
    if not reached[channel]:
        raise InvalidError(f"{channel}: {_REMEDIES[channel]}")


_REMEDIES: dict[Channel, str] = {
    "sms": "no telephone number that takes SMS is known of this person; have it registered first",
    "mail": "no mail address is known of this account; prove one first",
    "push": "no browser of this account takes messages; allow it in one first",
    "apps": "no other service is named; add its address first",
}


def expect_account(reading: Queries, actor: Actor, account_id: int) -> None:
    """Let pass whose account it is. Raises NotFoundError: of other people's nobody is told whether they are there."""
    name = reading.connection.scalar(select(account.c.role + ":" + account.c.name).where(account.c.id == account_id))
    if name is None or name != actor.name:
        raise NotFoundError(f"no account {account_id} here; everybody chooses for the own account only")


def count_places(reading: Queries, table: Any, account_id: int) -> int:
    """Return how many rows an account has in one of the tables of places."""
    return int(reading.connection.scalar(select(func.count()).where(table.c.account == account_id)) or 0)


def _expect_own(reading: Queries, actor: Actor, account_id: int, site: int, now_ms: int) -> None:
    expect_account(reading, actor, account_id)
    if actor.role is not Role.CUSTOMER:
        raise RefusedError("notices to people are chosen by the customer's own accounts; sign in as one")
    authority.expect(reading, actor, site, "see-site", now_ms)


def _mine(account_id: int, site: int) -> ColumnElement[bool]:
    return (notice_choice.c.account == account_id) & (notice_choice.c.site == site)
