"""The words for the numbers in the state tables, for drawings and tests. A panel never loads this."""

from hemlarm_firmware.panel import latch_tables, tables

STATES = {
    tables.DISARMED: "disarmed",
    tables.EXIT_DELAY: "exit delay",
    tables.ARMED: "armed",
    tables.ENTRY_DELAY: "entry delay",
    tables.ALARM: "intrusion alarm",
}

LATCH_STATES = {
    latch_tables.QUIET: "quiet",
    latch_tables.ALARM: "alarm",
    latch_tables.LATCHED: "alarm, detectors clear",
    latch_tables.SILENCED: "silenced, not clear",
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

LATCH_STIMULI = {
    latch_tables.TRIPS: "detector trips",
    latch_tables.CLEARS: "detector clears, others remain",
    latch_tables.ALL_CLEAR: "last detector clears",
    latch_tables.SILENCE: "silence",
    latch_tables.TIME_UP: "time is up",
}
"""The same for the alarms that are always on."""

LATCH_KINDS = {
    latch_tables.FIRE: "fire",
    latch_tables.CO: "carbon monoxide",
    latch_tables.HOLD_UP: "hold-up",
    latch_tables.TAMPER: "tamper",
    latch_tables.ALWAYS: "24-hour intrusion",
    latch_tables.WATER: "water",
}
