"""What the store takes and gives: one named tuple a table.

Times are whole milliseconds since 1970. A panel is the 16 hexadecimal digits of its id; `kid` (4 bytes) names one
of its incarnations.
"""

from typing import Literal, NamedTuple

Outcome = Literal["new", "duplicate", "clone"]
"""What an event turned out to be: not stored before, the same bytes again, or other bytes under a stored number."""

Learned = Literal["new", "known", "conflict"]
"""Whether an incarnation was unknown, known, or known with another salt."""

CommandState = Literal["queued", "sent", "done", "failed", "expired"]

EntryDelayState = Literal["waiting", "settled", "raised"]

LineFaultKind = Literal["line-fault", "path-fault"]
"""A panel that is silent on all its paths for its link level, or on one path for that path's own level."""

Dating = Literal["panel", "session", "between"]
"""Who says when an event happened: the panel's clock; the uptime in it and a session of the same boot; or nobody, and
it is an estimate from what happened before and after."""


class Panel(NamedTuple):
    """A panel that was provisioned; `root_key` is wrapped by the vault, `certificate_serial` is hexadecimal.

    It is supervised by two levels, in seconds: the longest silence of the whole panel, and of a path in standby. Events
    that came by SMS are acknowledged to `sms_number`, if there is one. `levels_told` is False while the process that
    serves the panel has not taken note of its levels. `board` is its kind of hardware, `firmware` the version by which
    it opened its last session at `hello_ms`, `firmware_floor` the oldest that it still runs, as far as it told.
    """

    id: str
    shard: str
    root_key: bytes
    certificate_serial: str
    provisioned_ms: int
    revoked_ms: int | None = None
    link_level_s: int = 180
    standby_level_s: int = 90_000
    sms_number: str | None = None
    levels_told: bool = True
    board: str | None = None
    firmware: int | None = None
    hello_ms: int | None = None
    firmware_floor: int | None = None


class Incarnation(NamedTuple):
    """One life of a panel's journal. Every number below `complete_below` is stored or void."""

    panel: str
    kid: bytes
    salt: bytes
    first_seen_ms: int
    complete_below: int = 1


class Event(NamedTuple):
    """A verified event as it is stored; `id` is 0 until then. A void record has qcode 0 and a range beside it.

    `panel_time_ms` is kept as the panel sent it, `dated_ms` is when it happened as far as is known. Their order is
    always that of their numbers.
    """

    panel: str
    kid: bytes
    number: int
    tag: bytes
    sealed: bytes
    received_ms: int
    committed_ms: int
    qcode: int
    area: int = 0
    zone: int = 0
    user: int = 0
    source: int = 0
    detail: int = 0
    boot: int = 0
    uptime_ms: int = 0
    panel_time_ms: int | None = None
    id: int = 0
    dated_ms: int = 0
    dating: Dating = "between"


class BootTime(NamedTuple):
    """When a boot of a panel began, as a session told that found its uptime to be `uptime_ms`."""

    panel: str
    kid: bytes
    boot: int
    epoch_ms: int
    uptime_ms: int


class VoidRange(NamedTuple):
    """Numbers that will never come, both ends included, declared by the record with this `number` and `tag`."""

    panel: str
    kid: bytes
    number: int
    tag: bytes
    first: int
    last: int
    cause: int


class Alert(NamedTuple):
    """Something about a panel that a person should look at."""

    panel: str
    kind: str
    detail: str
    at_ms: int
    id: int = 0


class Command(NamedTuple):
    """What someone asked of a panel, and what became of it; `status` and `detail` are the panel's answer.

    `code` is a user's code for the panel to check, sealed by the vault; it is gone with the answer or the expiry.
    """

    id: bytes
    panel: str
    requested_by: str
    verb: int
    argument: int
    user: int
    created_ms: int
    expires_ms: int
    sent_ms: int | None = None
    state: CommandState = "queued"
    status: int | None = None
    detail: int | None = None
    answered_ms: int | None = None
    code: bytes | None = None


class Configuration(NamedTuple):
    """What a panel last told of its configuration: the CBOR `document` at this `revision`, without secrets.

    All None until it was told in full. Where it is not `complete`, the panel may have a newer one, and is asked for it.
    """

    panel: str
    revision: int | None = None
    document: bytes | None = None
    read_ms: int | None = None
    complete: bool = False


class Change(NamedTuple):
    """A change of a panel's configuration that someone asked for, based on revision `base`; `edits` is CBOR.

    `reason` is why the panel refused it, in the panel's words, where it gave any.
    """

    id: bytes
    panel: str
    requested_by: str
    user: int
    base: int
    edits: bytes
    created_ms: int
    expires_ms: int
    sent_ms: int | None = None
    state: CommandState = "queued"
    status: int | None = None
    detail: int | None = None
    answered_ms: int | None = None
    reason: str | None = None


class PresumedAlarm(NamedTuple):
    """An entry delay, by the event that started it, and the alarm presumed if nothing settles it by `due_ms`.

    `settled_ms` is when the event that settles it was stored; with state "raised" it came too late.
    """

    panel: str
    kid: bytes
    number: int
    area: int
    zone: int
    received_ms: int
    due_ms: int
    state: EntryDelayState = "waiting"
    raised_ms: int | None = None
    settled_ms: int | None = None


class PanelHealth(NamedTuple):
    """How a panel was when it last told; the fields are those of `messages.Health`."""

    panel: str
    received_ms: int
    boot: int
    cause: int
    task: int
    heap_free: int
    journal_pending: int
    journal_capacity: int
    flash_faults: int
    sectors_retired: int
    erases_max: int
    unsaved: int
    mains: int
    battery_mv: int
    battery_percent: int
    hours_left: int
    power_flags: int


class HeardPath(NamedTuple):
    """When a panel was last heard on a path (`path_names`), to within some minutes, and the panel's levels."""

    panel: str
    path: int
    heard_ms: int
    link_level_s: int
    standby_level_s: int


class LineFault(NamedTuple):
    """A silence that lasted too long: of one path, or of all of them (`path` 0). `heard_ms` is when it had begun."""

    panel: str
    kind: LineFaultKind
    path: int
    began_ms: int
    heard_ms: int
    ended_ms: int | None = None


class PathReport(NamedTuple):
    """How a path is, as its panel last told; the fields are those of `messages.PathReport`."""

    panel: str
    path: int
    received_ms: int
    up: int
    registration: int
    technology: int
    signal: int
    air_s: int
    bytes_up: int
    bytes_down: int
    sms: int
    day_air_s: int
    day_bytes_up: int
    day_bytes_down: int
