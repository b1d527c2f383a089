"""Passwords: hashed with argon2id, and refused where anybody would guess them."""

import threading
from itertools import pairwise

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from hemlarm_cloud.access.common_passwords import COMMON
from hemlarm_cloud.errors import InvalidError

LENGTH_MIN, LENGTH_MAX = 10, 200

_HASHER = PasswordHasher(time_cost=1, memory_cost=47_104, parallelism=1)
"""46 MiB and one pass, the first of OWASP's equal choices for argon2id: some 50 ms of one core."""

_AT_A_TIME = threading.BoundedSemaphore(2)
"""Whoever tries many passwords at a time takes neither all memory nor all cores."""


class WeakPasswordError(InvalidError):
    """A password that will not do; `why` is "short", "long", "login" or "common"."""

    def __init__(self, why: str, text: str) -> None:
        super().__init__(f"password: {text}")
        self.why = why


def expect_good(password: str, login: str = "") -> None:
    """Let a new password pass. Raises WeakPasswordError."""
    if len(password) < LENGTH_MIN:
        raise WeakPasswordError("short", f"at least {LENGTH_MIN} characters; four words are easy to remember")
    if len(password) > LENGTH_MAX:
        raise WeakPasswordError("long", f"at most {LENGTH_MAX} characters")
    plain = _plain(password)
    if login and plain in (_plain(login), _plain(login.partition("@")[0])):
        raise WeakPasswordError("login", "not the name that one signs in with")
    if plain in COMMON or len(set(plain)) < 4 or _is_run(plain):
        raise WeakPasswordError("common", "one that nobody else would think of")


def hashed(password: str) -> str:
    """Return what to store in place of a password: the hash with its parameters and a salt of its own."""
    with _AT_A_TIME:
        return _HASHER.hash(password)


def fits(stored: str, password: str) -> bool:
    """Tell whether this is the password whose hash is stored. It takes as long for a wrong one as for the right one."""
    if len(password) > LENGTH_MAX:
        password = ""
    with _AT_A_TIME:
        try:
            return _HASHER.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False


def is_outdated(stored: str) -> bool:
    """Tell whether a hash was made with other parameters than today's, and is to be made anew."""
    return _HASHER.check_needs_rehash(stored)


def nobodys() -> str:
    """Return a hash that no password fits, to spend on unknown logins the time that known ones take."""
    return _NOBODYS


_NOBODYS = "$argon2id$v=19$m=47104,t=1,p=1$" + "A" * 22 + "$" + "A" * 43


_BARE = str.maketrans("åäö", "aao")


def _plain(text: str) -> str:
    return "".join(character for character in text.lower().translate(_BARE) if character.isalnum())


def _is_run(text: str) -> bool:
    """Whether each character follows the one before, as in 1234567890 or abcdefghij."""
    steps = {ord(after) - ord(before) for before, after in pairwise(text)}
    return len(steps) == 1
