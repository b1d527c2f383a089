"""What a camera sees, drawn as a JPEG: a room by day or night, a lamp's light, smoke, somebody in it. Pure.

The same scene makes the same bytes. Their number is about that of a cheap camera's VGA picture, grain and all.
"""

import hashlib
import io
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib import resources

from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont

SIZE = (640, 480)
QUALITY = 62

_FLOOR_Y = 330
_PERSON_AT = ((150, 1.0), (360, 0.86), (470, 1.1))
"""Where somebody stands in one shot after the other, and how near."""

Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Scene:
    """A room called `room`, at `unix_ms`. `flash`: the camera's own light was on. `shot` counts its pictures."""

    room: str
    unix_ms: int
    dark: bool = False
    flash: bool = False
    person: bool = False
    smoke: bool = False
    shot: int = 0


def jpeg(scene: Scene) -> bytes:
    """Return the picture that a camera would make of it."""
    image = _room(scene.room, scene.dark)
    if scene.person:
        _put_person(image, scene.shot)
    if scene.smoke:
        image = _in_smoke(image, scene.shot)
    image = _lit(image, scene)
    image = Image.blend(image, _grain(scene), 0.10 if scene.dark else 0.05)
    _write(image, scene)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def _hues(room: str) -> tuple[Colour, Colour, Colour]:
    """The colours of a room's wall, floor and door, which stay the same for the same name."""
    dice = hashlib.sha256(room.encode()).digest()
    pale, warm = 196 + dice[0] % 28, dice[1] % 14
    wall = (pale + warm, pale + 4, pale - warm)
    brown = 104 + dice[2] % 48
    floor = (brown + 26, brown - 6, brown - 34 - dice[3] % 14)
    grey = 150 + dice[4] % 70
    door = (grey - dice[5] % 24, grey - dice[6] % 18, grey - dice[7] % 24)
    return wall, floor, door


def _room(room: str, dark: bool) -> Image.Image:
    wall, floor, door = _hues(room)
    image = Image.new("RGB", SIZE, wall)
    draw = ImageDraw.Draw(image)
    draw.polygon([(0, _FLOOR_Y), (640, _FLOOR_Y), (640, 480), (0, 480)], fill=floor)
    for x in range(-640, 1280, 64):
        draw.line([(320 + (x - 320) // 3, _FLOOR_Y), (x, 480)], fill=_darker(floor, 0.85), width=2)
    draw.rectangle([0, _FLOOR_Y - 10, 640, _FLOOR_Y], fill=_darker(wall, 1.12))
    draw.rectangle([60, 70, 215, 210], fill=(245, 245, 240))
    draw.rectangle([70, 80, 205, 200], fill=(14, 18, 38) if dark else (168, 205, 236))
    draw.line([(137, 80), (137, 200)], fill=(245, 245, 240), width=6)
    draw.line([(70, 140), (205, 140)], fill=(245, 245, 240), width=6)
    draw.rectangle([455, 90, 570, _FLOOR_Y], fill=door, outline=_darker(door, 0.75), width=5)
    draw.ellipse([468, 214, 480, 226], fill=(190, 170, 90))
    draw.rounded_rectangle([250, 255, 425, 345], 14, fill=_darker(door, 0.55))
    draw.rounded_rectangle([240, 300, 435, 365], 12, fill=_darker(door, 0.62))
    return image


def _put_person(image: Image.Image, shot: int) -> None:
    x, near = _PERSON_AT[shot % len(_PERSON_AT)]
    draw = ImageDraw.Draw(image)

    def at(dx: float, dy: float) -> tuple[float, float]:
        return x + near * dx, 440 + near * dy

    draw.ellipse([at(-46, -8), at(46, 10)], fill=(48, 38, 32))
    draw.polygon(
        [at(-26, 0), at(-20, -130), at(20, -130), at(28, 0), at(8, 0), at(0, -96), at(-8, 0)], fill=(34, 36, 48)
    )
    draw.rounded_rectangle([at(-34, -250), at(34, -118)], 20, fill=(46, 50, 62))
    draw.line([at(-30, -236), at(-54, -150)], fill=(46, 50, 62), width=round(18 * near))
    draw.line([at(30, -236), at(60, -168)], fill=(46, 50, 62), width=round(18 * near))
    draw.ellipse([at(-23, -304), at(23, -246)], fill=(206, 168, 140))
    draw.pieslice([at(-27, -312), at(27, -248)], 160, 380, fill=(28, 28, 34))


def _in_smoke(image: Image.Image, shot: int) -> Image.Image:
    layer = Image.new("L", SIZE, 0)
    draw = ImageDraw.Draw(layer)
    for index in range(34):
        dice = hashlib.sha256(bytes([index])).digest()
        x, y, r = dice[0] * 640 // 255, dice[1] * 260 // 255 - 20 * (shot % 4), 50 + dice[2] // 2
        draw.ellipse([x - r, y - r // 2, x + r, y + r // 2], fill=150 + dice[3] // 3)
    layer = layer.filter(ImageFilter.GaussianBlur(28))
    return Image.composite(Image.new("RGB", SIZE, (196, 194, 192)), image, layer)


def _lit(image: Image.Image, scene: Scene) -> Image.Image:
    if not scene.dark:
        return image
    dim = ImageEnhance.Brightness(image).enhance(0.16)
    if not scene.flash:
        return dim
    cone = Image.new("L", SIZE, 25)
    ImageDraw.Draw(cone).ellipse([70, 20, 570, 520], fill=235)
    return Image.composite(image, dim, cone.filter(ImageFilter.GaussianBlur(60)))


def _grain(scene: Scene) -> Image.Image:
    """A sensor's noise, decided by the room and the moment."""
    width, height = SIZE[0] // 2, SIZE[1] // 2
    seed = f"{scene.room} {scene.unix_ms} {scene.shot}".encode()
    noise = hashlib.shake_128(seed).digest(width * height)
    return Image.frombytes("L", (width, height), noise).resize(SIZE).convert("RGB")


def _write(image: Image.Image, scene: Scene) -> None:
    when = datetime.fromtimestamp(scene.unix_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")
    draw = ImageDraw.Draw(image)
    font = _font()
    draw.rectangle([0, 452, 640, 480], fill=(12, 14, 18))
    draw.text((10, 456), scene.room, font=font, fill=(240, 240, 240))
    draw.text((630, 456), f"{when} UTC", font=font, fill=(240, 240, 240), anchor="ra")


@cache
def _font() -> ImageFont.FreeTypeFont:
    """The typeface of the printed reports, which has the letters of Swedish."""
    file = resources.files("hemlarm_cloud.reports") / "fonts" / "Roboto-Regular.ttf"
    return ImageFont.truetype(io.BytesIO(file.read_bytes()), 17)


def _darker(colour: Colour, by: float) -> Colour:
    red, green, blue = (min(255, round(part * by)) for part in colour)
    return red, green, blue
