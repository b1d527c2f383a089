"""The messages that `docs/protocol.md` shows byte by byte, made from fixed keys, nonces and times."""

from typing import Any, NamedTuple

from hemlarm_protocol import cbor, household, keys, messages, sealing, upkeep

PANEL = bytes.fromhex("3fa9c1d2e4b50718")
ROOT_KEY = bytes(range(0x00, 0x20))
SALT = bytes(range(0xA0, 0xB0))
HELLO_NONCE = bytes(range(0x10, 0x1D))
HELLO_RANDOM = bytes(range(0x20, 0x30))
WELCOME_NONCE = bytes(range(0x30, 0x3D))
WELCOME_RANDOM = bytes(range(0x40, 0x50))
KNOCK_NONCE = bytes(range(0x60, 0x6D))
SMS_NONCE = bytes(range(0x70, 0x7D))
COMMAND_ID = bytes(range(0xC0, 0xC8))
CHANGE_ID = bytes(range(0xC8, 0xD0))
CODED_ID = bytes(range(0xD8, 0xE0))
PICTURE_ID = bytes(range(0xE0, 0xE8))
OFFER_ID = bytes(range(0xE8, 0xF0))
REKEY_ID = bytes(range(0xF0, 0xF8))
CREDENTIAL_ID = bytes(range(0xB0, 0xB8))
REQUEST_ID = bytes(range(0xD0, 0xD8))
CHANGE: Any = [["areas", 1, {"entry_s": 45}]]
CONFIGURATION: Any = {"areas": [{"number": 1, "exit_s": 60, "entry_s": 45}], "revision": 7}
"""Far shorter than a panel's, and of the same form."""
REASON = b"areas[0].entry_s: 400 is wrong; it must be a whole number from 0 to 300"

PIECE = bytes.fromhex("ffd8ffe000104a4649460001")
"""The first bytes of a JPEG; a piece is longer."""

DIGEST = bytes(range(0x80, 0xA0))
PUBLIC = {"cloud": bytes(range(0x40, 0x60)), "panel": bytes(range(0x60, 0x80))}
"""Neither is any key's public part."""

CREDENTIALS: Any = {"host": "larm.example"}
"""A certificate would be far longer."""

EVENT_NUMBER = 42
TIME_S = 1_800_000_000
"""2027-01-15 08:00:00 UTC."""


class Example(NamedTuple):
    """A message, the bytes of its CBOR array without padding, and the frame that goes over the wire."""

    key: keys.SealingKey
    message: Any
    plaintext: bytes
    frame: bytes


def _numbered(key: keys.SealingKey, number: int, message: Any) -> Example:
    plaintext = messages.encode(message)
    return Example(key, message, plaintext, sealing.frame(key, sealing.seal_numbered(key, number, plaintext)))


def _random(key: keys.SealingKey, nonce: bytes, message: Any) -> Example:
    plaintext = messages.encode(message)
    return Example(key, message, plaintext, sealing.frame(key, sealing.seal_random(key, nonce, plaintext)))


def examples() -> dict[str, Example]:
    """Return every example by its name: a greeting, and what could be said in the session that it opens."""
    journal = keys.journal_key(ROOT_KEY, PANEL, SALT)
    event = _numbered(journal, EVENT_NUMBER, messages.Event(1130, 1, 3, 0, 0, 0, 7, 3_605_123, TIME_S))
    void = _numbered(journal, 64, messages.Void(44, 63, 0))
    hello_message = messages.Hello(7, HELLO_RANDOM, 3_600_000, TIME_S - 5, 43, 1, 1, (SALT,))
    hello = _random(keys.hello_key(ROOT_KEY, PANEL), HELLO_NONCE, hello_message)
    welcome = _random(
        keys.welcome_key(ROOT_KEY, PANEL, hello.frame),
        WELCOME_NONCE,
        messages.Welcome(WELCOME_RANDOM, 1000 * TIME_S, 60_000),
    )
    up = keys.session_key(ROOT_KEY, PANEL, hello.frame, welcome.frame, keys.UP, 0)
    down = keys.session_key(ROOT_KEY, PANEL, hello.frame, welcome.frame, keys.DOWN, 0)
    tag = sealing.short_tag(event.frame)
    whole = cbor.encode(CONFIGURATION)
    return {
        "event": event,
        "void": void,
        "hello": hello,
        "welcome": welcome,
        "heartbeat": _numbered(up, 0, messages.Heartbeat(3_600_180, 43, 1, 81_920, 0)),
        "heartbeat-reply": _numbered(down, 0, messages.HeartbeatReply(3_600_180, 1000 * TIME_S + 210)),
        "acknowledgement": _numbered(down, 1, messages.Acknowledgement(journal.kid, [EVENT_NUMBER, tag])),
        "command": _numbered(down, 2, messages.Command(COMMAND_ID, 1, 1, 5, TIME_S + 60)),
        "result": _numbered(up, 1, messages.Result(COMMAND_ID, 0, 0)),
        "resend": _numbered(down, 3, messages.Resend(journal.kid, 40, 41)),
        "knock": _random(keys.knock_key(ROOT_KEY, PANEL), KNOCK_NONCE, messages.Knock()),
        "configure": _numbered(down, 4, messages.Configure(CHANGE_ID, 6, 5, TIME_S + 60, cbor.encode(CHANGE))),
        "read-config": _numbered(down, 5, messages.ReadConfig(REQUEST_ID, 0, TIME_S + 60)),
        "config-part": _numbered(up, 2, messages.ConfigPart(REQUEST_ID, 7, len(whole), 0, whole)),
        "refusal": _numbered(up, 3, messages.Refusal(CHANGE_ID, REASON)),
        "health": _numbered(up, 4, messages.Health(7, 2, 1, 81_920, 1, 6_010, 0, 0, 211, 0, 0, 12_480, 81, 14, 0)),
        "path-heartbeat": _numbered(up, 5, messages.PathHeartbeat(7_200_180, 44, 0, 81_920, 0, 2)),
        "path-report": _numbered(up, 6, messages.PathReport(2, 1, 1, 3, 87, 17, 4_120, 3_310, 0, 46, 12_360, 9_930)),
        "levels": _numbered(down, 6, messages.Levels(22_500, 30_000_000)),
        "sms-acknowledgement": _random(
            keys.sms_key(ROOT_KEY, PANEL), SMS_NONCE, messages.Acknowledgement(journal.kid, [EVENT_NUMBER, tag])
        ),
        "coded-command": _numbered(down, 7, household.CodedCommand(CODED_ID, 14, 2, 5, TIME_S + 60, b"2580")),
        "readings": _numbered(up, 7, household.Readings([1, 5, 1215, 2, 1, 1, 3, 2, 0, 4, 1, 1])),
        "picture-part": _numbered(up, 8, _piece(journal.kid)),
        "picture-state": _numbered(down, 8, household.PictureState(PICTURE_ID, len(PIECE))),
        **_of_upkeep(up, down),
    }


def _of_upkeep(up: keys.SealingKey, down: keys.SealingKey) -> dict[str, Example]:
    new = cbor.encode(CREDENTIALS)
    return {
        "update-offer": _numbered(down, 9, upkeep.UpdateOffer(OFFER_ID, 0, TIME_S + 3600, 1005, 203_878, DIGEST)),
        "update-wanted": _numbered(up, 9, upkeep.UpdateWanted(OFFER_ID, 1400, 2)),
        "update-part": _numbered(down, 10, upkeep.UpdatePart(OFFER_ID, 1400, PIECE)),
        "update-state": _numbered(up, 10, upkeep.UpdateState(OFFER_ID, 6, 8, 1004, 1000, 203_878)),
        "rekey": _numbered(down, 11, upkeep.Rekey(REKEY_ID, 5, TIME_S + 60, PUBLIC["cloud"])),
        "rekeyed": _numbered(up, 11, upkeep.Rekeyed(REKEY_ID, PUBLIC["panel"])),
        "credential": _numbered(down, 12, upkeep.Credential(CREDENTIAL_ID, 1, len(new), 0, new)),
        "credential-state": _numbered(up, 12, upkeep.CredentialState(CREDENTIAL_ID, len(new))),
    }


def _piece(kid: bytes) -> household.PicturePart:
    return household.PicturePart(PICTURE_ID, kid, EVENT_NUMBER, 7, 0, TIME_S + 1, 18_204, 0, PIECE)
