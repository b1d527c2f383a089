"""What the keypad's menus say. Here are the texts' numbers; the words stand in one module a language.

A language's module has TEXTS, of which those that fill the display have a "|" between the lines and the others are
words to insert, and EVENTS, the event log's words: a line "code word" each, in one string.
"""

MENU = 0
BYPASS = 1
CHIME = 2
LOG = 3
WALK_TEST = 4
YEARLY_TEST = 5
USERS = 6
OWN_CODE = 7
OWN_DURESS = 8
ACCESS = 9
DELAYS = 10
LANGUAGE = 11
BYPASSED = 12
IN_USE = 13
NO_ZONES = 14
CHIME_ON = 15
CHIME_OFF = 16
ACCESS_ON = 17
ACCESS_OFF = 18
LANGUAGE_IS = 19
WALK_START = 20
WALK_STOP = 21
NOT_NOW = 22
YEARLY_1 = 23
YEARLY_2 = 24
YEARLY_3 = 25
YEARLY_4 = 26
YEARLY_START = 27
LOG_EMPTY = 28
EVENT = 29
EVENT_UNKNOWN = 30
RESTORED = 31
MARK_ZONE = 32
MARK_USER = 33
DATE_UNKNOWN = 34
WHO = 35
USER = 36
MASTER = 37
PLAIN_USER = 38
GUEST = 39
INSTALLER = 40
NEW_USER = 41
NEW_CODE = 42
NEW_DURESS = 43
ADD_TAG = 44
DROP_TAGS = 45
REMOVE = 46
ROLE = 47
CODE_FIRST = 48
CODE_AGAIN = 49
CODE_LENGTH = 50
CODE_DIFFERS = 51
TAKEN = 52
HOLD_TAG = 53
TAGS_FULL = 54
USERS_FULL = 55
REMOVE_SURE = 56
DROP_TAGS_SURE = 57
EXIT_DELAY = 58
ENTRY_DELAY = 59
DELAY_RANGE = 60
SAVING = 61
ZONE = 62
REMOTE = 63
REMOTE_DISARM = 64
REMOTE_UNLOCK = 65
ALWAYS = 66
WITH_CODE = 67
NEVER = 68
RESET = 69
RESET_WHAT = 70
RESET_CODE = 71
RESETTING = 72
COUNT = 73

_RESTORED_MAX = 13  # So that the word still fits with what RESTORED adds.

ROLES = [("user", PLAIN_USER), ("guest", GUEST), ("master", MASTER), ("installer", INSTALLER)]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Protocol

    class Words(Protocol):
        """A language's module."""

        TEXTS: Mapping[int, str]
        EVENTS: str


def load(language: str) -> "Words":
    """The module of one language."""
    words: Words = __import__("hemlarm_firmware.panel.menu_texts_" + language, None, None, ("TEXTS",))
    return words


def event_word(words: "Words", qcode: int) -> str:
    """What happened, in at most 16 characters: the code's own word, else that of the alarm that has restored."""
    word = _find(words.EVENTS, qcode)
    restored = _find(words.EVENTS, qcode - 2000)[:_RESTORED_MAX] if qcode // 1000 == 3 else ""
    if restored and not word:
        return words.TEXTS[RESTORED].format(restored)
    return word or words.TEXTS[EVENT_UNKNOWN].format(qcode)


def _find(table: str, qcode: int) -> str:
    key = f"\n{qcode} "
    start = table.find(key)
    return "" if start < 0 else table[start + len(key) : table.find("\n", start + 1)]
