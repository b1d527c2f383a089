"""Brings a release that the cloud offers onto the panel, tries it when the house is quiet, and tells what became of it.

    offered -> LOADING -> READY -> restart -> TRIAL -> RUNNING
                  |         |                   |
                  +-- REFUSED                   +-> restart -> ROLLED_BACK

Loaded when an offer comes, and after a restart in the middle of one. One task does it all, a little at a time; whatever
fails here costs an update, never the panel. What is running, on trial or rolled back the loader's slots know.
"""

import asyncio
import gc
import sys

from hemlarm_firmware import update_offer
from hemlarm_firmware.download import Download, remove
from hemlarm_firmware.panel import inputs, tables
from hemlarm_firmware.trial import Trial, faults
from hemlarm_firmware.trying import reason_against
from hemlarm_firmware.waiting import Pause
from hemlarm_protocol import contact_id, messages, upkeep
from hemlarm_protocol.constant import const
from hemlarm_protocol.panel_end import OPEN

TAKEN_OVER, NOT_TAKEN_OVER = 1413, 1414
"""Events: this version has proved itself; an update was refused or rolled back, `detail` says why."""

SIZE_MAX = 524_288
"""Bytes of an image: two of them and a download still fit on the smallest board."""

WINDOW = 2
"""Parts on their way at once: twice as fast as one on a slow line, and an event waits for two at most."""

PART_WAIT_MS = 5_000
"""Parts that have not come by then are asked for again, and each further time after twice as long."""

PART_WAIT_MS_MAX = 3_600_000
"""A cloud that serves many panels at a time lets the others wait, and one that has stopped a release answers nobody."""

DOUBTED_TRIES = 2
"""Wants unanswered in a row, upon which a heartbeat asks whether the connection lives."""

ARMED_AFTER_MS = 43_200_000
"""A release that is ready waits so long for a disarmed house: a restart leaves it unguarded for some seconds. Then an
armed one is tried too, as some are never disarmed."""

_LOOK_MS = const(5_000)
_QUIET_LOOK_MS = const(30_000)
_FAILED_MS = const(10_000)
_BATTERY_TROUBLE = const(6)  # Low, or missing, of a Health's flags.

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from hemlarm_boot.slots import Slots
    from hemlarm_firmware.app import App
    from hemlarm_firmware.panel.site import Site


class Updating:
    """`told` only takes note, and lets the task do the work."""

    def __init__(self, app: "App", slots: "Slots") -> None:
        self._app = app
        self._slots = slots
        self._path = update_offer.path_beside(slots.part_path)
        self._offer = update_offer.load(self._path)
        self._download: Download | None = None
        self._trial: Trial | None = None
        self._pause = Pause()
        self._task: Any = None
        self._wanted_ms = -1  # When parts were asked for that have not come yet, and the byte behind them.
        self._wanted_end = self._tries = 0
        self._checked = True
        self._ready_ms = 0
        self._told_in_ms = -1  # The session in which the present state was told.
        self._take_up()

    @property
    def is_over(self) -> bool:
        """Whether there is no update, and nothing to tell of one."""
        return self._offer is None

    def told(self, fact: "tuple[Any, ...]") -> None:
        """Take a fact of the link."""
        if fact[0] == "upkeep":
            if isinstance(fact[1], upkeep.UpdateOffer):
                self._offered(fact[1])
            else:
                self._take_part(fact[1])
        elif self._offer is not None and fact[0] == "opened":
            self._wanted_ms = -1  # What was on its way is lost.
            self._tries = 0
            self._tell()
            self._go_on()
        elif self._offer is not None and fact[0] == "acknowledged":
            self._acknowledged(self._offer)

    # What the cloud says.

    def _offered(self, offer: "Any") -> None:
        """While a version is on trial nothing is answered: the cloud asks again, and by then it is known what runs."""
        if self._offer is None or self._offer.state != upkeep.TRIAL:
            self._app.requests.answer_once(offer, self._decide)

    def _decide(self, offer: "Any") -> "tuple[int, int]":
        status, detail = self._begin(offer)
        self._app.memory.remember_answer(offer.id, status, detail)
        self._app.performer.save(self._app.core)
        return status, detail

    def _begin(self, offer: "Any") -> "tuple[int, int]":
        """Take an offer in place of any other, or refuse it; one without a size only takes back what was offered."""
        if offer.size and offer.version < self._slots.floor:
            return inputs.REFUSED, upkeep.TOO_OLD
        if offer.size > SIZE_MAX:
            return inputs.REFUSED, upkeep.NO_ROOM
        try:
            self._replace(offer)
        except OSError:
            return inputs.REFUSED, upkeep.NO_ROOM
        return inputs.DONE, 0

    def _replace(self, offer: "Any") -> None:
        before, self._offer = self._offer, None
        download = self._download or Download(self._slots.part_path, SIZE_MAX)
        if before is None or before.digest != offer.digest:
            download.drop()
        download.close()
        self._download = None
        if not offer.size:
            remove(self._path)
            return
        taken = update_offer.Offer(offer.id, offer.user, offer.version, offer.size, offer.digest)
        taken.save(self._path)
        self._offer = taken
        if offer.digest == self._slots.running.digest:
            self._end(upkeep.RUNNING)
        else:
            self._load()
            self._tell()
        self._go_on()

    def _take_part(self, part: "Any") -> None:
        offer, download = self._offer, self._download
        if offer is None or download is None or part.id != offer.id or offer.state != upkeep.LOADING:
            return
        try:
            taken = download.take(part.offset, part.data)
        except OSError:
            self._refuse(upkeep.NO_ROOM)
            return
        if taken:
            self._tries = 0
            if download.got >= self._wanted_end:
                self._wanted_ms = -1
                self._go_on()

    def _acknowledged(self, offer: "Any") -> None:
        """The event behind the state was acknowledged, so the state has arrived too."""
        app = self._app
        if offer.recorded and not app.recorder.pending and self._told_in_ms == app.end.opened_ms:
            self._offer = None
            remove(self._path)
        self._go_on()

    # The task.

    def _go_on(self) -> None:
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        self._pause.end()

    async def _run(self) -> None:
        """Work while there is something to do. What nobody has thought of is a crash of a version on trial."""
        try:
            while self._offer is not None:
                try:
                    rest_ms = _STEPS[self._offer.state](self, self._app.clock.uptime_ms())
                except (OSError, MemoryError) as failure:
                    self._app.board.trace("update-failed", str(failure))
                    gc.collect()
                    rest_ms = _FAILED_MS
                await self._pause.wait(rest_ms)
        except Exception as error:  # noqa: BLE001  A house is guarded without updates too.
            sys.print_exception(error)  # type: ignore[attr-defined]  # MicroPython's.
            if self._slots.on_trial:
                await self._app.crash()
            self._offer = None
        self._task = None

    def _take_up(self) -> None:
        """Find out what the restart was in the middle of."""
        slots = self._slots
        if slots.on_trial or slots.note:
            self._take_up_trial()
        elif self._offer is not None and self._offer.state == upkeep.TRIAL:
            runs = self._offer.digest == slots.running.digest
            self._offer.state = upkeep.RUNNING if runs else upkeep.LOADING
        if self._offer is not None:
            if self._offer.state == upkeep.LOADING:
                self._load()
            self._go_on()

    def _take_up_trial(self) -> None:
        slots, offer = self._slots, self._offer
        if not slots.on_trial and offer is not None and offer.recorded:
            return  # Power went between the record of its end and the slots' forgetting of it.
        if offer is None or offer.state != upkeep.TRIAL:
            version = slots.running.version
            offer = self._offer = update_offer.Offer(update_offer.NO_ID, 0, version, 0, slots.running.digest)
        if slots.on_trial:
            offer.state = upkeep.TRIAL
            self._trial = Trial(self._app, offer.faults)
        elif slots.note is not None:
            offer.state, offer.reason = upkeep.ROLLED_BACK, slots.note[1]

    def _load(self) -> None:
        assert self._offer is not None
        self._wanted_ms = -1
        self._tries = 0
        self._download = Download(self._slots.part_path, self._offer.size)

    def _want(self, now_ms: int) -> int:
        """Ask for parts, or see what all of them are."""
        offer, download = self._offer, self._download
        assert offer is not None
        assert download is not None
        if download.is_whole:
            return self._check(offer, download)
        if self._wanted_ms >= 0 and now_ms < self._wanted_ms + self._wait_ms():
            return self._wanted_ms + self._wait_ms() - now_ms
        if not self._line_is_free():
            return _LOOK_MS
        if self._wanted_ms >= 0:
            self._unanswered(now_ms)
        count = min(WINDOW, (offer.size - download.got + messages.CONFIG_BYTES_MAX - 1) // messages.CONFIG_BYTES_MAX)
        self._wanted_ms = now_ms
        self._wanted_end = min(offer.size, download.got + count * messages.CONFIG_BYTES_MAX)
        self._app.uplink.tell(upkeep.UpdateWanted(offer.id, download.got, count))
        return self._wait_ms()

    def _check(self, offer: "update_offer.Offer", download: Download) -> int:
        """What may not run here is thrown away. Too little memory to tell: `trying.py` does, after a restart."""
        download.close()
        gc.collect()
        try:
            reason = reason_against(self._slots, offer)
        except MemoryError:
            self._checked, reason = False, 0
        if reason:
            self._refuse(reason)
        else:
            self._ready_ms = self._app.clock.uptime_ms()
            self._set(upkeep.READY)
        return 0

    def _try(self, now_ms: int) -> int:
        """Restart with it, as soon as that disturbs nobody."""
        if not self._is_quiet(now_ms):
            return _QUIET_LOOK_MS
        offer = self._offer
        assert offer is not None
        offer.faults = faults(self._app.condition)
        self._set(upkeep.TRIAL)
        reason = 0
        try:
            offer.save(self._path)
            gc.collect()
            if self._checked:
                reason = self._slots.try_spare(self._app.board.flash)
        except OSError:
            reason = upkeep.NO_ROOM
        except MemoryError:
            pass  # As where it could not be checked.
        if not reason:
            self._app.board.reset()
        self._refuse(reason)
        return 0

    def _judge(self, now_ms: int) -> int:
        """A version on trial is taken over, goes, or has to wait for either."""
        assert self._trial is not None
        reason = self._trial.verdict(now_ms)
        if reason < 0:
            return _LOOK_MS
        if reason:
            self._slots.give_up(reason)
            self._app.board.reset()
        self._slots.confirm()
        self._end(upkeep.RUNNING)
        return 0

    def _tell_end(self, _now_ms: int) -> "int | None":
        """Journal the event of the end, once; what comes then is its acknowledgement."""
        offer = self._offer
        assert offer is not None
        if not offer.recorded:
            qcode = TAKEN_OVER if offer.state == upkeep.RUNNING else NOT_TAKEN_OVER
            self._tell()
            number = self._app.recorder.record(qcode, 0, 0, offer.user, contact_id.SOURCE_COMMAND, offer.reason)
            self._app.board.trace("event", number, qcode)
            offer.recorded = 1
            self._app.uplink.poke(contact_id.urgency(qcode))
            offer.save(self._path)
        self._slots.told()  # Last: without the note a trial's offer would be taken for one that is still to come.
        return None

    # Within.

    def _refuse(self, reason: int) -> None:
        if self._download is not None:
            self._download.drop()
            self._download = None
        self._end(upkeep.REFUSED, reason)

    def _end(self, state: int, reason: int = 0) -> None:
        assert self._offer is not None
        self._offer.reason = reason
        self._offer.state = state
        self._offer.save(self._path)
        self._go_on()

    def _set(self, state: int) -> None:
        assert self._offer is not None
        self._offer.state = state
        self._tell()

    def _tell(self) -> None:
        offer = self._offer
        assert offer is not None
        if offer.id == update_offer.NO_ID:
            self._told_in_ms = self._app.end.opened_ms
        elif self._app.end.state == OPEN:
            self._told_in_ms = self._app.end.opened_ms
            got = self._download.got if self._download is not None else offer.size
            version, floor = self._slots.running.version, self._slots.floor
            self._app.uplink.tell(upkeep.UpdateState(offer.id, offer.state, offer.reason, version, floor, got))

    def _line_is_free(self) -> bool:
        """Whether a session is open, and nothing else is to be said: so no event waits for more than WINDOW parts."""
        app = self._app
        return app.end.state == OPEN and not app.recorder.pending and not app.end.owed(app.uplink.paths.used.number)

    def _is_quiet(self, now_ms: int) -> bool:
        """Whether nothing goes on in the house, nobody waits for an answer, and the power is there for a restart."""
        app = self._app
        mains, _, _, _, flags = app.core.site.power.health()
        if not mains or flags & _BATTERY_TROUBLE or app.recorder.pending or not app.core.site.is_settled():
            return False
        return now_ms - self._ready_ms >= ARMED_AFTER_MS or not _armed(app.core.site)

    def _unanswered(self, now_ms: int) -> None:
        self._tries += 1
        if self._tries == DOUBTED_TRIES:
            self._app.end.paths[self._app.uplink.paths.used.number - 1].due_ms = now_ms

    def _wait_ms(self) -> int:
        return min(PART_WAIT_MS << min(self._tries, 16), PART_WAIT_MS_MAX)


def _armed(site: "Site") -> bool:
    return any(area.state != tables.DISARMED for area in site.areas)


_STEPS: "dict[int, Any]" = {
    upkeep.LOADING: Updating._want,
    upkeep.READY: Updating._try,
    upkeep.TRIAL: Updating._judge,
    upkeep.RUNNING: Updating._tell_end,
    upkeep.REFUSED: Updating._tell_end,
    upkeep.ROLLED_BACK: Updating._tell_end,
}
