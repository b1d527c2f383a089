"""What DC-09 telegrams say of events: Contact ID (`ADM-CID`) and SIA codes (`SIA-DCS`), read and written.

Nothing but a BadTelegram is raised, whatever the text.
"""

import re
from dataclasses import dataclass

from hemlarm_cloud.trade.errors import BadTelegram

AREA_MAX, ZONE_MAX = 99, 999
"""Contact ID has two digits for the area and three for the zone or user."""

_EVENTS_MAX = 16
"""Events in one telegram; the trade's transmitters send one."""

_NUMBER_MAX = 65_535
_ACCOUNT = r"(?:#?(?P<account>[0-9A-Fa-f]{1,16}))?\|"
_ADM_CID = re.compile(_ACCOUNT + r"(?P<qualifier>[1-9])(?P<code>[0-9]{3}) (?P<area>[0-9]{2}) (?P<zone>[0-9]{3})")
_SIA = re.compile(_ACCOUNT + r"[NO]?(?P<events>[^|]*)(?:\|(?P<text>.*))?")
_MODIFIER = re.compile(r"(ti|da|id|ri|pi|ai|ph|lv|vi|pt|si)(.*)")
_EVENT = re.compile(r"(?P<code>[A-Z]{2})(?P<number>[0-9]{0,5})(?:\^(?P<text>[^^]*)\^?)?(?:\*(?P<more>.*))?")


@dataclass(frozen=True)
class SiaEvent:
    """One event: its code ("BA"), the zone or user behind it, the area (`ri`), the user (`id`), and text."""

    code: str
    number: int = 0
    area: int = 0
    user: int = 0
    text: str = ""


def adm_cid(account: str, qcode: int, area: int, zone: int) -> str:
    """Return the data of an ADM-CID telegram; `zone` is the user of an arming. What is too large for it becomes 0."""
    if not 1000 <= qcode <= 9999:
        raise BadTelegram(f"{qcode} is no Contact ID code with its qualifier")
    area, zone = (area if area <= AREA_MAX else 0), (zone if zone <= ZONE_MAX else 0)
    return f"#{account}|{qcode} {area:02} {zone:03}"


def read_adm_cid(data: str) -> tuple[int, int, int]:
    """Return (qcode, area, zone or user) of an ADM-CID telegram's data."""
    found = _ADM_CID.fullmatch(data)
    if not found:
        raise BadTelegram(f"{data[:60]!r} is not `#account|QEEE GG ZZZ`")
    return int(found["qualifier"] + found["code"]), int(found["area"]), int(found["zone"])


def sia_dcs(account: str, event: SiaEvent) -> str:
    """Return the data of a SIA-DCS telegram about one event."""
    if not re.fullmatch("[A-Z]{2}", event.code) or not 0 <= event.number <= _NUMBER_MAX:
        raise BadTelegram(f"{event.code!r} {event.number} is no SIA event")
    area = f"ri{event.area:02}/" if event.area else ""
    user = f"id{event.user:03}/" if event.user else ""
    return f"#{account}|N{user}{area}{event.code}{event.number:03}"


def read_sia_dcs(data: str) -> list[SiaEvent]:
    """Return the events of a SIA-DCS telegram's data, at least one. A modifier holds for the events behind it."""
    found = _SIA.fullmatch(data)
    if not found:
        raise BadTelegram(f"{data[:60]!r} is not `#account|N...`")
    area, user, events, text = 0, 0, list[SiaEvent](), found["text"] or ""
    for part in found["events"].split("/"):
        if modifier := _MODIFIER.fullmatch(part):
            area = _digits(modifier[2]) if modifier[1] == "ri" else area
            user = _digits(modifier[2]) if modifier[1] == "id" else user
        elif event := _EVENT.fullmatch(part):
            said = event["text"] or event["more"] or text
            events.append(SiaEvent(event["code"], _digits(event["number"]), area, user, said[:200]))
        elif part:
            raise BadTelegram(f"{part[:60]!r} is neither an event nor a modifier")
    if not 1 <= len(events) <= _EVENTS_MAX:
        raise BadTelegram(f"{len(events)} events in one telegram; 1 to {_EVENTS_MAX} are taken")
    return events


def _digits(text: str) -> int:
    number = int(text) if re.fullmatch("[0-9]{1,5}", text) else 0
    return number if number <= _NUMBER_MAX else 0
