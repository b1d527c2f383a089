"""What was really done to a world: every fault by its kind, counted at the moment it takes effect.

An order to lose one message in ten is no fault; each message that it takes away is one.
"""

from collections import Counter
from typing import Any

from hemlarm_simulator.clock import Clock
from hemlarm_simulator.ledger import Ledger

MESSAGE_KINDS = ("lose", "duplicate", "delay", "corrupt")
DIRECTIONS = ("up", "down")

PATH_KINDS = (
    "black-hole-ip",
    "black-hole-mobile",
    "packet-lost",
    "mobile-outage",
    "mobile-data-off",
    "mobile-jammed",
    "sms-outage",
    "sms-lost",
    "sms-delayed",
    "modem-reset",
    "modem-hang",
    "modem-garbled",
    "modem-moment",
)
"""Those that need two paths, or a modem. "modem-moment" is a modem that resets at the worst of its moments."""

KINDS = (
    *(f"{kind}-{direction}" for direction in DIRECTIONS for kind in MESSAGE_KINDS),
    "outage",
    "router-off",
    "port-off",
    "slow-network",
    "connection-reset",
    "half-open",
    "broker-wipe",
    "ingest-crash-now",
    "ingest-crash-before-commit",
    "ingest-crash-after-commit",
    "store-restored",
    "cloud-clock-jump",
    "misacknowledge",
    "power-cut",
    "flash-cut",
    "flash-torn",
    "panel-reset",
    "panel-hang-busy",
    "panel-hang-inputs",
    "state-forgotten",
    "rtc-jump",
    *PATH_KINDS,
)
"""All of them. A power cut at a flash operation is a "flash-cut", and "flash-torn" too if the operation was begun."""


class Faults:
    """The counts by kind; the ledger gets an entry for each fault, with what it was done to."""

    def __init__(self, clock: Clock, ledger: Ledger) -> None:
        self.counts: Counter[str] = Counter()
        self._clock = clock
        self._ledger = ledger

    def happened(self, kind: str, *details: Any) -> None:
        """One fault of this kind, now. `details` are numbers, strings and bytes."""
        assert kind in KINDS, kind
        self.counts[kind] += 1
        self._ledger.enter(self._clock.now_ms, "fault", kind, *details)
