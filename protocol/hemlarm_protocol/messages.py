"""What is inside a seal: one CBOR array a message, its first item telling which.

`ITEMS` is the whole format; `docs/protocol.md` says the same in CDDL. A first item of 1000 or more is an event, and is
then its Contact ID qualifier and code. Behind the array stand zeros up to the size class.
"""

from collections import namedtuple

from hemlarm_protocol import cbor
from hemlarm_protocol.constant import const
from hemlarm_protocol.errors import BadMessage
from hemlarm_protocol.keys import DOWN, HELLO, JOURNAL, KNOCK, SESSION, SMS, UP, WELCOME

U8, U16, U32, U40, U64 = 0xFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFFFF, cbor.UINT_MAX

ACKS_MAX = 15
"""Acknowledgements in one message; with the largest numbers they still fit a sealed message of 256 bytes."""

SMS_ACKS_MAX = 4
"""Acknowledgements in one SMS: sealed they are a frame of 132 bytes at most, and a binary SMS holds 140."""

SALTS_MAX = 3
"""Incarnations a Hello can name: the present one and two whose events may still be unacknowledged."""

CONFIG_BYTES_MAX = 700
"""Configuration in one message: with the largest numbers it still fits a sealed message of 1024 bytes."""

REASON_BYTES_MAX = 200
"""Why a change was refused: two or three lines on a terminal, in a sealed message of 256 bytes."""

Event = namedtuple("Event", ["qcode", "area", "zone", "user", "source", "detail", "boot", "uptime_ms", "time"])
"""Something that happened. `qcode` is 1000 times the Contact ID qualifier plus the code; `area` 0-23, `zone` and `user`
0-999 (0: none); `source` and `detail` as in `contact_id`; `boot` counts starts, `uptime_ms` since that start; `time` in
s since 1970, None before the clock was first set."""

Void = namedtuple("Void", ["first", "last", "cause"])
"""These event numbers of this incarnation, both included, will never come (unless they are already there)."""

Hello = namedtuple("Hello", ["boot", "nonce", "uptime_ms", "time", "next_number", "pending", "firmware", "salts"])
"""A panel opens a session: 16 random bytes, where its numbering stands, the salts of its incarnations, newest first."""

Welcome = namedtuple("Welcome", ["nonce", "time_ms", "heartbeat_ms"])
"""The cloud's half: 16 random bytes, the time in ms since 1970, and how often it wants to hear from the panel."""

Heartbeat = namedtuple("Heartbeat", ["uptime_ms", "next_number", "pending", "heap_free", "refused"])
"""The panel lives. The first one in a session proves to the cloud that the Hello was not a recording."""

HeartbeatReply = namedtuple("HeartbeatReply", ["uptime_ms", "time_ms"])
"""The answer to the heartbeat of this `uptime_ms`: a reply that was held back cannot pass for a newer one and set the
panel's clock wrong. `time_ms` is ms since 1970."""

Acknowledgement = namedtuple("Acknowledgement", ["kid", "acks"])
"""These events are committed: pairs of a number and the first 8 bytes of that event's tag."""

Command = namedtuple("Command", ["id", "verb", "argument", "user", "expires"])
"""Do something: an id of 8 random bytes, for user `user`, not after `expires` (s since 1970)."""

Result = namedtuple("Result", ["id", "status", "detail"])

Resend = namedtuple("Resend", ["kid", "first", "last"])
"""The cloud misses these numbers; the panel sends them again or declares them void."""

Knock = namedtuple("Knock", ())
"""The cloud has no session with this panel and asks for a Hello. It carries nothing and may be repeated at will."""

Configure = namedtuple("Configure", ["id", "base", "user", "expires", "edits"])
"""Change the configuration, if its revision still is `base`: an id of 8 random bytes, for user `user`, not after
`expires` (s since 1970). `edits` is the CBOR of a list of edits. The Result's detail is the revision's low 16 bits."""

ReadConfig = namedtuple("ReadConfig", ["id", "offset", "expires"])
"""Send the configuration from byte `offset` on: an id of 8 random bytes, not after `expires` (s since 1970)."""

ConfigPart = namedtuple("ConfigPart", ["id", "revision", "total", "offset", "data"])
"""The answer to the ReadConfig with this id: of the CBOR of the configuration without its secrets, `total` bytes at
this `revision`, those from `offset` on."""

Refusal = namedtuple("Refusal", ["id", "text"])
"""Why the change with this id was refused, for people, as 1 to `REASON_BYTES_MAX` bytes of UTF-8. Sent just before the
Result; where it is lost, the Result alone tells that the change was refused."""

Health = namedtuple(
    "Health",
    [
        "boot",
        "cause",
        "task",
        "heap_free",
        "journal_pending",
        "journal_capacity",
        "flash_faults",
        "sectors_retired",
        "erases_max",
        "unsaved",
        "mains",
        "battery_mv",
        "battery_percent",
        "hours_left",
        "power_flags",
    ],
)
"""How the panel is. `boot` counts starts; `cause` is that of the last one as in `message_names.RESTART_CAUSES`, and
`task` hung before it, as in `TASKS`. `heap_free` in bytes. Of the journal the events not acknowledged and how many it
can hold; of all flash the operations that failed since the start, the sectors no longer used, and the erases of the
most worn one. `unsaved` is 1 while the state cannot be saved. `mains` is 0 off, 1 on, 2 not known; battery in mV (0:
not measured) and per cent, hours left on it, both 255 where not known; `power_flags` as in
`message_names.POWER_FLAGS`."""

PathHeartbeat = namedtuple("PathHeartbeat", ["uptime_ms", "next_number", "pending", "heap_free", "refused", "path"])
"""A Heartbeat that is sent on this path only, so that its reply proves the path; see `path_names`."""

PathReport = namedtuple(
    "PathReport",
    [
        "path",
        "up",
        "registration",
        "technology",
        "signal",
        "air_s",
        "bytes_up",
        "bytes_down",
        "sms",
        "day_air_s",
        "day_bytes_up",
        "day_bytes_down",
    ],
)
"""How a path is. `up` is 1 while it answers; `registration` as AT+CEREG tells it (3GPP TS 27.007), 0 without a modem;
`technology` as in `message_names.TECHNOLOGIES`; `signal` is -dBm, 255 where not known. Then what was used since this
day of uptime began: seconds with the radio connected, bytes of TCP payload each way, SMS sent; and of the last whole
day of uptime the same but the SMS."""

Levels = namedtuple("Levels", ["primary_ms", "standby_ms"])
"""How often the cloud wants a PathHeartbeat on the path in use, and on the other one."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    FromPanel = Event | Void | Hello | Heartbeat | Result | ConfigPart | Refusal | Health | PathHeartbeat | PathReport
    FromCloud = Welcome | HeartbeatReply | Acknowledgement | Command | Resend | Knock | Configure | ReadConfig | Levels
    OfSomeHouses = tuple[Any, ...]  # The shapes of `household.py`, which imports this file.
    Message = FromPanel | FromCloud | OfSomeHouses

EVENT_FIRST = 1000
LATE = range(22, 30)
"""Kinds of `upkeep.py`, which is imported when the first of them comes: most panels hear none between two starts."""

_VOID = const(0)
_HELLO = const(1)
_WELCOME = const(2)
_HEARTBEAT = const(3)
_REPLY = const(4)
_ACK = const(5)
_COMMAND = const(6)
_RESULT = const(7)
_RESEND = const(8)
_KNOCK = const(9)
_CONFIGURE = const(10)
_READ_CONFIG = const(11)
_CONFIG_PART = const(12)
_REFUSAL = const(13)
_HEALTH = const(14)
_PATH_HEARTBEAT = const(15)
_PATH_REPORT = const(16)
_LEVELS = const(17)

ITEMS: "dict[int, tuple[Any, str]]" = {
    _VOID: (Void, "IIc"),
    _HELLO: (Hello, "IsQtIHIS"),
    _WELCOME: (Welcome, "sQI"),
    _HEARTBEAT: (Heartbeat, "MIHIH"),
    _REPLY: (HeartbeatReply, "MQ"),
    _ACK: (Acknowledgement, "kA"),
    _COMMAND: (Command, "iBHnI"),
    _RESULT: (Result, "icH"),
    _RESEND: (Resend, "kII"),
    _KNOCK: (Knock, ""),
    _CONFIGURE: (Configure, "iInIb"),
    _READ_CONFIG: (ReadConfig, "iHI"),
    _CONFIG_PART: (ConfigPart, "iIHHb"),
    _REFUSAL: (Refusal, "iu"),
    _HEALTH: (Health, "IccIHHHHIccHBBB"),
    _PATH_HEARTBEAT: (PathHeartbeat, "MIHIHc"),
    _PATH_REPORT: (PathReport, "ccccBIIIHIII"),
    _LEVELS: (Levels, "II"),
}
"""Kind: (shape, one letter an item). The letters' ranges are in the tables that follow; `household.py` adds to them."""

_EVENT_ITEMS = "qcnncBIQt"

_UINT_MAX = {"c": 23, "n": 999, "B": U8, "H": U16, "I": U32, "M": U40, "Q": U64, "q": 6999}
"""Whole numbers from 0, up to and with this. Of a "q", an event's code, `EVENT_FIRST` is the least."""

SPANS = {"k": (4, 4), "i": (8, 8), "s": (16, 16), "b": (1, CONFIG_BYTES_MAX), "u": (1, REASON_BYTES_MAX)}
"""Byte strings by their least and greatest length; "u" is UTF-8. And "t" is None or "I"."""

GROUPS = {"S": ("s", SALTS_MAX), "A": ("Ii", ACKS_MAX)}
"""Lists of 1 to so many groups of these letters, one group behind the other."""

ALLOWED: "dict[tuple[int, int], tuple[Any, ...]]" = {
    (JOURNAL, UP): (Event, Void),
    (HELLO, UP): (Hello,),
    (WELCOME, DOWN): (Welcome,),
    (KNOCK, DOWN): (Knock,),
    (SESSION, UP): (Heartbeat, Result, ConfigPart, Refusal, Health, PathHeartbeat, PathReport),
    (SESSION, DOWN): (HeartbeatReply, Acknowledgement, Command, Resend, Configure, ReadConfig, Levels),
    (SMS, DOWN): (Acknowledgement,),
}
"""Which messages a key of this purpose and direction may seal."""

FOR_THE_SHELL: "dict[Any, str]" = {
    Command: "command",
    Resend: "resend",
    Configure: "configure",
    ReadConfig: "read-config",
}
"""What the panel's end of a session only passes on, and the happening's name."""


def encode(message: "Message") -> bytes:
    """Return the message's CBOR array. Raises ValueError naming a field that is out of its range."""
    for kind, (shape, items) in ITEMS.items():
        if isinstance(message, shape):
            problem = _problem(message, items)
            head = [kind]
            break
    else:
        problem, head = _problem(message, _EVENT_ITEMS), []
    if problem:
        raise ValueError(f"{type(message)}: {problem}")
    return cbor.encode(head + [list(item) if isinstance(item, tuple) else item for item in message])


def decode(padded: bytes, purpose: int, direction: int) -> "Message":
    """Return the message in a padded plaintext sealed under a key of this purpose and direction. Raises BadMessage."""
    value, end = cbor.decode_first(padded)
    if any(padded[end:]):
        raise BadMessage("the padding is not zero")
    if not isinstance(value, list) or not value or isinstance(value[0], bool) or not isinstance(value[0], int):
        raise BadMessage("a message is an array that starts with its kind")
    shape, items, fields = _shape(value)
    if shape not in ALLOWED[(purpose, direction)]:
        raise BadMessage("this key does not seal such a message")
    if len(fields) != len(items):
        raise BadMessage("the message has another number of items")
    message: Message = shape(*fields)
    problem = _problem(message, items)
    if problem:
        raise BadMessage(problem)
    return message


def _shape(value: "Any") -> "Any":
    if value[0] >= EVENT_FIRST:
        return Event, _EVENT_ITEMS, value
    if value[0] in LATE:
        __import__("hemlarm_protocol.upkeep")
    if value[0] not in ITEMS:
        raise BadMessage("unknown kind of message")
    shape, items = ITEMS[value[0]]
    return shape, items, value[1:]


def _problem(message: "Any", items: str) -> str:
    """Return what is wrong with a message's fields, or an empty text."""
    for number, kind in enumerate(items):
        if not _fits(kind, message[number]):
            return f"item {number + 1} is out of its range"
    if isinstance(message, (Void, Resend)) and message.first > message.last:
        return "the range ends before it starts"
    return ""


def _fits(kind: str, value: "Any") -> bool:
    """Tell whether a value is what the letter `kind` stands for."""
    if kind in SPANS:
        least, most = SPANS[kind]
        return isinstance(value, bytes) and least <= len(value) <= most and (kind != "u" or _is_text(value))
    if kind in GROUPS:
        return _are(value, *GROUPS[kind])
    if kind == "t":
        return value is None or _fits("I", value)
    if not isinstance(value, int) or isinstance(value, bool):
        return False
    return (EVENT_FIRST if kind == "q" else 0) <= value <= _UINT_MAX[kind]


def _is_text(value: bytes) -> bool:
    """Tell whether it is UTF-8, as strictly on both interpreters as the decoder of CBOR is."""
    try:
        cbor.decode(cbor.encode(str(value, "utf-8")))
    except (UnicodeError, BadMessage):
        return False
    return True


def _are(values: "Any", kinds: str, groups_max: int) -> bool:
    """Tell whether the values are 1 to `groups_max` groups of these kinds, one group behind the other."""
    size = len(kinds)
    if not isinstance(values, (list, tuple)) or not 0 < len(values) <= size * groups_max or len(values) % size:
        return False
    return all(_fits(kinds[place % size], value) for place, value in enumerate(values))
