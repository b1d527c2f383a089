"""Deterministic CBOR (RFC 8949 section 4.2.1), the part of it that Hemlarm speaks.

Integers of 64 bits, byte strings, text, arrays, maps, false, true and null. The decoder accepts exactly what the
encoder can produce: shortest lengths, map keys ascending by their encoding, valid UTF-8, nesting no deeper than
`DEPTH_MAX`. Everything else is a `BadMessage`, and nothing is allocated that the input is not long enough to fill.
"""

from hemlarm_protocol.constant import const
from hemlarm_protocol.errors import BadMessage

DEPTH_MAX = 8
"""Deepest nesting; our deepest message needs four, and a board's stack is a few kilobytes."""

UINT_MAX = 0xFFFFFFFFFFFFFFFF

_UINT = const(0)
_NEGATIVE = const(1)
_BYTES = const(2)
_TEXT = const(3)
_ARRAY = const(4)
_MAP = const(5)
_SIMPLE = const(7)
_SIMPLE_VALUES = {20: False, 21: True, 22: None}

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Value = None | bool | int | str | bytes | Sequence["Value"] | Mapping["int | str", "Value"]
    Decoded = None | bool | int | str | bytes | list["Decoded"] | dict["int | str", "Decoded"]


def encode(value: "Value") -> bytes:
    """Return the one encoding of `value`. Raises TypeError or ValueError for what Hemlarm's CBOR cannot hold."""
    out = bytearray()
    _encode(value, out, DEPTH_MAX)
    return bytes(out)


def decode(data: bytes) -> "Decoded":
    """Return the value that `data` encodes, all of it. Raises BadMessage."""
    value, end = decode_first(data)
    if end != len(data):
        raise BadMessage("bytes after the end of the CBOR item")
    return value


def decode_first(data: bytes) -> "tuple[Decoded, int]":
    """Return the first item of `data` and the offset behind it. Raises BadMessage."""
    return _decode(data, 0, DEPTH_MAX)


def _encode(value: "Value", out: bytearray, depth: int) -> None:
    if isinstance(value, bool) or value is None:
        out.append(0xF6 if value is None else 0xF5 if value else 0xF4)
    elif isinstance(value, int):
        _encode_head(*((_UINT, value) if value >= 0 else (_NEGATIVE, -1 - value)), out)
    elif isinstance(value, (bytes, bytearray)):
        _encode_head(_BYTES, len(value), out)
        out.extend(value)
    elif isinstance(value, str):
        text = value.encode()
        _encode_head(_TEXT, len(text), out)
        out.extend(text)
    elif depth == 0:
        raise ValueError(f"CBOR nested deeper than {DEPTH_MAX}")
    elif isinstance(value, dict):
        _encode_map(value, out, depth - 1)
    elif isinstance(value, (list, tuple)):
        _encode_head(_ARRAY, len(value), out)
        for item in value:
            _encode(item, out, depth - 1)
    else:
        raise TypeError(f"no CBOR here for {type(value)}")


def _encode_map(value: "Mapping[int | str, Value]", out: bytearray, depth: int) -> None:
    _encode_head(_MAP, len(value), out)
    for key, item in sorted([(_encode_key(key), item) for key, item in value.items()], key=_first):
        out.extend(key)
        _encode(item, out, depth)


def _encode_key(key: "int | str") -> bytes:
    if isinstance(key, bool) or not isinstance(key, (int, str)):
        raise TypeError(f"a map key is an integer or a text, not {type(key)}")
    return encode(key)


def _first(pair: "tuple[bytes, Value]") -> bytes:
    return pair[0]


def _encode_head(major: int, argument: int, out: bytearray) -> None:
    major <<= 5
    if argument < 24:
        out.append(major | argument)
    elif argument > UINT_MAX:
        raise ValueError("integer beyond 64 bits")
    else:
        size = 1 if argument < 0x100 else 2 if argument < 0x10000 else 4 if argument < 0x100000000 else 8
        out.append(major | {1: 24, 2: 25, 4: 26, 8: 27}[size])
        out.extend(argument.to_bytes(size, "big"))


def _decode(data: bytes, at: int, depth: int) -> "tuple[Decoded, int]":
    major, argument, at = _decode_head(data, at)
    if major == _UINT:
        return argument, at
    if major == _NEGATIVE:
        return -1 - argument, at
    if major == _SIMPLE:
        return _SIMPLE_VALUES[argument], at
    if argument > len(data) - at:
        raise BadMessage("CBOR length runs past the end")
    if major == _BYTES:
        return bytes(data[at : at + argument]), at + argument
    if major == _TEXT:
        return _decode_text(data[at : at + argument]), at + argument
    if depth == 0:
        raise BadMessage(f"CBOR nested deeper than {DEPTH_MAX}")
    if major == _ARRAY:
        return _decode_array(data, at, argument, depth - 1)
    return _decode_map(data, at, argument, depth - 1)


def _decode_head(data: bytes, at: int) -> "tuple[int, int, int]":
    if at >= len(data):
        raise BadMessage("CBOR item is missing")
    major, info = data[at] >> 5, data[at] & 0x1F
    at += 1
    if major == 6:
        raise BadMessage("CBOR tags have no meaning here")
    if major == _SIMPLE and info not in _SIMPLE_VALUES:
        raise BadMessage("CBOR simple value or float has no meaning here")
    if info < 24:
        return major, info, at
    if info > 27:
        raise BadMessage("indefinite or reserved CBOR length")
    size = 1 << (info - 24)
    argument = int.from_bytes(data[at : at + size], "big")
    if len(data) < at + size:
        raise BadMessage("CBOR number is cut off")
    if argument < (24, 0x100, 0x10000, 0x100000000)[info - 24]:
        raise BadMessage("CBOR number is not in its shortest form")
    return major, argument, at + size


def _decode_text(raw: bytes) -> str:
    # MicroPython lets overlong forms, surrogates and too large code points pass, and keeps a text as the bytes it came
    # from: only making it anew, character by character, shows an overlong form.
    try:
        text = str(raw, "utf-8")
        strict = all(ord(c) < 0xD800 or 0xDFFF < ord(c) <= 0x10FFFF for c in text)
        strict = strict and "".join([chr(ord(c)) for c in text]).encode() == raw
    except UnicodeError:
        strict = False
    if not strict:
        raise BadMessage("CBOR text is not UTF-8")
    return text


def _decode_array(data: bytes, at: int, count: int, depth: int) -> "tuple[Decoded, int]":
    items = []
    for _ in range(count):
        item, at = _decode(data, at, depth)
        items.append(item)
    return items, at


def _decode_map(data: bytes, at: int, count: int, depth: int) -> "tuple[Decoded, int]":
    items: dict[int | str, Decoded] = {}
    previous = b""
    for _ in range(count):
        start = at
        key, at = _decode(data, at, 0)
        if isinstance(key, bool) or not isinstance(key, (int, str)):
            raise BadMessage("a CBOR map key is an integer or a text")
        encoded = bytes(data[start:at])
        if encoded <= previous:
            raise BadMessage("CBOR map keys are not ascending")
        previous = encoded
        items[key], at = _decode(data, at, depth)
    return items, at
