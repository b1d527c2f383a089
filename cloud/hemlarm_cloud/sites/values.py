"""What people type, before it is stored: bounded, printable, and the same on every database."""

import unicodedata

from hemlarm_cloud.errors import InvalidError

MOMENT_MAX_MS = 7_258_118_400_000
"""The year 2200: no date of ours lies behind it, and every calendar can reckon with it."""

PAGE_MAX = 500
"""Rows of a list at a time."""

_FORBIDDEN = ("Cc", "Cs", "Cn", "Co", "Zl", "Zp", "Cf")
"""Unicode categories that no name, note or address needs; PostgreSQL refuses some, logs and lists garble on others."""


def text(value: str, name: str, at_most: int, at_least: int = 0) -> str:
    """Return a text of one line in its composed form, without blanks around it.

    Raises InvalidError with `name` for one of another length than `at_least` to `at_most` characters, or with
    characters that do not print.
    """
    given = unicodedata.normalize("NFC", value).strip()
    for character in given:
        if unicodedata.category(character) in _FORBIDDEN:
            raise InvalidError(f"{name}: it has the character U+{ord(character):04X}; write printable characters only")
    if not at_least <= len(given) <= at_most:
        raise InvalidError(f"{name}: {len(given)} characters; it takes {at_least} to {at_most}")
    return given


def one_of(value: str, name: str, known: "tuple[str, ...]") -> str:
    """Return the value if it is a known one. Raises InvalidError with `name`."""
    if value not in known:
        raise InvalidError(f"{name} {value[:40]!r} is unknown; use one of {', '.join(known)}")
    return value


def moment(value: int | None, name: str) -> int | None:
    """Return a moment in milliseconds since 1970, or None for none. Raises InvalidError with `name`."""
    if value is not None and not 0 <= value <= MOMENT_MAX_MS:
        raise InvalidError(f"{name}: {value} is no moment; give milliseconds since 1970, up to the year 2200")
    return value


def number(value: int, name: str, at_least: int, at_most: int) -> int:
    """Return a whole number within its bounds. Raises InvalidError with `name`."""
    if not at_least <= value <= at_most:
        raise InvalidError(f"{name}: {value} is not between {at_least} and {at_most}")
    return value


def page(limit: int) -> int:
    """Return how many rows of a list to read. Raises InvalidError."""
    return number(limit, "limit", 1, PAGE_MAX)
