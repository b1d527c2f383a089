"""What the templates of the customer's pages call things: events as a household speaks of them, and times."""

from collections.abc import Iterable
from typing import Any

from hemlarm_cloud.pages import filters
from hemlarm_cloud.pages.texts import text
from hemlarm_cloud.reports import event_names

EVENT_NAMES = {
    **dict.fromkeys((1400, 1401, 1402, 1404, 1407, 1409, 1441, 1456), "customer.event-disarmed"),
    **dict.fromkeys((3400, 3401, 3402, 3404, 3407, 3408, 3409), "customer.event-away"),
    **{3441: "customer.event-home", 3456: "customer.event-night", 1406: "customer.event-cancelled"},
    **{1301: "customer.event-mains-lost", 3301: "customer.event-mains-back"},
    **{1350: "customer.event-mobile", 3350: "customer.event-ip"},
}
"""Where a household says it otherwise than the trade does."""

EVENT_ICONS = {
    **{code: "shield-off" for code, name in EVENT_NAMES.items() if name == "customer.event-disarmed"},
    **{code: "shield-armed" for code, name in EVENT_NAMES.items() if name == "customer.event-away"},
    **{3441: "house-person", 3456: "moon", 1406: "check-circle", 1301: "battery-low", 3301: "power"},
    **{1110: "flame", 1111: "smoke", 1114: "flame", 1115: "flame", 1162: "co", 1154: "water"},
    **{1302: "battery-low", 1384: "battery-low", 1350: "mobile", 3350: "wifi", 1351: "cable", 1352: "mobile"},
    **{1354: "no-signal", 1461: "keypad", 6134: "door-open", 1422: "unlock", 3422: "lock"},
}


def words(language: str, zone: str, now_ms: int) -> dict[str, Any]:
    """Return what templates call, `event(qcode)`, `since(ms)`, `other_day(ms)`, `service_kinds(kinds)`, and tables."""

    def event(qcode: int) -> str:
        return event_names.describe(qcode, language)

    def since(ms: int) -> str:
        today = filters.date(language, ms, zone) == filters.date(language, now_ms, zone)
        return filters.time(ms, zone) if today else filters.moment(language, ms, zone)

    def other_day(ms: int) -> str:
        shown = filters.date(language, ms, zone)
        return "" if shown == filters.date(language, now_ms, zone) else shown.rpartition(" ")[0]

    def service_kinds(kinds: Iterable[str]) -> str:
        return ", ".join(text(language, f"customer.service-{kind}") for kind in kinds)

    return {
        "event": event,
        "since": since,
        "other_day": other_day,
        "service_kinds": service_kinds,
        "event_names": EVENT_NAMES,
        "event_icons": EVENT_ICONS,
    }
