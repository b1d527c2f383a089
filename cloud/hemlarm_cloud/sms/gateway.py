"""The gateway without I/O: what came as SMS goes to the ingest of the panel it is from, if it can be from one.

Nothing here can tell whether an SMS is authentic; the ingest does. What cannot be is counted and dropped, so that junk
costs a look-up at most.
"""

from collections.abc import Callable, Sequence

from hemlarm_cloud.sms import envelope
from hemlarm_cloud.sms.numbers import is_number
from hemlarm_protocol import keys, topics
from hemlarm_protocol.errors import BadMessage

CANDIDATES_MAX = 4
"""Panels that are tried for one key id: among a hundred thousand incarnations three hardly ever share one."""

LookUp = Callable[[bytes, int], Sequence[str]]
"""Returns at most so many panels that have an incarnation with this key id."""


class SmsGateway:
    """`counts` says what became of everything that came, and of everything that was to go."""

    def __init__(self) -> None:
        self.counts = {"received": 0, "no events": 0, "unknown key": 0, "to send": 0, "cannot be sent": 0}

    def received(self, sender: str, octets: bytes, look_up: LookUp) -> list[tuple[str, bytes]]:
        """Take one SMS; returns what to publish, (topic, payload) each. Raises what `look_up` does."""
        self.counts["received"] += 1
        frames = envelope.split(octets)
        if not frames:
            self.counts["no events"] += 1
            return []
        by_panel: dict[str, list[bytes]] = {}
        for frame in frames:
            for panel in look_up(frame[: keys.KID_BYTES], CANDIDATES_MAX):
                by_panel.setdefault(panel, []).append(frame)
        if not by_panel:
            self.counts["unknown key"] += 1
        shown = sender[: envelope.SENDER_MAX]
        return [(topics.sms_up(panel), envelope.pack_up(shown, frames)) for panel, frames in by_panel.items()]

    def to_send(self, payload: bytes) -> tuple[str, bytes] | None:
        """Take what the ingest wants sent; returns (number, octets), or None for what cannot be."""
        try:
            number, octets = envelope.unpack_down(payload)
        except BadMessage:
            number, octets = "", b""
        if not is_number(number):
            self.counts["cannot be sent"] += 1
            return None
        self.counts["to send"] += 1
        return number, octets

    def taken(self, payload: bytes) -> bytes | None:
        """Take what the ingest says; returns what stands in it if it is a receipt."""
        try:
            return envelope.unpack_receipt(payload)
        except BadMessage:
            return None
