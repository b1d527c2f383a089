"""What people ask of a panel from afar: by whose authority, within what the household allows, and what came of it.

The panel has the last word: it checks the limits and the code itself, so that nothing here can open a home. What is
refused here is what is known to be in vain, with the reason in words.
"""

from collections.abc import Callable
from typing import Any, Literal, NamedTuple

from sqlalchemy import Row, func, insert, select

from hemlarm_cloud.actor import CENTRE_ROLES, Actor, Role
from hemlarm_cloud.errors import ConflictError, InvalidError, NotFoundError, RefusedError
from hemlarm_cloud.homes import naming, panels
from hemlarm_cloud.homes.panels import CODE, NEVER, Home
from hemlarm_cloud.scope import visible
from hemlarm_cloud.sites import audit, authority, values
from hemlarm_cloud.store import Command, schema
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_sites import site, transmitter
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_cloud.vault import Vault
from hemlarm_protocol import household, message_names

LIFE_MS = 60_000
"""What a person asked for is done within a minute or not at all: nobody expects a door to open later."""

TOLD_MS = 2 * LIFE_MS
"""How long a person is told what became of it: its life, and as long again to read that nobody answered."""

UNANSWERED_MAX = 5
"""Of one panel: somebody who presses a button again and again fills no queue."""

CODE_PURPOSE = "command-code"
"""What a code is sealed for; its owner is the command's id in hexadecimal."""

ID_BYTES = 8

_NUMBERS = {name: number for number, name in message_names.VERBS.items()}

DISARM, ARM_AWAY, ARM_HOME, ARM_NIGHT = (_NUMBERS[name] for name in ("disarm", "arm-away", "arm-home", "arm-night"))
STATUS, SILENCE, CHIME, WALK_TEST = (_NUMBERS[name] for name in ("status", "silence", "chime", "walk-test"))
BYPASS, UNBYPASS = _NUMBERS["bypass"], _NUMBERS["unbypass"]
ON, OFF, LOCK, UNLOCK = (_NUMBERS[name] for name in ("on", "off", "lock", "unlock"))
PICTURE, RESTART = _NUMBERS["picture"], _NUMBERS["restart"]

ARMING = {"away": ARM_AWAY, "home": ARM_HOME, "night": ARM_NIGHT, "disarmed": DISARM}
"""The command that brings an area into each state."""

State = Literal["waiting", "done", "refused", "no-answer"]


REASONS = {1: "never", 2: "code-needed", 3: "wrong-code", 4: "locked-out", 5: "not-permitted"}
"""Why a panel refuses what is limited: `message_names.REFUSALS`."""


class _Verb(NamedTuple):
    """What a command takes: an action of `sites.authority`, what its argument counts, and the household's limit."""

    action: str
    counts: str
    limit: str = ""


_VERBS = {
    DISARM: _Verb("disarm", "area", "remote_disarm"),
    ARM_AWAY: _Verb("arm", "area"),
    ARM_HOME: _Verb("arm", "area"),
    ARM_NIGHT: _Verb("arm", "area"),
    STATUS: _Verb("see-site", "area"),
    SILENCE: _Verb("disarm", "area"),
    BYPASS: _Verb("bypass", "zone", "remote_disarm"),
    UNBYPASS: _Verb("bypass", "zone"),
    WALK_TEST: _Verb("change-settings", "on or off", "remote_disarm"),
    CHIME: _Verb("outputs", "on or off"),
    ON: _Verb("outputs", "plug"),
    OFF: _Verb("outputs", "plug"),
    LOCK: _Verb("outputs", "lock"),
    UNLOCK: _Verb("unlock", "lock", "remote_unlock"),
    RESTART: _Verb("change-settings", "nothing"),
}
"""All that a household may ask for. Pictures are not among it: they are the receiving centre's alone."""

_CENTRES = {PICTURE: "zone"}
"""What the centre's own people ask for, and nobody else."""


class Outcome(NamedTuple):
    """What became of a command. A refusal's `why` is "zone" (`detail` is the zone, `name` its name), one of `REASONS`
    about the household's limit, or "panel".
    """

    id: str
    panel: str
    verb: int
    argument: int
    state: State
    why: str = ""
    detail: int = 0
    name: str = ""


class Asked(NamedTuple):
    """A command in the household's log; `who` is a person's name, or that of the account where there is none."""

    id: str
    panel: str
    verb: int
    argument: int
    who: str
    created_ms: int
    state: State


def ask(
    tx: Transaction,
    vault: Vault,
    actor: Actor,
    account: int | None,
    site: int,
    panel: str,
    verb: int,
    argument: int,
    now_ms: int,
    random: Callable[[int], bytes],
    code: str | None = None,
) -> bytes:
    """Queue a command for a panel of a site and return its id; the panel answers within `LIFE_MS` or not at all.

    `verb` is a number of `message_names.VERBS`, `argument` the area, zone or output that it is about. `account` is the
    one that asks, for the audit log. `code` is a user's code for the panel to check; it goes only with what weakens
    protection. Raises NotFoundError, RefusedError, InvalidError, ConflictError.
    """
    rule = _expect_may(tx, actor, site, verb, now_ms)
    home = panels.expect(tx, actor, site, panel)
    _expect_argument(home, verb, rule.counts, argument)
    wanted = _expect_limit(home, limit_of(verb, argument), code)
    _expect_room(tx, panel, now_ms)
    command_id = random(ID_BYTES)
    assert len(command_id) == ID_BYTES
    user = naming.user_of(tx, panel, actor.person)
    sealed = vault.seal(CODE_PURPOSE, command_id.hex(), wanted.encode()) if wanted else None
    row = Command(command_id, panel, actor.name, verb, argument, user, now_ms, now_ms + LIFE_MS, code=sealed)
    tx.connection.execute(insert(schema.command), row._asdict())
    told = {"verb": message_names.VERBS.get(verb, str(verb)), "argument": argument, "account": account}
    audit.write(tx, actor, "command", f"panel {panel}", told, now_ms, site=site)
    return command_id


def may(reading: Queries, actor: Actor, site: int, now_ms: int) -> dict[int, bool]:
    """Return of each command whether this actor may ask for it at a site: what a page offers. Raises NotFoundError."""
    found = {}
    for verb in (*_VERBS, *_CENTRES):
        try:
            _expect_may(reading, actor, site, verb, now_ms)
            found[verb] = True
        except RefusedError:
            found[verb] = False
    return found


def limit_of(verb: int, argument: int = 1) -> str:
    """Return which of the household's limits a command is under, "" for none: what ends a walk test weakens nothing."""
    if verb not in _VERBS or (verb == WALK_TEST and not argument):
        return ""
    return _VERBS[verb].limit


def needs_code(home: Home, verb: int, argument: int = 1) -> bool:
    """Tell whether the household wants a user's code with this command."""
    limit = limit_of(verb, argument)
    return bool(limit) and home.limit(limit) == CODE


def is_allowed(home: Home, verb: int, argument: int = 1) -> bool:
    """Tell whether the household allows this command from afar at all."""
    limit = limit_of(verb, argument)
    return not limit or home.limit(limit) != NEVER


def outcome(reading: Queries, actor: Actor, command_id: bytes, now_ms: int | None = None) -> Outcome:
    """Return what became of a command at a site of this actor's. Raises NotFoundError.

    With the time, one whose life is over has no answer even while the part that marks it so does not run.
    """
    table = schema.command
    joined = table.join(transmitter, transmitter.c.id == table.c.panel).join(site, site.c.id == transmitter.c.site)
    query = select(table, transmitter.c.site).select_from(joined).where(table.c.id == command_id, visible(actor))
    row = reading.connection.execute(query).one_or_none()
    if row is None:
        raise NotFoundError(f"no command {command_id.hex()} here")
    state = _state(row, now_ms)
    told = Outcome(command_id.hex(), row.panel, row.verb, row.argument, state)
    if state != "refused":
        return told
    if row.verb in ARMING.values() and row.verb != DISARM and row.detail:
        name = naming.zones(reading, panels.expect(reading, actor, row.site, row.panel)).get(row.detail, "")
        return told._replace(why="zone", detail=row.detail, name=name)
    limited = bool(limit_of(row.verb, row.argument)) and row.detail in REASONS
    return told._replace(why=REASONS[row.detail] if limited else "panel", detail=row.detail or 0)


def latest(reading: Queries, actor: Actor, site_id: int, now_ms: int) -> Outcome | None:
    """Return what became of the last thing that this actor asked for at a site within `TOLD_MS`, None for nothing.

    Raises NotFoundError.
    """
    ids = [home.id for home in panels.of_site(reading, actor, site_id) if home.kind == panels.HEMLARM]
    table = schema.command
    query = select(table.c.id).where(table.c.panel.in_(ids), table.c.created_ms > now_ms - TOLD_MS)
    query = query.where(table.c.requested_by == actor.name).order_by(table.c.created_ms.desc(), table.c.id)
    found = reading.connection.scalar(query.limit(1))
    return None if found is None else outcome(reading, actor, found, now_ms)


def history(reading: Queries, actor: Actor, site: int, limit: int = 50) -> list[Asked]:
    """Return what was last asked of a site's panels and by whom, newest first. Raises NotFoundError, InvalidError."""
    known = [home.id for home in panels.of_site(reading, actor, site) if home.kind == panels.HEMLARM]
    table = schema.command
    rows: list[Row[Any]] = []
    for panel in known:
        query = (
            select(table).where(table.c.panel == panel).order_by(table.c.created_ms.desc()).limit(values.page(limit))
        )
        rows += reading.connection.execute(query).all()
    rows = sorted(rows, key=lambda row: (-row.created_ms, row.id))[:limit]
    people = naming.account_people(reading, {row.requested_by for row in rows})
    return [
        Asked(
            *(row.id.hex(), row.panel, row.verb, row.argument),
            people.get(row.requested_by, row.requested_by.partition(":")[2]),
            row.created_ms,
            _state(row, None),
        )
        for row in rows
    ]


def _expect_may(reading: Queries, actor: Actor, site: int, verb: int, now_ms: int) -> _Verb:
    if verb in _CENTRES:
        if actor.role not in (Role.OPERATOR, Role.SUPERVISOR):
            raise RefusedError("pictures are taken for the receiving centre alone, which also looks at them")
        return _Verb("see-site", _CENTRES[verb])
    rule = _VERBS.get(verb)
    if rule is None:
        raise InvalidError(f"verb: {verb} is no command that people give; use one of {', '.join(map(str, _VERBS))}")
    if actor.role in CENTRE_ROLES and actor.person is None:
        raise RefusedError("a home's panel obeys its people: say on whose behalf this is asked")
    authority.expect(reading, actor, site, rule.action, now_ms)
    return rule


def _expect_argument(home: Home, verb: int, counts: str, argument: int) -> None:
    """Let pass what the panel has. One that has not told its configuration is asked, and says so itself."""
    if counts == "nothing":
        values.number(argument, "argument", 0, 0)
        return
    if counts == "on or off":
        values.number(argument, "argument", 0, 1)
        return
    values.number(argument, counts, 0 if verb == PICTURE else 1, 999)
    known = {"area": home.areas, "zone": home.zones}.get(counts)
    if known is None:
        known = [each for each in home.outputs if each.get("kind") == counts]
    if home.revision is not None and argument and argument not in {each["number"] for each in known}:
        raise InvalidError(f"{counts}: panel {home.id} has no {counts} {argument}")


def _expect_limit(home: Home, name: str, code: str | None) -> str:
    """Return the code to send, "" for none. Raises RefusedError where the household allows no such thing."""
    if not name:
        return ""
    limit = home.limit(name)
    if limit == NEVER:
        raise RefusedError(f"{name}: this household allows it at the keypad only, and changes that there")
    given = code or ""
    if limit == CODE or given:
        digits = given.isascii() and given.isdigit()
        if not digits or not household.CODE_DIGITS_MIN <= len(given) <= household.CODE_DIGITS_MAX:
            least, most = household.CODE_DIGITS_MIN, household.CODE_DIGITS_MAX
            raise InvalidError(f"code: give the {least} to {most} digits of your code at the keypad")
    return given


def _expect_room(tx: Transaction, panel: str, now_ms: int) -> None:
    table = schema.command
    waiting = (table.c.state.in_(("queued", "sent")), table.c.panel == panel, table.c.expires_ms > now_ms)
    if (tx.connection.scalar(select(func.count()).where(*waiting)) or 0) >= UNANSWERED_MAX:
        raise ConflictError(f"panel {panel} has not answered {UNANSWERED_MAX} commands yet: wait a minute")


def _state(row: Row[Any], now_ms: int | None) -> State:
    if row.state in ("queued", "sent"):
        return "no-answer" if now_ms is not None and row.expires_ms <= now_ms else "waiting"
    states: dict[str, State] = {"done": "done", "failed": "refused"}
    return states.get(row.state, "no-answer")
