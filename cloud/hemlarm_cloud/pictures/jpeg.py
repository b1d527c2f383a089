"""Whether bytes are one whole JPEG image of a sensible size. Pure; ITU-T T.81, annex B, says what stands where."""

_START, _SCAN, _END = b"\xff\xd8", 0xDA, b"\xff\xd9"
_FRAMES = (0xC0, 0xC1, 0xC2)
"""Beginnings of frames that every browser shows: baseline, extended, progressive."""

SIDE_MAX = 4_096
"""Pixels: more would only be there to fill the memory of whoever looks."""


def is_jpeg(data: bytes) -> bool:
    """Tell whether these are the segments of an image, from its first marker to its last."""
    if not (data.startswith(_START) and data.endswith(_END)):
        return False
    at, framed = len(_START), False
    while at + 4 <= len(data):
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if data[at] != 0xFF or length < 2 or at + 2 + length > len(data):
            return False
        if marker == _SCAN:
            return framed
        if marker in _FRAMES:
            if not _has_size(data[at + 4 : at + 2 + length]):
                return False
            framed = True
        at += 2 + length
    return False


def _has_size(frame: bytes) -> bool:
    height, width = int.from_bytes(frame[1:3], "big"), int.from_bytes(frame[3:5], "big")
    return len(frame) >= 6 and 0 < height <= SIDE_MAX and 0 < width <= SIDE_MAX
