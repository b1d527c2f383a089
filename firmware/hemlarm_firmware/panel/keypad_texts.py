"""What the keypad says to whoever uses it. Here are the texts' numbers; the words stand in one module a language."""

from hemlarm_firmware.panel import words

CODE = 0
ASK_OFF = 1
ASK_AWAY = 2
ASK_HOME = 3
ASK_NIGHT = 4
WRONG_CODE = 5
UNKNOWN_TAG = 6
LOCKED = 7
NOT_PERMITTED = 8
NOT_LET_IN = 9
OUTSIDE_HOURS = 10
CLOCK_UNKNOWN = 11
ARMED_ALREADY = 12
BLOCKER_OPEN = 13
BLOCKER_FAULT = 14
BLOCKER_MUST_CLOSE = 15
ALL_CLOSED = 16
ZONE = 17
COUNT = 18

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hemlarm_firmware.panel.words import Words


def load(language: str) -> "Words":
    """The texts of one language, for `lines`."""
    return words.load("keypad_texts_" + language)


def lines(text: str, *values: "int | str") -> "tuple[str, str]":
    """The two lines of a text, with {0}, {1}, ... replaced by the values; a value may hold any character."""
    first, second = text.split("|")
    return first.format(*values), second.format(*values)
