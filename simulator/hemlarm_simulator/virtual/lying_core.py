"""The real ingest core, but for one lie that can be ordered: it acknowledges an event that it has not stored."""

from collections.abc import Callable
from typing import Any

from hemlarm_cloud.ingest.core import IngestCore
from hemlarm_cloud.ingest.moment import Moment
from hemlarm_cloud.ingest.served_panels import ServedPanel
from hemlarm_cloud.store import Store
from hemlarm_cloud.vault import Vault
from hemlarm_protocol import sealing

_OTHER = bytes([0xFF]) * sealing.TAG_SHORT


class LyingCore(IngestCore):
    """`told` hears of each lie: ("misacknowledge", key id, number)."""

    def __init__(
        self,
        store: Store,
        vault: Vault,
        random: Callable[[int], bytes],
        told: Callable[[str, bytes, int], None],
        heartbeat_ms: int | None = None,
        steady_ms: Callable[[], int] | None = None,
    ) -> None:
        super().__init__(store, vault, random, heartbeat_ms, steady_ms)
        self.lying = False
        """Whether it lies at the next occasion."""
        self._told = told

    def lie(self, lying: bool = True) -> None:
        """Loses the next event of a panel that has a session, and acknowledges its number with another tag."""
        self.lying = lying

    def _note(self, panel: str, served: ServedPanel, fact: tuple[Any, ...], now: Moment) -> None:
        end = served.end
        if not self.lying or fact[0] != "event" or end.hello is None:
            super()._note(panel, served, fact, now)
            return
        self.lying = False
        kid, number, sealed = fact[1:4]
        other = bytes(byte ^ mask for byte, mask in zip(sealing.short_tag(sealed), _OTHER, strict=True))
        end.acknowledge([(kid, number, other)])
        self._told("misacknowledge", kid, number)
