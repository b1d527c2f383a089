"""Where received messages wait to be read: numbered places in the modem or on the SIM card."""

from dataclasses import dataclass

from hemlarm_simulator.modem.sms_centre import Report
from hemlarm_simulator.modem.tpdu import ShortMessage

REC_UNREAD, REC_READ, STO_UNSENT, STO_SENT = range(4)
"""As 3GPP TS 27.005 numbers a stored message's state."""


@dataclass
class StoredMessage:
    """One message or status report: what it says, its TPDU, and the service centre's number that stands before it."""

    status: int
    tpdu: bytes
    centre: str
    message: ShortMessage | None
    report: Report | None
    unix_ms: int


class MessageStore:
    """At most `capacity` messages, each at the lowest place that was free."""

    def __init__(self, name: str, capacity: int) -> None:
        self.name = name
        self.capacity = capacity
        self.messages: dict[int, StoredMessage] = {}

    @property
    def full(self) -> bool:
        """Whether nothing more fits."""
        return len(self.messages) >= self.capacity

    def add(self, message: StoredMessage) -> int:
        """Stores it and returns its place; there must be room."""
        assert not self.full
        place = next(each for each in range(self.capacity) if each not in self.messages)
        self.messages[place] = message
        return place

    def in_order(self) -> list[tuple[int, StoredMessage]]:
        """All messages with their places."""
        return sorted(self.messages.items(), key=lambda item: item[0])
