"""One sender in virtual time, with a protocol of its own that says nothing but what it is asked for."""

from typing import NamedTuple

from forward_support import zeros
from hemlarm_cloud.forward.facts import Fact
from hemlarm_cloud.forward.heartbeats import Heartbeats
from hemlarm_cloud.forward.outbox import Item
from hemlarm_cloud.forward.passwords import Passwords
from hemlarm_cloud.forward.receivers import Receivers
from hemlarm_cloud.forward.sender import Sender, Wanted
from hemlarm_cloud.forward.speaking import Saying, Splitting
from hemlarm_cloud.forward.verdicts import Action, Verdict
from hemlarm_cloud.trade.errors import BadTelegram

DONE = Verdict(Action.DONE)
FAILOVER = Verdict(Action.FAILOVER, "status 5")
AGAIN = Verdict(Action.AGAIN, "status 98")
REFUSE = Verdict(Action.REFUSE, "status 3")
PASSWORD = Verdict(Action.PASSWORD, "status 4")

WALL_MS = 1_763_812_800_000


class Sent(NamedTuple):
    """One telegram: what it is about (an item's id, or its kind), where it went, with which password."""

    what: int | str
    receiver: str
    secret: bytes | None = None


class Words:
    """The protocol."""

    numbered = True
    can_renew = True

    def event(self, item: Item, saying: Saying, /) -> bytes:
        if item.zone == 666:
            raise BadTelegram("no word for that")
        return f"E{item.id}@{saying.time_ms}".encode()

    def heartbeat(self, saying: Saying, /) -> bytes:
        return b"H"

    def renewal(self, saying: Saying, /) -> bytes:
        return b"R"

    def splitter(self) -> Splitting:
        raise NotImplementedError

    def judge(self, sent: bytes, answer: bytes, saying: Saying, /) -> Verdict:
        raise NotImplementedError


def item(number: int, site: int = 1, tries: int = 0, zone: int = 5, account: str | None = "1234") -> Item:
    """A signal that waits."""
    return Item(number, site, None, tries, account, 1130, 1, zone, 0, "", 0, "t", "S-1", "House", "", "", "UTC", None)


class Bench:
    """A sender and its clock. Heartbeats are off unless a level is given."""

    def __init__(
        self, secondary: bool = False, passwords: Passwords | None = None, level_ms: int | None = None
    ) -> None:
        self.now_ms = 0
        self.passwords = passwords or Passwords(b"old")
        self.receivers = Receivers(secondary, zeros)
        self.sender = Sender(Words(), self.receivers, self.passwords, Heartbeats(level_ms, 0))
        self.sent: list[Sent] = []
        self.facts: list[Fact] = []
        self.telegrams: list[bytes] = []

    def offer(self, *items: Item) -> None:
        """Items from the outbox."""
        self.sender.offer(items)

    def turn(self, verdict: Verdict | None) -> list[Fact]:
        """One telegram goes out and is answered so, or not at all; returns what came of it."""
        wanted = self.sender.next(self.now_ms)
        assert wanted is not None, f"nothing is to be sent for {self.sender.wait_ms(self.now_ms)} ms"
        facts = self._answered(wanted, verdict)
        self.facts += facts
        return facts

    def turns(self, *verdicts: Verdict | None) -> None:
        """Several."""
        for verdict in verdicts:
            self.turn(verdict)

    def wait(self) -> int:
        """Let time pass until the sender wants something; returns how long."""
        waited_ms = self.sender.wait_ms(self.now_ms)
        self.now_ms += waited_ms
        return waited_ms

    def is_quiet(self) -> bool:
        """Whether nothing is to be sent now."""
        return self.sender.next(self.now_ms) is None

    def of(self, kind: type[Fact]) -> list[Fact]:
        """The facts of this kind so far."""
        return [fact for fact in self.facts if isinstance(fact, kind)]

    def _answered(self, wanted: Wanted, verdict: Verdict | None) -> list[Fact]:
        self.sent.append(Sent(wanted.item.id if wanted.item else wanted.kind.value, wanted.receiver, wanted.secret))
        saying = self.sender.saying(wanted, 1, WALL_MS + self.now_ms)
        try:
            self.telegrams.append(self.sender.telegram(wanted, saying))
        except BadTelegram as bad:
            return self.sender.unsayable(wanted, str(bad), self.now_ms)
        if verdict is None:
            return self.sender.unanswered(wanted, "no answer in time", self.now_ms)
        return self.sender.answered(wanted, saying, verdict, self.now_ms)
