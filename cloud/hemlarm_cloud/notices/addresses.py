"""Mail addresses, as far as mail can be sent to them."""

import re

ADDRESS_MAX = 120
"""Characters, as in the schema."""

_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")
"""An address as people have them: the dot-atom of RFC 5322 at a domain with a dot."""


def is_address(text: str) -> bool:
    """Tell whether mail can be sent to it."""
    return len(text) <= ADDRESS_MAX and _ADDRESS.fullmatch(text) is not None
