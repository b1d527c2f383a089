"""Numbers events, seals them once, and keeps them until the cloud has acknowledged them.

A number is set aside in the settings before it is used, so no number is ever sealed twice, whatever happens to the
journal. After a restart the numbering goes on behind what was set aside, and the rest is declared void. When no number
can be set aside any more, a new incarnation begins, whose key no number was used with.

What made way in a full journal is declared void, and told in one event, as soon as there is room for that.
"""

from hemlarm_firmware.journal import LOST_MAX, JournalFullError
from hemlarm_firmware.journal_ring import JournalError
from hemlarm_firmware.memory import NUMBERS_RESERVED
from hemlarm_firmware.settings import SettingsError
from hemlarm_protocol import contact_id, keys, messages, sealing
from hemlarm_protocol.constant import const
from hemlarm_protocol.errors import BadMessage

UNWRITTEN_MAX = 32
"""Events kept in memory while the flash fails: two kilobytes, and more than one incident makes."""

UNREAD_MAX = 4
"""Records that wait to be read back, so that a burst neither fills the memory nor goes unread."""

VOID_URGENCY = 7

OVERFLOW = 1624
"""Events made way in a full journal; `detail` is how many, at most 255."""

_TRIES = const(2)  # A worn slot costs one of them; a chip that is broken should not cost many.
_DETAIL_MAX = const(255)
_VOID_RESERVED = const(0)
_VOID_DROPPED = const(1)
_VOID_NOT_HELD = const(3)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from hemlarm_firmware.clock import Clock
    from hemlarm_firmware.flash_slots import Record
    from hemlarm_firmware.journal import Journal
    from hemlarm_firmware.memory import Memory


class _Unwritten:
    """An event that the flash did not take."""

    def __init__(self, kid: bytes, number: int, urgency: int, sealed: bytes) -> None:
        self.kid = kid
        self.number = number
        self.urgency = urgency
        self.sealed = sealed
        self.flying = False


class Recorder:
    """Turns what happened into sealed, journalled events; for the session it is the journal, flash trouble included.

    `random(n)` gives n random bytes. `flash_failures` counts records that went out from memory only.
    """

    def __init__(
        self,
        panel: bytes,
        root_key: bytes,
        random: "Callable[[int], bytes]",
        memory: "Memory",
        journal: "Journal",
        clock: "Clock",
    ) -> None:
        self._panel = panel
        self._root_key = root_key
        self._random = random
        self._memory = memory
        self._journal = journal
        self._clock = clock
        self._unwritten: list[_Unwritten] = []
        self._unread: list[Record] = []
        self._voids: list[list[int]] = []  # [first, last, cause] of what there was no room to declare.
        self._fails = self._reported = False
        self.flash_failures = 0
        self.next_number = 1
        if memory.salts:
            self._take_up()
        else:
            self._begin_incarnation()

    @property
    def kid(self) -> bytes:
        """The id of the key that events are sealed under now."""
        return self._key.kid

    def start(self) -> None:
        """After a boot: set numbers aside, and declare void those that the last boot had left."""
        kid = self._key.kid
        first = 0
        try:
            first = max(self._journal.highest(kid) + 1, 1)
        except OSError:
            self.flash_failures += 1
        last = self.next_number - 1
        self.next_number = max(self.next_number, first)
        if self._memory.told and self._journal.holds(kid, self._memory.told):
            self._memory.lost = 0
        self._memory.told = 0
        self._set_numbers_aside()
        # What the flash did not tell may be there all the same: then the cloud will ask.
        if 0 < first <= last and self._journal.is_whole and self._key.kid == kid:
            self._voids.append([first, last, _VOID_RESERVED])
        self._tell_what_is_left()

    def record(self, qcode: int, area: int, zone: int, user: int, source: int, detail: int) -> int:
        """Seal and journal one event; returns its number. `confirm` belongs behind it.

        Fields as in `messages.Event`. Returns after the event was programmed into flash; a failing flash only makes it
        unsafe in a power cut, it is sent all the same.
        """
        number = self._record(qcode, area, zone, user, source, detail)
        lost = self._memory.lost
        for kid, first, last in self._journal.take_lost():
            self._lose(kid, first, last)
        if self._memory.lost and not lost:
            self._save()  # So that a restart does not forget that there is something to tell.
        return number

    def confirm(self) -> bool:
        """Read back what was journalled, and write again what the flash did not take or keep.

        Apart from `record`, so that an alarm is on its way before the flash is read. Returns False when the flash has
        begun to fail since the last call; before it fails anew it must have worked.
        """
        while self._unread:
            self._read_back(self._unread.pop(0))
        reported, self._reported = self._reported, self._fails
        for record in [record for record in self._unwritten if not record.flying]:
            if not self._write_again(record):
                break
        self._tell_what_is_left()
        return reported or not self._reported

    def send_again(self, kid: bytes, first: int, last: int) -> None:
        """The cloud misses these numbers: make what is held pending again, and declare the rest void."""
        if kid != self._key.kid:
            self._journal.recall(kid, first, last)
            return
        last = min(last, self.next_number - 1)
        self._journal.recall(kid, first, last)
        for start, end in self._not_held(kid, first, last):
            self._declare_void(start, end, _VOID_NOT_HELD)

    def look_up(self, number: int) -> "Any":
        """Return the event of this number in the present incarnation; None for one that is not here, or is no event."""
        try:
            sealed = self._journal.sealed(self._key.kid, number)
            if sealed is not None:
                message = messages.decode(sealing.open_numbered(self._key, sealed)[1], keys.JOURNAL, keys.UP)
                return message if isinstance(message, messages.Event) else None
        except (OSError, BadMessage):
            pass
        return None

    # What the session calls.

    @property
    def pending(self) -> int:
        """Events that the cloud has not acknowledged."""
        return self._journal.pending + len(self._unwritten)

    def take(self, worse_than: "int | None" = None) -> "Any":
        """Return the most urgent event that is not on its way, the oldest of these; or one more urgent than that."""
        idle = [record for record in self._unwritten if not record.flying]
        if not idle:
            return self._journal.take(worse_than)
        first = min(idle, key=_urgency)
        if worse_than is not None and first.urgency >= worse_than:
            return self._journal.take(worse_than)
        record = self._journal.take(first.urgency)
        if record is None:
            first.flying = True
            return first
        return record

    def give_back(self, record: "Any") -> None:
        """It did not arrive."""
        if isinstance(record, _Unwritten):
            record.flying = False
        else:
            self._journal.give_back(record)

    def land(self) -> None:
        """Nothing is on its way any more."""
        for record in self._unwritten:
            record.flying = False
        self._journal.land()

    def is_orphan(self, record: "Any") -> bool:
        """Tell whether an event is of an incarnation that the panel has lost, and cannot name to the cloud."""
        kid = record.kid
        salts = self._memory.salts
        return not any(keys.journal_key(self._root_key, self._panel, salt).kid == kid for salt in salts)

    def acknowledge(self, record: "Any") -> None:
        """The cloud has it."""
        if isinstance(record, _Unwritten):
            self._unwritten = [other for other in self._unwritten if other is not record]
        else:
            self._journal.acknowledge(record)
            if record in self._unread:
                self._unread.remove(record)
        self._tell_what_is_left()

    # Within.

    def _record(self, qcode: int, area: int, zone: int, user: int, source: int, detail: int) -> int:
        uptime_ms, time_s = self._clock.uptime_ms(), self._clock.time_s()
        event = messages.Event(qcode, area, zone, user, source, detail, self._memory.boot, uptime_ms, time_s)
        return self._keep(messages.encode(event), contact_id.urgency(qcode))

    def _keep(self, item: bytes, urgency: int) -> int:
        number = self._take_number()
        sealed = sealing.seal_numbered(self._key, number, item)
        if len(self._unread) >= UNREAD_MAX:
            self._read_back(self._unread.pop(0))
        record = _Unwritten(self._key.kid, number, urgency, sealed)
        for _ in range(_TRIES):
            try:
                self._unread.append(self._journal.append(record.kid, number, urgency, sealed))
                return number
            except JournalFullError:
                self._keep_unwritten(record)  # Nothing failed; and it may well be sent before there is room.
                return number
            except JournalError:
                pass
        self._failed(record)
        return number

    def _read_back(self, record: "Record") -> None:
        if self._journal.kept(record):
            self._fails = False
        else:
            self._failed(_Unwritten(record.kid, record.number, record.urgency, record.sealed))

    def _failed(self, record: _Unwritten) -> None:
        self.flash_failures += 1
        self._fails = True
        self._keep_unwritten(record)

    def _keep_unwritten(self, record: _Unwritten) -> None:
        """Where there are too many, the least urgent and oldest is lost; one that is on its way may still arrive."""
        self._unwritten.append(record)
        if len(self._unwritten) > UNWRITTEN_MAX:
            least = max([other for other in self._unwritten if not other.flying] or self._unwritten, key=_urgency)
            self._unwritten.remove(least)
            self._lose(least.kid, least.number, least.number)

    def _write_again(self, record: _Unwritten) -> bool:
        try:
            written = self._journal.append(record.kid, record.number, record.urgency, record.sealed)
        except JournalError:
            return False
        if self._journal.kept(written):
            self._fails = False
            self._unwritten.remove(record)
            return True
        return False

    # What there was no room for.

    def _lose(self, kid: bytes, first: int, last: int) -> None:
        """Numbers of another incarnation cannot be declared void in this one; they are counted all the same."""
        self._memory.lost += last - first + 1
        if kid != self._key.kid:
            return
        if self._voids and self._voids[-1][1:] == [first - 1, _VOID_DROPPED]:
            self._voids[-1][1] = last
        elif len(self._voids) < LOST_MAX:  # Of more ranges the cloud learns by asking, as after a restart.
            self._voids.append([first, last, _VOID_DROPPED])

    def _has_room(self) -> bool:
        """Whether what is left to tell would displace nothing."""
        pending = self._journal.pending
        return not self._unwritten and (not pending or pending + LOST_MAX + 1 <= self._journal.capacity)

    def _tell_what_is_left(self) -> None:
        """Tell of what made way, once and for all. Which number it is told under is saved first: so never twice."""
        memory = self._memory
        if not (memory.lost or self._voids) or not self._has_room():
            return
        if memory.lost:
            memory.told = self.next_number
            self._save()
            self._record(OVERFLOW, 0, 0, 0, contact_id.SOURCE_PANEL, min(memory.lost, _DETAIL_MAX))
            memory.lost = memory.told = 0
        voids, self._voids = self._voids, []
        for first, last, cause in voids:
            self._declare_void(first, last, cause)

    def _save(self) -> bool:
        try:
            self._memory.save()
        except (OSError, SettingsError):
            return False  # The next save takes it along.
        return True

    def _take_number(self) -> int:
        # Half a block ahead, so that a flash that fails now still leaves numbers for a whole incident.
        if self.next_number + NUMBERS_RESERVED // 2 > self._memory.reserved:
            self._set_numbers_aside()
        number = self.next_number
        self.next_number += 1
        return number

    def _set_numbers_aside(self) -> None:
        before = self._memory.reserved
        self._memory.reserved = self.next_number + NUMBERS_RESERVED
        # Numbers of an incarnation that is not on flash are lost with it, so they need no setting aside.
        if not self._save() and self._memory.incarnation_is_saved:
            self._memory.reserved = before
            if self.next_number >= before:
                self._begin_incarnation()

    def _begin_incarnation(self) -> None:
        self._memory.begin_incarnation(self._random(keys.SALT_BYTES))
        self._take_up()
        self._memory.reserved += NUMBERS_RESERVED

    def _take_up(self) -> None:
        self._key = keys.journal_key(self._root_key, self._panel, self._memory.salts[0])
        self.next_number = self._memory.reserved

    def _declare_void(self, first: int, last: int, cause: int) -> None:
        self._keep(messages.encode(messages.Void(first, last, cause)), VOID_URGENCY)

    def _not_held(self, kid: bytes, first: int, last: int) -> "list[tuple[int, int]]":
        """Return the ranges of numbers that are nowhere any more."""
        ranges: list[tuple[int, int]] = []
        for number in range(first, last + 1):
            if self._journal.holds(kid, number) or any(record.number == number for record in self._unwritten):
                continue
            if ranges and ranges[-1][1] == number - 1:
                ranges[-1] = (ranges[-1][0], number)
            else:
                ranges.append((number, number))
        return ranges


def _urgency(record: _Unwritten) -> int:
    return record.urgency
