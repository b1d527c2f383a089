"""The journal against arbitrary lives: a model of what must be pending, held and lost, through boots and power cuts."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
)

from hemlarm_firmware.flash_slots import Record
from hemlarm_firmware.journal import Journal, JournalFullError
from nor_flash import NorFlash, PowerCut

KIDS = (b"kid1", b"kid2")


def sealed(number: int) -> bytes:
    """What only this number has."""
    return number.to_bytes(2) * (1 + number % 32)


class JournalLife(RuleBasedStateMachine):
    """Numbers run from 0; `waiting` maps those that must be pending to their urgency, `flying` holds taken records."""

    flying = Bundle("flying")

    @initialize(sectors=st.integers(4, 6), program_size=st.sampled_from((1, 256)))
    def begin(self, sectors: int, program_size: int) -> None:
        self.flash = NorFlash(sectors, program_size)
        self.journal = Journal(self.flash)
        self.next = 0
        self.waiting: dict[int, int] = {}
        self.taken: dict[int, int] = {}
        self.boots = 0

    def kid(self, number: int) -> bytes:
        return KIDS[number % 7 == 0]

    @rule(urgency=st.integers(0, 7), count=st.integers(1, 60))
    def append(self, urgency: int, count: int) -> None:
        for _ in range(count):
            number, self.next = self.next, self.next + 1
            full = self.journal.pending >= self.journal.capacity
            least = max(self.waiting.values(), default=-1)
            try:
                self.journal.append(self.kid(number), number, urgency, sealed(number))
            except JournalFullError:
                assert full
                assert least < urgency
                continue
            self.waiting[number] = urgency
            lost = [lost for _, first, last in self.journal.take_lost() for lost in range(first, last + 1)]
            assert len(lost) == full, "one makes way for one"
            assert [self.waiting.pop(gone) for gone in lost] == [least] * full

    @rule(target=flying, worse_than=st.none() | st.integers(0, 8))
    def take(self, worse_than: int | None) -> object:
        record = self.journal.take(worse_than)
        allowed = [urgency for urgency in self.waiting.values() if worse_than is None or urgency < worse_than]
        if record is None:
            assert not allowed
            return multiple()
        assert record.sealed == sealed(record.number)
        assert record.kid == self.kid(record.number)
        assert record.urgency == self.waiting.pop(record.number) == min(allowed)
        self.taken[record.number] = record.urgency
        return (self.boots, record)

    @rule(taken=consumes(flying))
    def give_back(self, taken: tuple[int, Record]) -> None:
        boots, record = taken
        if boots == self.boots:
            self.journal.give_back(record)
            self.waiting[record.number] = self.taken.pop(record.number)

    @rule(taken=consumes(flying))
    def acknowledge(self, taken: tuple[int, Record]) -> None:
        boots, record = taken
        if boots == self.boots:
            self.journal.acknowledge(record)
            del self.taken[record.number]
            self.journal.acknowledge(record)
            self.journal.give_back(record)

    @rule(keep=st.integers(2, 9))
    def acknowledge_most(self, keep: int) -> None:
        records = []
        while (record := self.journal.take()) is not None:
            records.append(record)
        for record in records:
            if record.number % keep:
                self.journal.acknowledge(record)
                del self.waiting[record.number]
            else:
                self.journal.give_back(record)

    @rule()
    def tidy(self) -> None:
        self.journal.tidy()

    @rule()
    def boot(self) -> None:
        self.flash = self.flash.copy()
        self.reboot()

    @precondition(lambda self: self.journal.pending < self.journal.capacity)
    @rule(after=st.integers(0, 60), torn=st.integers(0, 10_000), urgency=st.integers(0, 7))
    def lose_power_while_appending(self, after: int, torn: int, urgency: int) -> None:
        self.flash.cut_at, self.flash.torn = self.flash.operations + after, torn
        number = self.next
        try:
            while self.journal.pending < self.journal.capacity:
                number, self.next = self.next, self.next + 1
                self.journal.append(self.kid(number), number, urgency, sealed(number))
                self.waiting[number] = urgency
        except PowerCut:
            pass
        self.flash = self.flash.copy()
        self.reboot()
        if self.journal.holds(self.kid(number), number):
            self.waiting[number] = urgency

    def reboot(self) -> None:
        self.boots += 1
        self.journal = Journal(self.flash)
        self.waiting.update(self.taken)
        self.taken.clear()

    @invariant()
    def counts_and_holds_what_it_should(self) -> None:
        assert self.journal.pending == len(self.waiting) + len(self.taken)
        for number in list(self.waiting)[:5] + list(self.taken)[:5]:
            assert self.journal.holds(self.kid(number), number)
        assert not self.journal.holds(KIDS[0], self.next + 1)

    def teardown(self) -> None:
        if hasattr(self, "journal"):
            self.flash = self.flash.copy()
            self.reboot()
            found = []
            while (record := self.journal.take()) is not None:
                found.append(record.number)
            assert sorted(found) == sorted(self.waiting)


JournalLife.TestCase.settings = settings(max_examples=50, stateful_step_count=25, deadline=None)
test_journal_life = JournalLife.TestCase
