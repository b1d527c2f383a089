"""Pages that are laid out before they are drawn, so that each can say how many there are."""

from collections.abc import Callable
from dataclasses import dataclass, field

from reportlab.lib.colors import Color, HexColor  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from hemlarm_cloud.reports.pdf_type import REGULAR, drawable, width

INK, QUIET, RULE = HexColor(0x17212B), HexColor(0x66727E), HexColor(0xD5DBE0)
ACCENT, PAPER = HexColor(0x0F5E66), HexColor(0xFFFFFF)

MARGIN = 45.0
"""At the left and right edge, in points."""
TOP, BOTTOM = 44.0, 46.0
"""Above the first line and below the last one."""

Draw = Callable[[Canvas], None]


@dataclass
class Sheet:
    """Pages of one size, filled from the top. `y` is where the next thing goes, in points from the lower edge."""

    wide: float
    high: float
    open_page: Callable[["Sheet"], None]
    """Called for each page after the first, to put at its top what every page repeats."""
    pages: list[list[Draw]] = field(default_factory=lambda: [[]])
    y: float = 0.0

    def __post_init__(self) -> None:
        """Begin at the top of the first page."""
        self.y = self.high - TOP

    @property
    def room(self) -> float:
        """How wide what stands between the margins is."""
        return self.wide - 2 * MARGIN

    def fits(self, height: float) -> bool:
        """Tell whether this page has room for so much more."""
        return self.y - height >= BOTTOM

    def turn(self) -> None:
        """Go on at the top of a new page."""
        self.pages.append([])
        self.y = self.high - TOP
        self.open_page(self)

    def text(
        self,
        text: str,
        x: float,
        y: float,
        size: float,
        font: str = REGULAR,
        color: Color = INK,
        right: bool = False,
    ) -> None:
        """Put a line whose baseline is at `y`; with `right`, it ends at `x`."""
        shown = drawable(text)
        if not shown.strip():
            return
        begins = x - width(shown, font, size) if right else x

        def draw(canvas: Canvas) -> None:
            canvas.setFont(font, size)
            canvas.setFillColor(color)
            canvas.drawString(begins, y, shown)

        self.pages[-1].append(draw)

    def rule(self, y: float, weight: float = 0.4, color: Color = RULE, x: float = MARGIN, long: float = 0) -> None:
        """Put a line across, between the margins unless told otherwise."""
        ends = x + long if long else self.wide - MARGIN

        def draw(canvas: Canvas) -> None:
            canvas.setStrokeColor(color)
            canvas.setLineWidth(weight)
            canvas.line(x, y, ends, y)

        self.pages[-1].append(draw)

    def box(self, x: float, y: float, wide: float, high: float, color: Color) -> None:
        """Fill a box whose lower left corner is at (x, y)."""

        def draw(canvas: Canvas) -> None:
            canvas.setFillColor(color)
            canvas.rect(x, y, wide, high, stroke=0, fill=1)

        self.pages[-1].append(draw)


def mixed(share: float, strong: Color = ACCENT, weak: Color = PAPER) -> Color:
    """Return a color between two; `share` 1 is the strong one."""
    parts = zip(strong.rgb(), weak.rgb(), strict=True)
    return Color(*(at_least + (at_most - at_least) * share for at_most, at_least in parts))
