"""A cloud in virtual time that offers images to its panels: what the operators' releases do, without any of them.

`offer` sends an offer whenever the panel has a session, until it is answered. The parts are served out of memory; with
`hold` they are not, as by a cloud that has no time for this panel.
"""

from typing import Any

from hemlarm_cloud.ingest.moment import Moment
from hemlarm_cloud.ingest.served_panels import ServedPanel
from hemlarm_protocol import bundle, messages, upkeep
from hemlarm_simulator.clock import VirtualClock
from hemlarm_simulator.ledger import Ledger
from hemlarm_simulator.virtual.ingest import VirtualCloud
from hemlarm_simulator.virtual.lying_core import LyingCore

OFFER_EVERY_MS = 5_000
LIFE_S = 3_600


class OfferingCore(LyingCore):
    """Takes what panels say of updates before the real ingest sees it."""

    cloud: "OfferingCloud"

    def _note(self, panel: str, served: ServedPanel, fact: tuple[Any, ...], now: Moment) -> None:
        message = fact[1] if len(fact) > 1 else None
        if isinstance(message, upkeep.UpdateWanted | upkeep.UpdateState):
            self.cloud.told(panel, served, message)
            return
        if isinstance(message, messages.Result) and message.id in self.cloud.offers:
            self.cloud.results.setdefault(message.id, message)
            return
        super()._note(panel, served, fact, now)


class OfferingCloud(VirtualCloud):
    """`states` are the UpdateStates in the order in which they came, `results` the first answer to each offer."""

    core_type = OfferingCore

    def __init__(self, clock: VirtualClock, ledger: Ledger, seed: int) -> None:
        self.offers: dict[bytes, tuple[str, upkeep.UpdateOffer, bytes]] = {}
        self.states: list[upkeep.UpdateState] = []
        self.results: dict[bytes, messages.Result] = {}
        self.wanted: list[upkeep.UpdateWanted] = []
        self.hold = False
        self.parts = 0
        super().__init__(clock, ledger, seed)

    def offer(self, panel: str, image: bytes, changes: dict[str, Any] | None = None) -> bytes:
        """Offers an image to a panel; `changes` are other values of the offer. Returns the offer's id."""
        parsed = bundle.parse_head(image)
        length = int.from_bytes(image[4:8], "little")
        offer_id = (len(self.offers) + 1).to_bytes(8, "big")
        expires = self.unix_ms // 1000 + LIFE_S
        offer = upkeep.UpdateOffer(
            offer_id, 7, expires, parsed.version, len(image), bundle.digest(image[:length])
        )._replace(**changes or {})
        self.offers[offer_id] = (panel, offer, image)
        self._repeat(offer_id)
        return offer_id

    def told(self, panel: str, served: ServedPanel, message: Any) -> None:
        """A panel wants parts, or says how far it is."""
        if isinstance(message, upkeep.UpdateState):
            self.states.append(message)
            return
        self.wanted.append(message)
        if self.hold or message.id not in self.offers:
            return
        image = self.offers[message.id][2]
        step = messages.CONFIG_BYTES_MAX
        for start in range(message.offset, min(len(image), message.offset + step * message.count), step):
            served.end.upkeep(upkeep.UpdatePart(message.id, start, image[start : start + step]))
            self.parts += 1

    def _new_core(self) -> LyingCore:
        core = super()._new_core()
        assert isinstance(core, OfferingCore)
        core.cloud = self
        return core

    def _repeat(self, offer_id: bytes) -> None:
        panel, offer, _ = self.offers[offer_id]
        if offer_id in self.results:
            return
        served = self.core._panels.get(panel)
        if served is not None and served.end.upkeep(offer):
            self.core._speaking[panel] = served
            self._publish(self.core._frames())
        self._clock.call_in(OFFER_EVERY_MS, lambda: self._repeat(offer_id))
