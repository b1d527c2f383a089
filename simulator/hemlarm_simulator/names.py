"""Names that people write, and how a wrong one is told."""

import difflib
from collections.abc import Iterable


class UnknownNameError(Exception):
    """Nothing in the house is called so."""


def pick(names: Iterable[str], name: str, what: str) -> str:
    """Returns `name` if it is one of `names`. Raises UnknownNameError, which lists them and suggests the nearest."""
    known = sorted(names)
    if name in known:
        return name
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    there = f"there are {', '.join(known)}" if known else "there is none"
    raise UnknownNameError(f"{name!r} is no {what} here; {there}{hint}")
