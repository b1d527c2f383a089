"""One of each message at either end of its ranges, and one step beyond them."""

from hemlarm_protocol import cbor, household, messages, upkeep
from hemlarm_protocol.keys import SMS

U8, U16, U32, U40, U64 = 0xFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFFFF, cbor.UINT_MAX

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SMALLEST: "tuple[Any, ...]" = (
    messages.Event(1000, 0, 0, 0, 0, 0, 0, 0, None),
    messages.Void(0, 0, 0),
    messages.Hello(0, bytes(16), 0, None, 0, 0, 0, (bytes(16),)),
    messages.Welcome(bytes(16), 0, 0),
    messages.Heartbeat(0, 0, 0, 0, 0),
    messages.HeartbeatReply(0, 0),
    messages.Acknowledgement(bytes(4), (0, bytes(8))),
    messages.Command(bytes(8), 0, 0, 0, 0),
    messages.Result(bytes(8), 0, 0),
    messages.Resend(bytes(4), 0, 0),
    messages.Knock(),
    messages.Configure(bytes(8), 0, 0, 0, bytes(1)),
    messages.ReadConfig(bytes(8), 0, 0),
    messages.ConfigPart(bytes(8), 0, 0, 0, bytes(1)),
    messages.Refusal(bytes(8), bytes(1)),
    messages.Health(*[0] * 15),
    messages.PathHeartbeat(0, 0, 0, 0, 0, 0),
    messages.PathReport(*[0] * 12),
    messages.Levels(0, 0),
    household.CodedCommand(bytes(8), 0, 0, 0, 0, b"0000"),
    household.Readings((0, 0, 0)),
    household.PicturePart(bytes(8), bytes(4), 0, 0, 0, None, 0, 0, bytes(1)),
    household.PictureState(bytes(8), 0),
    upkeep.UpdateOffer(bytes(8), 0, 0, 0, 0, bytes(32)),
    upkeep.UpdatePart(bytes(8), 0, bytes(1)),
    upkeep.UpdateWanted(bytes(8), 0, 0),
    upkeep.UpdateState(bytes(8), 0, 0, 0, 0, 0),
    upkeep.Rekey(bytes(8), 0, 0, bytes(32)),
    upkeep.Rekeyed(bytes(8), bytes(32)),
    upkeep.Credential(bytes(8), 0, 0, 0, bytes(1)),
    upkeep.CredentialState(bytes(8), 0),
)

LARGEST: "tuple[Any, ...]" = (
    messages.Event(6999, 23, 999, 999, 23, U8, U32, U64, U32),
    messages.Void(U32, U32, 23),
    messages.Hello(U32, b"\xff" * 16, U64, U32, U32, U16, U32, (b"\xff" * 16,) * messages.SALTS_MAX),
    messages.Welcome(b"\xff" * 16, U64, U32),
    messages.Heartbeat(U40, U32, U16, U32, U16),
    messages.HeartbeatReply(U40, U64),
    messages.Acknowledgement(b"\xff" * 4, (U32, b"\xff" * 8) * messages.ACKS_MAX),
    messages.Command(b"\xff" * 8, U8, U16, 999, U32),
    messages.Result(b"\xff" * 8, 23, U16),
    messages.Resend(b"\xff" * 4, U32, U32),
    messages.Knock(),
    messages.Configure(b"\xff" * 8, U32, 999, U32, b"\xff" * messages.CONFIG_BYTES_MAX),
    messages.ReadConfig(b"\xff" * 8, U16, U32),
    messages.ConfigPart(b"\xff" * 8, U32, U16, U16, b"\xff" * messages.CONFIG_BYTES_MAX),
    messages.Refusal(b"\xff" * 8, b"\xf4\x8f\xbf\xbf" * (messages.REASON_BYTES_MAX // 4)),
    messages.Health(U32, 23, 23, U32, U16, U16, U16, U16, U32, 23, 23, U16, U8, U8, U8),
    messages.PathHeartbeat(U40, U32, U16, U32, U16, 23),
    messages.PathReport(23, 23, 23, 23, U8, U32, U32, U32, U16, U32, U32, U32),
    messages.Levels(U32, U32),
    household.CodedCommand(b"\xff" * 8, U8, U16, 999, U32, b"999999"),
    household.Readings((23, 999, U16) * household.READINGS_MAX),
    household.PicturePart(b"\xff" * 8, b"\xff" * 4, U32, 999, 23, U32, U16, U16, b"\xff" * messages.CONFIG_BYTES_MAX),
    household.PictureState(b"\xff" * 8, U16),
    upkeep.UpdateOffer(b"\xff" * 8, 999, U32, U16, U32, b"\xff" * 32),
    upkeep.UpdatePart(b"\xff" * 8, U32, b"\xff" * messages.CONFIG_BYTES_MAX),
    upkeep.UpdateWanted(b"\xff" * 8, U32, 23),
    upkeep.UpdateState(b"\xff" * 8, 23, 23, U16, U16, U32),
    upkeep.Rekey(b"\xff" * 8, 999, U32, b"\xff" * 32),
    upkeep.Rekeyed(b"\xff" * 8, b"\xff" * 32),
    upkeep.Credential(b"\xff" * 8, 23, U16, U16, b"\xff" * messages.CONFIG_BYTES_MAX),
    upkeep.CredentialState(b"\xff" * 8, U16),
)

TOO_MUCH: "tuple[tuple[Any, ...], ...]" = (
    (7000, 24, 1000, 1000, 24, U8 + 1, U32 + 1, U64 + 1, U32 + 1),
    (U32 + 1, U32 + 1, 24),
    (U32 + 1, bytes(17), U64 + 1, U32 + 1, U32 + 1, U16 + 1, U32 + 1, (bytes(16),) * 4),
    (bytes(15), U64 + 1, U32 + 1),
    (U40 + 1, U32 + 1, U16 + 1, U32 + 1, U16 + 1),
    (U40 + 1, U64 + 1),
    (bytes(5), (0, bytes(8)) * 16),
    (bytes(7), U8 + 1, U16 + 1, 1000, U32 + 1),
    (bytes(9), 24, U16 + 1),
    (bytes(3), U32 + 1, U32 + 1),
    (),
    (bytes(7), U32 + 1, 1000, U32 + 1, bytes(messages.CONFIG_BYTES_MAX + 1)),
    (bytes(9), U16 + 1, U32 + 1),
    (bytes(7), U32 + 1, U16 + 1, U16 + 1, bytes(messages.CONFIG_BYTES_MAX + 1)),
    (bytes(9), bytes(messages.REASON_BYTES_MAX + 1)),
    (U32 + 1, 24, 24, U32 + 1, U16 + 1, U16 + 1, U16 + 1, U16 + 1, U32 + 1, 24, 24, U16 + 1, U8 + 1, U8 + 1, U8 + 1),
    (U40 + 1, U32 + 1, U16 + 1, U32 + 1, U16 + 1, 24),
    (24, 24, 24, 24, U8 + 1, U32 + 1, U32 + 1, U32 + 1, U16 + 1, U32 + 1, U32 + 1, U32 + 1),
    (U32 + 1, U32 + 1),
    (bytes(9), U8 + 1, U16 + 1, 1000, U32 + 1, b"1234567"),
    ((0, 0, 0) * (household.READINGS_MAX + 1),),
    (bytes(7), bytes(5), U32 + 1, 1000, 24, U32 + 1, U16 + 1, U16 + 1, bytes(messages.CONFIG_BYTES_MAX + 1)),
    (bytes(7), U16 + 1),
    (bytes(7), 1000, U32 + 1, U16 + 1, U32 + 1, bytes(33)),
    (bytes(9), U32 + 1, bytes(messages.CONFIG_BYTES_MAX + 1)),
    (bytes(7), U32 + 1, 24),
    (bytes(9), 24, 24, U16 + 1, U16 + 1, U32 + 1),
    (bytes(7), 1000, U32 + 1, bytes(31)),
    (bytes(9), bytes(33)),
    (bytes(7), 24, U16 + 1, U16 + 1, bytes(messages.CONFIG_BYTES_MAX + 1)),
    (bytes(9), U16 + 1),
)
"""For each message, a value beyond the range of each of its fields."""


def home(message: "Any") -> "tuple[int, int]":
    """Return the purpose and direction of the key that seals such a message; an acknowledgement's is the session's."""
    return next(place for place, shapes in messages.ALLOWED.items() if type(message) in shapes and place[0] != SMS)


def plain(value: "Any") -> "Any":
    """Return `value` with lists for tuples, as decoding gives them."""
    return [plain(item) for item in value] if isinstance(value, (list, tuple)) else value


def with_field(message: "Any", index: int, value: "Any") -> "Any":
    """Return the message with another value in one of its fields."""
    return type(message)(*[value if i == index else field for i, field in enumerate(message)])


def items_of(message: "Any") -> "list[Any]":
    """Return the items of the message's array: its kind, unless it is an event, and its fields."""
    for kind, (shape, _) in messages.ITEMS.items():
        if isinstance(message, shape):
            items: list[Any] = plain(message)
            items.insert(0, kind)
            return items
    return list(plain(message))
