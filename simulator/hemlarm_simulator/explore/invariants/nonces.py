"""No nonce is used twice with different text: on the wire in both directions, and on the flash."""

from typing import Any

from hemlarm_cloud.store.lines import RESTORED
from hemlarm_cloud.store.presumed import ALERT_KIND
from hemlarm_simulator.board_link import Frame
from hemlarm_simulator.explore.account import Account
from hemlarm_simulator.explore.invariants.base import Ending, Invariant
from hemlarm_simulator.explore.sealed_records import find

_TORN_BYTES_MIN = 24
"""Of a record that was cut off so much has to be on the flash before its text counts: header, nonce and a few bytes."""

_OF_THE_WORLD = (*RESTORED, *RESTORED.values(), ALERT_KIND)
"""Kinds of alerts about lines, and about panels that fell silent in an entry delay."""


class NonceOnce(Invariant):
    """Under one key, a nonce goes with one text for ever. The store never has to speak of a clone."""

    name = "nonce-once"

    def __init__(self, account: Account) -> None:
        super().__init__(account)
        self._texts: dict[tuple[bytes, bytes], bytes] = {}
        self._torn_at: int | None = None

    def wire(self, at_ms: int, frame: Frame) -> None:
        """What the panel sends on either path, before anything can damage it."""
        if frame[0] in ("send", "modem-write"):
            for found in find(frame[-1]):
                self._used(at_ms, found.kid, found.nonce, found.sealed)

    def published(self, at_ms: int, payload: bytes) -> None:
        """What the cloud sends, before anything can damage it."""
        for found in find(payload):
            self._used(at_ms, found.kid, found.nonce, found.sealed)

    def watch(self, at_ms: int, kind: str, values: tuple[Any, ...]) -> None:
        """What is programmed into the journal, and what a power cut leaves of that."""
        if kind == "program" and values[0] == "journal":
            for found in find(values[2]):
                record = self.account.records.get(found.sealed)
                if record is not None and record.message is not None:
                    self._used(at_ms, record.kid, found.nonce, found.sealed)
        elif kind == "sms":
            for found in find(values[2]):
                self._used(at_ms, found.kid, found.nonce, found.sealed)
        elif kind == "fault" and values[0] == "flash-torn" and values[1:3] == ("program", "journal"):
            self._torn_at = values[3]
        elif kind == "power cut" and self._torn_at is not None:
            self._torn(at_ms, self._torn_at)
            self._torn_at = None

    def end(self, ending: Ending) -> None:
        """The store would have noticed too. Its other alerts tell of the world's faults."""
        for alert in ending.alerts:
            if alert.kind in _OF_THE_WORLD:
                continue
            self.complain(f"the store raised the alert {alert.kind}: {alert.detail}")

    def _torn(self, at_ms: int, offset: int) -> None:
        """Only what reached the chip is on it; it was to be sealed under the present key."""
        contents = bytes(self.account.flash["journal"].contents[offset : offset + 96])
        head = contents.find(b"\x83\x44\xa1\x01\x18\x1f\xa1\x06\x44")
        if head < 0:
            return
        nonce = contents[head + 9 : head + 13]
        text = contents[head : head + 64].rstrip(b"\xff")[:-1]  # The last byte may be torn itself.
        self.account.memory()
        if len(text) >= _TORN_BYTES_MIN and self.account.ring.present:
            self._used(at_ms, self.account.ring.present, nonce, text)

    def _used(self, at_ms: int, kid: bytes, nonce: bytes, text: bytes) -> None:
        known = self._texts.get((kid, nonce))
        if known is None:
            self._texts[kid, nonce] = text
            return
        # One of the two may be the beginning of a record that was cut off.
        common = min(len(known), len(text)) if min(len(known), len(text)) < 64 else max(len(known), len(text))
        if known[:common] != text[:common]:
            self.complain(f"key {kid.hex()}, nonce {nonce.hex()}: used again with another text at {at_ms} ms")
        elif len(text) > len(known):
            self._texts[kid, nonce] = text
