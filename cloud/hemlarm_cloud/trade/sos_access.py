"""The telegrams of SOS Access v4, in both directions: XML over a stream, one request and one response at a time.

Pure and bounded: bytes in, telegrams out, or BadTelegram with the status that the receiver answers. An empty element is
as good as none, because transmitters write one for whatever they leave out. Elements nobody knows are passed over.
"""

import re
from dataclasses import dataclass, fields
from enum import IntEnum
from xml.sax.saxutils import escape

from hemlarm_cloud.trade.errors import BadTelegram
from hemlarm_cloud.trade.sos_access_xml import read_elements

CHARACTERS_MAX = 100_000
"""Of one telegram."""
AUTHENTICATION_LENGTH = 15
INFO_MAX = 255

HEADER = '<?xml version="1.0" encoding="ISO-8859-1"?>\n'


class Status(IntEnum):
    """What a receiver answers."""

    OK = 0
    INVALID_LENGTH = 1
    INVALID_XML = 2
    WRONG_CONTENT = 3
    NOT_AUTHORIZED = 4
    NOT_TREATED_NOT_DISTRIBUTED = 5
    MANDATORY_DATA_MISSING = 7
    SERVICE_UNAVAILABLE = 9
    DUPLICATED_ALARM = 10
    SERVER_ERROR = 98
    OTHER_ERROR = 99
    XML_HEADER_MISSING_OR_INVALID = 100
    PING_TO_OFTEN = 101


STATUS = {int(status): status.name for status in Status}
"""The trade's name of each number."""

ALARM, RESTORE = "AL", "RE"


@dataclass(frozen=True)
class AlarmRequest:
    """An alarm, or with RESTORE its end. Texts that are empty are left out of the telegram.

    `transmitter_time` is "2002-05-28 11:35:20.022" by the transmitter's own clock and zone; lines of
    `additional_info` end in LF, which is CRLF in the telegram.
    """

    authentication: str
    receiver: str
    transmitter_type: str
    transmitter_code: str
    event_code: str
    alarm_type: str = ALARM
    reference: str = ""
    transmitter_time: str = ""
    transmitter_area: str = ""
    section: str = ""
    section_text: str = ""
    detector: str = ""
    detector_text: str = ""
    additional_info: str = ""
    position: str = ""


@dataclass(frozen=True)
class PingRequest:
    """A heartbeat."""

    authentication: str
    transmitter_type: str
    transmitter_code: str
    reference: str = ""


@dataclass(frozen=True)
class NewAuthenticationRequest:
    """Asks for another password; the old one holds until the first telegram with the new one."""

    authentication: str
    transmitter_type: str
    transmitter_code: str
    reference: str = ""


Request = AlarmRequest | PingRequest | NewAuthenticationRequest

ALARM_KIND, PING_KIND, NEW_AUTHENTICATION_KIND = "alarm", "ping", "new-authentication"


@dataclass(frozen=True)
class Response:
    """What a receiver answers to a request of this `kind`; `status` may be a number that `Status` does not know.

    `arrival_time` is "2002-05-28 11:35:20.022" and may set the transmitter's clock.
    """

    kind: str
    status: int
    info: str
    reference: str = ""
    arrival_time: str = ""
    new_authentication: str = ""


ROOTS: dict[str, tuple[type[Request], str]] = {
    "alarmrequest": (AlarmRequest, ALARM_KIND),
    "pingrequest": (PingRequest, PING_KIND),
    "requestnewauthentication": (NewAuthenticationRequest, NEW_AUTHENTICATION_KIND),
}

RESPONSE_ROOTS = {
    ALARM_KIND: "alarmresponse",
    PING_KIND: "pingresponse",
    NEW_AUTHENTICATION_KIND: "requestnewauthenticationresponse",
}

# The least and the most characters of each field; its element is the name without underscores.
LENGTHS = {
    "reference": (1, 50),
    "authentication": (AUTHENTICATION_LENGTH, AUTHENTICATION_LENGTH),
    "receiver": (1, 20),
    "transmitter_time": (19, 30),
    "alarm_type": (2, 2),
    "transmitter_type": (1, 5),
    "transmitter_code": (1, 15),
    "transmitter_area": (1, 5),
    "event_code": (1, 25),
    "section": (1, 5),
    "section_text": (1, 40),
    "detector": (1, 5),
    "detector_text": (1, 40),
    "additional_info": (1, 2000),
    "position": (14, 16),
    "status": (1, 3),
    "info": (1, INFO_MAX),
    "arrival_time": (19, 30),
    "new_authentication": (AUTHENTICATION_LENGTH, AUTHENTICATION_LENGTH),
}

MANDATORY = frozenset(
    ("authentication", "receiver", "transmitter_type", "transmitter_code", "event_code", "status", "info")
)

# The order in which elements are written, which is that of the protocol's own examples.
_ORDER = tuple(LENGTHS)

_LINE_END = re.compile("\r\n?|\n")


def parse_request(data: bytes) -> Request:
    """Read what a transmitter sends. Raises BadTelegram with the status to answer, and what kind it seems to be."""
    root, texts = read_elements(data, CHARACTERS_MAX)
    if root not in ROOTS:
        raise BadTelegram(f"<{root[:40]}> is no request", Status.WRONG_CONTENT, ALARM_KIND)
    made, kind = ROOTS[root]
    reference = _reference(texts)
    try:
        values = _checked(made, texts)
    except BadTelegram as bad:
        raise BadTelegram(str(bad), bad.status, kind, reference) from None
    return made(**values)


def parse_response(data: bytes) -> Response:
    """Read what a receiver answers. Raises BadTelegram for what is no answer."""
    root, texts = read_elements(data, CHARACTERS_MAX)
    kinds = [kind for kind, name in RESPONSE_ROOTS.items() if name == root]
    if not kinds:
        raise BadTelegram(f"<{root[:40]}> is no response", Status.WRONG_CONTENT)
    values = _checked(Response, texts)
    status = values.pop("status")
    if not (status.isascii() and status.isdigit()):
        raise BadTelegram("the status is no number", Status.WRONG_CONTENT)
    return Response(kind=kinds[0], status=int(status), **values)


def encode(telegram: Request | Response) -> bytes:
    """Write a telegram. Raises BadTelegram for a value that the protocol has no room for; `fit` makes texts fit."""
    if isinstance(telegram, Response):
        root = RESPONSE_ROOTS[telegram.kind]
    else:
        root = next(name for name, (made, _) in ROOTS.items() if isinstance(telegram, made))
    texts = {
        each.name: _LINE_END.sub("\n", str(getattr(telegram, each.name)))
        for each in fields(telegram)
        if each.name != "kind"
    }
    elements = "".join(_element(name, texts[name]) for name in _ORDER if name in texts)
    return f"{HEADER}<{root}>{elements}</{root}>".encode("iso-8859-1")


def fit(text: str, longest: int) -> str:
    """Return a text as a field can hold it: what ISO-8859-1 cannot print is a question mark, the rest is cut off."""
    shown = text.encode("iso-8859-1", "replace").decode("iso-8859-1")
    return "".join(each if is_printable(each) else "?" for each in shown)[:longest]


def is_printable(text: str) -> bool:
    """Whether a text is printable ISO-8859-1, line ends and tabs included."""
    return all(" " <= each <= "~" or "\xa0" <= each <= "\xff" or each in "\r\n\t" for each in text)


def kind_of(request: Request) -> str:
    """Return the kind of the response that this request gets."""
    return next(kind for made, kind in ROOTS.values() if isinstance(request, made))


def _element(name: str, text: str) -> str:
    if not text:
        if name in MANDATORY:
            raise BadTelegram(f"{name} is missing", Status.MANDATORY_DATA_MISSING)
        return ""
    _expect_fitting(name, text)
    tag = name.replace("_", "")
    inside = escape(text).replace("\n", "&#13;\n")
    return f"<{tag}><pos>{inside}</pos></{tag}>" if name == "position" else f"<{tag}>{inside}</{tag}>"


def _checked(made: type[Request] | type[Response], texts: dict[str, str]) -> dict[str, str]:
    values: dict[str, str] = {}
    for each in fields(made):
        text = _LINE_END.sub("\n", texts.get(each.name.replace("_", ""), ""))
        if text:
            _expect_fitting(each.name, text)
            values[each.name] = text
        elif each.name in MANDATORY:
            raise BadTelegram(f"{each.name} is missing", Status.MANDATORY_DATA_MISSING)
    return values


def _expect_fitting(name: str, text: str) -> None:
    least, most = LENGTHS[name]
    if not least <= len(text) <= most:
        allowed = f"{most}" if least == most else f"{least} to {most}"
        raise BadTelegram(f"{name} has {len(text)} characters instead of {allowed}", Status.WRONG_CONTENT)
    if not is_printable(text):
        raise BadTelegram(f"{name} holds what is not printable", Status.WRONG_CONTENT)
    if name == "alarm_type" and text not in (ALARM, RESTORE):
        raise BadTelegram(f"alarm_type is neither {ALARM} nor {RESTORE}", Status.WRONG_CONTENT)


def _reference(texts: dict[str, str]) -> str:
    """The reference, if it can be given back."""
    reference = texts.get("reference", "")
    return reference if len(reference) <= LENGTHS["reference"][1] and is_printable(reference) else ""
