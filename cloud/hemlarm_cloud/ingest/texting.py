"""Acknowledgements by SMS: to which number.

An SMS costs money and anyone can send one. So only an authentic event is answered; to the panel's registered number, or
where there is none to whoever brought an event that was new. Who repeats a recorded SMS from elsewhere hears nothing.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from hemlarm_cloud.ingest.batch import Batch, Received
from hemlarm_cloud.ingest.moment import Moment
from hemlarm_cloud.sms.numbers import is_number
from hemlarm_cloud.store import Outcome
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_protocol import sealing


class Text(NamedTuple):
    """An SMS for a panel: to this number, these octets."""

    panel: str
    number: str
    frame: bytes


class Texting:
    """The acknowledgements of what came by SMS. They exist once its commit has ended, and no sooner."""

    def __init__(self) -> None:
        self._registered: dict[str, str | None] = {}
        self._texts: list[Text] = []

    def look_up(self, tx: Transaction, events: Iterable[Received]) -> None:
        """Read where the panels are answered whose events came by SMS."""
        self._registered = {}
        for received in events:
            if received.sender is not None and received.panel not in self._registered:
                known = tx.panel(received.panel)
                self._registered[received.panel] = known.sms_number if known else None

    def answer(self, batch: Batch, outcomes: Sequence[Outcome], now: Moment) -> None:
        """The batch is committed, and this is what its events turned out to be."""
        came: dict[str, list[tuple[bytes, int, bytes]]] = {}
        for received, outcome in zip(batch.events, outcomes, strict=True):
            if received.sender is None:
                continue
            if outcome != "duplicate" and is_number(received.sender):
                batch.panels[received.panel].texted_from = received.sender
            event = received.kid, received.number, sealing.short_tag(received.sealed)
            came.setdefault(received.panel, []).append(event)
        for panel, events in came.items():
            served = batch.panels[panel]
            number = self._registered.get(panel) or served.texted_from
            if number is None:
                continue
            for frame in served.end.sms_acknowledgements(events):
                if served.texts.take(now.steady_ms):
                    self._texts.append(Text(panel, number, frame))

    def to_send(self) -> list[Text]:
        """Return what is to go, and forget it."""
        texts, self._texts = self._texts, []
        return texts
