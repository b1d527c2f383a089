"""Offers and parts of images on their way to panels, within one ingest process: bounded, and behind all else.

It keeps what panels want to have next, and a few images. What it sends it takes from the store each time, so a release
that somebody pauses goes no further from that moment on.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, TypeGuard

from sqlalchemy import ColumnElement, Row, Select, select

from hemlarm_cloud.ingest.moment import Moment
from hemlarm_cloud.ingest.requests_sent import COMMAND_REPEAT_MS
from hemlarm_cloud.ingest.served_panels import ServedPanel
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema import panel
from hemlarm_cloud.store.schema_updates import firmware_image, release, release_panel
from hemlarm_cloud.updates import FIRMWARE_MIN, images, offering, releases, states
from hemlarm_cloud.updates.health import lasting_fault
from hemlarm_protocol.messages import CONFIG_BYTES_MAX
from hemlarm_protocol.upkeep import DIGEST_BYTES, UpdateOffer, UpdatePart, UpdateWanted

PANELS_AT_A_TIME = 20
"""Panels that load at a time; the others ask again later."""

ACTIVE_MS = 30_000
"""A panel that has asked for nothing for so long gives its place to another one."""

PARTS_EACH = 4
"""Parts that a panel gets at a time, however many it wants."""

IMAGES_MAX = 4
"""Images kept in memory, of 512 KiB at most: one for each board."""

OFFERS_MAX = 200
"""Offers looked at at a time."""

EXPIRES_MS = 600_000
"""How long after it was sent an offer may be taken."""

_LOOK_MS = 1_000
"""What waits for a panel that has no session is looked for so often."""

Served = Callable[[str], ServedPanel | None]

_table = release_panel


class _Part(NamedTuple):
    """What a panel is owed: parts of an image, none of which is sent before `look` has found out."""

    panel: str
    wanted: UpdateWanted
    image: int


class Serving:
    """`want` notes, `look` reads the store, `send` sends. Nothing of it is durable: panels ask again."""

    def __init__(self) -> None:
        self._images: OrderedDict[int, bytes] = OrderedDict()
        self._active: dict[str, int] = {}
        self._wanted: dict[str, UpdateWanted] = {}
        self._parts: list[_Part] = []
        self._offers: list[Row[Any]] = []
        self._again_ms: dict[bytes, int] = {}

    def want(self, told: Iterable[tuple[str, Any]], now: Moment) -> None:
        """Take what panels told: those that want parts and find no place among the active ones get none."""
        self._active = {name: at_ms for name, at_ms in self._active.items() if now.steady_ms - at_ms < ACTIVE_MS}
        for name, wanted in told:
            has_place = name in self._active or len(self._active) < PANELS_AT_A_TIME
            if has_place and isinstance(wanted, UpdateWanted):
                self._active[name] = now.steady_ms
                self._wanted[name] = wanted

    def look(self, reading: Queries, now: Moment, shards: tuple[str, str]) -> None:
        """Find out what is to be sent now. Raises StoreError."""
        wanted, self._wanted = self._wanted, {}
        self._parts = _allowed(reading, wanted) if wanted else []
        for part in self._parts:
            self._keep(reading, part.image)
        waiting = _offers(reading, shards)
        self._again_ms = {_id(row): self._again_ms.get(_id(row), now.steady_ms) for row in waiting}
        self._offers = [row for row in waiting if self._again_ms[_id(row)] <= now.steady_ms]

    def send(self, served: Served, now: Moment) -> dict[str, ServedPanel]:
        """Send it in the panels' sessions; returns the panels that are spoken to."""
        spoken = {}
        for row in self._offers:
            reached = served(row.panel)
            if _knows(reached) and reached.end.upkeep(_message(row, reached.time_ms(now))):
                self._again_ms[_id(row)] = now.steady_ms + COMMAND_REPEAT_MS
                spoken[row.panel] = reached
        for part in self._parts:
            reached = served(part.panel)
            if _knows(reached):
                self._send_parts(reached, part)
                spoken[part.panel] = reached
        self._offers, self._parts = [], []
        return spoken

    def due_ms(self, now: Moment) -> list[int]:
        """Return when there is something to send again, by the steady clock; empty while nothing waits."""
        asked = [now.steady_ms] if self._wanted else []
        again_ms = min(self._again_ms.values(), default=None)
        return asked if again_ms is None else [*asked, max(again_ms, now.steady_ms + _LOOK_MS)]

    def _keep(self, reading: Queries, image: int) -> None:
        if image not in self._images:
            self._images[image] = images.content(reading, image)
            if len(self._images) > IMAGES_MAX:
                self._images.popitem(last=False)
        self._images.move_to_end(image)

    def _send_parts(self, reached: ServedPanel, part: _Part) -> None:
        whole = self._images.get(part.image, b"")
        begin = part.wanted.offset
        end = min(len(whole), begin + min(part.wanted.count, PARTS_EACH) * CONFIG_BYTES_MAX)
        for offset in range(begin, end, CONFIG_BYTES_MAX):
            data = whole[offset : min(end, offset + CONFIG_BYTES_MAX)]
            reached.end.upkeep(UpdatePart(part.wanted.id, offset, data))


def _knows(reached: ServedPanel | None) -> TypeGuard[ServedPanel]:
    """Whether there is a session with it, of a firmware that knows updates."""
    return reached is not None and reached.end.hello is not None and reached.end.hello.firmware >= FIRMWARE_MIN


def _id(row: Row[Any]) -> bytes:
    return bytes(row.recall if row.state == states.WITHDRAWN else row.offer)


def _message(row: Row[Any], panel_ms: int) -> UpdateOffer:
    """An offer, or with no size what takes one back. `panel_ms` is what the panel takes for the time."""
    expires_s = (panel_ms + EXPIRES_MS) // 1000
    if row.state == states.WITHDRAWN:
        return UpdateOffer(_id(row), 0, expires_s, 0, 0, bytes(DIGEST_BYTES))
    return UpdateOffer(_id(row), 0, expires_s, row.version, row.size, bytes(row.digest))


def _offers(reading: Queries, shards: tuple[str, str]) -> list[Row[Any]]:
    """Return what panels in a range of shards have not answered: offers, and what takes them back."""
    offered = (_table.c.state == states.OFFERED, release.c.state == releases.RUNNING)
    recalled = (_table.c.recall.is_not(None), _table.c.state == states.WITHDRAWN, ~lasting_fault())
    return [row for wanted in (offered, recalled) for row in reading.connection.execute(_unanswered(wanted, shards))]


def _unanswered(wanted: tuple[ColumnElement[bool], ...], shards: tuple[str, str]) -> Select[Any]:
    columns = (_table.c.panel, _table.c.state, _table.c.offer, _table.c.recall)
    facts = (firmware_image.c.version, firmware_image.c.size, firmware_image.c.digest)
    return (
        select(*columns, *facts)
        .join(release, release.c.id == _table.c.release)
        .join(firmware_image, firmware_image.c.id == _table.c.image)
        .join(panel, panel.c.id == _table.c.panel)
        .where(*wanted, panel.c.shard.between(*shards), panel.c.revoked_ms.is_(None))
        .order_by(_table.c.changed_ms, _table.c.panel)
        .limit(OFFERS_MAX)
    )


def _allowed(reading: Queries, wanted: dict[str, UpdateWanted]) -> list[_Part]:
    """Return what is wanted of offers that stand, by the panel they were made to, where there is no alarm."""
    query = (
        select(_table.c.panel, _table.c.offer, _table.c.image)
        .join(release, release.c.id == _table.c.release)
        .where(_table.c.offer.in_([each.id for each in wanted.values()]), release.c.state == releases.RUNNING)
        .where(_table.c.state.in_((states.OFFERED, states.LOADING)), ~offering.alarmed())
    )
    found = {bytes(row.offer): row for row in reading.connection.execute(query)}
    return [
        _Part(name, each, found[each.id].image)
        for name, each in wanted.items()
        if each.id in found and found[each.id].panel == name
    ]
