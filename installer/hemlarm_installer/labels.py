"""The label on a panel: its id and where its cloud is, for people and as a QR code. It holds no secret.

Fits the common labels of 62 by 29 mm. The same panel, cloud and board give the same bytes.
"""

import io
from collections.abc import Callable, Mapping
from typing import NamedTuple
from xml.sax.saxutils import escape

import segno
from PIL import Image, ImageDraw, ImageFont
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

WIDTH_MM, HEIGHT_MM = 62.0, 29.0
_MARGIN_MM = 2.0
_QR_MM = HEIGHT_MM - 2 * _MARGIN_MM
_TEXT_X_MM = _QR_MM + 2 * _MARGIN_MM
_LINES_MM = (7.0, 13.0, 18.0, 23.0)
_SIZES_MM = (4.2, 3.6, 2.4, 2.4)
_PT_MM = 72 / 25.4
_PX_MM = 300 / 25.4
"""What label printers print."""


class Label(NamedTuple):
    """What a label says: the panel's 16 digits, the cloud's address, and the kind of board."""

    panel: str
    cloud: str
    board: str

    @property
    def address(self) -> str:
        """What the QR code holds: where the installer's pages find this panel."""
        return f"{self.cloud}/installer?panel={self.panel}"

    @property
    def lines(self) -> tuple[str, ...]:
        """What people read."""
        grouped = " ".join(self.panel[start : start + 4] for start in range(0, len(self.panel), 4))
        host = self.cloud.partition("://")[2]
        return "Hemlarm", grouped, host if len(host) <= 24 else host[:23] + "…", self.board


def render(label: Label, form: str) -> bytes:
    """Return the label as "svg", "png" or "pdf". Raises KeyError for another form."""
    return _FORMS[form](label)


def _matrix(label: Label) -> list[list[bool]]:
    code = segno.make(label.address, error="m", micro=False)
    return [[bool(cell) for cell in row] for row in code.matrix_iter(border=0)]


def _squares(label: Label) -> tuple[list[tuple[float, float]], float]:
    """Return the dark squares' upper left corners, and the length of their sides, in mm."""
    matrix = _matrix(label)
    side = _QR_MM / len(matrix)
    return [
        (_MARGIN_MM + column * side, _MARGIN_MM + row * side)
        for row, cells in enumerate(matrix)
        for column, dark in enumerate(cells)
        if dark
    ], side


def _svg(label: Label) -> bytes:
    squares, side = _squares(label)
    path = "".join(f"M{x:.3f} {y:.3f}h{side:.3f}v{side:.3f}h-{side:.3f}z" for x, y in squares)
    texts = "".join(
        f'<text x="{_TEXT_X_MM}" y="{y}" font-size="{size}">{escape(line)}</text>'
        for line, y, size in zip(label.lines, _LINES_MM, _SIZES_MM, strict=True)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH_MM}mm" height="{HEIGHT_MM}mm" '
        f'viewBox="0 0 {WIDTH_MM} {HEIGHT_MM}" font-family="Helvetica, Arial, sans-serif">'
        f'<rect width="100%" height="100%" fill="#fff"/><path d="{path}"/>{texts}</svg>\n'
    ).encode()


def _png(label: Label) -> bytes:
    image = Image.new("1", (round(WIDTH_MM * _PX_MM), round(HEIGHT_MM * _PX_MM)), 1)
    draw = ImageDraw.Draw(image)
    matrix = _matrix(label)
    # Whole pixels for each square: scanners like even edges.
    side = int(_QR_MM * _PX_MM) // len(matrix)
    edge = round(_MARGIN_MM * _PX_MM)
    for row, cells in enumerate(matrix):
        for column, dark in enumerate(cells):
            if dark:
                x, y = edge + column * side, edge + row * side
                draw.rectangle((x, y, x + side - 1, y + side - 1), fill=0)
    for line, y_mm, size in zip(label.lines, _LINES_MM, _SIZES_MM, strict=True):
        font = ImageFont.load_default(size * _PX_MM)
        draw.text((_TEXT_X_MM * _PX_MM, y_mm * _PX_MM), line, fill=0, font=font, anchor="ls")
    file = io.BytesIO()
    image.save(file, "PNG", dpi=(300, 300))
    return file.getvalue()


def _pdf(label: Label) -> bytes:
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=(WIDTH_MM * _PT_MM, HEIGHT_MM * _PT_MM), invariant=1)
    canvas.setTitle(f"Hemlarm {label.panel}")
    squares, side = _squares(label)
    for x, y in squares:
        canvas.rect(x * _PT_MM, (HEIGHT_MM - y - side) * _PT_MM, side * _PT_MM, side * _PT_MM, stroke=0, fill=1)
    for line, y_mm, size in zip(label.lines, _LINES_MM, _SIZES_MM, strict=True):
        canvas.setFont("Helvetica", size * _PT_MM)
        canvas.drawString(_TEXT_X_MM * _PT_MM, (HEIGHT_MM - y_mm) * _PT_MM, line)
    canvas.save()
    return file.getvalue()


_FORMS: Mapping[str, Callable[[Label], bytes]] = {"svg": _svg, "png": _png, "pdf": _pdf}
FORMS = tuple(_FORMS)
