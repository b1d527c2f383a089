"""Menu pages for the way back to what came out of the box: what it erases, and the user's code once more."""

from hemlarm_firmware.panel import codes, tables
from hemlarm_firmware.panel import menu_texts as texts
from hemlarm_firmware.panel.menu import Page

_DURESS = 1121
_WRONG_CODES = 1461

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hemlarm_firmware.panel.cause import Cause
    from hemlarm_firmware.panel.keypad import Lines
    from hemlarm_firmware.panel.menu import Menu


class Reset(Page):
    """Says what goes. Only while nothing at all is armed: other people's areas go too."""

    def lines(self) -> "Lines":
        """What is erased."""
        return self.menu.say(texts.RESET_WHAT)

    def choose(self, cause: "Cause") -> None:
        """On to the code."""
        if any(area.state != tables.DISARMED for area in self.menu.panel.areas):
            self.menu.refuse(texts.NOT_NOW, cause)
        else:
            self.menu.open(_Code(self.menu), cause)


class _Code(Page):
    """Takes the code of the user whose menu it is: a menu that somebody left open resets nothing.

    A duress code does what the code does, and is reported.
    """

    def __init__(self, menu: "Menu") -> None:
        super().__init__(menu)
        self._digits = ""

    def digit(self, digit: str) -> None:
        """One digit more; too many make a wrong code."""
        self._digits = (self._digits + digit)[: codes.CODE_DIGITS_MAX + 1]

    def lines(self) -> "Lines":
        """Stars, never the digits."""
        return self.menu.say(texts.RESET_CODE, "*" * len(self._digits))

    def choose(self, cause: "Cause") -> None:
        """With the right code it begins, and cannot be taken back. A wrong one counts as at the door."""
        digits, self._digits = self._digits, ""
        user, duress = self.menu.users.find_code(digits)
        if user is None or user["number"] != self.menu.user["number"]:
            self._refuse(cause)
            return
        if duress:
            cause.event(_DURESS, user["areas"][0])
        cause.request("configure", None, user["number"])
        self.menu.farewell = self.menu.say(texts.RESETTING)
        self.menu.end(cause)

    def _refuse(self, cause: "Cause") -> None:
        lock = self.menu.keypad.lock
        if lock.count_wrong(cause.now_ms):
            cause.event(_WRONG_CODES, detail=min(lock.locks, 255))
        cause.buzz = "error"
        self.menu.pages = []
