"""Everything about the alarm's states: zone types, states, stimuli, transitions, and what each state sounds and lights.

`area.py` interprets these tables and holds no rule of its own about which state follows which. Both machines are total:
every stimulus has a row in every state, so nothing is ignored by accident. `tools/draw_states.py` draws them.
"""

from hemlarm_protocol import contact_id

# Inputs and their first item.
INPUT_ZONE = "zone"
INPUT_KEYS = "keys"
INPUT_START = "start"
INPUT_COMMAND = "command"

# Modes of arming. The numbers are stored and sent.
AWAY = 1
HOME = 2
MODES = {0: "disarmed", AWAY: "away", HOME: "home"}
ARM_CODES = {AWAY: 3401, HOME: 3441}

# Commands of the cloud; equal to VERBS in hemlarm_protocol.messages, which a test checks.
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

# Stimuli of an area's intrusion machine.
ARM = "arm"
DISARM = "disarm"
SILENCE = "silence"
ENTRY_OPENS = "entry zone opens"
FOLLOWER_OPENS = "follower zone opens"
INSTANT_OPENS = "instant zone opens"
TIME_UP = "time is up"
TIME_UP_OPEN = "time is up, exit route open"
STIMULI = (ARM, DISARM, SILENCE, ENTRY_OPENS, FOLLOWER_OPENS, INSTANT_OPENS, TIME_UP, TIME_UP_OPEN)

# Stimuli of an area's fire machine; silencing by a person is SILENCE, the end of the siren's time is TIME_UP.
FIRE_TRIPS = "detector trips"
FIRE_CLEARS = "detector clears, others remain"
FIRE_ALL_CLEAR = "last detector clears"
FIRE_STIMULI = (FIRE_TRIPS, FIRE_CLEARS, FIRE_ALL_CLEAR, SILENCE, TIME_UP)

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
STATES = {
    DISARMED: "disarmed",
    EXIT_DELAY: "exit delay",
    ARMED: "armed",
    ENTRY_DELAY: "entry delay",
    ALARM: "intrusion alarm",
}

# States of the fire machine.
FIRE_QUIET = 0
FIRE_ALARM = 1
FIRE_LATCHED = 2
FIRE_SILENCED = 3
FIRE_STATES = {
    FIRE_QUIET: "no fire",
    FIRE_ALARM: "fire alarm",
    FIRE_LATCHED: "fire alarm, detectors clear",
    FIRE_SILENCED: "fire, silenced",
}

# Actions: methods of Area, in the order in which they run, after the state has changed.
REPORT_ARMED = "report_armed"
REPORT_DISARMED = "report_disarmed"
REPORT_CANCEL = "report_cancel"
REPORT_SILENCED = "report_silenced"
REPORT_ENTRY = "report_entry"
REPORT_ALARM = "report_alarm"
REPORT_ENTRY_ALARM = "report_entry_alarm"
MARK_EXIT_ERROR = "mark_exit_error"
START_EXIT = "start_exit"
START_ENTRY = "start_entry"
START_SIREN = "start_siren"
STOP_TIME = "stop_time"
FORGET_ALARM = "forget_alarm"
END_MODE = "end_mode"
REPORT_FIRE = "report_fire"
REPORT_FIRE_CLEAR = "report_fire_clear"
REPORT_FIRE_SILENCED = "report_fire_silenced"
START_FIRE = "start_fire"
STOP_FIRE = "stop_fire"

_BREAK_IN = (ALARM, (REPORT_ALARM, START_SIREN))
_SET_OFF = (DISARMED, (REPORT_DISARMED, REPORT_CANCEL, STOP_TIME, END_MODE))


def _stay(state: int, actions: "tuple[str, ...]" = ()) -> "tuple[int, tuple[str, ...]]":
    return state, actions


# (state, stimulus): (next state, actions). A refused arming is no transition: `Area.blocker` decides before.
TRANSITIONS = {
    (DISARMED, ARM): (EXIT_DELAY, (FORGET_ALARM, REPORT_ARMED, START_EXIT)),
    # Disarming again says that the person has read what the display remembers.
    (DISARMED, DISARM): (DISARMED, (FORGET_ALARM,)),
    (DISARMED, SILENCE): _stay(DISARMED),
    (DISARMED, ENTRY_OPENS): _stay(DISARMED),
    (DISARMED, FOLLOWER_OPENS): _stay(DISARMED),
    (DISARMED, INSTANT_OPENS): _stay(DISARMED),
    (DISARMED, TIME_UP): _stay(DISARMED),
    (DISARMED, TIME_UP_OPEN): _stay(DISARMED),
    (EXIT_DELAY, ARM): _stay(EXIT_DELAY),
    (EXIT_DELAY, DISARM): _SET_OFF,
    (EXIT_DELAY, SILENCE): _stay(EXIT_DELAY),
    # The leaver's doors and the motion behind them never abort arming and never alarm.
    (EXIT_DELAY, ENTRY_OPENS): _stay(EXIT_DELAY),
    (EXIT_DELAY, FOLLOWER_OPENS): _stay(EXIT_DELAY),
    # A window is nobody's way out: instant zones are armed from the first moment.
    (EXIT_DELAY, INSTANT_OPENS): _BREAK_IN,
    (EXIT_DELAY, TIME_UP): (ARMED, (STOP_TIME,)),
    (EXIT_DELAY, TIME_UP_OPEN): (ENTRY_DELAY, (MARK_EXIT_ERROR, REPORT_ENTRY, START_ENTRY)),
    (ARMED, ARM): _stay(ARMED),
    (ARMED, DISARM): _SET_OFF,
    (ARMED, SILENCE): _stay(ARMED),
    (ARMED, ENTRY_OPENS): (ENTRY_DELAY, (REPORT_ENTRY, START_ENTRY)),
    (ARMED, FOLLOWER_OPENS): _BREAK_IN,
    (ARMED, INSTANT_OPENS): _BREAK_IN,
    (ARMED, TIME_UP): _stay(ARMED),
    (ARMED, TIME_UP_OPEN): _stay(ARMED),
    (ENTRY_DELAY, ARM): _stay(ENTRY_DELAY),
    (ENTRY_DELAY, DISARM): _SET_OFF,
    (ENTRY_DELAY, SILENCE): _stay(ENTRY_DELAY),
    # Neither a second door nor the motion towards the keypad prolongs the delay.
    (ENTRY_DELAY, ENTRY_OPENS): _stay(ENTRY_DELAY),
    (ENTRY_DELAY, FOLLOWER_OPENS): _stay(ENTRY_DELAY),
    (ENTRY_DELAY, INSTANT_OPENS): _BREAK_IN,
    (ENTRY_DELAY, TIME_UP): (ALARM, (REPORT_ENTRY_ALARM, START_SIREN)),
    (ENTRY_DELAY, TIME_UP_OPEN): (ALARM, (REPORT_ENTRY_ALARM, START_SIREN)),
    (ALARM, ARM): _stay(ALARM),
    (ALARM, DISARM): _SET_OFF,
    (ALARM, SILENCE): (ARMED, (REPORT_SILENCED, STOP_TIME)),
    # Each further zone is told; none prolongs the siren.
    (ALARM, ENTRY_OPENS): _stay(ALARM, (REPORT_ALARM,)),
    (ALARM, FOLLOWER_OPENS): _stay(ALARM, (REPORT_ALARM,)),
    (ALARM, INSTANT_OPENS): _stay(ALARM, (REPORT_ALARM,)),
    # The siren ends, the area stays armed and remembers; whatever is open alarms again only after it was closed.
    (ALARM, TIME_UP): (ARMED, (STOP_TIME,)),
    (ALARM, TIME_UP_OPEN): (ARMED, (STOP_TIME,)),
}

# Every trip gives the fire siren its whole time again: a siren that stops too early is the worse fault.
_BURNS = (FIRE_ALARM, (REPORT_FIRE, START_FIRE))

FIRE_TRANSITIONS = {
    (FIRE_QUIET, FIRE_TRIPS): _BURNS,
    (FIRE_QUIET, FIRE_CLEARS): _stay(FIRE_QUIET),
    (FIRE_QUIET, FIRE_ALL_CLEAR): _stay(FIRE_QUIET),
    (FIRE_QUIET, SILENCE): _stay(FIRE_QUIET),
    (FIRE_QUIET, TIME_UP): _stay(FIRE_QUIET),
    (FIRE_ALARM, FIRE_TRIPS): _BURNS,
    (FIRE_ALARM, FIRE_CLEARS): _stay(FIRE_ALARM, (REPORT_FIRE_CLEAR,)),
    # Smoke that has thinned out does not end the alarm: a person does, or the siren's limit.
    (FIRE_ALARM, FIRE_ALL_CLEAR): (FIRE_LATCHED, (REPORT_FIRE_CLEAR,)),
    (FIRE_ALARM, SILENCE): (FIRE_SILENCED, (REPORT_FIRE_SILENCED, STOP_FIRE)),
    (FIRE_ALARM, TIME_UP): (FIRE_SILENCED, (STOP_FIRE,)),
    (FIRE_LATCHED, FIRE_TRIPS): _BURNS,
    (FIRE_LATCHED, FIRE_CLEARS): _stay(FIRE_LATCHED),
    (FIRE_LATCHED, FIRE_ALL_CLEAR): _stay(FIRE_LATCHED),
    (FIRE_LATCHED, SILENCE): (FIRE_QUIET, (REPORT_FIRE_SILENCED, STOP_FIRE)),
    (FIRE_LATCHED, TIME_UP): (FIRE_QUIET, (STOP_FIRE,)),
    (FIRE_SILENCED, FIRE_TRIPS): _BURNS,
    (FIRE_SILENCED, FIRE_CLEARS): _stay(FIRE_SILENCED, (REPORT_FIRE_CLEAR,)),
    (FIRE_SILENCED, FIRE_ALL_CLEAR): (FIRE_QUIET, (REPORT_FIRE_CLEAR,)),
    (FIRE_SILENCED, SILENCE): _stay(FIRE_SILENCED),
    (FIRE_SILENCED, TIME_UP): _stay(FIRE_SILENCED),
}

# Sounds, the most urgent last; a state that is not named is silent.
SIREN_OFF = "off"
SIREN_INTRUSION = "intrusion"
SIREN_FIRE = "fire"
SIRENS = {ALARM: SIREN_INTRUSION}
FIRE_SIRENS = {FIRE_ALARM: SIREN_FIRE, FIRE_LATCHED: SIREN_FIRE}

# What the keypad's mode word asks for; None disarms.
KEYPAD_MODES = {"away": AWAY, "home": HOME, "disarm": None}


def decide(state: int, stimulus: str) -> "tuple[int, tuple[str, ...]]":
    """What an area does when `stimulus` comes in `state`: the next state and the actions. Pure, total."""
    return TRANSITIONS[(state, stimulus)]


def decide_fire(state: int, stimulus: str) -> "tuple[int, tuple[str, ...]]":
    """The same for the fire machine."""
    return FIRE_TRANSITIONS[(state, stimulus)]


def guards(mode: int, zone_type: str, home: bool) -> bool:
    """Whether a zone can set off its area in this mode of arming (0: disarmed). Fire zones always can."""
    return zone_type == FIRE or mode == AWAY or (mode == HOME and home)


def status_number(state: int, mode: int, fire: int) -> int:
    """An area's condition in one number, the detail of a status result: 256 * fire state + 16 * mode + state."""
    return 256 * fire + 16 * mode + state


assert len(TRANSITIONS) == len(STATES) * len(STIMULI)
assert len(FIRE_TRANSITIONS) == len(FIRE_STATES) * len(FIRE_STIMULI)
for _code, _stimulus, _may_be_open in ZONE_TYPES.values():
    assert _code in contact_id.CODES
