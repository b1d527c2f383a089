"""Both ends of a session without a network or a clock: a journal in memory, chance from a seed, and the line between.

A test moves the frames itself, so that it can lose, keep, repeat or change any of them.
"""

from hemlarm_protocol import crypto, keys, messages, sealing
from hemlarm_protocol.cloud_end import CloudEnd
from hemlarm_protocol.panel_end import PanelEnd, Status

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

PANEL = bytes(range(8))
ROOT_KEY = bytes(range(100, 132))
SALT = b"first salt......"
OTHER_SALT = b"second salt....."

CLOUD_AHEAD_MS = 1_800_000_000_000
"""The cloud's clock less the panel's: one shows milliseconds since 1970, the other since the last boot."""

FIRE, INTRUSION, ROUTINE = 0, 2, 7


class Chance:
    """Random bytes that a seed fixes, the same on both interpreters."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._count = 0

    def __call__(self, length: int) -> bytes:
        out = b""
        while len(out) < length:
            self._count += 1
            out += crypto.sha256(b"%d of %d" % (self._count, self._seed))
        return out[:length]

    def below(self, limit: int) -> int:
        """Return a number from 0 to `limit` - 1."""
        return int.from_bytes(self(6), "big") % limit

    def bytes(self, most: int) -> bytes:
        """Return up to `most` bytes."""
        return self(self.below(most + 1))


class Record:
    """One journalled event."""

    def __init__(self, kid: bytes, number: int, urgency: int, sealed: bytes) -> None:
        self.kid = kid
        self.number = number
        self.urgency = urgency
        self.sealed = sealed


class MemoryJournal:
    """The journal's promises from `docs/architecture.md`, without flash."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self._waiting: list[Record] = []
        self._flying: list[Record] = []
        self.lost: list[bytes] = []

    @property
    def pending(self) -> int:
        """Return how many records are not acknowledged."""
        return len(self._waiting) + len(self._flying)

    def append(self, kid: bytes, number: int, urgency: int, sealed: bytes) -> Record:
        """Keep a record; it is pending."""
        record = Record(kid, number, urgency, sealed)
        self.records.append(record)
        self._waiting.append(record)
        return record

    def take(self, worse_than: "int | None" = None) -> "Record | None":
        """Return the most urgent pending record that is not in flight, the oldest of these; now it is in flight."""
        best: Record | None = None
        for record in self._waiting:
            if worse_than is not None and record.urgency >= worse_than:
                continue
            if best is None or (record.urgency, record.number) < (best.urgency, best.number):
                best = record
        if best is not None:
            self._waiting.remove(best)
            self._flying.append(best)
        return best

    def give_back(self, record: Record) -> None:
        """No longer in flight, still pending."""
        self._flying.remove(record)
        self._waiting.append(record)

    def land(self) -> None:
        """Nothing is in flight."""
        self._waiting += self._flying
        self._flying = []

    def is_orphan(self, record: Record) -> bool:
        """Whether it is of an incarnation that is lost."""
        return record.kid in self.lost

    def acknowledge(self, record: Record) -> None:
        """No longer pending."""
        self._flying.remove(record)

    def recall(self, kid: bytes, first: int, last: int) -> int:
        """Make acknowledged records pending again; returns how many."""
        known = self._waiting + self._flying
        again = [r for r in self.records if r.kid == kid and first <= r.number <= last and r not in known]
        self._waiting.extend(again)
        return len(again)

    def restart(self) -> None:
        """After a boot nothing is in flight."""
        self._waiting.extend(self._flying)
        self._flying = []


class Panel:
    """A panel's end with its journal; `boot` starts a new one on the same journal."""

    def __init__(self, seed: int = 1, salts: "tuple[bytes, ...]" = (SALT,)) -> None:
        self.chance = Chance(seed)
        self.journal = MemoryJournal()
        self.salts = salts
        self.key = keys.journal_key(ROOT_KEY, PANEL, salts[0])
        self.next_number = 1
        self.boots = 0
        self.boot()

    def boot(self) -> None:
        """Forget everything but the journal and the numbering."""
        self.boots += 1
        self.journal.restart()
        self.end = PanelEnd(PANEL, ROOT_KEY, self.chance, self.journal, self._status)

    def event(self, urgency: int = ROUTINE, qcode: int = 1602) -> Record:
        """Seal and journal an event."""
        number, self.next_number = self.next_number, self.next_number + 1
        event = messages.Event(qcode, 1, number % 1000, 0, 0, 0, self.boots, 1000 * number, None)
        sealed = sealing.seal_numbered(self.key, number, messages.encode(event))
        return self.journal.append(self.key.kid, number, urgency, sealed)

    def heard(self, frames: "list[bytes]", now_ms: int) -> None:
        """Feed frames to the end."""
        for frame in frames:
            self.end.received(frame, now_ms)

    def _status(self) -> Status:
        return Status(self.boots, None, self.next_number, 100_000, 1, self.salts)


class Cloud:
    """A cloud's end with a store: `events` by key id and number, as the database would hold them."""

    def __init__(self, seed: int = 2) -> None:
        self.chance = Chance(seed)
        self.salts: list[bytes] = []
        self.events: dict[tuple[bytes, int], bytes] = {}
        self.facts: list[tuple[Any, ...]] = []
        self.restart()

    def restart(self) -> None:
        """Forget everything but the store."""
        self.end = CloudEnd(PANEL, ROOT_KEY, self.chance)
        for salt in self.salts:
            self.end.learn(salt)

    def heard(self, frames: "list[bytes]", now_ms: int) -> None:
        """Feed frames to the end, then store what came and acknowledge it. The time is the panel's."""
        acknowledged = []
        for frame in frames:
            for fact in self.end.received(frame, now_ms + CLOUD_AHEAD_MS):
                self.facts.append(fact)
                if fact[0] == "salt" and fact[2] not in self.salts:
                    self.salts.append(fact[2])
                if fact[0] == "event":
                    kid, number, sealed = fact[1:4]
                    assert self.events.setdefault((kid, number), sealed) == sealed, "one number, two events"
                    acknowledged.append((kid, number, sealing.short_tag(sealed)))
        self.end.acknowledge(acknowledged)

    def take_facts(self) -> "list[tuple[Any, ...]]":
        """Return the facts since the last call."""
        facts, self.facts = self.facts, []
        return facts


def settle(panel: Panel, cloud: Cloud, now_ms: int, rounds: int = 50) -> int:
    """Carry frames both ways until nobody has anything to say; returns how many went over the line."""
    count = 0
    for _ in range(rounds):
        up = panel.end.to_send()
        cloud.heard(up, now_ms)
        down = cloud.end.to_send()
        panel.heard(down, now_ms)
        count += len(up) + len(down)
        if not up and not down:
            return count
    raise AssertionError("the ends never stop talking")


def opened(seed: int = 1) -> "tuple[Panel, Cloud]":
    """Return a panel and a cloud in session at time 0, with nothing under way and nothing left to report."""
    panel, cloud = Panel(seed), Cloud(seed + 1000)
    panel.end.connected(0)
    settle(panel, cloud, 0)
    panel.end.happenings()
    cloud.take_facts()
    return panel, cloud


def changed(frame: bytes, bit: int) -> bytes:
    """Return `frame` with one bit turned over."""
    out = bytearray(frame)
    out[bit // 8] ^= 1 << (bit % 8)
    return bytes(out)


def kinds(facts: "list[tuple[Any, ...]]") -> "list[str]":
    """Return what the facts or happenings are, without their details."""
    return [fact[0] for fact in facts]


def wakes_until(panel: Panel, end_ms: int) -> "list[tuple[int, list[bytes]]]":
    """Wake the panel at each of its deadlines; return when it sent what."""
    sent: list[tuple[int, list[bytes]]] = []
    for _ in range(1000):
        deadline = panel.end.deadline_ms()
        if deadline is None or deadline > end_ms:
            return sent
        panel.end.wake(deadline)
        sent.append((deadline, panel.end.to_send()))
    raise AssertionError("the panel never sleeps")
