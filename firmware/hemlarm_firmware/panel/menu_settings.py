"""Menu pages for settings: the areas' exit and entry delays, and the language."""

from hemlarm_firmware.panel import menu_texts as texts
from hemlarm_firmware.panel.menu import Page

DELAY_S_MAX = 300
_DIGITS_MAX = 3

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hemlarm_firmware.panel.cause import Cause
    from hemlarm_firmware.panel.keypad import Lines
    from hemlarm_firmware.panel.menu import Menu


class Delays(Page):
    """The delays of the user's areas, exit and entry in turn; digits and ok change the one shown."""

    def __init__(self, menu: "Menu") -> None:
        super().__init__(menu)
        self._areas = [area for area in menu.config["areas"] if area["number"] in menu.user["areas"]]
        self._typed = ""

    def count(self) -> int:
        """Two for each area."""
        return 2 * len(self._areas)

    def leaf(self, step: int, cause: "Cause") -> None:
        """The next delay; what was typed was for this one."""
        self._typed = ""
        super().leaf(step, cause)

    def digit(self, digit: str) -> None:
        """Part of a new delay, in seconds."""
        self._typed = (self._typed + digit)[:_DIGITS_MAX]

    def lines(self) -> "Lines":
        """The delay and what is typed."""
        area = self._areas[self.index // 2]
        text = texts.ENTRY_DELAY if self.index % 2 else texts.EXIT_DELAY
        return self.menu.say(text, area["number"], area[self._field()], self._typed)

    def choose(self, cause: "Cause") -> None:
        """Takes what is typed."""
        typed, self._typed = self._typed, ""
        if not typed or int(typed) > DELAY_S_MAX:
            self.menu.refuse(texts.DELAY_RANGE, cause)
        else:
            number = self._areas[self.index // 2]["number"]
            self.menu.configure("areas", number, {self._field(): int(typed)}, cause)

    def _field(self) -> str:
        return "entry_s" if self.index % 2 else "exit_s"


class Language(Page):
    """The language that is spoken; ok changes to the other."""

    def lines(self) -> "Lines":
        """Says it in itself."""
        return self.menu.say(texts.LANGUAGE_IS)

    def choose(self, cause: "Cause") -> None:
        """The other one."""
        other = "en" if self.menu.config["language"] == "sv" else "sv"
        self.menu.configure("panel", 0, {"language": other}, cause)
