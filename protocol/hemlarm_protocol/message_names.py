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
}
"""Every command the firmware knows. Its argument is the area's number, of a bypass the zone's, else 1 on and 0 off."""

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
