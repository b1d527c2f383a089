"""Menu pages for trying the alarm out: the walk test and the yearly test."""

from hemlarm_firmware.panel import menu_texts as texts
from hemlarm_firmware.panel.menu import Page

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hemlarm_firmware.panel.cause import Cause
    from hemlarm_firmware.panel.keypad import Lines

_STEPS = [texts.YEARLY_1, texts.YEARLY_2, texts.YEARLY_3, texts.YEARLY_4, texts.YEARLY_START]


class WalkTest(Page):
    """Begins or ends the walk test; its progress is the panel's to show, so the menu ends."""

    def lines(self) -> "Lines":
        """What ok does."""
        return self.menu.say(texts.WALK_STOP if self.menu.panel.walking else texts.WALK_START)

    def choose(self, cause: "Cause") -> None:
        """Begins or ends it."""
        if self.menu.panel.walking:
            self.menu.panel.end_walk_test(cause)
            self.menu.end(cause)
        elif self.menu.panel.begin_walk_test(cause):
            self.menu.end(cause)
        else:
            self.menu.refuse(texts.NOT_NOW, cause)


class YearlyTest(Page):
    """Tells how the test goes, page by page, and begins it on the last."""

    def count(self) -> int:
        """The number of pages."""
        return len(_STEPS)

    def lines(self) -> "Lines":
        """One step of the test."""
        return self.menu.say(_STEPS[self.index])

    def choose(self, cause: "Cause") -> None:
        """The next page, or the beginning of the test."""
        if self.index + 1 < len(_STEPS):
            self.index += 1
        elif self.menu.panel.begin_yearly_test(cause):
            self.menu.end(cause)
        else:
            self.menu.refuse(texts.NOT_NOW, cause)
