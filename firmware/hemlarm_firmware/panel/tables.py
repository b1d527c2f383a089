"""Everything about the alarm's states: zone types, states, stimuli, transitions, and what each state sounds and lights.

`area.py` interprets these tables and holds no rule of its own about which state follows which. Both machines are total:
every stimulus has a row in every state, so nothing is ignored by accident. `tools/draw_states.py` draws them, with the
words of `table_names.py`.
"""

from hemlarm_protocol.constant import const

# Inputs and their first item.
INPUT_ZONE = "zone"
INPUT_KEYS = "keys"
INPUT_START = "start"
INPUT_COMMAND = "command"

# Modes of arming. The numbers are stored and sent.
AWAY = 1
HOME = 2
ARM_CODES = {AWAY: 3401, HOME: 3441}

# Commands of the cloud; equal to VERBS in hemlarm_protocol.message_names, which a test checks.
VERB_DISARM = 1
VERB_ARM_AWAY = 2
VERB_ARM_HOME = 3
VERB_STATUS = 4
VERB_SILENCE = 5
ARMING_VERBS = {VERB_ARM_AWAY: AWAY, VERB_ARM_HOME: HOME}
VERBS = (VERB_DISARM, VERB_ARM_AWAY, VERB_ARM_HOME, VERB_STATUS, VERB_SILENCE)

# How a command ended.
DONE = 0
REFUSED = 1
UNKNOWN_VERB = 2
BAD_ARGUMENT = 3

# Stimuli. An area's intrusion machine knows ARM to TIME_UP_OPEN.
ARM = 0
DISARM = 1
SILENCE = 2
ENTRY_OPENS = 3
FOLLOWER_OPENS = 4
INSTANT_OPENS = 5
TIME_UP = 6
TIME_UP_OPEN = 7  # Time is up, and the exit route is open.

# Its fire machine knows these, SILENCE by a person, and TIME_UP, the end of the siren's time.
FIRE_TRIPS = 8
FIRE_CLEARS = 9  # One detector clears, others remain.
FIRE_ALL_CLEAR = 10

# Zone types: (Contact ID code of the alarm, stimulus on opening, may be open while leaving).
# A follower is mostly a motion detector that sees whoever arms, so it refuses arming only where there is no exit delay.
ENTRY = "entry"
FOLLOWER = "follower"
INSTANT = "instant"
FIRE = "fire"
ZONE_TYPES = {
    ENTRY: (134, ENTRY_OPENS, False),
    FOLLOWER: (132, FOLLOWER_OPENS, True),
    INSTANT: (130, INSTANT_OPENS, False),
    FIRE: (111, FIRE_TRIPS, True),
}
EXIT_ROUTE = (ENTRY, FOLLOWER)

# States of the intrusion machine. The numbers are stored and sent.
DISARMED = 0
EXIT_DELAY = 1
ARMED = 2
ENTRY_DELAY = 3
ALARM = 4

# States of the fire machine.
FIRE_QUIET = 0
FIRE_ALARM = 1
FIRE_LATCHED = 2
FIRE_SILENCED = 3

# Actions, numbered as in `area.ACTIONS`. A row's actions run in their order, after the state has changed.
_REPORT_ARMED = const(0)
_REPORT_DISARMED = const(1)
_REPORT_CANCEL = const(2)
_REPORT_SILENCED = const(3)
_REPORT_ENTRY = const(4)
_REPORT_ALARM = const(5)
_REPORT_ENTRY_ALARM = const(6)
_MARK_EXIT_ERROR = const(7)
_START_EXIT = const(8)
_START_ENTRY = const(9)
_START_SIREN = const(10)
_STOP_TIME = const(11)
_FORGET_ALARM = const(12)
_END_MODE = const(13)
_REPORT_FIRE = const(14)
_REPORT_FIRE_CLEAR = const(15)
_REPORT_FIRE_SILENCED = const(16)
_START_FIRE = const(17)
_STOP_FIRE = const(18)

# Rows are (next state, action, ...). These are shared by many states; _STAY changes nothing and does nothing.
_STAY: "tuple[int, ...]" = ()
_BREAK_IN = (ALARM, _REPORT_ALARM, _START_SIREN)
_SET_OFF = (DISARMED, _REPORT_DISARMED, _REPORT_CANCEL, _STOP_TIME, _END_MODE)

# State: stimulus: row. A refused arming is no transition: `Area.blocker` decides before.
TRANSITIONS: "dict[int, dict[int, tuple[int, ...]]]" = {
    DISARMED: {
        ARM: (EXIT_DELAY, _FORGET_ALARM, _REPORT_ARMED, _START_EXIT),
        # Disarming again says that the person has read what the display remembers.
        DISARM: (DISARMED, _FORGET_ALARM),
        SILENCE: _STAY,
        ENTRY_OPENS: _STAY,
        FOLLOWER_OPENS: _STAY,
        INSTANT_OPENS: _STAY,
        TIME_UP: _STAY,
        TIME_UP_OPEN: _STAY,
    },
    EXIT_DELAY: {
        ARM: _STAY,
        DISARM: _SET_OFF,
        SILENCE: _STAY,
        # The leaver's doors and the motion behind them never abort arming and never alarm.
        ENTRY_OPENS: _STAY,
        FOLLOWER_OPENS: _STAY,
        # A window is nobody's way out: instant zones are armed from the first moment.
        INSTANT_OPENS: _BREAK_IN,
        TIME_UP: (ARMED, _STOP_TIME),
        TIME_UP_OPEN: (ENTRY_DELAY, _MARK_EXIT_ERROR, _REPORT_ENTRY, _START_ENTRY),
    },
    ARMED: {
        ARM: _STAY,
        DISARM: _SET_OFF,
        SILENCE: _STAY,
        ENTRY_OPENS: (ENTRY_DELAY, _REPORT_ENTRY, _START_ENTRY),
        FOLLOWER_OPENS: _BREAK_IN,
        INSTANT_OPENS: _BREAK_IN,
        TIME_UP: _STAY,
        TIME_UP_OPEN: _STAY,
    },
    ENTRY_DELAY: {
        ARM: _STAY,
        DISARM: _SET_OFF,
        SILENCE: _STAY,
        # Neither a second door nor the motion towards the keypad prolongs the delay.
        ENTRY_OPENS: _STAY,
        FOLLOWER_OPENS: _STAY,
        INSTANT_OPENS: _BREAK_IN,
        TIME_UP: (ALARM, _REPORT_ENTRY_ALARM, _START_SIREN),
        TIME_UP_OPEN: (ALARM, _REPORT_ENTRY_ALARM, _START_SIREN),
    },
    ALARM: {
        ARM: _STAY,
        DISARM: _SET_OFF,
        SILENCE: (ARMED, _REPORT_SILENCED, _STOP_TIME),
        # Each further zone is told; none prolongs the siren.
        ENTRY_OPENS: (ALARM, _REPORT_ALARM),
        FOLLOWER_OPENS: (ALARM, _REPORT_ALARM),
        INSTANT_OPENS: (ALARM, _REPORT_ALARM),
        # The siren ends, the area stays armed and remembers; whatever is open alarms again only after it was closed.
        TIME_UP: (ARMED, _STOP_TIME),
        TIME_UP_OPEN: (ARMED, _STOP_TIME),
    },
}

# Every trip gives the fire siren its whole time again: a siren that stops too early is the worse fault.
_BURNS = (FIRE_ALARM, _REPORT_FIRE, _START_FIRE)

FIRE_TRANSITIONS: "dict[int, dict[int, tuple[int, ...]]]" = {
    FIRE_QUIET: {
        FIRE_TRIPS: _BURNS,
        FIRE_CLEARS: _STAY,
        FIRE_ALL_CLEAR: _STAY,
        SILENCE: _STAY,
        TIME_UP: _STAY,
    },
    FIRE_ALARM: {
        FIRE_TRIPS: _BURNS,
        FIRE_CLEARS: (FIRE_ALARM, _REPORT_FIRE_CLEAR),
        # Smoke that has thinned out does not end the alarm: a person does, or the siren's limit.
        FIRE_ALL_CLEAR: (FIRE_LATCHED, _REPORT_FIRE_CLEAR),
        SILENCE: (FIRE_SILENCED, _REPORT_FIRE_SILENCED, _STOP_FIRE),
        TIME_UP: (FIRE_SILENCED, _STOP_FIRE),
    },
    FIRE_LATCHED: {
        FIRE_TRIPS: _BURNS,
        FIRE_CLEARS: _STAY,
        FIRE_ALL_CLEAR: _STAY,
        SILENCE: (FIRE_QUIET, _REPORT_FIRE_SILENCED, _STOP_FIRE),
        TIME_UP: (FIRE_QUIET, _STOP_FIRE),
    },
    FIRE_SILENCED: {
        FIRE_TRIPS: _BURNS,
        FIRE_CLEARS: (FIRE_SILENCED, _REPORT_FIRE_CLEAR),
        FIRE_ALL_CLEAR: (FIRE_QUIET, _REPORT_FIRE_CLEAR),
        SILENCE: _STAY,
        TIME_UP: _STAY,
    },
}

# Sounds, the most urgent last; a state that is not named is silent.
SIREN_OFF = "off"
SIREN_INTRUSION = "intrusion"
SIREN_FIRE = "fire"
SIRENS = {ALARM: SIREN_INTRUSION}
FIRE_SIRENS = {FIRE_ALARM: SIREN_FIRE, FIRE_LATCHED: SIREN_FIRE}

# What the keypad's mode word asks for; None disarms.
KEYPAD_MODES = {"away": AWAY, "home": HOME, "disarm": None}


def decide(state: int, stimulus: int) -> "tuple[int, tuple[int, ...]]":
    """What an area does when `stimulus` comes in `state`: the next state and the actions. Pure, total."""
    row = TRANSITIONS[state][stimulus]
    return (row[0], row[1:]) if row else (state, row)


def decide_fire(state: int, stimulus: int) -> "tuple[int, tuple[int, ...]]":
    """The same for the fire machine."""
    row = FIRE_TRANSITIONS[state][stimulus]
    return (row[0], row[1:]) if row else (state, row)


def guards(mode: int, zone_type: str, home: bool) -> bool:
    """Whether a zone can set off its area in this mode of arming (0: disarmed). Fire zones always can."""
    return zone_type == FIRE or mode == AWAY or (mode == HOME and home)


def status_number(state: int, mode: int, fire: int) -> int:
    """An area's condition in one number, the detail of a status result: 256 * fire state + 16 * mode + state."""
    return 256 * fire + 16 * mode + state
