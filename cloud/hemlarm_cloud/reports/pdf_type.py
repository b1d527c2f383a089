"""The typeface of printed reports: how wide a text is, and where it breaks."""

from functools import cache, lru_cache
from importlib import resources

from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped]
from reportlab.pdfbase.ttfonts import TTFont  # type: ignore[import-untyped]

REGULAR, MEDIUM = "Hemlarm-Regular", "Hemlarm-Medium"

_FILES = {REGULAR: "Roboto-Regular.ttf", MEDIUM: "Roboto-Medium.ttf"}
_SUBSTITUTE = "?"
_BREAKS_AFTER = "-/@._,"
"""Where a word too long for its column is broken first."""


@cache
def load() -> None:
    """Make the typeface known to the printing library; nothing else is done the second time."""
    folder = resources.files("hemlarm_cloud.reports") / "fonts"
    for name, file in _FILES.items():
        with resources.as_file(folder / file) as path:
            pdfmetrics.registerFont(TTFont(name, str(path)))


def drawable(text: str) -> str:
    """Return a text with a question mark in place of each letter that the typeface lacks; a line break is a space."""
    glyphs = pdfmetrics.getFont(REGULAR).face.charToGlyph
    return "".join(letter if ord(letter) in glyphs else _SUBSTITUTE for letter in text.replace("\n", " "))


def width(text: str, font: str, size: float) -> float:
    """Return how wide a text is, in points."""
    found: float = pdfmetrics.stringWidth(text, font, size)
    return found


@lru_cache(maxsize=20_000)
def wrapped(text: str, font: str, size: float, room: float) -> tuple[str, ...]:
    """Return the lines of a text in a column `room` points wide; words too long for it are broken. At least one."""
    if width(text, font, size) <= room:
        return (text,)
    lines, line = [], ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if width(longer, font, size) <= room:
            line = longer
            continue
        if line:
            lines.append(line)
        *whole, line = _pieces(word, font, size, room)
        lines += whole
    return (*lines, line)


def longest_word(text: str, font: str, size: float) -> float:
    """Return how wide the widest word is."""
    return max(width(word, font, size) for word in text.split(" "))


def _pieces(word: str, font: str, size: float, room: float) -> list[str]:
    pieces = []
    while len(word) > 1 and width(word, font, size) > room:
        fits = next(
            count for count in range(len(word) - 1, 0, -1) if count == 1 or _fits(word[:count], font, size, room)
        )
        nice = max((at + 1 for at in range(fits) if word[at] in _BREAKS_AFTER), default=0)
        cut = nice if nice > fits // 2 else fits
        pieces.append(word[:cut])
        word = word[cut:]
    return [*pieces, word]


def _fits(text: str, font: str, size: float, room: float) -> bool:
    return width(text, font, size) <= room
