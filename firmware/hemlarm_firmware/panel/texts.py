"""What the keypad's display says of the alarm's state: two lines of 16 characters, in Swedish and English.

Here are the texts' numbers; the words stand in one module a language, of which a panel loads the one that it speaks.
What the keypad says of itself, while somebody uses it, is in `menu_texts.py`.
"""

from hemlarm_firmware.panel import words

COLUMNS = 16

READY = 0
OPEN_ZONE = 1
REMEMBERS = 2
LEAVING = 3
STAYING = 4
NIGHT_STAYING = 5
ARMED_AWAY = 6
ARMED_HOME = 7
ARMED_NIGHT = 8
ENTERING = 9
BURGLARY = 10
ARMED_REMEMBERS = 11
WALK_LEFT = 12
WALK_DONE = 13
TAMPERED = 14
MISSING = 15
FAULTY = 16
HOT = 17
COLD = 18
BATTERY = 19
UNHEARD = 20
A_ZONE = 21  # What a zone without a name is called.
THE_KEYPAD = 22  # Where an alarm came from that has no zone.
OVER_TOLD = 23
MAINS_LOST = 24
BATTERY_LOW = 25  # The number are the hours left.
BATTERY_CHARGING = 26
BATTERY_FAULT = 27
CHARGER_FAULT = 28

# What is wrong with the contact to the world, in the order of `contact.py`.
CONTACT = 29

# The alarms that are always on have six texts each, in the order of their kinds.
LATCHES = 35
PER_LATCH = 6
NOW = 0
SILENCED = 1
REMEMBERED = 2
TOLD = 3
NOT_TOLD = 4
SILENCED_TOLD = 5

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hemlarm_firmware.panel.words import Words


def load(language: str) -> "Words":
    """The texts of "sv" or "en", for `lines`."""
    return words.load("texts_" + language)


def lines(texts: "Words", text: int, number: int = 0, name: str = "") -> "tuple[str, str]":
    """The two lines of a text. "#" is the number; "{}" the zone's name, or what it is called without one.

    A name that is too long for the line gives way to the words around it.
    """
    if not name:
        name = texts[A_ZONE].replace("#", str(number)) if number else texts[THE_KEYPAD]
    first, second = texts[text].replace("#", str(number)).split("/")
    return _fill(first, name), _fill(second, name)


def _fill(line: str, name: str) -> str:
    return line.replace("{}", name[: COLUMNS + 2 - len(line)]) if "{}" in line else line
