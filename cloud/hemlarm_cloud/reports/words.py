"""The words of reports in Swedish and English, and how their numbers and times are written. Pure."""

from zoneinfo import ZoneInfo

from hemlarm_cloud.reports import event_names
from hemlarm_cloud.reports.model import Kind, Language, Value
from hemlarm_cloud.reports.periods import local
from hemlarm_cloud.reports.vocabulary import NAMES, TEXTS

NOTHING = "\N{EN DASH}"
"""What stands for a value that is not there."""

_SPACE = "\N{NO-BREAK SPACE}"
_COLUMN = {"sv": 0, "en": 1}


class Words:
    """One language in one time zone."""

    def __init__(self, language: Language, zone: ZoneInfo) -> None:
        self.language = language
        self.zone = zone
        self._column = _COLUMN[language]

    def text(self, key: str, **values: object) -> str:
        """Return a text of `vocabulary.TEXTS` with these values in it; a missing key is a mistake in the code."""
        return TEXTS[key][self._column].format(**values)

    def name(self, group: str, word: str | None) -> str:
        """Return what a word of the store is called: category "fire" gives Brand. An unlisted one stays readable."""
        if not word:
            return ""
        known = NAMES[group].get(word)
        return known[self._column] if known else word.replace("-", " ").replace("_", " ").capitalize()

    def names(self, group: str, words: str) -> str:
        """Return several, which the store writes with commas between."""
        return ", ".join(self.name(group, word) for word in words.split(",") if word)

    def event(self, qcode: int) -> str:
        """Return what a Contact ID code with its qualifier means."""
        return event_names.describe(qcode, self.language)

    def yes(self, holds: object) -> str:
        """Return yes or no."""
        return self.text("yes" if holds else "no")

    def day(self, at_ms: int | None) -> str:
        """Return a date as the calendars there show it."""
        return "" if at_ms is None else f"{local(at_ms, self.zone):%Y-%m-%d}"

    def moment(self, at_ms: int | None) -> str:
        """Return a date and the time to the second."""
        return NOTHING if at_ms is None else f"{local(at_ms, self.zone):%Y-%m-%d %H:%M:%S}"

    def printed(self, value: Value, kind: Kind) -> str:
        """Return a value as it is printed."""
        if value is None:
            return NOTHING
        if isinstance(value, str):
            return value
        if kind == "time":
            return self.moment(value)
        return self._lasted(value) if kind == "seconds" else self._grouped(value)

    def _grouped(self, number: int) -> str:
        return f"{number:,}".replace(",", _SPACE if self.language == "sv" else ",")

    def _lasted(self, seconds: int) -> str:
        hours, rest = divmod(seconds, 3600)
        if hours:
            return f"{self._grouped(hours)}{_SPACE}h{_SPACE}{rest // 60:02d}{_SPACE}min"
        if seconds >= 60:
            return f"{seconds // 60}{_SPACE}min{_SPACE}{seconds % 60:02d}{_SPACE}s"
        return f"{seconds}{_SPACE}s"
