"""What sirens sound like: the pattern of each word that the core shows for "siren" and "outdoor".

A pattern is milliseconds on, off, on, off, again and again from its beginning; an empty one sounds without a pause.
Fire is the temporal-3 of ISO 8201 and CO the temporal-4 that goes with it: people know them from smoke and CO alarms.
The two others are ours: burglary never pauses, hold-up has one short pause a second, so that no two can be mistaken.
"""

PATTERNS = {
    "intrusion": (),
    "fire": (500, 500, 500, 500, 500, 1500),
    "co": (100, 100, 100, 100, 100, 100, 100, 5000),
    "hold-up": (800, 200),
}
