"""Alarms that are on in every mode: fire, carbon monoxide, hold-up, tamper and water. Their states and what follows.

`latch.py` interprets the table. It is total, as the intrusion machine's is, and all kinds share it; what each kind
sounds like stands in `KINDS`.
"""

from hemlarm_protocol.constant import const

# Kinds, the most urgent first. The numbers are stored.
FIRE = 0
CO = 1
HOLD_UP = 2
TAMPER = 3
ALWAYS = 4  # Intrusion zones that guard at every hour, such as a gun cabinet's.
WATER = 5

# Stimuli.
TRIPS = 0
CLEARS = 1  # One detector clears, others remain.
ALL_CLEAR = 2
SILENCE = 3  # A person, by disarming or by a command.
TIME_UP = 4  # The end of the siren's time.

# States. The numbers are stored and sent.
QUIET = 0
ALARM = 1
LATCHED = 2  # The detectors are clear, the alarm is not: a person ends it, or the siren's limit.
SILENCED = 3  # No sound any more, but a detector is not clear.
SOUNDING = (ALARM, LATCHED)

# Actions, numbered as in `latch.ACTIONS`.
_REPORT = const(0)
_REPORT_CLEAR = const(1)
_REPORT_SILENCED = const(2)
_START = const(3)
_STOP = const(4)

_STAY: "tuple[int, ...]" = ()
# Every trip gives the siren its whole time again: one that stops too early is the worse fault.
_TRIPS = (ALARM, _REPORT, _START)

TRANSITIONS: "dict[int, dict[int, tuple[int, ...]]]" = {
    QUIET: {TRIPS: _TRIPS, CLEARS: _STAY, ALL_CLEAR: _STAY, SILENCE: _STAY, TIME_UP: _STAY},
    ALARM: {
        TRIPS: _TRIPS,
        CLEARS: (ALARM, _REPORT_CLEAR),
        # Smoke that has thinned out does not end the alarm: a person does, or the siren's limit.
        ALL_CLEAR: (LATCHED, _REPORT_CLEAR),
        SILENCE: (SILENCED, _REPORT_SILENCED, _STOP),
        TIME_UP: (SILENCED, _STOP),
    },
    LATCHED: {
        TRIPS: _TRIPS,
        CLEARS: _STAY,
        ALL_CLEAR: _STAY,
        SILENCE: (QUIET, _REPORT_SILENCED, _STOP),
        TIME_UP: (QUIET, _STOP),
    },
    SILENCED: {
        TRIPS: _TRIPS,
        CLEARS: (SILENCED, _REPORT_CLEAR),
        ALL_CLEAR: (QUIET, _REPORT_CLEAR),
        SILENCE: _STAY,
        TIME_UP: _STAY,
    },
}

# Kind: (Contact ID code of the report that it was silenced, siren, outdoor siren too, tells whether the centre knows).
# Tampers and 24-hour zones sound as an intrusion, and only where their area is armed; otherwise they and water have the
# keypad's buzzer alone.
KINDS = {
    FIRE: (111, "fire", True, True),
    CO: (162, "co", False, True),
    HOLD_UP: (120, "hold-up", True, True),
    TAMPER: (137, "intrusion", True, False),
    ALWAYS: (133, "intrusion", True, False),
    WATER: (154, "off", False, False),
}

LIFE_SAFETY = (FIRE, CO)
"""Kinds whose siren sounds for 180 s at least, and has its whole time again after a restart."""


def decide(state: int, stimulus: int) -> "tuple[int, tuple[int, ...]]":
    """What an alarm does when `stimulus` comes in `state`: the next state and the actions. Pure, total."""
    row = TRANSITIONS[state][stimulus]
    return (row[0], row[1:]) if row else (state, row)
