"""The event vocabulary: Contact ID codes with their qualifiers, and how urgent each event is.

An event code is written QEEE: 1000 times the qualifier plus the three-digit code, so 1130 is a new burglary alarm and
3130 its restore. Pure data, shared by panel and cloud; `contact_id_names` says what each code means. The codes are the
trade's (SIA DC-05); two status codes are used in a way of our own: 6134 says that an entry delay has started (a panel
smashed before the delay ends has then already spoken), and 6111 and 6130 say that somebody silenced a siren whose alarm
goes on.
"""

NEW = 1
RESTORE = 3
STATUS = 6

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
SOURCE_TAG = 16
"""A user's first tag; the second is 17, and so on."""

ENTRY_DELAY_STARTED = 6134

# What a code of each hundred (1xx to 6xx) is worth, known or not: an event of newer firmware is not sorted last.
_URGENCY_OF_HUNDRED = (FAULT, INTRUSION, FAULT, FAULT, OPEN_CLOSE, OPEN_CLOSE, ROUTINE, FAULT, FAULT, FAULT)

# The codes worth something else. Carbon monoxide kills as fire does; water does not, and waits behind intruders.
_URGENCY = {
    110: FIRE,
    111: FIRE,
    114: FIRE,
    115: FIRE,
    118: FAULT,
    120: HOLD_UP,
    121: HOLD_UP,
    122: HOLD_UP,
    137: TAMPER,
    144: TAMPER,
    147: FAULT,
    154: TAMPER,
    158: FAULT,
    159: FAULT,
    162: FIRE,
    344: TAMPER,
    374: INTRUSION,
    383: TAMPER,
    432: FAULT,
    461: TAMPER,
    624: FAULT,
}


def split(qcode: int) -> tuple[int, int]:
    """Returns (qualifier, code) of an event code; 3401 gives (3, 401)."""
    return qcode // 1000, qcode % 1000


def urgency(qcode: int) -> int:
    """How urgent an event is, from 0 (fire) to 7 (routine); a restore or a status waits behind every alarm."""
    if qcode == ENTRY_DELAY_STARTED:
        # As urgent as the alarm it may become: it must be out before the panel can be torn off the wall.
        return INTRUSION
    qualifier, code = split(qcode)
    worth = _URGENCY.get(code, _URGENCY_OF_HUNDRED[code // 100])
    return worth if qualifier == NEW else max(worth, OPEN_CLOSE)
