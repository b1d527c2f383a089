"""User codes and tags at the keypad: how they are stored, and the lock after too many wrong ones.

All codes of a panel are hashed under one salt, so an entry costs one slow hash however many users there are. What this
can and cannot do: four to six digits are at most 1,110,000 codes, so a thief who holds the flash finds them all within
minutes on a desktop computer, and no affordable number of iterations changes that. The salt makes tables prepared
beforehand useless, and the hash keeps codes off screens, backups and logs. Against guessing at the keypad it is the
lock that protects, not the hash. A tag is known by the number that it tells every reader: whoever once read it can copy
it, and the four bytes of a simple tag are found from the hash within hours.
"""

from hemlarm_protocol.constant import const
from hemlarm_protocol.crypto import sha256

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    Hasher = Callable[[str, bytes], bytes]

CODE_DIGITS_MIN, CODE_DIGITS_MAX = 4, 6
SALT_BYTES = 16
HASH_BYTES = 32
TAG_HASH_BYTES = 16

# The number of a tag has 4, 7 or 10 bytes (ISO/IEC 14443-3).
_UID_BYTES = (4, 7, 10)

# Measured on the unix port: see docs/panel-states.md, which states the command. Chosen for a board of a hundredth
# of that speed, where an entry must still be answered within a second or two.
ITERATIONS = 1000

# Three wrong codes, then 90 s, is common in the trade; the doubling ends at 24 minutes, so that a stranger at the
# keypad cannot keep the residents out for the night.
WRONG_CODES_MAX = 3
LOCK_S = 90
LOCK_DOUBLINGS_MAX = 4

_BLOCK_BYTES = const(64)
_INNER = int.from_bytes(b"\x36" * _BLOCK_BYTES, "big")
_OUTER = int.from_bytes(b"\x5c" * _BLOCK_BYTES, "big")


def hash_code(digits: str, salt: bytes) -> bytes:
    """The 32-byte hash under which a code of 4 to 6 digits is stored: PBKDF2-HMAC-SHA256 (RFC 8018), ITERATIONS rounds.

    Raises ValueError for anything that is not such a code.
    """
    if not is_code(digits):
        raise ValueError(f"a code has {CODE_DIGITS_MIN} to {CODE_DIGITS_MAX} digits")
    return pbkdf2(digits.encode(), salt, ITERATIONS)


def is_code(digits: str) -> bool:
    """Whether the text could be a code; says nothing about whose."""
    if not CODE_DIGITS_MIN <= len(digits) <= CODE_DIGITS_MAX:
        return False
    return all("0" <= digit <= "9" for digit in digits)


def hash_tag(uid: bytes, salt: bytes) -> bytes:
    """The 16-byte hash under which a tag is stored; as slow as a code's, and never the hash of a code.

    Raises ValueError for anything that is not a tag's number.
    """
    if not is_tag(uid):
        raise ValueError("a tag's number has 4, 7 or 10 bytes")
    return pbkdf2(b"tag" + uid, salt, ITERATIONS)[:TAG_HASH_BYTES]


def is_tag(uid: bytes) -> bool:
    """Whether the bytes could be a tag's number; says nothing about whose."""
    return len(uid) in _UID_BYTES


def pbkdf2(password: bytes, salt: bytes, iterations: int) -> bytes:
    """The first 32-byte block of PBKDF2-HMAC-SHA256; the password has at most 64 bytes.

    HMAC's two padded keys are made once: half the work of calling it anew for every round.
    """
    assert len(password) <= _BLOCK_BYTES
    assert iterations >= 1
    key = int.from_bytes(password + bytes(_BLOCK_BYTES - len(password)), "big")
    inner = (key ^ _INNER).to_bytes(_BLOCK_BYTES, "big")
    outer = (key ^ _OUTER).to_bytes(_BLOCK_BYTES, "big")
    block = sha256(outer + sha256(inner + salt + b"\x00\x00\x00\x01"))
    mixed = int.from_bytes(block, "big")
    for _ in range(iterations - 1):
        block = sha256(outer + sha256(inner + block))
        mixed ^= int.from_bytes(block, "big")
    return mixed.to_bytes(HASH_BYTES, "big")


class Lock:
    """Counts wrong codes and locks the keypad. Times are in ms; a restart gives a running lock its whole time again."""

    def __init__(self, wrong: int = 0, locks: int = 0, locked: bool = False) -> None:
        self.wrong = wrong
        self.locks = locks
        self.locked = locked
        self.deadline_ms: int | None = None

    def resume(self, now_ms: int) -> None:
        """Starts the clock of a lock that was running before the restart."""
        if self.locked:
            self.deadline_ms = now_ms + self._lock_ms()

    def count_wrong(self, now_ms: int) -> bool:
        """Counts one wrong code; True when the keypad is locked by it."""
        self.wrong += 1
        if self.wrong < WRONG_CODES_MAX:
            return False
        self.wrong = 0
        self.locks += 1
        self.locked = True
        self.deadline_ms = now_ms + self._lock_ms()
        return True

    def open_if_due(self, now_ms: int) -> None:
        """Unlocks when the time has come; the number of locks so far is kept until a right code."""
        if self.deadline_ms is not None and now_ms >= self.deadline_ms:
            self.locked = False
            self.deadline_ms = None

    def forgive(self) -> None:
        """A right code was entered."""
        self.wrong = 0
        self.locks = 0

    def minutes_left(self, now_ms: int) -> int:
        """How long the lock still lasts, in minutes, rounded up; 0 when open."""
        return -(-(self.deadline_ms - now_ms) // 60000) if self.deadline_ms is not None else 0

    def _lock_ms(self) -> int:
        return (LOCK_S * 1000) << min(self.locks - 1, LOCK_DOUBLINGS_MAX)
