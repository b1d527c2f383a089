"""What the keypad's display says: two lines of 16 characters, in Swedish and English.

Here are the texts' numbers; the words stand in one module a language, of which a panel loads the one that it speaks.
"""

COLUMNS = 16
LANGUAGES = ("sv", "en")

READY = 0
OPEN_ZONE = 1
NOT_ARMED = 2
WRONG_CODE = 3
LOCKED = 4
REMEMBERS = 5
REMEMBERS_FIRE = 6
LEAVING = 7
STAYING = 8
ARMED_AWAY = 9
ARMED_HOME = 10
ENTERING = 11
BURGLARY = 12
ARMED_REMEMBERS = 13
FIRE_NOW = 14
FIRE_SILENCED = 15

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    Texts = Mapping[int, str]


def load(language: str) -> "Texts":
    """The texts of one of the LANGUAGES, for `lines`."""
    module = __import__("hemlarm_firmware.panel.texts_" + language, None, None, ("TEXTS",))
    texts: Texts = module.TEXTS
    return texts


def lines(texts: "Texts", text: int, zone: int = 0) -> "tuple[str, str]":
    """The two lines of a text, with the zone's number where the text names one."""
    first, second = texts[text].replace("{}", str(zone)).split("/")
    return first, second
