"""Menu pages that take a new code, typed twice, or a new tag."""

from hemlarm_firmware.panel import codes
from hemlarm_firmware.panel import menu_texts as texts
from hemlarm_firmware.panel.menu import Page

TAGS_MAX = 4

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hemlarm_firmware.panel.cause import Cause
    from hemlarm_firmware.panel.config import Config
    from hemlarm_firmware.panel.keypad import Lines
    from hemlarm_firmware.panel.menu import Menu


class NewCode(Page):
    """Takes a code for a user's `field` ("hash" or "duress"); `fields` are changed with it.

    A code that is in use is refused without telling whose. That lets a user try out others' codes, one with each change
    of their own, which is reported each time.
    """

    def __init__(self, menu: "Menu", number: int, field: str, fields: "Config") -> None:
        super().__init__(menu)
        self._number = number
        self._field = field
        self._fields = fields
        self._first = ""
        self._digits = ""

    def digit(self, digit: str) -> None:
        """One digit more; too many make a wrong code."""
        self._digits = (self._digits + digit)[: codes.CODE_DIGITS_MAX + 1]

    def lines(self) -> "Lines":
        """Stars, never the digits."""
        return self.menu.say(texts.CODE_AGAIN if self._first else texts.CODE_FIRST, "*" * len(self._digits))

    def choose(self, cause: "Cause") -> None:
        """The code is typed to its end."""
        digits, first = self._digits, self._first
        self._digits = self._first = ""
        if not codes.is_code(digits):
            self.menu.refuse(texts.CODE_LENGTH, cause)
        elif not first:
            self._first = digits
        elif digits != first:
            self.menu.refuse(texts.CODE_DIFFERS, cause)
        else:
            self._take(self.menu.users.hash_code(digits), cause)

    def _take(self, hashed: bytes, cause: "Cause") -> None:
        if self.menu.users.owner(hashed)[0] is not None:
            self.menu.refuse(texts.TAKEN, cause)
        else:
            self._fields[self._field] = hashed
            self.menu.configure("users", self._number, self._fields, cause)


class OwnCode(NewCode):
    """The user's own code."""

    def __init__(self, menu: "Menu") -> None:
        super().__init__(menu, menu.user["number"], "hash", {})


class OwnDuress(NewCode):
    """The user's own duress code."""

    def __init__(self, menu: "Menu") -> None:
        super().__init__(menu, menu.user["number"], "duress", {})


class NewTag(Page):
    """Takes a further tag for a user, by holding it to the keypad."""

    def __init__(self, menu: "Menu", user: "Config") -> None:
        super().__init__(menu)
        self._user = user

    def lines(self) -> "Lines":
        """What to do."""
        return self.menu.say(texts.HOLD_TAG)

    def tag(self, uid: bytes, cause: "Cause") -> None:
        """The tag, unless it is somebody's."""
        if not codes.is_tag(uid) or self.menu.users.find_tag(uid)[0] is not None:
            self.menu.refuse(texts.TAKEN, cause)
        else:
            tags = self._user["tags"] + [self.menu.users.hash_tag(uid)]
            self.menu.configure("users", self._user["number"], {"tags": tags}, cause)
