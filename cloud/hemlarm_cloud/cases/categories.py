"""What a signal is about, and what comes first. Pure data.

The order is the customer's: fire before hold-up before intrusion before tamper before faults. Carbon monoxide kills as
fire does and stands beside it; water waits with tamper, for it harms things.
"""

from hemlarm_protocol import contact_id

FIRE, GAS, HOLD_UP, INTRUSION, TAMPER, WATER = "fire", "gas", "hold-up", "intrusion", "tamper", "water"
LINE, POWER, FAULT, SERVICE = "line", "power", "fault", "service"

URGENCY = {FIRE: 0, GAS: 0, HOLD_UP: 1, INTRUSION: 2, TAMPER: 3, WATER: 3, LINE: 4, POWER: 4, FAULT: 4, SERVICE: 5}
"""Of each category; 0 is answered first."""

ALARMS = (FIRE, GAS, HOLD_UP, INTRUSION, TAMPER, WATER)
"""Categories of alarms; the others are faults and service tasks."""

SERVICE_KINDS = {
    "burglary": (INTRUSION, TAMPER),
    "hold-up": (HOLD_UP,),
    "fire": (FIRE, GAS),
    "technical": (WATER, LINE, POWER, FAULT),
}
"""What service mode is ordered for, and the categories it then covers."""

_CODES = {
    110: FIRE, 111: FIRE, 114: FIRE, 115: FIRE, 118: FAULT, 162: GAS, 151: GAS,
    120: HOLD_UP, 121: HOLD_UP, 122: HOLD_UP, 123: HOLD_UP, 124: HOLD_UP, 125: HOLD_UP,
    137: TAMPER, 144: TAMPER, 145: TAMPER, 383: TAMPER, 461: TAMPER, 344: TAMPER,
    147: FAULT, 154: WATER, 158: FAULT, 159: FAULT,
    305: SERVICE, 306: SERVICE, 301: POWER, 302: POWER, 308: POWER, 309: POWER, 311: POWER, 312: POWER,
    350: LINE, 351: LINE, 352: LINE, 354: LINE,
    374: INTRUSION, 432: FAULT,
}  # fmt: skip

_HUNDREDS = {1: INTRUSION, 3: FAULT}
"""What an unlisted code of these hundreds is; medical 10x counts as a call for help."""


def category(qcode: int) -> str:
    """The category of a Contact ID code with its qualifier (1130); a restore has that of its alarm."""
    _, code = contact_id.split(qcode)
    if code < 110:
        return HOLD_UP
    return _CODES.get(code) or _HUNDREDS.get(code // 100, SERVICE)
