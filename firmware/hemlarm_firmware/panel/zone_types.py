"""What zones are: how each type reacts, what may hang on it, and what its alarm is called."""

from hemlarm_firmware.panel import latch_tables, tables

# Types: how a zone reacts.
ENTRY = "entry"
FOLLOWER = "follower"
INSTANT = "instant"
ALWAYS = "always"
FIRE = "fire"
CO = "co"
WATER = "water"
HOLD_UP = "hold_up"
TAMPER = "tamper"
TEMPERATURE = "temperature"

# Contact ID codes of the alarms. A fire's depends on what found it, a silent hold-up has one of its own.
CODES = {
    ENTRY: 134,
    FOLLOWER: 132,
    INSTANT: 130,
    ALWAYS: 133,
    FIRE: 111,
    CO: 162,
    WATER: 154,
    HOLD_UP: 120,
    TAMPER: 137,
    TEMPERATURE: 158,
}
FIRE_CODES = {"heat": 114, "button": 115}
SILENT_HOLD_UP = 122

# What its opening is to the area's intrusion machine. Only these need arming.
STIMULI = {ENTRY: tables.ENTRY_OPENS, FOLLOWER: tables.FOLLOWER_OPENS, INSTANT: tables.INSTANT_OPENS}

# Which of the alarms that are always on it sets off. A temperature sets off none.
LATCHES = {
    FIRE: latch_tables.FIRE,
    CO: latch_tables.CO,
    HOLD_UP: latch_tables.HOLD_UP,
    ALWAYS: latch_tables.ALWAYS,
    TAMPER: latch_tables.TAMPER,
    WATER: latch_tables.WATER,
}

EXIT_ROUTE = [ENTRY, FOLLOWER]
CAMERAS = ["camera", "pet_camera"]
MOTION = ["motion", "pet_motion", "camera", "pet_camera"]


def code(zone_type: str, sensor: str, silent: bool) -> int:
    """The Contact ID code of a zone's alarm."""
    if zone_type == FIRE:
        return FIRE_CODES.get(sensor, CODES[FIRE])
    return SILENT_HOLD_UP if silent else CODES[zone_type]
