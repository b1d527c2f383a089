"""The XML of SOS Access: cutting a stream into telegrams, and a telegram into its elements. Bounded, never trusting.

No document type and no entity of a stranger's making is ever looked at.
"""

import re
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]

from hemlarm_cloud.trade.errors import BadTelegram

# The numbers of `sos_access.Status` that are told from here.
_INVALID_LENGTH, _INVALID_XML, _WRONG_CONTENT, _NO_HEADER = 1, 2, 3, 100

_PROLOG_MAX = 1_000
"""Bytes within which the first element begins; a header takes some fifty."""

_ELEMENTS_MAX = 64
"""Of one telegram; the longest kind has seventeen."""

_ROOT = re.compile(rb"<([A-Za-z][A-Za-z0-9_.-]{0,39})(?:\s[^<>]{0,200})?>")
_HEADER = re.compile(
    rb"""\s{0,16}<\?xml\s+version\s*=\s*["']1\.[0-9]["'](?:\s+encoding\s*=\s*["']([\w.-]{1,20})["'])?"""
)
_ENCODINGS = {b"": "iso-8859-1", b"iso-8859-1": "iso-8859-1", b"latin-1": "iso-8859-1", b"latin1": "iso-8859-1"}
_ENCODINGS |= {b"us-ascii": "iso-8859-1", b"windows-1252": "iso-8859-1", b"utf-8": "utf-8"}
_SPACE = b" \t\r\n"


class Splitter:
    """Cuts a stream into telegrams: each ends with the closing tag of its first element.

    What is no telegram, or longer than one may be, comes out as one last piece that a parser refuses, and then the
    stream is `broken`: where the next telegram begins is nothing that anybody could say.
    """

    def __init__(self, longest: int = 100_000) -> None:
        """Hold at most `longest` bytes of a telegram."""
        self.broken = False
        self._longest = longest
        self._held = bytearray()
        self._closing = b""
        self._looked = 0

    @property
    def held(self) -> int:
        """Bytes of a telegram that has begun."""
        return len(self._held)

    def feed(self, data: bytes) -> list[bytes]:
        """Take what came; returns the telegrams that are whole now."""
        found: list[bytes] = []
        if self.broken:
            return found
        self._held += data
        while not self.broken and (telegram := self._next()) is not None:
            found.append(telegram)
        return found

    def _next(self) -> bytes | None:
        if not self._closing:
            self._open()
        if not self._closing:
            return self._broken() if self._is_hopeless() else None
        start = max(0, self._looked - len(self._closing))
        at = self._held.find(self._closing, start)
        if at < 0:
            self._looked = len(self._held)
            return self._broken() if len(self._held) > self._longest else None
        end = at + len(self._closing)
        telegram = bytes(self._held[:end])
        del self._held[:end]
        self._closing, self._looked = b"", 0
        return telegram if len(telegram) <= self._longest else self._too_long(telegram)

    def _open(self) -> None:
        """Look for the first element, whose end is the telegram's."""
        spaces = len(self._held) - len(self._held.lstrip(_SPACE))
        del self._held[:spaces]
        found = _ROOT.search(self._held, 0, _PROLOG_MAX)
        if found and self._held[:1] == b"<":
            self._closing = b"</" + found[1] + b">"
            self._looked = found.end()

    def _is_hopeless(self) -> bool:
        return bool(self._held) and (self._held[:1] != b"<" or len(self._held) >= _PROLOG_MAX)

    def _broken(self) -> bytes:
        self.broken = True
        telegram = bytes(self._held[: self._longest + 1])
        self._held.clear()
        return telegram

    def _too_long(self, telegram: bytes) -> bytes:
        self.broken = True
        self._held.clear()
        return telegram[: self._longest + 1]


def read_elements(data: bytes, longest: int) -> tuple[str, dict[str, str]]:
    """Return a telegram's first element's name, and its elements' texts by name. Raises BadTelegram with the status."""
    if len(data) > longest:
        raise BadTelegram(f"longer than {longest} characters", _INVALID_LENGTH)
    root = _parsed(_text(data))
    if len(root) > _ELEMENTS_MAX:
        raise BadTelegram("too many elements", _WRONG_CONTENT)
    texts: dict[str, str] = {}
    for child in root:
        if child.tag in texts:
            raise BadTelegram(f"<{_shown(child.tag)}> stands there twice", _WRONG_CONTENT)
        texts[child.tag] = _text_of(child)
    return str(root.tag), texts


def _text(data: bytes) -> str:
    """The telegram's text behind its header."""
    header = _HEADER.match(data)
    end = data.find(b"?>")
    encoding = _ENCODINGS.get((header[1] or b"").lower()) if header else None
    if encoding is None or end < 0:
        raise BadTelegram("the XML header is missing, or names another encoding", _NO_HEADER)
    try:
        return data[end + 2 :].decode(encoding)
    except UnicodeDecodeError:
        raise BadTelegram("the text is not in the encoding that its header names", _INVALID_XML) from None


def _parsed(text: str) -> Element:
    try:
        root: Element = fromstring(text, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError):
        raise BadTelegram("no well-formed XML, or more than plain XML", _INVALID_XML) from None
    return root


def _text_of(element: Element) -> str:
    """A field's text; a position's stands in an element of its own."""
    inner = element.find("pos") if element.tag == "position" else element
    return "" if inner is None else inner.text or ""


def _shown(tag: str) -> str:
    return "".join(each for each in tag[:20] if each.isascii() and each.isprintable())
