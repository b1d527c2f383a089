"""Menu page for what may be done from afar: whether the cloud may disarm and unlock, and with whose word."""

from hemlarm_firmware.panel import menu_texts as texts
from hemlarm_firmware.panel.menu import Page

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hemlarm_firmware.panel.cause import Cause
    from hemlarm_firmware.panel.keypad import Lines
    from hemlarm_firmware.panel.menu import Menu

_FIELDS = [("remote_disarm", texts.REMOTE_DISARM), ("remote_unlock", texts.REMOTE_UNLOCK)]
_WORDS = {"always": texts.ALWAYS, "code": texts.WITH_CODE, "never": texts.NEVER}
_NEXT = {"always": "code", "code": "never", "never": "always"}


class Remote(Page):
    """The limits, of unlocking only where there is a lock; ok changes the one shown to the next."""

    def __init__(self, menu: "Menu") -> None:
        super().__init__(menu)
        has_lock = any(output["kind"] == "lock" for output in menu.config["outputs"])
        self._fields = _FIELDS if has_lock else _FIELDS[:1]

    def count(self) -> int:
        """One for each."""
        return len(self._fields)

    def lines(self) -> "Lines":
        """The limit."""
        name, text = self._fields[self.index]
        return self.menu.say(text, self.menu.words.TEXTS[_WORDS[self.menu.config[name]]])

    def choose(self, cause: "Cause") -> None:
        """The next one."""
        name = self._fields[self.index][0]
        self.menu.configure("panel", 0, {name: _NEXT[self.menu.config[name]]}, cause)
