"""An area's intrusion alarm: its states, its stimuli, and what follows from each in each.

`area.py` interprets the table and holds no rule of its own about which state follows which. The machine is total:
every stimulus has a row in every state, so nothing is ignored by accident. `tools/draw_states.py` draws it, with the
words of `table_names.py`. Alarms that need no arming have a machine of their own, in `latch_tables.py`.
"""

from hemlarm_protocol.constant import const

# Stimuli.
ARM = 0
DISARM = 1
SILENCE = 2
ENTRY_OPENS = 3
FOLLOWER_OPENS = 4
INSTANT_OPENS = 5
TIME_UP = 6
TIME_UP_OPEN = 7  # Time is up, and the exit route is open.

# States. The numbers are stored and sent.
DISARMED = 0
EXIT_DELAY = 1
ARMED = 2
ENTRY_DELAY = 3
ALARM = 4

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
_FLASH = const(14)

# Rows are (next state, action, ...). These are shared by many states; _STAY changes nothing and does nothing.
_STAY: "tuple[int, ...]" = ()
_BREAK_IN = (ALARM, _REPORT_ALARM, _START_SIREN)
_SET_OFF = (DISARMED, _REPORT_DISARMED, _REPORT_CANCEL, _STOP_TIME, _END_MODE)

# State: stimulus: row. A refused arming is no transition: `Site.arm` decides before.
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
        # Neither a second door nor the motion towards the keypad prolongs the delay; a camera shows that it is awake.
        ENTRY_OPENS: _STAY,
        FOLLOWER_OPENS: (ENTRY_DELAY, _FLASH),
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


def decide(state: int, stimulus: int) -> "tuple[int, tuple[int, ...]]":
    """What an area does when `stimulus` comes in `state`: the next state and the actions. Pure, total."""
    row = TRANSITIONS[state][stimulus]
    return (row[0], row[1:]) if row else (state, row)


def status_number(state: int, mode: int, fire: int) -> int:
    """An area's condition in one number, the detail of a status result: 256 * fire state + 16 * mode + state."""
    return 256 * fire + 16 * mode + state
