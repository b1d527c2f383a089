"""What a household may set of its alarm by itself: delays within the installer's limits, the chime, names, limits.

A change goes to the panel, which takes it whole or refuses it with its reason. Limits of what may be done from afar are
made tighter from here; they are made looser at the keypad alone, so that whoever has the cloud opens no home.
"""

from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple

from sqlalchemy import select

from hemlarm_cloud.actor import Actor
from hemlarm_cloud.errors import ConflictError, InvalidError
from hemlarm_cloud.homes import naming, panels
from hemlarm_cloud.homes.panels import HEMLARM, LIMIT_DEFAULTS, LIMITS, Home
from hemlarm_cloud.sites import audit, authority, values
from hemlarm_cloud.store import Change, schema
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_homes import setting_limit
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_protocol import cbor
from hemlarm_protocol.messages import CONFIG_BYTES_MAX

LIFE_MS = 600_000
"""A panel that cannot be reached for ten minutes does not find its delays changed the week after."""

DELAYS = {"entry_s": (10, 60), "exit_s": (30, 180)}
"""What a household may choose where the installer set no limits, in seconds: around the usual 30 and 60. The panel
itself takes 0 to 300, which is for the installer to choose."""

USUAL_DELAYS = {"entry_s": 30, "exit_s": 60}
"""As in docs/configuration.md."""

NAME_MAX = 16
"""Characters of Latin-1, one line of the keypad's display."""

EDITS_MAX = 32
"""Of one change, as the panel takes them."""

ID_BYTES = 8

State = Literal["waiting", "done", "refused", "conflict", "no-answer"]


class Bounds(NamedTuple):
    """What may be chosen, both ends included."""

    least: int
    most: int


class Area(NamedTuple):
    """An area's delays, in seconds."""

    number: int
    entry_s: int
    exit_s: int


class Zone(NamedTuple):
    """A zone's name and whether its opening chimes."""

    number: int
    name: str
    chime: bool


class Settings(NamedTuple):
    """What a panel has set. `limits` are "never", "code" or "always" for "remote_disarm" and "remote_unlock"."""

    panel: str
    name: str
    revision: int
    complete: bool
    chime: bool
    areas: list[Area]
    zones: list[Zone]
    limits: dict[str, str]


class Wanted(NamedTuple):
    """What is to be other than it was. Delays and names are by the number of the area or zone."""

    chime: bool | None = None
    delays: Mapping[int, Mapping[str, int]] = {}
    names: Mapping[int, str] = {}
    zone_chimes: Mapping[int, bool] = {}
    limits: Mapping[str, str] = {}


class Asked(NamedTuple):
    """A change that was asked for, and what became of it; `reason` is the panel's own."""

    id: str
    panel: str
    who: str
    created_ms: int
    state: State
    reason: str


def shown(reading: Queries, actor: Actor, site_id: int) -> list[Settings]:
    """Return what each of a site's panels has set, of those that have told. Raises NotFoundError."""
    return [
        _settings(reading, home)
        for home in panels.of_site(reading, actor, site_id)
        if home.kind == HEMLARM and home.revision is not None and not home.revoked
    ]


def bounds(reading: Queries, site_id: int) -> dict[str, Bounds]:
    """Return what delays may be chosen at a site: the installer's, or else the program's own."""
    query = select(setting_limit).where(setting_limit.c.site == site_id)
    set_ = {row.setting: Bounds(row.least, row.most) for row in reading.connection.execute(query)}
    return {name: set_.get(name, Bounds(*usual)) for name, usual in DELAYS.items()}


def ask(
    tx: Transaction,
    actor: Actor,
    site_id: int,
    panel: str,
    wanted: Wanted,
    revision: int,
    now_ms: int,
    random: Callable[[int], bytes],
) -> bytes | None:
    """Queue a change based on the revision that the person saw, and return its id; None where it would change nothing.

    Takes authority A. Raises NotFoundError, RefusedError, InvalidError, ConflictError.
    """
    authority.expect(tx, actor, site_id, "change-settings", now_ms)
    home = panels.expect(tx, actor, site_id, panel)
    if home.revision is None or home.revision != revision:
        raise ConflictError(f"panel {panel} was changed meanwhile (revision {home.revision}); look at it again")
    edits = _edits(home, wanted, bounds(tx, site_id))
    if not edits:
        return None
    change_id = random(ID_BYTES)
    encoded = cbor.encode(edits)
    if len(edits) > EDITS_MAX or len(encoded) > CONFIG_BYTES_MAX:
        raise InvalidError("settings: too much at a time for the panel; save fewer names at once")
    user = naming.user_of(tx, panel, actor.person)
    tx.add_change(Change(change_id, panel, actor.name, user, revision, encoded, now_ms, now_ms + LIFE_MS))
    told = {"edits": [[section, number, dict(fields)] for section, number, fields in edits]}
    audit.write(tx, actor, "change-settings", f"panel {panel}", told, now_ms, site=site_id)
    return change_id


def asked(reading: Queries, actor: Actor, site_id: int, now_ms: int, limit: int = 5) -> list[Asked]:
    """Return the last changes asked of a site's panels, newest first. Raises NotFoundError, InvalidError."""
    ids = [home.id for home in panels.of_site(reading, actor, site_id) if home.kind == HEMLARM]
    table = schema.configuration_change
    states = ("queued", "sent", "done", "failed", "expired")
    query = select(table).where(table.c.state.in_(states), table.c.panel.in_(ids)).order_by(table.c.created_ms.desc())
    rows = reading.connection.execute(query.limit(values.page(limit))).all()
    people = naming.account_people(reading, {row.requested_by for row in rows})
    return [
        Asked(
            *(row.id.hex(), row.panel, people.get(row.requested_by, row.requested_by.partition(":")[2])),
            *(row.created_ms, _state(row, now_ms), row.reason or ""),
        )
        for row in rows
    ]


def looser(present: str) -> tuple[str, ...]:
    """Return the limits that are looser than this one: those are for the keypad."""
    return LIMITS[LIMITS.index(present) + 1 :]


def _settings(reading: Queries, home: Home) -> Settings:
    stored = reading.configuration(home.id)
    return Settings(
        home.id,
        home.name,
        home.revision or 0,
        bool(stored and stored.complete),
        bool(home.fields.get("chime", True)),
        [
            Area(each["number"], *(int(each.get(name, USUAL_DELAYS[name])) for name in Area._fields[1:]))
            for each in home.areas
        ],
        [Zone(each["number"], str(each.get("name", "")), bool(each.get("chime", False))) for each in home.zones],
        {name: home.limit(name) for name in LIMIT_DEFAULTS},
    )


def _edits(home: Home, wanted: Wanted, allowed: Mapping[str, Bounds]) -> list[Any]:
    edits = [_panel_edit(home, wanted)]
    areas = {each["number"]: each for each in home.areas}
    for number, delays in sorted(wanted.delays.items()):
        edits.append(("areas", number, _delays(_known(areas, number, "area"), delays, allowed)))
    zones = {each["number"]: each for each in home.zones}
    for number in sorted({*wanted.names, *wanted.zone_chimes}):
        zone = _known(zones, number, "zone")
        fields: dict[str, Any] = {}
        if number in wanted.names and wanted.names[number] != zone.get("name", ""):
            fields["name"] = _name(wanted.names[number], number)
        if number in wanted.zone_chimes and wanted.zone_chimes[number] != zone.get("chime", False):
            fields["chime"] = wanted.zone_chimes[number]
        edits.append(("zones", number, fields))
    return [[*edit] for edit in edits if edit[2]]


def _panel_edit(home: Home, wanted: Wanted) -> tuple[str, int, dict[str, Any]]:
    fields: dict[str, Any] = {}
    if wanted.chime is not None and wanted.chime != home.fields.get("chime", True):
        fields["chime"] = wanted.chime
    for name, limit in wanted.limits.items():
        values.one_of(name, "limit", tuple(LIMIT_DEFAULTS))
        values.one_of(limit, name, LIMITS)
        if limit in looser(home.limit(name)):
            raise InvalidError(f"{name}: only at the keypad, with a master's code, can this be allowed again")
        if limit != home.limit(name):
            fields[name] = limit
    return "panel", 0, fields


def _delays(area: Mapping[str, Any], delays: Mapping[str, int], allowed: Mapping[str, Bounds]) -> dict[str, int]:
    """Only what changes has to be within the limits: what the installer set beyond them may stay."""
    fields = {}
    for name, seconds in sorted(delays.items()):
        values.one_of(name, "delay", tuple(DELAYS))
        if seconds != area.get(name, USUAL_DELAYS[name]):
            fields[name] = values.number(seconds, name, *allowed[name])
    return fields


def _known(items: Mapping[int, dict[str, Any]], number: int, what: str) -> dict[str, Any]:
    if number not in items:
        raise InvalidError(f"{what}: the panel has no {what} {number}")
    return items[number]


def _name(name: str, number: int) -> str:
    given = values.text(name, f"zone {number}", NAME_MAX)
    if any(ord(letter) > 0xFF for letter in given):
        raise InvalidError(f"zone {number}: the keypad shows letters of western Europe only")
    return given


def _state(row: Any, now_ms: int) -> State:
    if row.state in ("queued", "sent"):
        return "no-answer" if row.expires_ms <= now_ms else "waiting"
    if row.state == "failed":
        return "conflict" if row.status == _CONFLICT else "refused"
    return "done" if row.state == "done" else "no-answer"


_CONFLICT = 5
"""As in `message_names.STATUSES`: the panel had another revision by then."""
