"""Tells homes to their Home Assistants: one thread follows the store, and each site has a link with one of its own."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from hemlarm_cloud.errors import CentreError
from hemlarm_cloud.forward import addresses
from hemlarm_cloud.home_assistant import asking, connections, discovery
from hemlarm_cloud.home_assistant.connections import Kept
from hemlarm_cloud.home_assistant.gathering import gather
from hemlarm_cloud.home_assistant.house import House
from hemlarm_cloud.home_assistant.link import Broker, Link
from hemlarm_cloud.store import Store, StoreError
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_cases import signal
from hemlarm_cloud.store.schema_homes import panel_reading
from hemlarm_cloud.vault import Vault, VaultError

LOOK_S = 0.1
"""How often to look what is new; what people ask for wakes us at once."""

RELOAD_MS = 1_000
"""How often the connections themselves are read again."""

REFRESH_MS = 15_000
"""How often a home is looked at without anything new: time alone makes a panel silent and a reading unknown."""

ASKED_A_MINUTE = 12
"""Commands of one site: more than a household's people give, and few enough that nobody tries codes."""

AGAIN_S = 1.0
_STOPPED_S = 15.0
_AT_ONCE = 200
"""New signals whose sites are looked up; after more of them every site is looked at."""

_log = logging.getLogger(__name__)


@dataclass
class _Told:
    """A site that is told: its connection, what was last told, and when to look again."""

    kept: Kept
    link: Link
    house: House | None = None
    due_ms: int = 0
    problem: str = ""
    stored_problem: str = ""
    minute: int = 0
    asked: int = 0


class HomeAssistantService:
    """Tells what shall be told, between `start` and `stop`. One process of a cloud runs it.

    `clock_ms` is the wall clock, `random` gives bytes fit for ids; with `inward` brokers may be at private addresses.
    """

    def __init__(
        self,
        store: Store,
        vault: Vault,
        clock_ms: Callable[[], int],
        random: Callable[[int], bytes],
        inward: bool = False,
    ) -> None:
        self._store = store
        self._vault = vault
        self._clock_ms = clock_ms
        self._random = random
        self._inward = inward
        self._sites: dict[int, _Told] = {}
        self._ended: list[Link] = []
        self._reload_ms = 0
        self._newest = 0
        self._read_ms: dict[str, int] = {}
        self._woken = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="Home Assistant", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End; Home Assistants see the homes as not available."""
        self._stopping = True
        self._woken.set()
        self._thread.join(_STOPPED_S)
        for told in self._sites.values():
            told.link.end(clear=False)
        for link in [*self._ended, *(told.link for told in self._sites.values())]:
            link.join(_STOPPED_S)

    def _run(self) -> None:
        while not self._stopping:
            try:
                self._look(self._clock_ms())
            except StoreError as error:
                _log.error("Home Assistants wait: %s", error)
                self._woken.wait(AGAIN_S)
            self._woken.wait(LOOK_S)
            self._woken.clear()

    def _look(self, now_ms: int) -> None:
        if now_ms >= self._reload_ms or now_ms < self._reload_ms - RELOAD_MS:
            self._reload_ms = now_ms + RELOAD_MS
            self._reload()
        for told in self._sites.values():
            self._take_asked(told, now_ms)
        if self._sites:
            with self._store.read() as reading:
                self._mark_changed(reading)
                for told in self._sites.values():
                    # A clock that was set back is no reason to look at nothing for hours.
                    if now_ms >= told.due_ms or told.due_ms - now_ms > REFRESH_MS:
                        self._tell(reading, told, now_ms)
        self._keep_problems()

    def _reload(self) -> None:
        with self._store.read() as reading:
            wanted = {kept.site: kept for kept in connections.active(reading)}
        for site, told in list(self._sites.items()):
            kept = wanted.get(site)
            if kept is None or kept.version != told.kept.version:
                told.link.end(clear=True)
                self._ended.append(told.link)
                del self._sites[site]
        self._ended = [link for link in self._ended if not link.join(0)]
        for site, kept in wanted.items():
            # A link that ends takes back what it told, so the next one waits for it.
            if site not in self._sites and not self._ended:
                self._sites[site] = self._begin(kept)

    def _begin(self, kept: Kept) -> _Told:
        host, port = addresses.split(kept.address)
        try:
            password, problem = connections.password(self._vault, kept), ""
        except VaultError as error:
            password, problem = None, str(error)
        broker = Broker(host, port, kept.tls, kept.user, password, kept.prefix, self._inward)
        link = Link(kept.site, broker, kept.commands, self._woken.set)
        if not problem:
            link.start()
        return _Told(kept, link, problem=problem, stored_problem=kept.problem)

    def _mark_changed(self, reading: Queries) -> None:
        """Let every site be looked at of which something new has come."""
        newest = reading.connection.scalar(select(func.max(signal.c.id))) or 0
        if newest > self._newest:
            new = select(signal.c.site).where(signal.c.id > self._newest).distinct()
            few = newest - self._newest <= _AT_ONCE
            sites = set(reading.connection.scalars(new)) if few else set(self._sites)
            for site in sites & self._sites.keys():
                self._sites[site].due_ms = 0
        self._newest = newest
        panels = {panel.id: told for told in self._sites.values() if told.house for panel in told.house.panels}
        query = select(panel_reading.c.panel, func.max(panel_reading.c.told_ms)).group_by(panel_reading.c.panel)
        found = reading.connection.execute(query.where(panel_reading.c.panel.in_(panels))).all()
        for panel, told_ms in found:
            if self._read_ms.get(panel) != told_ms:
                panels[panel].due_ms = 0
        self._read_ms = {row.panel: row[1] for row in found}

    def _tell(self, reading: Queries, told: _Told, now_ms: int) -> None:
        told.due_ms = now_ms + REFRESH_MS
        try:
            actor = connections.whose(reading, told.kept, now_ms)
            told.house = gather(reading, actor, told.kept.site, now_ms, told.kept.commands)
        except CentreError as error:
            told.house, told.problem = None, str(error)
            told.link.show({})
            return
        told.problem = ""
        messages = discovery.messages(told.house, told.kept.prefix)
        if told.kept.commands:
            topic, config = discovery.answer_config(told.house, told.kept.prefix)
            messages[topic] = config
        told.link.show(messages)

    def _take_asked(self, told: _Told, now_ms: int) -> None:
        for topic, payload in told.link.asked():
            asked = asking.understood(told.house, topic, payload) if told.house else None
            if asked is None:
                continue
            if now_ms // 60_000 != told.minute:
                told.minute, told.asked = now_ms // 60_000, 0
            told.asked += 1
            if told.asked > ASKED_A_MINUTE:
                told.link.answer(f"{ASKED_A_MINUTE} commands a minute are the most; wait a while")
                continue
            self._ask(told, asked, now_ms)

    def _ask(self, told: _Told, asked: asking.Asked, now_ms: int) -> None:
        try:
            with self._store.begin() as tx:
                asking.ask(tx, self._vault, told.kept, asked, now_ms, self._random)
        except CentreError as error:
            told.link.answer(str(error)[:250])
            told.due_ms = 0

    def _keep_problems(self) -> None:
        for told in self._sites.values():
            problem: Any = told.problem or told.link.problem
            if problem != told.stored_problem:
                told.stored_problem = problem
                with self._store.begin() as tx:
                    connections.put_problem(tx, told.kept.site, told.kept.version, problem)
