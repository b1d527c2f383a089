"""The key schedule: every key is derived by HKDF-SHA256 from the panel's root key.

| purpose | direction | lives for | nonce |
|---|---|---|---|
| journal | up | an incarnation of the journal (its random salt) | the event's number |
| hello   | up | the root key | 13 random bytes |
| welcome | down | one Hello (its digest is the salt) | 13 random bytes |
| knock   | down | the root key | 13 random bytes |
| sms     | down | the root key | 13 random bytes |
| session | both | one Hello and its Welcome (their digest is the salt), one key for each writer | a counter |

What is derived together: 32 bytes of key, 13 bytes of base nonce, and the 4-byte key id that precedes every frame.
"""

from hemlarm_protocol import cbor, crypto

VERSION = 1

UP, DOWN = 0, 1
JOURNAL, HELLO, WELCOME, KNOCK, SESSION, SMS = 1, 2, 3, 4, 5, 6

KID_BYTES = 4
SALT_BYTES = 16
PANEL_BYTES = 8


class SealingKey:
    """One key with what it is bound to.

    `kid` (4 bytes) finds it, `key` (32) and `base` (13) seal, `external` is the associated data: version, panel,
    direction, purpose and writer. It shows its key id only, so a stray log line leaks nothing.
    """

    def __init__(self, kid: bytes, key: bytes, base: bytes, external: bytes, purpose: int) -> None:
        self.kid = kid
        self.key = key
        self.base = base
        self.external = external
        self.purpose = purpose

    def __repr__(self) -> str:
        return f"SealingKey({self.kid.hex()}, purpose {self.purpose})"


def journal_key(root: bytes, panel: bytes, salt: bytes) -> SealingKey:
    """Return the key that seals the events of the incarnation with this 16-byte salt."""
    return _derive(root, panel, salt, JOURNAL, UP, 0)


def hello_key(root: bytes, panel: bytes) -> SealingKey:
    """Return the key under which a panel opens a session."""
    return _derive(root, panel, b"", HELLO, UP, 0)


def knock_key(root: bytes, panel: bytes) -> SealingKey:
    """Return the key under which the cloud asks for a Hello."""
    return _derive(root, panel, b"", KNOCK, DOWN, 0)


def sms_key(root: bytes, panel: bytes) -> SealingKey:
    """Return the key under which the cloud acknowledges events by SMS, where there is no session."""
    return _derive(root, panel, b"", SMS, DOWN, 0)


def welcome_key(root: bytes, panel: bytes, hello: bytes) -> SealingKey:
    """Return the key of the answer to exactly this Hello frame."""
    return _derive(root, panel, crypto.sha256(hello), WELCOME, DOWN, 0)


def session_key(root: bytes, panel: bytes, hello: bytes, welcome: bytes, direction: int, writer: int) -> SealingKey:
    """Return the key of one writer in the session that these two frames opened.

    Each process that writes has a number of its own, so that no two can ever use the same counter under the same key.
    There is one so far, number 0, in either direction.
    """
    return _derive(root, panel, crypto.sha256(hello + welcome), SESSION, direction, writer)


def _derive(root: bytes, panel: bytes, salt: bytes, purpose: int, direction: int, writer: int) -> SealingKey:
    if len(root) != crypto.KEY_BYTES or len(panel) != PANEL_BYTES:
        raise ValueError("a root key has 32 bytes and a panel's id has 8")
    external = cbor.encode([VERSION, panel, direction, purpose, writer])
    info = cbor.encode(["hemlarm", external])
    derived = crypto.hkdf(root, salt, info, crypto.KEY_BYTES + crypto.NONCE_BYTES + KID_BYTES)
    return SealingKey(derived[45:], derived[:32], derived[32:45], external, purpose)
