"""The menu page of the event log: from the newest event down to the oldest.

A hold-up under duress is never shown, and no cancel either: it is missing after a disarming under duress, so showing it
after others would tell the two apart.
"""

from hemlarm_firmware.panel import local_time
from hemlarm_firmware.panel import menu_texts as texts
from hemlarm_firmware.panel.menu import Page

_NEVER_SHOWN = [1121, 1122, 1406]
_OLDER = 1

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from hemlarm_firmware.panel.cause import Cause
    from hemlarm_firmware.panel.keypad import Lines
    from hemlarm_firmware.panel.menu import Menu


class Log(Page):
    """One event at a time; ok changes between when it was and who and where it was."""

    def __init__(self, menu: "Menu") -> None:
        super().__init__(menu)
        self._item: Sequence[Any] | None = None
        self._who = False

    def begin(self, cause: "Cause") -> None:
        """Asks for the newest event."""
        self._asked: int | None = None  # The index that was asked for and not yet answered.
        self._ask(0, _OLDER, cause)

    def leaf(self, step: int, cause: "Cause") -> None:
        """One event older (down) or newer (up)."""
        if self._asked is None:
            self._ask(self.index + step, step, cause)

    def choose(self, cause: "Cause") -> None:  # noqa: ARG002 - nothing is done here.
        """The other half of what is known of the event."""
        self._who = not self._who

    def recalled(self, item: "Sequence[Any] | None", cause: "Cause") -> None:
        """An event, or None beyond the oldest: then the last one stays."""
        index, self._asked = self._asked, None
        if index is None:
            return
        if item is not None and item[0] in _NEVER_SHOWN:
            self._ask(index + self._step, self._step, cause)
        elif item is not None:
            self.index, self._item, self._who = index, item, False

    def lines(self) -> "Lines":
        """The event in a word, with its time and the zone or user, or with both."""
        if self._item is None:
            title = self.menu.words.TEXTS[texts.LOG]
            return self.menu.say(texts.LOG_EMPTY) if self._asked is None else (title, "")
        qcode, zone, user, unix_s = self._item
        word = texts.event_word(self.menu.words, qcode)
        if self._who:
            return self.menu.say(texts.WHO, word, zone, user)
        mark = texts.MARK_ZONE if zone else texts.MARK_USER
        known = zone or user
        named = self.menu.words.TEXTS[mark].format(known) if known else ""
        first, second = self.menu.say(texts.EVENT, word, self._date(unix_s), named)
        return first, second.rstrip()

    def _ask(self, index: int, step: int, cause: "Cause") -> None:
        if index >= 0:
            self._asked, self._step = index, step
            cause.request("recall", index)

    def _date(self, unix_s: "int | None") -> str:
        if unix_s is None:
            return self.menu.words.TEXTS[texts.DATE_UNKNOWN]
        seconds = self.menu.users.local_s(unix_s)
        _, month, day = local_time.date(seconds)
        minute = local_time.minute_of_day(seconds)
        return f"{day}/{month} {minute // 60:02}:{minute % 60:02}"
