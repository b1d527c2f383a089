"""The panel's configuration: how it is checked before anything uses it."""

import sys

FIRE_S_MIN = 180
"""A fire sounds for this long at least, however short siren_s is."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Config = dict[int | str, Any]

_RULES = "hemlarm_firmware.panel.config_rules"


class ConfigError(ValueError):
    """A configuration that cannot be used; the text names the field and what is allowed there."""


def check(value: "Any") -> "Config":
    """Returns the configuration with every default filled in; the value given is left as it was.

    Delays and siren_s are in seconds. Defaults: exit_s 60, entry_s 30, siren_s 180, home false, language "sv", no
    users. The delays' range and defaults come from the requirements. Raises ConfigError at the first field that is
    wrong, missing or unknown.

    The rules are needed once a boot, so they are loaded for the check and then forgotten: on a board they would fill
    five kilobytes for ever.
    """
    rules = __import__(_RULES, None, None, ("check",))
    try:
        checked: Config = rules.check(value)
        return checked
    finally:
        del sys.modules[_RULES]
        package = sys.modules["hemlarm_firmware.panel"]
        if hasattr(package, "config_rules"):
            del package.config_rules
