"""The event vocabulary: Contact ID codes with their qualifiers, what each means, and how urgent it is.

An event code is written QEEE: 1000 times the qualifier plus the three-digit code, so 1130 is a new burglary alarm and
3130 its restore. Pure data, shared by panel and cloud. The codes are the trade's (SIA DC-05); two status codes are used
in a way of our own: 6134 says that an entry delay has started (a panel smashed before the delay ends has then already
spoken), and 6111 and 6130 say that somebody silenced a siren whose alarm goes on.
"""

NEW = 1
RESTORE = 3
STATUS = 6
QUALIFIERS = {NEW: "new event or disarmed", RESTORE: "restored or armed", STATUS: "status"}

# Urgency: smaller is sent first. Equal urgency leaves in the order of the event numbers.
FIRE = 0
HOLD_UP = 1
INTRUSION = 2
TAMPER = 3
FAULT = 4
# Restores, cancels, arming and disarming share one level below every alarm and fault: a cancel or a restore can then
# never overtake the alarm it belongs to, and among themselves they keep their order. A late cancel costs one call from
# the receiving centre; one that comes before its alarm would be lost on whoever answers the alarm.
OPEN_CLOSE = 5
ROUTINE = 7

# Who caused an event: the `source` field.
SOURCE_PANEL = 0
SOURCE_KEYPAD = 1
SOURCE_COMMAND = 2
SOURCES = {SOURCE_PANEL: "panel", SOURCE_KEYPAD: "keypad", SOURCE_COMMAND: "cloud command"}

# code: (name, urgency of a new event). Carbon monoxide kills as fire does; water does not, and waits behind intruders.
CODES = {
    110: ("Fire alarm", FIRE),
    111: ("Smoke alarm", FIRE),
    114: ("Heat alarm", FIRE),
    120: ("Hold-up alarm", HOLD_UP),
    121: ("Duress alarm", HOLD_UP),
    130: ("Burglary alarm", INTRUSION),
    131: ("Perimeter alarm", INTRUSION),
    132: ("Interior alarm", INTRUSION),
    134: ("Entry alarm", INTRUSION),
    137: ("Tamper", TAMPER),
    139: ("Confirmed alarm", INTRUSION),
    144: ("Sensor tamper", TAMPER),
    147: ("Sensor supervision lost", FAULT),
    154: ("Water leak", TAMPER),
    162: ("Carbon monoxide alarm", FIRE),
    301: ("Mains lost", FAULT),
    302: ("Low battery", FAULT),
    305: ("Panel restarted", FAULT),
    307: ("Self-test failed", FAULT),
    344: ("Radio jamming", TAMPER),
    350: ("Communication fault", FAULT),
    354: ("Event not delivered", FAULT),
    374: ("Exit error", INTRUSION),
    381: ("Sensor radio lost", FAULT),
    383: ("Sensor tamper", TAMPER),
    384: ("Sensor battery low", FAULT),
    401: ("Disarmed by user", OPEN_CLOSE),
    403: ("Disarmed automatically", OPEN_CLOSE),
    406: ("Alarm cancelled by user", OPEN_CLOSE),
    441: ("Disarmed from home mode", OPEN_CLOSE),
    461: ("Wrong codes at the keypad", TAMPER),
    570: ("Zone bypassed", OPEN_CLOSE),
    601: ("Manual test", ROUTINE),
    602: ("Periodic test", ROUTINE),
    607: ("Walk test", ROUTINE),
    627: ("Programming begun", ROUTINE),
    628: ("Programming ended", ROUTINE),
}

# Events that the rule of `describe` or of `urgency` would get wrong: (name, urgency).
SPECIAL = {
    3401: ("Armed away by user", OPEN_CLOSE),
    3403: ("Armed automatically", OPEN_CLOSE),
    3441: ("Armed home by user", OPEN_CLOSE),
    3570: ("Bypass ended", OPEN_CLOSE),
    6111: ("Fire siren silenced, detector not clear", OPEN_CLOSE),
    6130: ("Intrusion siren silenced", OPEN_CLOSE),
    # As urgent as the alarm it may become: it must be out before the panel can be torn off the wall.
    6134: ("Entry delay started", INTRUSION),
    6602: ("Periodic test, something is wrong", ROUTINE),
}

# What an unknown code of each hundred is worth, so that an event of newer firmware is not sorted last.
_URGENCY_OF_HUNDRED = {1: INTRUSION, 2: FAULT, 3: FAULT, 4: OPEN_CLOSE, 5: OPEN_CLOSE, 6: ROUTINE}


def split(qcode: int) -> tuple[int, int]:
    """Returns (qualifier, code) of an event code; 3401 gives (3, 401)."""
    return qcode // 1000, qcode % 1000


def is_known(qcode: int) -> bool:
    """True when the qualifier is 1, 3 or 6 and the code is in the table."""
    qualifier, code = split(qcode)
    return qualifier in QUALIFIERS and code in CODES


def describe(qcode: int) -> str:
    """What an event means, in a few English words; an unknown code is named as such and never an error."""
    if qcode in SPECIAL:
        return SPECIAL[qcode][0]
    if not is_known(qcode):
        return f"Unknown event {qcode}"
    qualifier, code = split(qcode)
    name = CODES[code][0]
    if qualifier == RESTORE:
        return name + ", restored"
    return name if qualifier == NEW else name + ", status"


def urgency(qcode: int) -> int:
    """How urgent an event is, from 0 (fire) to 7 (routine); a restore or a status waits behind every alarm."""
    if qcode in SPECIAL:
        return SPECIAL[qcode][1]
    qualifier, code = split(qcode)
    worth = CODES[code][1] if code in CODES else _URGENCY_OF_HUNDRED.get(code // 100, FAULT)
    return worth if qualifier == NEW else max(worth, OPEN_CLOSE)
