"""A year of two customers' history, for reports: the rows that case work and operators would have left in the store.

What happens follows a few rules that a person can add up, so that expected files are reckoned by hand. All times are
those of Stockholm in 2026.

- Villa Åsgård (site 1) has in each month as many burglary alarms as the month's number: one on each of the first days,
  at 10:00, each a case that is answered after 10 s times the day, and its restore a minute later. One more comes half
  an hour into the new year (still 2025 in UTC), and one half an hour into the next, which is no longer part of it.
- The mains fail there on the 15th of each month from 14:00 to 15:00, and in even months there is smoke on the 20th.
- In June three tampers come in service mode. In September there is a hold-up, in November one that nobody has closed.
- Kontoret (site 2) has a water leak in March and in July, and falls silent in October in the hour that comes twice.
- The other customer's site (3) has 50 alarms in December, each minute one.
"""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Table, insert

from hemlarm_cloud.store import Store, schema_cases, schema_centre, schema_sites

ZONE = ZoneInfo("Europe/Stockholm")
PANEL, OFFICE, OTHER = "00112233445566ff", "sos:KONTOR1", "dc09:9001"
MADE_MS = 1_798_700_400_000
"""2026-12-31 06:00 in UTC: when the reports are made."""

Rows = list[dict[str, Any]]


def at(text: str, fold: int = 0) -> int:
    """A moment written as the clocks in Stockholm show it; `fold` 1 is the second time that they do."""
    return round(datetime.fromisoformat(text).replace(tzinfo=ZONE, fold=fold).timestamp() * 1000)


def fill(store: Store) -> None:
    """Put the history into an empty store."""
    tables: list[tuple[Table, Rows]] = [
        (schema_sites.customer, _customers()),
        (schema_sites.contract, _contracts()),
        (schema_sites.site, _sites()),
        (schema_sites.transmitter, _transmitters()),
        (schema_sites.zone_name, _zone_names()),
        (schema_sites.authority_list, _lists()),
        (schema_sites.person, _people()),
        *_authorities(),
        *_plans(),
        (schema_cases.service_mode, _service_mode()),
        (schema_cases.alarm_case, _cases()),
        (schema_cases.case_task, _tasks()),
        (schema_cases.case_log, _log()),
        (schema_cases.signal, _signals()),
        *_duty(),
    ]
    with store.begin() as tx:
        for table, rows in tables:
            tx.connection.execute(insert(table), rows)


def _customers() -> Rows:
    created = {"created_ms": at("2025-01-01"), "organisation_number": "556000-0001"}
    return [
        {"id": 1, "number": "K-1001", "name": "Björkhöjdens Fastigheter AB"} | created,
        {"id": 2, "number": "K-2002", "name": "Främmande Gods AB"} | created,
    ]


def _contracts() -> Rows:
    years = {"begins_ms": at("2025-01-01"), "ends_ms": at("2028-01-01")}
    return [
        {"id": 1, "customer": 1, "number": "AV-1", "events_included": 8, "period": "month"} | years,
        {"id": 2, "customer": 2, "number": "AV-2", "events_included": 45, "period": "quarter"} | years,
        {"id": 3, "customer": 2, "number": "AV-3", "events_included": None, "period": "month"} | years,
    ]


def _sites() -> Rows:
    first = {"address": "Östra Ågatan 5", "town": "Uppsala", "key_service": True}
    second = {"address": "Järnvägsgatan 12", "town": "Umeå", "key_service": False}
    third = {"address": "Hemliga vägen 1", "town": "Malmö", "key_service": False}
    rows = [
        {"id": 1, "number": "A-100", "customer": 1, "contract": 1, "name": "Villa Åsgård"} | first,
        {"id": 2, "number": "A-101", "customer": 1, "contract": 1, "name": "Kontoret Łukasz & Söner"} | second,
        {"id": 3, "number": "A-900", "customer": 2, "contract": 2, "name": "Främmande lagret"} | third,
    ]
    guard = "Nordvakt, +46 18 10 20 30"
    return [row | {"guard": guard, "created_ms": at("2025-01-01"), "password": b"sealed"} for row in rows]


def _transmitters() -> Rows:
    kinds = ((PANEL, "hemlarm", 1, "Villan"), (OFFICE, "sos-access", 2, ""), (OTHER, "dc-09", 3, ""))
    return [
        {"id": name, "kind": kind, "site": site, "name": told, "added_ms": at("2025-01-01")}
        for name, kind, site, told in kinds
    ]


def _zone_names() -> Rows:
    names = {1: "Hall", 2: "Vardagsrum", 3: "Kök, rök", 4: "Altandörr"}
    return [{"transmitter": PANEL, "zone": zone, "name": name} for zone, name in names.items()]


def _people() -> Rows:
    people = (
        (1, "Åsa Öberg", "+46701110001", "asa@example.org", 1, None),
        (2, "Göran Ängström", "+46701110002", "goran@example.org", 1, None),
        (3, "Zdzisława Wąsik", "+46701110003", "", 1, None),
        (4, "Kaj Lås", "+46701110004", "kaj@larm.example", None, 2),
        (5, "Främling", "+46799999999", "hemlig@example.org", 2, None),
    )
    names = ("id", "name", "phone", "email", "customer", "installer")
    return [dict(zip(names, person, strict=True)) | {"created_ms": at("2025-01-01")} for person in people]


def _lists() -> Rows:
    made = {"created_ms": at("2025-01-01")}
    return [
        {"id": 1, "kind": "customer", "name": "Björkhöjden, alla hus", "customer": 1} | made,
        {"id": 2, "kind": "installer", "name": "Låsverket i Uppsala AB", "customer": None} | made,
        {"id": 3, "kind": "customer", "name": "Främmande lista", "customer": 2} | made,
    ]


def _authorities() -> list[tuple[Table, Rows]]:
    covers = [{"list": 1, "site": 1}, {"list": 1, "site": 2}, {"list": 2, "site": 1}, {"list": 3, "site": 3}]
    levels = ((1, 1, "A", None), (1, 2, "B", None), (1, 3, "C", at("2027-07-01")), (3, 5, "A", None), (2, 4, "I", None))
    rows: Rows = [
        {"list": held, "person": person, "level": level, "until_ms": until} for held, person, level, until in levels
    ]
    users = [{"transmitter": PANEL, "user": 1, "person": 1}, {"transmitter": PANEL, "user": 2, "person": 2}]
    return [
        (schema_sites.authority_list_site, covers),
        (schema_sites.authority, rows),
        (schema_sites.panel_user, users),
    ]


def _plans() -> list[tuple[Table, Rows]]:
    contacts: Rows = [
        {"position": 1, "person": 1, "has_key": True, "fire_neighbour": False, "note": ""},
        {"position": 2, "person": 2, "has_key": False, "fire_neighbour": False, "note": "Helst kvällstid"},
        {"position": 3, "person": 3, "has_key": False, "fire_neighbour": True, "note": "Huset mittemot"},
    ]
    steps: Rows = [
        {"kind": "look-at-pictures", "person": None, "only_if": "", "text": ""},
        {"kind": "fire-brigade", "person": None, "only_if": "smoke-seen", "text": "Gasol i garaget"},
        {"kind": "fire-neighbour", "person": 3, "only_if": "nobody-home", "text": ""},
        {"kind": "call-contact", "person": None, "only_if": "not-verified", "text": ""},
    ]
    numbered = [{"site": 1, "category": "fire", "position": place} | step for place, step in enumerate(steps, 1)]
    return [
        (schema_sites.contact, [{"site": 1} | contact for contact in contacts]),
        (schema_sites.plan_step, numbered),
    ]


def _service_mode() -> Rows:
    return [
        {"id": 1, "site": 1, "kinds": "burglary", "from_ms": at("2026-06-10 08:00"), "until_ms": at("2026-06-10 16:00"),
         "ended_ms": at("2026-06-10 16:00"), "state": "ended", "ordered_by": 1, "registered_by": "operator:anna",
         "registered_ms": at("2026-06-09 12:00"), "reason": "Byte av detektorer"},
    ]  # fmt: skip


def burglary_days() -> list[tuple[int, str, int]]:
    """The days of burglary alarms, each with the case's number and how many seconds it waited for an answer."""
    days = [
        (month * 100 + day, f"2026-{month:02d}-{day:02d} 10:00", 10 * day)
        for month in range(1, 13)
        for day in range(1, month + 1)
    ]
    return [(99, "2026-01-01 00:30", 5), *days, (1300, "2027-01-01 00:30", 5)]


def smoke_days() -> list[tuple[int, str]]:
    """The days of smoke, each with the case's number."""
    return [(month * 100 + 20, f"2026-{month:02d}-20 18:00") for month in range(2, 13, 2)]


def _case(
    number: int, site: int, category: str, began: int, answered_s: int | None, outcome: str | None
) -> dict[str, Any]:
    opened = began + 2_000
    answered = None if answered_s is None else opened + answered_s * 1000
    urgency = {"fire": 0, "hold-up": 1, "intrusion": 2, "water": 3, "line": 4, "service": 5}[category]
    kind = {"line": "fault", "service": "service"}.get(category, "alarm")
    return {
        "id": number, "site": site, "kind": kind, "category": category, "urgency": urgency,
        "began_ms": began, "latest_ms": began,
        "opened_ms": opened, "answered_ms": answered, "closed_ms": opened + 600_000 if outcome else None,
        "state": "closed" if outcome else "claimed", "operator": "operator:anna", "outcome": outcome,
    }  # fmt: skip


def _cases() -> Rows:
    cases = [
        _case(number, 1, "intrusion", at(when), wait_s, "accidental" if number % 2 else "real")
        for number, when, wait_s in burglary_days()
    ]
    cases += [_case(number, 1, "fire", at(when), 7, "accidental") for number, when in smoke_days()]
    cases += [
        _case(350, 2, "water", at("2026-03-08 04:00"), 40, "technical"),
        _case(750, 2, "water", at("2026-07-08 04:00"), 45, "technical"),
        _case(950, 1, "hold-up", at("2026-09-14 21:00"), 4, "real"),
        _case(1080, 1, "service", at("2026-10-28 09:00"), 3_600, "handled"),
        _case(1099, 2, "line", at("2026-10-25 02:30", fold=1), None, "restored"),
        _case(1150, 1, "hold-up", at("2026-11-14 21:00"), 4, None),
    ]
    return cases


def _tasks() -> Rows:
    opened = at("2026-06-20 18:00:02")
    tasks = (
        ("look-at-pictures", None, "nothing-seen", "", 20),
        ("verify-password", None, "no-answer", "", 75),
        ("fire-neighbour", 3, "sees-nothing", "Fönster öppet i köket, ingen rök. Ringer om något ändras.", 240),
        ("feedback", None, "texted", "", 560),
    )
    return [
        {"case": 620, "key": f"plan-{place}", "position": place, "kind": kind, "person": person, "state": "done",
         "result": result, "note": note, "done_ms": opened + after_s * 1000, "done_by": "operator:anna"}
        for place, (kind, person, result, note, after_s) in enumerate(tasks, 1)
    ] + [
        {"case": 620, "key": "fire-brigade", "position": 5, "kind": "fire-brigade", "person": None,
         "state": "not-needed", "result": None, "note": "", "done_ms": None, "done_by": None},
    ]  # fmt: skip


def _log() -> Rows:
    opened = at("2026-06-20 18:00:02")
    lines = (
        (0, "system", "planned", '{"plan": "fire", "tasks": 5}'),
        (7, "operator:anna", "claimed", "{}"),
        (15, "operator:anna", "picture-seen", '{"picture": 4711}'),
        (20, "operator:anna", "task-done", '{"result": "nothing-seen", "task": "plan-1"}'),
        (240, "operator:anna", "note", '{"note": "Åsa Öberg är på väg hem"}'),
        (
            250,
            "operator:anna",
            "task-done",
            '{"guard_report": {"cause": "accidental", "secured": true, "inner_check": false}, "task": "plan-3"}',
        ),
        (600, "operator:anna", "closed", '{"outcome": "accidental"}'),
    )
    return [
        {"case": 620, "site": 1, "at_ms": opened + after_s * 1000, "actor": actor, "kind": kind, "detail": detail}
        for after_s, actor, kind, detail in lines
    ]


class _Signals:
    """Signals in the order in which they are put."""

    def __init__(self) -> None:
        self.rows: Rows = []

    def put(
        self, transmitter: str, site: int, qcode: int, category: str, at_ms: int, handling: str, **more: Any
    ) -> None:
        number = len(self.rows) + 1
        base: dict[str, Any] = {"area": 0, "zone": 0, "user": 0, "text": "", "case": None, "service": None}
        origin = "panel" if transmitter == PANEL else "foreign"
        self.rows.append(
            {"origin": origin, "origin_id": number, "transmitter": transmitter, "site": site, "qcode": qcode,
             "category": category, "urgency": 2, "dated_ms": at_ms, "order_key": f"{number:08d}",
             "received_ms": at_ms + 1_000, "handling": handling} | base | more
        )  # fmt: skip


def _signals() -> Rows:
    signals = _Signals()
    for number, when, _ in burglary_days():
        here = {"case": number, "area": 1, "zone": 4}
        signals.put(PANEL, 1, 1130, "intrusion", at(when), "case", **here)
        signals.put(PANEL, 1, 3130, "intrusion", at(when) + 60_000, "case", **here)
    for number, when in smoke_days():
        signals.put(PANEL, 1, 1111, "fire", at(when), "case", case=number, area=1, zone=3)
        signals.put(PANEL, 1, 3111, "fire", at(when) + 420_000, "case", case=number, area=1, zone=3)
    for month in range(1, 13):
        signals.put(PANEL, 1, 1401, "service", at(f"2026-{month:02d}-01 07:00"), "record", area=1, user=1)
        signals.put(PANEL, 1, 1301, "power", at(f"2026-{month:02d}-15 14:00"), "condition")
        signals.put(PANEL, 1, 3301, "power", at(f"2026-{month:02d}-15 15:00"), "condition")
    for place in range(3):
        when_ms = at("2026-06-10 09:00") + place * 600_000
        signals.put(PANEL, 1, 1144, "tamper", when_ms, "service", service=1, area=1, zone=1 + place)
    signals.put(PANEL, 1, 1121, "hold-up", at("2026-09-14 21:00"), "case", case=950, area=1, user=2)
    signals.put(PANEL, 1, 1121, "hold-up", at("2026-11-14 21:00"), "case", case=1150, area=1, user=2)
    signals.put(OFFICE, 2, 1154, "water", at("2026-03-08 04:00"), "case", case=350, text="Pannrum")
    signals.put(OFFICE, 2, 1154, "water", at("2026-07-08 04:00"), "case", case=750, text="=2+3 Pannrum")
    signals.put(OFFICE, 2, 1354, "line", at("2026-10-25 02:30", fold=1), "case", case=1099)
    for minute in range(50):
        signals.put(OTHER, 3, 1130, "intrusion", at("2026-12-01 12:00") + minute * 60_000, "condition")
    return signals.rows


def _duty() -> list[tuple[Table, Rows]]:
    services: Rows = [
        {"customer": 1, "name": "Fastighetsjour", "number": "+4618102030", "created_ms": at("2025-01-01")},
        {"customer": 2, "name": "Främmande jour", "number": "", "created_ms": at("2025-01-01")},
    ]
    calls: Rows = []
    for monday in (5, 12, 19, 26):
        for minute in (15, 45):
            began = at(f"2026-10-{monday:02d} 07:{minute}")
            calls.append(_call(began, 12 if minute == 15 else 20, 180, 1))
    for saturday in (3, 10, 17, 24, 31):
        calls.append(_call(at(f"2026-10-{saturday:02d} 23:10"), None, None, None))
    calls += [_call(at("2026-10-25 02:30", fold), 31, 60, 2) for fold in (0, 1)]
    week = round(timedelta(days=7).total_seconds()) * 1000
    duties: Rows = [
        {"service": 1, "person": 1 + place % 2, "from_ms": at("2026-12-07 08:00") + place * week,
         "until_ms": at("2026-12-07 08:00") + (place + 1) * week, "position": 1}
        for place in range(3)
    ]  # fmt: skip
    return [
        (schema_centre.duty_service, services),
        (schema_centre.duty, duties),
        (schema_centre.duty_call, calls),
    ]


def _call(at_ms: int, wait_s: int | None, talk_s: int | None, person: int | None) -> dict[str, Any]:
    answered = None if wait_s is None else at_ms + wait_s * 1000
    ended = None if answered is None or talk_s is None else answered + talk_s * 1000
    return {"service": 1, "at_ms": at_ms, "answered_ms": answered, "ended_ms": ended, "caller": "+46705550000",
            "person": person, "taken_by": "operator:anna", "note": ""}  # fmt: skip
