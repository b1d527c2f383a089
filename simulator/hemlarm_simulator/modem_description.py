"""A house's modem as its file describes it, in the table [modem]."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hemlarm_simulator.house_table import HouseError, HouseTable

FAMILIES = ("quectel", "simcom")

CENTRE_NUMBER = "+46701740650"
"""Where the cloud's SMS gateway is reached, if the house says nothing else. Both numbers are of those that the Swedish
authority keeps for films and books."""

_NUMBER = re.compile(r"\+[0-9]{7,15}")
_PIN = re.compile(r"([0-9]{4,8})?")
_PANEL_FIELDS = {"apn": str, "sim_pin": str}


@dataclass(frozen=True)
class ModemDescription:
    """A modem of `family`, whose SIM card has `number` and asks for `pin`, or for none.

    The panel sends its SMS to `sms_to`. It is told the PIN unless `fields`, which go to it as they are, have another.
    """

    family: str
    number: str
    pin: str = ""
    sms_to: str = CENTRE_NUMBER
    fields: Mapping[int | str, Any] = field(default_factory=dict)

    def panel_config(self) -> dict[int | str, Any]:
        """What the panel's configuration knows of it."""
        return {"sms_to": self.sms_to, **({"sim_pin": self.pin} if self.pin else {}), **self.fields}


def read_modem(table: HouseTable | None) -> ModemDescription | None:
    """Reads the table, if there is one. Raises HouseError."""
    if table is None:
        return None
    modem = ModemDescription(
        family=table.choice("family", FAMILIES),
        number=_number(table, "number", None),
        pin=table.get("pin", str, ""),
        sms_to=_number(table, "sms_to", CENTRE_NUMBER),
        fields=table.given(_PANEL_FIELDS),
    )
    table.done()
    if not _PIN.fullmatch(modem.pin):
        raise HouseError(f"{table.where}: pin must be 4 to 8 digits, or be left out")
    return modem


def _number(table: HouseTable, name: str, default: str | None) -> str:
    number: str = table.get(name, str, default)
    if not _NUMBER.fullmatch(number):
        raise HouseError(f'{table.where}: {name} = {number!r} is no number; write it as "+46701740605"')
    return number
