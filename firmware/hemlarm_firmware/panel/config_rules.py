"""The rules for the configuration as a whole, in the order in which they are applied. `config.check` loads them."""

from hemlarm_firmware.panel import config_fields, config_user_rules, config_zone_rules

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from hemlarm_firmware.panel.config import Config


def check(value: "Any") -> "Config":
    """See `config.check`."""
    panel = config_fields.read(value, config_fields.PANEL, "")
    panel["areas"] = config_fields.read_all(panel["areas"], config_fields.AREA, "areas")
    numbers: list[int] = [area["number"] for area in panel["areas"]]
    panel["zones"] = config_zone_rules.check(panel["zones"], numbers, panel["pets_kg"])
    panel["users"] = config_user_rules.check(panel["users"], numbers)
    return panel
