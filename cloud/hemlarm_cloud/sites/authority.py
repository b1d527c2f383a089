"""Who may have what changed at a site. The rules stand in one table; the pure part decides, `expect` looks up and acts.

Authority belongs to people, on lists that each cover one or more sites: level A, B or C on a customer's list, I on an
installer company's. An operator registers what a person with authority asks for, in writing where the change lasts.
A supervisor needs nobody's word, and stands in the audit log with each change.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import select

from hemlarm_cloud import scope
from hemlarm_cloud.actor import CENTRE_ROLES, Actor, Role
from hemlarm_cloud.errors import InvalidError, RefusedError
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_sites import authority, authority_list, authority_list_site

BURGLARY, HOLD_UP, FIRE, TECHNICAL = "burglary", "hold-up", "fire", "technical"
KINDS = (BURGLARY, HOLD_UP, FIRE, TECHNICAL)
"""What an alarm can be for, as in `cases.categories.SERVICE_KINDS`."""


class Standing(NamedTuple):
    """What one list says of one person at one site."""

    level: str
    until_ms: int | None = None
    police_approval_until_ms: int | None = None
    """The person's own, of an installer."""
    fire_certificate_until_ms: int | None = None
    """The company's, of an installer."""


@dataclass(frozen=True)
class _Rule:
    """Which levels may; an installer only where `installer` holds, with the papers for the kinds of alarm touched."""

    levels: str
    installer: bool = False
    kinds: tuple[str, ...] = ()
    """Kinds that the action always touches."""
    usual: tuple[str, ...] = ()
    """Kinds that it touches where the caller names none."""
    written: bool = False
    """An operator needs a mail or a letter for it."""


_RULES = {
    "see-site": _Rule("ABC", installer=True),
    "see-people": _Rule("ABC"),
    "change-site": _Rule("A", written=True),
    "change-map": _Rule("A", installer=True, written=True),
    "change-contacts": _Rule("A", written=True),
    "change-plan": _Rule("A", written=True),
    "change-lists": _Rule("A", written=True),
    "change-password": _Rule("A", installer=True, usual=(BURGLARY,), written=True),
    "change-level": _Rule("A", installer=True, usual=(BURGLARY,), written=True),
    "order-reports": _Rule("AB"),
    "end-contract": _Rule("A", written=True),
    "service-burglary": _Rule("ABC", installer=True, kinds=(BURGLARY,)),
    "service-hold-up": _Rule("AB", installer=True, kinds=(HOLD_UP,)),
    "service-fire": _Rule("AB", installer=True, kinds=(FIRE,)),
    "service-technical": _Rule("ABC", installer=True),
    "arm": _Rule("ABC"),
    "disarm": _Rule("AB"),
    "bypass": _Rule("AB"),
    "outputs": _Rule("AB"),
    "unlock": _Rule("AB"),
    "change-settings": _Rule("A", installer=True, usual=(BURGLARY,), written=True),
    "provision": _Rule("A", installer=True, usual=(BURGLARY,)),
}
"""From the centre's rules for customers: contacts by A only; passwords and levels by A or an installer on the company's
list; burglary out of service by A, B or C, fire by A or B. Of what people do from afar anyone may make a home safer,
and a C nothing that opens it.
"""

ACTIONS = tuple(_RULES)

SERVICE_ACTIONS = {kind: f"service-{kind}" for kind in KINDS}
"""The action that orders service mode for each kind."""

_POLICE = (BURGLARY, HOLD_UP)
"""Kinds for which an installer needs the police's approval."""

_SITES_AT_ONCE = 500


def refusal(action: str, standings: Iterable[Standing], now_ms: int, kinds: Iterable[str] = ()) -> str | None:
    """Return why somebody with these standings at a site may not do this, or None for one who may.

    `kinds` are the kinds of alarm that it touches, which counts for what papers an installer needs. What ends at a
    moment does not hold at that moment any more.
    """
    rule = _RULES[action]
    touched = {*rule.kinds, *(tuple(kinds) or rule.usual)}
    reasons = [_reason(rule, standing, touched, now_ms) for standing in standings]
    if None in reasons:
        return None
    who = " or ".join(rule.levels) + (" or an installer on the company's list" if rule.installer else "")
    return "; ".join([f"{action} takes a person with authority {who}", *sorted({told for told in reasons if told})])


def may(action: str, standings: Iterable[Standing], now_ms: int, kinds: Iterable[str] = ()) -> bool:
    """Tell whether somebody with these standings at a site may do this; see `refusal`."""
    return refusal(action, standings, now_ms, kinds) is None


def _reason(rule: _Rule, standing: Standing, kinds: set[str], now_ms: int) -> str | None:
    if not _holds(standing.until_ms, now_ms, endless=True):
        return f"authority {standing.level} here has ended"
    if standing.level != "I":
        return None if standing.level in rule.levels else f"this person has {standing.level} here"
    if not rule.installer:
        return "an installer may not"
    if kinds & set(_POLICE) and not _holds(standing.police_approval_until_ms, now_ms):
        return "the installer has no valid police approval on file"
    if FIRE in kinds and not _holds(standing.fire_certificate_until_ms, now_ms):
        return "the installer company has no valid fire certificate on file"
    return None


def _holds(until_ms: int | None, now_ms: int, endless: bool = False) -> bool:
    return endless if until_ms is None else now_ms < until_ms


def expect(reading: Queries, actor: Actor, site_id: int, action: str, now_ms: int, kinds: Iterable[str] = ()) -> None:
    """Let pass who may do this at the site. Raises NotFoundError for a site out of sight, else RefusedError.

    The authority is that of `actor.person`: the account's own person, or the one on whose behalf an operator acts.
    """
    scope.expect_site(reading, actor, site_id)
    expect_everywhere(reading, actor, [site_id], action, now_ms, kinds)


def expect_everywhere(
    reading: Queries, actor: Actor, sites: Iterable[int], action: str, now_ms: int, kinds: Iterable[str] = ()
) -> None:
    """Let pass who may do this at all of these sites, which the caller knows to be in sight. Raises RefusedError."""
    given = tuple(kinds)
    if _needs_nobody(actor, action):
        return
    person = _person(actor, action)
    wanted = sorted(set(sites))
    found = standings(reading, actor, person, wanted)
    for site_id in wanted:
        why = refusal(action, found.get(site_id, ()), now_ms, given)
        if why is not None:
            raise RefusedError(f"person {person} may not do this at site {site_id}: {why}")


def expect_written(actor: Actor, action: str, reason: str) -> None:
    """Let pass unless an operator does in writing only what nothing written is named for. Raises InvalidError."""
    if actor.role is Role.OPERATOR and _RULES[action].written and not reason:
        raise InvalidError(f"{action}: say in `reason` which mail or letter asked for it")


def standings(reading: Queries, actor: Actor, person: int, sites: Iterable[int]) -> dict[int, list[Standing]]:
    """What the lists say of a person at each of these sites, as far as this actor's account may use it.

    A customer's account uses that customer's lists, an installer's that company's list; the centre's hear all.
    """
    lists, covers = authority_list, authority_list_site
    query = (
        select(
            covers.c.site,
            authority.c.level,
            authority.c.until_ms,
            authority.c.police_approval_until_ms,
            lists.c.fire_certificate_until_ms,
        )
        .join_from(authority, lists, lists.c.id == authority.c.list)
        .join(covers, covers.c.list == authority.c.list)
        .where(authority.c.person == person)
    )
    if actor.role is Role.CUSTOMER:
        query = query.where(lists.c.kind == "customer", lists.c.customer == actor.customer)
    elif actor.role is Role.INSTALLER:
        query = query.where(lists.c.kind == "installer", lists.c.id == actor.installer)
    found: dict[int, list[Standing]] = {}
    wanted = list(sites)
    for start in range(0, len(wanted), _SITES_AT_ONCE):
        some = wanted[start : start + _SITES_AT_ONCE]
        for row in reading.connection.execute(query.where(covers.c.site.in_(some))):
            found.setdefault(row.site, []).append(Standing(*row[1:]))
    return found


def _needs_nobody(actor: Actor, action: str) -> bool:
    """A supervisor acts on the centre's own account, unless on somebody's behalf; the centre's people may look."""
    if actor.role is Role.SUPERVISOR:
        return actor.person is None
    return action in ("see-site", "see-people") and actor.role in CENTRE_ROLES


def _person(actor: Actor, action: str) -> int:
    if actor.role is Role.MONITOR:
        raise RefusedError(f"{action}: a monitor's account changes nothing; use an operator's")
    if actor.person is None and actor.role is Role.OPERATOR:
        raise RefusedError(f"{action}: say on whose behalf; an operator acts for a person with authority at the site")
    if actor.person is None:
        raise RefusedError(f"{action}: this account belongs to no person; have a supervisor name one for it")
    return actor.person
