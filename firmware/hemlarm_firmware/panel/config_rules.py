"""The rules for the configuration as a whole, in the order in which they are applied. `config.check` loads them."""

from hemlarm_firmware.panel import config_fields, config_user_rules, config_zone_rules
from hemlarm_firmware.panel.config import ConfigError
from hemlarm_protocol.constant import const

_APN_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789-."
_PHONE_DIGITS_MIN = const(7)  # The shortest whole number with a country code that is in use.

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from hemlarm_firmware.panel.config import Config


def check(value: "Any") -> "Config":
    """See `config.check`."""
    panel = config_fields.read(value, config_fields.PANEL, "")
    panel["areas"] = config_fields.read_all(panel["areas"], config_fields.AREA, "areas")
    _check_mobile(panel["apn"], panel["sms_to"])
    numbers: list[int] = [area["number"] for area in panel["areas"]]
    panel["zones"] = config_zone_rules.check(panel["zones"], numbers, panel["pets_kg"])
    panel["users"] = config_user_rules.check(panel["users"], numbers)
    panel["outputs"] = config_fields.read_all(panel["outputs"], config_fields.OUTPUT, "outputs")
    return panel


def _check_mobile(apn: str, sms_to: str) -> None:
    """Both get into commands of the modem, in quotes, so nothing may stand in them that could end these."""
    for letter in apn.lower():
        if letter not in _APN_LETTERS:
            raise ConfigError(f"apn: {apn!r} is wrong; it may have letters, digits, - and .")
    digits = sms_to[1:]
    if sms_to and not (sms_to[0] == "+" and len(digits) >= _PHONE_DIGITS_MIN and config_fields.is_digits(digits)):
        raise ConfigError(
            f"sms_to: {sms_to!r} is wrong; it must be a + and"
            f" {_PHONE_DIGITS_MIN} to {config_fields.NUMBER_LETTERS_MAX - 1} digits, as +46701234567, or empty"
        )
