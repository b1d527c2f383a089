"""The GSM 7-bit default alphabet of 3GPP TS 23.038, its extension table, and how its letters are packed in octets."""

_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ"
    " !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = {
    "\f": 0x0A,
    "^": 0x14,
    "{": 0x28,
    "}": 0x29,
    "\\": 0x2F,
    "[": 0x3C,
    "~": 0x3D,
    "]": 0x3E,
    "|": 0x40,
    "€": 0x65,
}
_EXTENDED_LETTERS = {code: letter for letter, code in _EXTENDED.items()}
_ESCAPE = 0x1B
_CODES = {letter: code for code, letter in enumerate(_BASIC) if code != _ESCAPE}

REPLACEMENT = "?"
"""What a letter becomes that the alphabet lacks."""


def to_septets(text: str) -> list[int]:
    """Returns the codes of a text; those of the extension table take two."""
    septets = []
    for letter in text:
        if letter in _EXTENDED:
            septets += [_ESCAPE, _EXTENDED[letter]]
        else:
            septets.append(_CODES.get(letter, _CODES[REPLACEMENT]))
    return septets


def from_septets(septets: list[int]) -> str:
    """Returns the text of codes; one that is not in the extension table reads as in the basic one."""
    text, escaped = "", False
    for code in septets:
        if escaped:
            text += _EXTENDED_LETTERS.get(code, _BASIC[code])
            escaped = False
        elif code == _ESCAPE:
            escaped = True
        else:
            text += _BASIC[code]
    return text


def pack(septets: list[int], fill_bits: int = 0) -> bytes:
    """Packs codes, the first in the lowest bits, behind `fill_bits` zero bits."""
    bits = fill_bits
    value = 0
    for code in septets:
        value |= code << bits
        bits += 7
    return value.to_bytes((bits + 7) // 8, "little")


def unpack(octets: bytes, count: int, fill_bits: int = 0) -> list[int]:
    """Unpacks `count` codes; those beyond the octets are 0."""
    value = int.from_bytes(octets, "little") >> fill_bits
    return [(value >> 7 * index) & 0x7F for index in range(count)]
