"""Where notices can be sent: mail addresses, and the browsers and services that an account has named."""

import re

ADDRESS_MAX = 120
"""Characters, as in the schema."""

_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")
"""An address as people have them: the dot-atom of RFC 5322 at a domain with a dot."""


def is_address(text: str) -> bool:
    """Tell whether mail can be sent to it."""
    return len(text) <= ADDRESS_MAX and _ADDRESS.fullmatch(text) is not None


_PLACE = re.compile(r"(.{1,64})#([1-9][0-9]{0,17})")


def place(account: str, number: int) -> str:
    """Return the recipient that names a row of an account's: a subscription of a browser, or an address for apps."""
    return f"{account}#{number}"


def place_number(recipient: str) -> int:
    """Return the row's id of such a recipient. Raises ValueError for anything else."""
    found = _PLACE.fullmatch(recipient)
    if found is None:
        raise ValueError(f"{recipient!r} names no browser and no service; it is ACCOUNT#ID")
    return int(found[2])


def is_place(text: str) -> bool:
    """Tell whether it names such a row."""
    return _PLACE.fullmatch(text) is not None
