"""Forwarding to a DC-09 receiver that nobody here wrote, by real sockets and in real time."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from pysiaalarm.account import SIAAccount
from pysiaalarm.aio.client import SIAClient
from pysiaalarm.event import SIAEvent

from forward_running import forwarding, wait_until
from forward_support import DC09_WISH, KEY, Town, add_destination, states
from hemlarm_cloud.store import Store
from hemlarm_cloud.trade.dc09 import ADM_CID, SIA_DCS

EVENTS = 1_000


class Peer:
    """The peer's server on a port of its own, in a thread; `came` are the events that its handler was given."""

    def __init__(self, key: str | None) -> None:
        self.came: list[SIAEvent] = []
        self.port = 0
        self._account = SIAAccount("1234", key)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def start(self) -> None:
        self._do(self._start())

    def stop(self) -> None:
        self._do(self._client.async_stop())

    def end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    async def _start(self) -> None:
        client: Any = SIAClient("127.0.0.1", self.port, [self._account], self._came)  # type: ignore[abstract]
        await client.async_start()
        self._client, self.port = client, client.server.sockets[0].getsockname()[1]

    async def _came(self, event: SIAEvent) -> None:
        self.came.append(event)

    def _do(self, what: object) -> None:
        asyncio.run_coroutine_threadsafe(what, self._loop).result(20)  # type: ignore[arg-type]


@contextmanager
def peer(key: str | None) -> Iterator[Peer]:
    started = Peer(key)
    started.start()
    yield started
    started.stop()
    started.end()


@pytest.mark.parametrize("form", [ADM_CID, SIA_DCS])
def test_a_thousand_events_reach_the_peer_encrypted_and_in_order_through_a_restart(store: Store, form: str) -> None:
    town = Town(store)
    with peer(KEY.decode()) as receiver:
        wish = replace(DC09_WISH, primary_address=f"127.0.0.1:{receiver.port}")
        to = add_destination(store, replace(wish, settings=replace(wish.settings, account="1234", form=form)))
        sites = [town.site(to) for _ in range(2)]
        for part in range(EVENTS // 100):
            town.signals(sites[part % 2], [(1130, part * 100 + number) for number in range(100)])
        with forwarding(store):
            wait_until(lambda: len(receiver.came) >= EVENTS // 2)
            receiver.stop()
            had = len(receiver.came)
            wait_until(lambda: "waiting" in [state for _, state in states(store)])
            receiver.start()
            wait_until(lambda: all(state == "sent" for _, state in states(store)))
        assert EVENTS // 2 <= had < EVENTS
        events = [event for event in receiver.came if event.code == "BA"]
        zones = [int(str(event.ri if form == ADM_CID else event.message)) for event in events]
        for site in range(2):
            of_site = [zone for zone in zones if zone // 100 % 2 == site]
            assert of_site == sorted(of_site)
        assert sorted(zones) == list(range(EVENTS))
        assert all(event.encrypted and event.valid_message for event in receiver.came)
