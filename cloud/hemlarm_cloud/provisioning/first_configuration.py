"""How a panel is set when it is new: as its site file says, or with one area and nothing in it.

People choose their codes themselves, at the keypad.
"""

from collections.abc import Callable
from typing import Any

from hemlarm_cloud.errors import InvalidError
from hemlarm_cloud.installer import rules, site_file

_SALT_BYTES = 16
_EMPTY = "[[area]]\nnumber = 1\n"


def configuration(text: str, random: Callable[[int], bytes]) -> dict[str, Any]:
    """Return what the panel stores. Raises InvalidError that tells everything wrong with the site file, by line."""
    found = site_file.read(text or _EMPTY)
    if not found.good:
        told = "; ".join(f"line {each.line}, {each.about}: {each.text}" for each in found.problems)
        raise InvalidError(f"the site file is not good: {told}")
    made = found.config | {"code_salt": random(_SALT_BYTES), "revision": 1}
    wrong = rules.problem(made)
    if wrong is not None:
        raise InvalidError(f"the site file makes no configuration that a panel takes: {wrong}")
    return made
