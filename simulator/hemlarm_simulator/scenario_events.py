"""What can be expected of the events that the cloud has stored."""

from collections.abc import Callable

from hemlarm_protocol import contact_id, contact_id_names
from hemlarm_simulator.cloud import StoredEvent
from hemlarm_simulator.description import HouseDescription
from hemlarm_simulator.scenario_text import Expectation, Stage, Words, WordsError, area, user, zone

_SOURCE_TAG_MIN = 16
"""A user's first tag; the others have the numbers behind it."""

Condition = Callable[[StoredEvent], bool]

_SOURCES: dict[str, Condition] = {
    "panel": lambda event: event.source == contact_id.SOURCE_PANEL,
    "code": lambda event: event.source == contact_id.SOURCE_KEYPAD,
    "command": lambda event: event.source == contact_id.SOURCE_COMMAND,
    "tag": lambda event: event.source >= _SOURCE_TAG_MIN,
}


def expect_events(words: Words, house: HouseDescription, count: int) -> Expectation:
    """`count` events must be stored of the code and the details that come next. Raises WordsError, UnknownNameError."""
    qcode = _qcode(words)
    conditions: list[Condition] = [lambda event: event.qcode == qcode]
    while words:
        conditions.append(_DETAILS[words.choice(_DETAILS, "detail of an event")](words, house))

    def complaint(stage: Stage) -> str | None:
        events = stage.world.cloud.events()
        found = sum(all(condition(event) for condition in conditions) for event in events)
        if found == count:
            return None
        codes = ", ".join(str(event.qcode) for event in events) or "nothing"
        return f"the cloud has {found} such events instead of {count}; it has stored {codes}"

    return Expectation(complaint)


def unacknowledged(stage: Stage) -> str | None:
    """Complains unless every event that the panel numbered is acknowledged there and stored exactly once."""
    traces = stage.world.ledger.traces
    numbered = [trace.values[0] for trace in traces if trace.what == "event"]
    acknowledged = {trace.values[0] for trace in traces if trace.what == "acknowledged"}
    stored = [(event.kid, event.number) for event in stage.world.cloud.events()]
    waiting = [number for number in numbered if number not in acknowledged]
    if waiting:
        return f"the events {waiting} are not acknowledged"
    if len(set(stored)) != len(stored):
        return "the cloud has stored an event twice"
    missing = set(numbered) - {number for _, number in stored}
    if missing:
        return f"the events {sorted(missing)} are acknowledged but not stored"
    return None if numbered else "the panel has recorded no event at all"


def _qcode(words: Words) -> int:
    word = words.take("the event's code")
    if not word.isdecimal() or not contact_id_names.is_known(int(word)):
        codes = ", ".join(str(code) for code in contact_id_names.CODES)
        raise WordsError(f"{word!r} is no event code; it is a qualifier (1, 3 or 6) and one of {codes}")
    return int(word)


def _of_zone(words: Words, house: HouseDescription) -> Condition:
    number = zone(words, house)
    return lambda event: event.zone == number


def _of_user(words: Words, house: HouseDescription) -> Condition:
    number = user(words, house)
    return lambda event: event.user == number


def _of_area(words: Words, house: HouseDescription) -> Condition:
    number = area(words, house)
    return lambda event: event.area == number


def _of_detail(words: Words, _house: HouseDescription) -> Condition:
    number = words.number()
    if number is None:
        raise WordsError("the detail's number is missing")
    return lambda event: event.detail == number


def _by(words: Words, _house: HouseDescription) -> Condition:
    return _SOURCES[words.choice(_SOURCES, "source of an event")]


_DETAILS: dict[str, Callable[[Words, HouseDescription], Condition]] = {
    "zone": _of_zone,
    "user": _of_user,
    "area": _of_area,
    "detail": _of_detail,
    "by": _by,
}
