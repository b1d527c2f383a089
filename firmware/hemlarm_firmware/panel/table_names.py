"""The words for the numbers in `tables.py`, for drawings and tests. A panel never loads this."""

from hemlarm_firmware.panel import tables

STATES = {
    tables.DISARMED: "disarmed",
    tables.EXIT_DELAY: "exit delay",
    tables.ARMED: "armed",
    tables.ENTRY_DELAY: "entry delay",
    tables.ALARM: "intrusion alarm",
}

FIRE_STATES = {
    tables.FIRE_QUIET: "no fire",
    tables.FIRE_ALARM: "fire alarm",
    tables.FIRE_LATCHED: "fire alarm, detectors clear",
    tables.FIRE_SILENCED: "fire, silenced",
}

STIMULI = {
    tables.ARM: "arm",
    tables.DISARM: "disarm",
    tables.SILENCE: "silence",
    tables.ENTRY_OPENS: "entry zone opens",
    tables.FOLLOWER_OPENS: "follower zone opens",
    tables.INSTANT_OPENS: "instant zone opens",
    tables.TIME_UP: "time is up",
    tables.TIME_UP_OPEN: "time is up, exit route open",
}
"""What the intrusion machine must have a row for, in every state."""

FIRE_STIMULI = {
    tables.FIRE_TRIPS: "detector trips",
    tables.FIRE_CLEARS: "detector clears, others remain",
    tables.FIRE_ALL_CLEAR: "last detector clears",
    tables.SILENCE: "silence",
    tables.TIME_UP: "time is up",
}
"""The same for the fire machine."""
