"""What a signal means to the people of a home: which kind of notice it is worth, and in which words. Pure.

A hold-up or duress alarm is never told: whoever forces somebody to show a telephone must not read there that help is on
its way. What happened in service mode calls nobody, except that people always learn who armed and disarmed.
"""

from typing import NamedTuple

from hemlarm_cloud.cases import meaning
from hemlarm_cloud.cases.categories import ALARMS, FIRE, GAS, HOLD_UP, LINE, POWER, WATER
from hemlarm_cloud.notices import choices, names
from hemlarm_cloud.notices.happening_texts import TEXTS
from hemlarm_cloud.notices.texts import Text, clean
from hemlarm_protocol.contact_id import (
    NEW,
    SOURCE_COMMAND,
    SOURCE_KEYPAD,
    SOURCE_TAG,
    split,
)

ARMING_MS = 3_600_000
"""Who armed is news for an hour; what came later belongs into the history."""

NEWS_MS = 24 * 3_600_000
"""Nothing older than this is told: the panel's whole past may come after years without contact."""

_ARMING = {
    1401: "disarmed", 1441: "disarmed", 1456: "disarmed", 1403: "disarmed-by-itself",
    3401: "armed-away", 3441: "armed-home", 3456: "armed-night", 3403: "armed-by-itself",
}  # fmt: skip

_TEMPERATURES = (158, 159)
_MAINS = 301

_BY = {SOURCE_KEYPAD: "code", SOURCE_TAG: "tag", SOURCE_COMMAND: "app"}


class Happening(NamedTuple):
    """What is told of one signal, in what can be said in any language."""

    qcode: int
    category: str
    origin: str
    area: int
    zone: int
    dated_ms: int
    received_ms: int
    covered: bool
    """By service mode."""
    test: bool
    """Part of the yearly test."""
    case: int | None
    case_category: str | None
    who: str = ""
    user: int = 0
    source: int = 0
    zone_name: str = ""


class Place(NamedTuple):
    """Where it happened: a site, as its people know it."""

    id: int
    name: str
    time_zone: str


def kind(happening: Happening, now_ms: int) -> str | None:
    """Return which of `choices.KINDS` this is told as, or None for what is not told at all."""
    age_ms = now_ms - min(happening.dated_ms, happening.received_ms)
    if happening.qcode in _ARMING:
        return choices.ARMING if age_ms <= ARMING_MS else None
    if now_ms - happening.received_ms > NEWS_MS or happening.covered:
        return None
    if happening.qcode == meaning.CANCEL_QCODE:
        return choices.ALARM if happening.case_category not in (None, HOLD_UP) else None
    role = meaning.role(happening.qcode, happening.origin)
    if role == meaning.ALARM and happening.category != HOLD_UP:
        return choices.TECHNICAL if happening.category == WATER else choices.ALARM
    if role in (meaning.FAULT_BEGUN, meaning.FAULT_ENDED):
        return _fault_kind(happening)
    return None


def _fault_kind(happening: Happening) -> str:
    if split(happening.qcode)[1] in _TEMPERATURES:
        return choices.TECHNICAL
    return choices.POWER if happening.category == POWER else choices.FAULT


def thread(happening: Happening, signal_id: int, brief: bool) -> str:
    """Return what makes a notice the same one: a burglar who goes round and round is told of once in each room.

    In brief, as by SMS, once in each case.
    """
    if happening.case is None or meaning.role(happening.qcode, happening.origin) != meaning.ALARM:
        return f"signal:{signal_id}"
    return f"case:{happening.case}:{happening.category}" + ("" if brief else f":{happening.zone}")


def compose(happening: Happening, place: Place, language: str, now_ms: int) -> Text:
    """Return what people are told of it, in whole sentences."""
    topic, spot = _topic(happening), _spot(happening, language)
    words = {
        "site": _line(place.name),
        "at": _at("at", happening.dated_ms, now_ms, place.time_zone, language),
        "since": _at("since", happening.dated_ms, now_ms, place.time_zone, language),
        "part": TEXTS["area"][language].body.format(number=happening.area) if happening.area > 1 else "",
        "by": _by(happening, language),
        "where": ": " + spot if spot else "",
        "spot": f" ({spot})" if spot else "",
        "alarm": names.category(happening.category, language),
        "fault": names.condition(_condition(happening), 0, language),
        "help": TEXTS["call-112"][language].body if happening.category in (FIRE, GAS) else "",
    }
    text = TEXTS[topic][language]
    subject, body = text.subject.format_map(words), text.body.format_map(words)
    if happening.test:
        mark = TEXTS["test"][language]
        subject, body = mark.subject + subject, mark.body + body
    return Text(_sentence(subject), _sentence(body))


def _topic(happening: Happening) -> str:
    if happening.qcode in _ARMING:
        return _ARMING[happening.qcode]
    if happening.qcode == meaning.CANCEL_QCODE:
        return "cancelled"
    begun = split(happening.qcode)[0] == NEW
    if happening.category in ALARMS:
        return "alarm"
    if split(happening.qcode)[1] == _MAINS:
        return "mains-lost" if begun else "mains-back"
    if happening.category == LINE and happening.origin == meaning.CLOUD:
        return "line-lost" if begun else "line-back"
    return "fault" if begun else "fault-ended"


def _condition(happening: Happening) -> str:
    if happening.category in ALARMS or meaning.role(happening.qcode, happening.origin) not in (
        meaning.FAULT_BEGUN,
        meaning.FAULT_ENDED,
    ):
        return ""
    return meaning.fault(happening.qcode, happening.origin).kind


def _at(topic: str, at_ms: int, now_ms: int, time_zone: str, language: str) -> str:
    """The hour of what happened today, and with its date what did not."""
    at, now = names.when(at_ms, time_zone), names.when(now_ms, time_zone)
    if at[:10] == now[:10]:
        return TEXTS[topic][language].body.format(hour=at[11:])
    return at


def _by(happening: Happening, language: str) -> str:
    """Such as " by Anna with a tag"; nothing where nobody is known and nothing was used."""
    who = _line(happening.who)
    if not who and happening.user:
        who = TEXTS["user"][language].body.format(number=happening.user)
    told = TEXTS["by"][language].body.format(who=who) if who else ""
    way = _BY.get(happening.source)
    return told + (TEXTS[f"by-{way}"][language].body if way else "")


def _spot(happening: Happening, language: str) -> str:
    """Such as "Patio door", or the zone's number, or nothing where no zone is told."""
    if not happening.zone or happening.origin == meaning.CLOUD:
        return ""
    return _line(happening.zone_name) or TEXTS["zone"][language].body.format(number=happening.zone)


def _line(name: str) -> str:
    return " ".join(clean(name).split())


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
