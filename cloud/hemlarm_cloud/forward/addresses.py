"""Where a receiver listens, as people write it: HOST:PORT, an IPv6 address in brackets."""

import re

_ADDRESS = re.compile(r"(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9](?:[A-Za-z0-9.-]{0,98}[A-Za-z0-9])?):([0-9]{1,5})")


def split(address: str) -> tuple[str, int]:
    """Return host and port of "HOST:PORT". Raises ValueError for what is no address."""
    found = _ADDRESS.fullmatch(address)
    if not found or not 1 <= int(found[2]) <= 65_535:
        raise ValueError(f"{address[:60]!r} is no address of a receiver; write HOST:PORT")
    return found[1].strip("[]"), int(found[2])
