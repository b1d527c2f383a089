"""The panel's configuration: how it is checked before anything uses it."""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Config = dict[int | str, Any]

_PACKAGE = "hemlarm_firmware.panel"
_RULES = ["config_rules", "config_zone_rules", "config_user_rules", "config_fields"]


class ConfigError(ValueError):
    """A configuration that cannot be used; the text names the field and what is allowed there."""


def check(value: "Any") -> "Config":
    """Returns the configuration with every default filled in; the value given is left as it was.

    docs/configuration.md lists the fields with their ranges, defaults and meaning. Fields without a default, as a
    radio sensor's id, stay absent where they are not given. Raises ConfigError at the first field that is wrong,
    missing or unknown, or that does not go with another one.

    The rules are needed once a boot and after a change, so they are loaded for the check and then forgotten: they
    would fill 18 KB of the unix port's heap for ever.
    """
    rules = __import__(_PACKAGE + "." + _RULES[0], None, None, ("check",))
    try:
        checked: Config = rules.check(value)
        return checked
    finally:
        forget(_RULES)


def forget(names: "list[str]", folder: str = _PACKAGE) -> None:
    """Lets the memory of these modules of a package go; the next import loads them anew."""
    package = sys.modules[folder]
    for name in names:
        sys.modules.pop(folder + "." + name, None)
        if hasattr(package, name):
            delattr(package, name)
