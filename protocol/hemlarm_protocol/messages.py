"""What is inside a seal: one CBOR array a message, its first item telling which.

`ITEMS` is the whole format; `docs/protocol.md` says the same in CDDL. A first item of 1000 or more is an event, and is
then its Contact ID qualifier and code. Behind the array stand zeros up to the size class.
"""

from collections import namedtuple

from hemlarm_protocol import cbor
from hemlarm_protocol.constant import const
from hemlarm_protocol.errors import BadMessage
from hemlarm_protocol.keys import DOWN, HELLO, JOURNAL, KNOCK, SESSION, UP, WELCOME

U8, U16, U32, U40, U64 = 0xFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFFFF, cbor.UINT_MAX

ACKS_MAX = 15
"""Acknowledgements in one message; with the largest numbers they still fit a sealed message of 256 bytes."""

SALTS_MAX = 3
"""Incarnations a Hello can name: the present one and two whose events may still be unacknowledged."""

VERBS = {1: "disarm", 2: "arm-away", 3: "arm-home", 4: "status", 5: "silence"}
"""Every command the firmware knows; its argument is the area's number."""

STATUSES = {0: "done", 1: "refused", 2: "unknown-verb", 3: "bad-argument", 4: "expired"}

VOID_CAUSES = {0: "reserved, not used", 1: "dropped from a full journal", 2: "not readable", 3: "no longer held"}

Event = namedtuple("Event", ("qcode", "area", "zone", "user", "source", "detail", "boot", "uptime_ms", "time"))
"""Something that happened. `qcode` is 1000 times the Contact ID qualifier plus the code; `area` 0-23, `zone` and `user`
0-999 (0: none); `source` and `detail` as in `contact_id`; `boot` counts starts, `uptime_ms` since that start; `time` in
s since 1970, None before the clock was first set."""

Void = namedtuple("Void", ("first", "last", "cause"))
"""These event numbers of this incarnation, both included, will never come (unless they are already there)."""

Hello = namedtuple("Hello", ("boot", "nonce", "uptime_ms", "time", "next_number", "pending", "firmware", "salts"))
"""A panel opens a session: 16 random bytes, where its numbering stands, the salts of its incarnations, newest first."""

Welcome = namedtuple("Welcome", ("nonce", "time_ms", "heartbeat_ms"))
"""The cloud's half: 16 random bytes, the time in ms since 1970, and how often it wants to hear from the panel."""

Heartbeat = namedtuple("Heartbeat", ("uptime_ms", "next_number", "pending", "heap_free", "refused"))
"""The panel lives. The first one in a session proves to the cloud that the Hello was not a recording."""

HeartbeatReply = namedtuple("HeartbeatReply", ("uptime_ms", "time_ms"))
"""The answer to the heartbeat of this `uptime_ms`: a reply that was held back cannot pass for a newer one and set the
panel's clock wrong. `time_ms` is ms since 1970."""

Acknowledgement = namedtuple("Acknowledgement", ("kid", "acks"))
"""These events are committed: pairs of a number and the first 8 bytes of that event's tag."""

Command = namedtuple("Command", ("id", "verb", "argument", "user", "expires"))
"""Do something: an id of 8 random bytes, for user `user`, not after `expires` (s since 1970)."""

Result = namedtuple("Result", ("id", "status", "detail"))

Resend = namedtuple("Resend", ("kid", "first", "last"))
"""The cloud misses these numbers; the panel sends them again or declares them void."""

Knock = namedtuple("Knock", ())
"""The cloud has no session with this panel and asks for a Hello. It carries nothing and may be repeated at will."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    FromPanel = Event | Void | Hello | Heartbeat | Result
    FromCloud = Welcome | HeartbeatReply | Acknowledgement | Command | Resend | Knock
    Message = FromPanel | FromCloud

EVENT_FIRST = 1000
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

_QCODE = const(0)
_UINT = const(1)
_OPTIONAL = const(2)
_BYTES = const(3)
_SALTS = const(4)
_ACKS = const(5)

_EVENT_ITEMS = (
    (_QCODE, 6999),
    (_UINT, 23),
    (_UINT, 999),
    (_UINT, 999),
    (_UINT, 23),
    (_UINT, U8),
    (_UINT, U32),
    (_UINT, U64),
    (_OPTIONAL, U32),
)

ITEMS = {
    _VOID: (Void, ((_UINT, U32), (_UINT, U32), (_UINT, 23))),
    _HELLO: (
        Hello,
        (
            (_UINT, U32),
            (_BYTES, 16),
            (_UINT, U64),
            (_OPTIONAL, U32),
            (_UINT, U32),
            (_UINT, U16),
            (_UINT, U32),
            (_SALTS, SALTS_MAX),
        ),
    ),
    _WELCOME: (Welcome, ((_BYTES, 16), (_UINT, U64), (_UINT, U32))),
    _HEARTBEAT: (Heartbeat, ((_UINT, U40), (_UINT, U32), (_UINT, U16), (_UINT, U32), (_UINT, U16))),
    _REPLY: (HeartbeatReply, ((_UINT, U40), (_UINT, U64))),
    _ACK: (Acknowledgement, ((_BYTES, 4), (_ACKS, ACKS_MAX))),
    _COMMAND: (Command, ((_BYTES, 8), (_UINT, U8), (_UINT, U16), (_UINT, 999), (_UINT, U32))),
    _RESULT: (Result, ((_BYTES, 8), (_UINT, 23), (_UINT, U16))),
    _RESEND: (Resend, ((_BYTES, 4), (_UINT, U32), (_UINT, U32))),
    _KNOCK: (Knock, ()),
}

ALLOWED = {
    (JOURNAL, UP): (Event, Void),
    (HELLO, UP): (Hello,),
    (WELCOME, DOWN): (Welcome,),
    (KNOCK, DOWN): (Knock,),
    (SESSION, UP): (Heartbeat, Result),
    (SESSION, DOWN): (HeartbeatReply, Acknowledgement, Command, Resend),
}
"""Which messages a key of this purpose and direction may seal."""


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
    if value[0] not in ITEMS:
        raise BadMessage("unknown kind of message")
    shape, items = ITEMS[value[0]]
    return shape, items, value[1:]


def _problem(message: "Any", items: "Any") -> str:
    """Return what is wrong with a message's fields, or an empty text."""
    for number, (kind, limit) in enumerate(items):
        if not _CHECKS[kind](message[number], limit):
            return f"item {number + 1} is out of its range"
    if isinstance(message, (Void, Resend)) and message.first > message.last:
        return "the range ends before it starts"
    return ""


def _is_uint(value: "Any", limit: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= limit


def _is_qcode(value: "Any", limit: int) -> bool:
    return _is_uint(value, limit) and value >= EVENT_FIRST


def _is_optional(value: object, limit: int) -> bool:
    return value is None or _is_uint(value, limit)


def _is_bytes(value: object, length: int) -> bool:
    return isinstance(value, bytes) and len(value) == length


def _is_salts(value: object, limit: int) -> bool:
    if not isinstance(value, (list, tuple)) or not 0 < len(value) <= limit:
        return False
    return all(_is_bytes(salt, 16) for salt in value)


def _is_acks(value: object, limit: int) -> bool:
    if not isinstance(value, (list, tuple)) or not 0 < len(value) <= 2 * limit or len(value) % 2:
        return False
    return all(_is_uint(value[i], U32) and _is_bytes(value[i + 1], 8) for i in range(0, len(value), 2))


_CHECKS = {
    _QCODE: _is_qcode,
    _UINT: _is_uint,
    _OPTIONAL: _is_optional,
    _BYTES: _is_bytes,
    _SALTS: _is_salts,
    _ACKS: _is_acks,
}
