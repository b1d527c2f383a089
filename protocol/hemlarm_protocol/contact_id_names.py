"""What the event codes of `contact_id` mean, in words. A panel never loads this: it has no use for names.

The codes are the trade's (SIA DC-05), see `contact_id` for how they are written and what is our own.
"""

from hemlarm_protocol.contact_id import (
    NEW,
    RESTORE,
    SOURCE_COMMAND,
    SOURCE_KEYPAD,
    SOURCE_PANEL,
    SOURCE_TAG,
    STATUS,
    split,
)

QUALIFIERS = {NEW: "new event or disarmed", RESTORE: "restored or armed", STATUS: "status"}

SOURCES = {SOURCE_PANEL: "panel", SOURCE_KEYPAD: "keypad", SOURCE_COMMAND: "cloud command", SOURCE_TAG: "tag"}

CODES = {
    110: "Fire alarm",
    111: "Smoke alarm",
    114: "Heat alarm",
    115: "Fire button",
    118: "Fire, first pulse",
    120: "Hold-up alarm",
    121: "Duress alarm",
    122: "Silent hold-up alarm",
    130: "Burglary alarm",
    131: "Perimeter alarm",
    132: "Interior alarm",
    133: "24-hour alarm",
    134: "Entry alarm",
    137: "Tamper",
    139: "Confirmed alarm",
    144: "Sensor tamper",
    147: "Sensor supervision lost",
    154: "Water leak",
    158: "Too hot",
    159: "Too cold",
    162: "Carbon monoxide alarm",
    301: "Mains lost",
    302: "Low battery",
    305: "Panel restarted",
    306: "Configuration changed",
    307: "Self-test failed",
    308: "Panel parked, battery empty",
    309: "Battery test failed",
    311: "Battery missing or dead",
    312: "Charger fault",
    313: "Reset to factory state",
    344: "Radio jamming",
    350: "Mobile path in use",
    351: "IP path fault",
    352: "Mobile path fault",
    354: "No contact with the centre",
    373: "Fire loop fault",
    374: "Exit error",
    377: "Zone shut out after many alarms",
    380: "Sensor fault",
    381: "Sensor radio lost",
    383: "Sensor tamper",
    384: "Sensor battery low",
    401: "Disarmed by user",
    403: "Disarmed automatically",
    406: "Alarm cancelled by user",
    413: "Firmware update taken over",
    414: "Firmware update not taken over",
    422: "Unlocked",
    432: "Lock not confirmed",
    441: "Disarmed from home mode",
    456: "Disarmed from night mode",
    461: "Wrong codes at the keypad",
    570: "Zone bypassed",
    601: "Yearly test begun",
    602: "Periodic test",
    607: "Walk test",
    611: "Zone tested",
    612: "Zone not tested",
    624: "Event log overflow",
    627: "Programming begun",
    628: "Programming ended",
}
"""Every code we know, and what a new event of it is called."""

SPECIAL = {
    3401: "Armed away by user",
    3308: "Panel running again after parking",
    3350: "IP path in use again",
    3403: "Armed automatically",
    3422: "Locked",
    3441: "Armed home by user",
    3456: "Armed for the night by user",
    3570: "Bypass ended",
    3601: "Yearly test ended",
    3607: "Walk test ended",
    6120: "Hold-up siren silenced",
    6137: "Tamper silenced",
    6133: "24-hour alarm silenced",
    6154: "Water alarm silenced",
    6162: "Carbon monoxide siren silenced",
    6111: "Fire siren silenced, detector not clear",
    6130: "Intrusion siren silenced",
    6134: "Entry delay started",
    6602: "Periodic test, something is wrong",
}
"""Events that the rule of `describe` would name wrongly."""


def is_known(qcode: int) -> bool:
    """True when the qualifier is 1, 3 or 6 and the code is in the table."""
    qualifier, code = split(qcode)
    return qualifier in QUALIFIERS and code in CODES


def describe(qcode: int) -> str:
    """What an event means, in a few English words; an unknown code is named as such and never an error."""
    if qcode in SPECIAL:
        return SPECIAL[qcode]
    if not is_known(qcode):
        return f"Unknown event {qcode}"
    qualifier, code = split(qcode)
    name = CODES[code]
    if qualifier == RESTORE:
        return name + ", restored"
    return name if qualifier == NEW else name + ", status"
