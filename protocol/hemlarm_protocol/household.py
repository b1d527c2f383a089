"""What only some houses say to their cloud: commands with a person's code, readings, and pictures in parts.

Importing it adds these messages to the tables of `messages`. The cloud always does; a panel only where
its configuration has a use for them, and one that has none refuses them as unknown.
"""

from collections import namedtuple

from hemlarm_protocol import messages
from hemlarm_protocol.keys import DOWN, SESSION, UP

READINGS_MAX = 40
"""Readings in one message; with the largest numbers they still fit a sealed message of 512 bytes."""

CODE_DIGITS_MIN, CODE_DIGITS_MAX = 4, 6
"""With the longest code the message still fits a sealed message of 64 bytes, as a command without one does."""

# Kinds of readings.
TEMPERATURE = 1
PLUG = 2
LOCK = 3
AREA = 4

TEMPERATURE_ZERO = 1000
"""The value of a temperature reading at 0.0 degrees: tenths of a degree count from here."""

# What a lock tells of itself: the value of its reading.
UNLOCKED, LOCKED, MOVING, JAMMED = 0, 1, 2, 3

# Added to an area's mode (0 disarmed, 1 away, 2 home, 3 night) in its reading.
IN_EXIT, IN_ENTRY, IN_ALARM = 10, 20, 30

CodedCommand = namedtuple("CodedCommand", ["id", "verb", "argument", "user", "expires", "code"])
"""A `messages.Command` with the code that a person typed for it: 4 to 6 digits in ASCII."""

Readings = namedtuple("Readings", ["items"])
"""What is measured and switched now: groups of a kind, a number and a value, one behind the other. All that is known:
what stands in no message any more is known no more. Not answered and never repeated."""

PicturePart = namedtuple("PicturePart", ["id", "kid", "number", "zone", "shot", "taken", "total", "offset", "data"])
"""A piece of a picture: an id of 8 random bytes; the alarm's event by its journal key's id and number (number 0: it was
asked for); the camera's zone, which of its shots it is, and when it was taken in s since 1970, or None. Of the JPEG's
`total` bytes those from `offset` on."""

PictureState = namedtuple("PictureState", ["id", "got"])
"""The cloud has committed this picture's first `got` bytes. All of its `total` also says that it wants no more."""

ITEMS = {
    18: (CodedCommand, "iBHnId"),
    19: (Readings, "R"),
    20: (PicturePart, "ikInctHHb"),
    21: (PictureState, "iH"),
}
"""As `messages.ITEMS`."""

messages.SPANS["d"] = (CODE_DIGITS_MIN, CODE_DIGITS_MAX)
messages.GROUPS["R"] = ("cnH", READINGS_MAX)
messages.ITEMS.update(ITEMS)
messages.ALLOWED[SESSION, UP] += (Readings, PicturePart)
messages.ALLOWED[SESSION, DOWN] += (CodedCommand, PictureState)
messages.FOR_THE_SHELL.update({CodedCommand: "command", PictureState: "picture-state"})
