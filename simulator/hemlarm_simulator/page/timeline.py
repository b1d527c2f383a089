"""The timeline: for each event what happened, what went over the wire, and what the cloud made of it.

An event appears when the panel records it, which the firmware's traces tell, and fills up with what the store has of
it: so that events that wait in the panel's journal are seen to wait.
"""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, func, select

from hemlarm_cloud.reports import event_names
from hemlarm_cloud.reports.vocabulary import NAMES
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema import event
from hemlarm_cloud.store.schema_cases import alarm_case, case_log, case_task, signal
from hemlarm_cloud.store.schema_centre import notice
from hemlarm_cloud.store.schema_sites import person

OPEN_MAX = 150
"""Events of a panel that are followed: what becomes of older ones is not told any more."""

_PAGE = 200
_TOLD_MAX = 10_000
_NOTICES_SHOWN = 12
_TASKS_SHOWN = 20

Text = dict[str, str]


@dataclass(frozen=True)
class PanelNames:
    """What a panel's numbers are called."""

    number: int
    id: str
    zones: dict[int, str]
    users: dict[int, str]


@dataclass
class _Item:
    """One event; `shown` is what the page gets of it."""

    shown: dict[str, Any]
    event_id: int = 0
    case_id: int = 0
    head: list[Text] = field(default_factory=list)
    """The steps before those of a case."""


class Timeline:
    """The events of several panels. `take` returns those that changed since it was last called."""

    def __init__(self, panels: Iterable[PanelNames], prefix: str = "") -> None:
        self._panels = {panel.id: panel for panel in panels}
        self._prefix = prefix
        self._items: dict[tuple[int, str], _Item] = {}
        self._changed: dict[str, dict[str, Any]] = {}
        self._heads: tuple[int, ...] = ()
        self._last_event = 0
        self._last_finding = 0
        self._told: deque[Callable[[], object]] = deque(maxlen=_TOLD_MAX)

    # What the panel tells.

    def recorded(self, panel: int, number: int, qcode: int, unix_ms: int) -> None:
        """The panel has recorded an event. From any thread."""
        if qcode:
            self._told.append(lambda: self._item(panel, number, qcode, unix_ms))

    def acknowledged(self, panel: int, number: int, unix_ms: int, path: str) -> None:
        """The panel knows that the cloud has stored it, which it was told over that path. From any thread."""

        def note() -> None:
            item = self._items.get((panel, str(number)))
            if item is not None and item.shown["acked_ms"] is None:
                self._change(item, acked_ms=unix_ms, path=path)

        self._told.append(note)

    # What the cloud has.

    def read(self, reading: Queries) -> None:
        """Looks at what the store has, if there is anything new."""
        while self._told:
            self._told.popleft()()
        heads = _heads(reading)
        if heads == self._heads:
            return
        self._heads = heads
        self._read_events(reading)
        self._read_signals(reading)
        self._read_findings(reading)
        self._read_cases(reading)

    def take(self) -> list[dict[str, Any]]:
        """What has changed, oldest first."""
        while self._told:
            self._told.popleft()()
        changed, self._changed = self._changed, {}
        return sorted(changed.values(), key=lambda shown: shown["at_ms"])

    def _item(self, panel: int, number: int, qcode: int, unix_ms: int) -> _Item:
        key = (panel, str(number))
        return self._items[key] if key in self._items else self._begin(key, qcode, unix_ms, number)

    def _begin(self, key: tuple[int, str], qcode: int, unix_ms: int, number: int | None = None) -> _Item:
        shown: dict[str, Any] = {
            "id": f"{self._prefix}{key[0]}.{key[1]}",
            "panel": key[0],
            "at_ms": unix_ms,
            "number": number,
            "qcode": qcode,
            "what": described(qcode),
            "zone": "",
            "user": "",
            "size": None,
            "sealed": "",
            "path": "",
            "committed_ms": None,
            "acked_ms": None,
            "case": None,
            "steps": [],
        }
        self._items[key] = _Item(shown)
        self._changed[shown["id"]] = shown
        self._forget(key[0])
        return self._items[key]

    def _forget(self, panel: int) -> None:
        mine = [key for key in self._items if key[0] == panel]
        for key in mine[:-OPEN_MAX]:
            del self._items[key]

    def _change(self, item: _Item, **values: Any) -> None:
        item.shown = item.shown | values
        self._changed[item.shown["id"]] = item.shown

    def _read_events(self, reading: Queries) -> None:
        query = select(event).where(event.c.id > self._last_event, event.c.panel.in_(self._panels))
        for row in reading.connection.execute(query.order_by(event.c.id).limit(_PAGE)):
            self._last_event = row.id
            if row.qcode:
                self._stored(row)

    def _stored(self, row: Row[Any]) -> None:
        panel = self._panels[row.panel]
        item = self._item(panel.number, row.number, row.qcode, row.dated_ms)
        item.event_id = row.id
        frame = bytes(row.kid) + bytes(row.sealed)
        self._change(
            item,
            zone=panel.zones.get(row.zone, str(row.zone or "")),
            user=panel.users.get(row.user, str(row.user or "")),
            size=len(frame),
            sealed=frame.hex(),
            committed_ms=row.committed_ms,
        )

    def _read_signals(self, reading: Queries) -> None:
        waiting = {item.event_id: item for item in self._items.values() if item.event_id and not item.head}
        if not waiting:
            return
        query = select(signal).where(signal.c.origin == "panel", signal.c.origin_id.in_(waiting))
        for row in reading.connection.execute(query):
            self._became(waiting[row.origin_id], row)

    def _read_findings(self, reading: Queries) -> None:
        """What the cloud itself found out about a panel: that it is silent, or was probably smashed."""
        query = select(signal).where(signal.c.origin == "cloud", signal.c.id > self._last_finding)
        of_ours = query.where(signal.c.transmitter.in_(self._panels))
        for row in reading.connection.execute(of_ours.order_by(signal.c.id).limit(_PAGE)):
            self._last_finding = row.id
            item = self._begin((self._panels[row.transmitter].number, f"cloud-{row.id}"), row.qcode, row.dated_ms)
            self._change(item, committed_ms=row.received_ms)
            self._became(item, row)

    def _became(self, item: _Item, row: Row[Any]) -> None:
        """Case work has made this signal of it."""
        item.case_id = row.case or 0
        category, handling = _names("category", row.category), _names("handling", row.handling)
        item.head = [{lang: f"{category[lang]} · {handling[lang]}" for lang in category}]
        self._change(item, steps=item.head)

    def _read_cases(self, reading: Queries) -> None:
        followed = [item for item in self._items.values() if item.case_id]
        ids = sorted({item.case_id for item in followed})[-_PAGE:]
        if not ids:
            return
        cases = {row.id: row for row in reading.connection.execute(select(alarm_case).where(alarm_case.c.id.in_(ids)))}
        steps = {case: _case_steps(row) for case, row in cases.items()}
        for case, text in (*_tasks(reading, ids), *_notices(reading, ids)):
            steps[case].append(text)
        for item in followed:
            if (row := cases.get(item.case_id)) is None:
                continue
            shown = {"id": row.id, "category": row.category, "state": row.state}
            wanted = item.head + steps[row.id]
            if item.shown["case"] != shown or item.shown["steps"] != wanted:
                self._change(item, case=shown, steps=wanted)


def described(qcode: int) -> Text:
    """What an event means, in both languages."""
    return {language: event_names.describe(qcode, language) for language in ("sv", "en")}


def _heads(reading: Queries) -> tuple[int, ...]:
    """Something that is another whenever one of the tables has something new."""
    columns = (event.c.id, signal.c.id, case_log.c.id, case_task.c.id, notice.c.id)
    return tuple(reading.connection.scalar(select(func.max(column))) or 0 for column in columns)


def _names(group: str, word: str) -> Text:
    swedish, english = NAMES[group].get(word, (word, word))
    return {"sv": swedish, "en": english}


def _case_steps(row: Row[Any]) -> list[Text]:
    state = _names("state", row.state)
    told = [{"sv": f"Ärende {row.id}: {state['sv']}", "en": f"Case {row.id}: {state['en']}"}]
    if row.outcome:
        told.append(_names("outcome", row.outcome))
    return told


def _tasks(reading: Queries, cases: Sequence[int]) -> list[tuple[int, Text]]:
    query = (
        select(case_task, person.c.name.label("called"))
        .outerjoin(person, person.c.id == case_task.c.person)
        .where(case_task.c.case.in_(cases), case_task.c.state != "not-needed")
    )
    rows = reading.connection.execute(query.order_by(case_task.c.case, case_task.c.position).limit(_PAGE)).all()
    found: list[tuple[int, Text]] = []
    for row in rows:
        kind, result = _names("step", row.kind), _names("result", row.result or "")
        who = f" {row.called}" if row.called else ""
        text = {lang: f"{kind[lang]}{who}{f': {result[lang]}' if row.result else ''}" for lang in kind}
        if sum(case == row.case for case, _ in found) < _TASKS_SHOWN:
            found.append((row.case, text))
    return found


def _notices(reading: Queries, cases: Sequence[int]) -> list[tuple[int, Text]]:
    columns = (notice.c.case, notice.c.channel, notice.c.recipient)
    query = select(*columns).where(notice.c.case.in_(cases)).order_by(notice.c.id).limit(_NOTICES_SHOWN * len(cases))
    rows = reading.connection.execute(query)
    return [(row.case, {"sv": f"Besked till {row.recipient}", "en": f"Notice to {row.recipient}"}) for row in rows]
