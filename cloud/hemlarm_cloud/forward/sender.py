"""Who sends to one destination: what goes next and to which receiver, and what an answer changes.

Sans-I/O: the service asks `next`, makes the `telegram`, exchanges it and hands the answer in; what comes back are facts
to be stored. Waiting is measured on a clock that nobody sets, telegrams tell the wall clock's time.

    all is well          one telegram after the other to the primary receiver
    it does not answer   the same telegram at once to the secondary, which is used from then on; the primary gets a
                         heartbeat every minute, and takes over again with its first answer
    neither answers      everything waits, 1 s to 30 s at a time; nothing is given up
    one is turned down   by both, though they answer: it is put off and its site waits behind it, the others go on;
                         after `TRIES_MAX` times it is refused, and a person must look
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from hemlarm_cloud.forward.facts import Delivered, Fact, Heard, PutOff, Reached, Refused, Unreachable
from hemlarm_cloud.forward.heartbeats import Heartbeats
from hemlarm_cloud.forward.outbox import Item
from hemlarm_cloud.forward.passwords import Passwords
from hemlarm_cloud.forward.receivers import PRIMARY, PROBE_MS, Receivers
from hemlarm_cloud.forward.speaking import Saying, Speaking
from hemlarm_cloud.forward.verdicts import Action, Verdict
from hemlarm_cloud.trade.errors import BadTelegram

TRIES_MAX = 8
"""How often a telegram is tried that receivers answer and do not take: for some ten minutes."""

PUT_OFF_MS, PUT_OFF_MAX_MS = 5_000, 300_000
"""After the first time, and after the last ones."""

IDLE_MS = 60_000
"""How long to do nothing where nothing is to be done."""


class Kind(Enum):
    """What a telegram is for."""

    EVENT = "event"
    HEARTBEAT = "heartbeat"
    RENEWAL = "renewal"


@dataclass(frozen=True)
class Wanted:
    """The next telegram: what it is for, to which receiver, and with which password or key."""

    kind: Kind
    receiver: str
    secret: bytes | None
    is_new_secret: bool
    item: Item | None = None


class Sender:
    """One destination's; see the top of this file."""

    def __init__(self, speaking: Speaking, receivers: Receivers, passwords: Passwords, heartbeats: Heartbeats) -> None:
        self._speaking = speaking
        self._receivers = receivers
        self._passwords = passwords
        self._heartbeats = heartbeats
        self._items: deque[Item] = deque()
        self._turned_down: set[str] = set()
        self._offsets_ms: dict[str, int] = {}
        self._is_corrected = False

    @property
    def is_empty(self) -> bool:
        """Whether it wants what the outbox has next."""
        return not self._items

    def offer(self, items: Sequence[Item]) -> None:
        """Take what the outbox has next, in its order."""
        self._items.extend(items)

    def forget(self) -> None:
        """Give up what was offered and not begun; the outbox has it all."""
        self._items.clear()
        self._turned_down.clear()

    def wait_ms(self, now_ms: int) -> int:
        """How long `next` has nothing new to say, unless something is offered."""
        if waits_ms := self._receivers.wait_ms(now_ms):
            return waits_ms
        parts = (self._receivers.probe_in_ms, self._passwords.renewal_in_ms, self._heartbeats.in_ms)
        due = [in_ms for part in parts if (in_ms := part(now_ms)) is not None]
        return min(due, default=IDLE_MS)

    def next(self, now_ms: int) -> Wanted | None:
        """Return what to send now, or None while there is nothing or everything waits."""
        if self._receivers.wait_ms(now_ms):
            return None
        if self._receivers.probe_in_ms(now_ms) == 0:
            return self._wanted(Kind.HEARTBEAT, PRIMARY)
        current = self._receivers.current
        if self._speaking.can_renew and self._passwords.renewal_in_ms(now_ms) == 0:
            return self._wanted(Kind.RENEWAL, current)
        if self._items and not self._heartbeats.is_late(now_ms):
            left = [name for name in self._receivers.names if name not in self._turned_down]
            return self._wanted(Kind.EVENT, left[0], self._items[0])
        return self._wanted(Kind.HEARTBEAT, current) if self._heartbeats.in_ms(now_ms) == 0 else None

    def saying(self, wanted: Wanted, sequence: int, time_ms: int) -> Saying:
        """Return what the telegram is made with, at this time of the wall clock."""
        return Saying(sequence, wanted.secret, time_ms + self._offsets_ms.get(wanted.receiver, 0))

    def telegram(self, wanted: Wanted, saying: Saying) -> bytes:
        """Return the telegram's bytes. Raises BadTelegram for what cannot be said; tell `unsayable` then."""
        if wanted.kind is Kind.RENEWAL:
            return self._speaking.renewal(saying)
        if wanted.item is None:
            return self._speaking.heartbeat(saying)
        if wanted.item.account is None:
            raise BadTelegram("its site has no route to this destination any more")
        return self._speaking.event(wanted.item, saying)

    def unsayable(self, wanted: Wanted, why: str, now_ms: int) -> list[Fact]:
        """A telegram could not be made."""
        return self._refused(why) if wanted.item is not None else self.unanswered(wanted, why, now_ms)

    def unanswered(self, wanted: Wanted, why: str, now_ms: int) -> list[Fact]:
        """No answer came, or none that can be read."""
        facts: list[Fact] = [Unreachable(why)] if self._receivers.failed(wanted.receiver, now_ms) else []
        if wanted.kind is Kind.HEARTBEAT:
            self._heartbeats.missed(now_ms)
        elif wanted.kind is Kind.RENEWAL:
            self._passwords.not_given(now_ms, PROBE_MS)
        elif self._turned_down:
            # One receiver is away and the other does not take it: another telegram has its turn.
            facts += self._put_off(why)
        return facts

    def answered(self, wanted: Wanted, saying: Saying, verdict: Verdict, now_ms: int) -> list[Fact]:
        """An answer came and means this."""
        if verdict.action is Action.PASSWORD:
            return self._password_refused(wanted, verdict, now_ms)
        facts: list[Fact] = [Reached()] if self._receivers.answered(wanted.receiver) else []
        if verdict.action is Action.CLOCK and not self._is_corrected:
            assert verdict.time_ms is not None, "who says that a clock is wrong says the time"
            self._offsets_ms[wanted.receiver] = verdict.time_ms - saying.time_ms + self._offset_ms(wanted.receiver)
            self._is_corrected = True
            return facts
        self._is_corrected = False
        decided = self._passwords.taken(wanted.is_new_secret, now_ms) if verdict.action is Action.DONE else None
        facts += [] if decided is None else [decided]
        if wanted.kind is Kind.EVENT:
            return facts + self._event_answered(wanted, verdict)
        if wanted.kind is Kind.RENEWAL:
            return facts + self._renewal_answered(verdict, now_ms)
        return facts + self._heartbeat_answered(verdict, now_ms)

    def _wanted(self, kind: Kind, receiver: str, item: Item | None = None) -> Wanted:
        return Wanted(kind, receiver, *self._passwords.use(), item)

    def _offset_ms(self, receiver: str) -> int:
        return self._offsets_ms.get(receiver, 0)

    def _event_answered(self, wanted: Wanted, verdict: Verdict) -> list[Fact]:
        item = self._items[0]
        assert item is wanted.item, "what is answered was first"
        if verdict.action is Action.DONE:
            self._turned_down.clear()
            self._items.popleft()
            return [Heard(), Delivered(item, wanted.receiver)]
        if verdict.action is Action.REFUSE:
            return self._refused(verdict.text)
        if verdict.action is Action.AGAIN and item.tries == 0:
            return self._put_off(verdict.text)
        self._turned_down.add(wanted.receiver)
        if all(name in self._turned_down for name in self._receivers.names):
            return self._refused(verdict.text) if item.tries + 1 >= TRIES_MAX else self._put_off(verdict.text)
        return []

    def _heartbeat_answered(self, verdict: Verdict, now_ms: int) -> list[Fact]:
        if verdict.action is Action.SLOWER:
            self._heartbeats.slower()
        if verdict.action is Action.NO_HEARTBEATS:
            self._heartbeats.end()
        self._heartbeats.gone(now_ms)
        return [Heard()]

    def _renewal_answered(self, verdict: Verdict, now_ms: int) -> list[Fact]:
        if verdict.action is Action.DONE:
            return [Heard(), self._passwords.given(verdict.password.encode("iso-8859-1"))]
        self._passwords.not_given(now_ms)
        return []

    def _password_refused(self, wanted: Wanted, verdict: Verdict, now_ms: int) -> list[Fact]:
        """Try the other password, the other receiver, and then wait: a wrong password is no reason to lose anything."""
        if self._passwords.refused(wanted.is_new_secret):
            return []
        tells = self._receivers.failed(wanted.receiver, now_ms)
        tells = tells or (self._receivers.wait_ms(now_ms) > 0 and self._receivers.tell_now())
        return [Unreachable(verdict.text)] if tells else []

    def _refused(self, why: str) -> list[Fact]:
        self._turned_down.clear()
        return [Refused(self._items.popleft(), why)]

    def _put_off(self, why: str) -> list[Fact]:
        """Put the first off, and let go of what its site has behind it."""
        self._turned_down.clear()
        item = self._items.popleft()
        self._items = deque(each for each in self._items if each.site != item.site)
        return [PutOff(item, why, min(PUT_OFF_MAX_MS, PUT_OFF_MS << min(item.tries, 10)))]
