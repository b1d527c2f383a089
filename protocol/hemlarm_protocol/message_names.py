"""The words for the numbers in messages. A panel never loads this: it has no use for names."""

VERBS = {1: "disarm", 2: "arm-away", 3: "arm-home", 4: "status", 5: "silence"}
"""Every command the firmware knows; its argument is the area's number."""

STATUSES = {0: "done", 1: "refused", 2: "unknown-verb", 3: "bad-argument", 4: "expired"}

VOID_CAUSES = {0: "reserved, not used", 1: "dropped from a full journal", 2: "not readable", 3: "no longer held"}
