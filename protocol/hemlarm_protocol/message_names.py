"""The words for the numbers in messages. A panel never loads this: it has no use for names."""

VERBS = {
    1: "disarm",
    2: "arm-away",
    3: "arm-home",
    4: "status",
    5: "silence",
    6: "arm-night",
    7: "bypass",
    8: "unbypass",
    9: "walk-test",
    10: "chime",
    11: "on",
    12: "off",
    13: "lock",
    14: "unlock",
    15: "picture",
    16: "restart",
}
"""Every command the firmware knows. Its argument is the area's number; of 7, 8 and 15 the zone's, of 9 and 10 1 on and
0 off, of 11 to 14 the output's."""

STATUSES = {
    0: "done",
    1: "refused",
    2: "unknown-verb",
    3: "bad-argument",
    4: "expired",
    5: "conflict",
    6: "busy",
}
"""How a command or a change of the configuration ended; a conflict is a change that is based on an old revision."""

VOID_CAUSES = {0: "reserved, not used", 1: "dropped from a full journal", 2: "not readable", 3: "no longer held"}

RESTART_CAUSES = {0: "power", 1: "asked", 2: "watchdog", 3: "crash", 4: "brown-out", 5: "parked"}
"""Why the panel started: in Health, and the detail of the event 1305."""

TASKS = {0: "", 1: "inputs", 2: "deadlines", 3: "link"}
"""Which of the firmware's tasks hung before a restart by the watchdog: in Health, and the zone of the event 1305. 0
after a loop that let no task go on, and after every other restart."""

SELF_TEST_FAULTS = {1: "heap", 2: "flash", 3: "clock", 4: "crash"}
"""What failed: the detail of the event 1307."""

MAINS = {0: "off", 1: "on", 2: "not known"}
"""In Health."""

POWER_FLAGS = {
    1: "charging",
    2: "battery low",
    4: "battery missing or dead",
    8: "charger fault",
    16: "battery test failed",
}
"""The bits of a Health's `power_flags`."""

PATHS = {1: "ip", 2: "mobile", 3: "sms"}
"""The ways to the cloud, as in `path_names`."""

REGISTRATIONS = {
    0: "not registered",
    1: "home",
    2: "searching",
    3: "denied",
    4: "unknown",
    5: "roaming",
    6: "home, SMS only",
    7: "roaming, SMS only",
    8: "emergency calls only",
    9: "home, no fallback for calls",
    10: "roaming, no fallback for calls",
}
"""In a PathReport: the states of 3GPP TS 27.007, +CEREG."""

TECHNOLOGIES = {0: "", 1: "GSM", 2: "UMTS", 3: "LTE"}
"""In a PathReport."""

READING_KINDS = {1: "temperature", 2: "plug", 3: "lock", 4: "area"}
"""What a reading is of."""

LOCK_STATES = {0: "unlocked", 1: "locked", 2: "moving", 3: "jammed"}
"""The value of a lock's reading."""

UPDATE_STATES = {1: "loading", 2: "ready", 3: "on trial", 4: "running", 5: "refused", 6: "rolled back"}
"""In an UpdateState: ready waits for a quiet moment to be tried, running has proved itself."""

UPDATE_REASONS = {
    0: "",
    1: "the signature is wrong",
    2: "it is for another board",
    3: "it is older than the floor or than what runs",
    4: "it is not whole",
    5: "its files are not what was signed",
    6: "it is for another interpreter",
    7: "there is no room, or the flash failed",
    8: "it crashed on trial",
    9: "it had no contact with the cloud on trial",
    10: "its self-test failed on trial",
    11: "it cannot read this panel's data",
    12: "it was changed after it had been checked",
    13: "the cloud gave it up",
    14: "it failed on this panel before",
}
"""Why an update was refused or rolled back: in an UpdateState, and the detail of the event 1414."""

REFUSALS = {
    1: "not from afar",
    2: "a code is needed",
    3: "wrong code",
    4: "too many wrong codes",
    5: "not permitted to this user now",
}
"""Why a panel that limits what may be done from afar refused a command of the verbs 1, 7, 9 or 14: its detail."""
