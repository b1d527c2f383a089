"""The words between the panel core and whoever drives it: kinds of input, sensor flags, modes, commands, answers.

The numbers are stored and sent.
"""

# Kinds of input: the first item of the tuple.
ZONE = "zone"
LINE = "line"
SENSOR = "sensor"
BUTTON = "button"
KEY = "key"
TAG = "tag"
CLOCK = "clock"
INFORMED = "informed"
POWER = "power"
NETWORK = "network"
RECALLED = "recalled"
PATH = "path"
PATH_USED = "path-used"
JAMMED = "jammed"
NO_CONTACT = "no-contact"
NOISE = "noise"
START = "start"
LOCK = "lock"
COMMAND = "command"

OPEN_OHMS = 1_000_000
"""What a board reports for a line that is cut."""

# What a radio sensor says of itself.
SENSOR_OPEN = 1
SENSOR_TAMPER = 2
SENSOR_BATTERY_LOW = 4
SENSOR_BUTTON = 8
SENSOR_FAULT = 16

# Modes of arming.
AWAY = 1
HOME = 2
NIGHT = 3
ARM_CODES = {AWAY: 3401, HOME: 3441, NIGHT: 3456}

# Commands of the cloud; equal to VERBS in hemlarm_protocol.message_names, which a test checks.
VERB_DISARM = 1
VERB_ARM_AWAY = 2
VERB_ARM_HOME = 3
VERB_STATUS = 4
VERB_SILENCE = 5
VERB_ARM_NIGHT = 6
VERB_BYPASS = 7
VERB_UNBYPASS = 8
VERB_WALK_TEST = 9
VERB_CHIME = 10
VERB_ON = 11
VERB_OFF = 12
VERB_LOCK = 13
VERB_UNLOCK = 14
VERB_PICTURE = 15
VERB_RESTART = 16

# How a command ended.
DONE = 0
REFUSED = 1
UNKNOWN_VERB = 2
BAD_ARGUMENT = 3
EXPIRED = 4
CONFLICT = 5
BUSY = 6
