"""Takes pictures in an alarm, keeps them on flash, and brings them to the cloud when nothing else is to be said.

Loaded only where the board has cameras and the configuration a zone with one. One task does it all, a little at a time:
inputs never wait for it, and an event finds at most one part of a picture on the line before it. Whatever fails here
costs a picture, never the panel.
"""

import asyncio
import gc
import sys
from binascii import crc32

from hemlarm_firmware.panel import zone_types
from hemlarm_firmware.pictures_flash import SIZE_MAX, Header, PictureStore
from hemlarm_firmware.waiting import Pause
from hemlarm_protocol import contact_id, household
from hemlarm_protocol.constant import const
from hemlarm_protocol.panel_end import OPEN

SHOTS = 2
SHOT_EVERY_MS = 3_000
"""Each camera takes so many pictures of an alarm, so long after each other: who was hidden in one has moved by then."""

ALARM_MS = 600_000
"""An alarm event so long behind the last one belongs to another alarm, and pictures of the earlier may make way."""

TAKE_LIMIT_S = 30
"""For a camera to take a picture and to hand it over: a slow one with a flash needs five."""

PART_BYTES = 430
"""Of a picture in one message: with the largest numbers it fits a sealed message of 512 bytes, which wastes less than
one of 1024, keeps an event waiting for half as long, and needs no large block of memory."""

PART_WAIT_MS = 3_000
"""A part not answered by then is sent again, and each further time after twice as long. It is long because two parts on
a slow line would keep an event waiting for twice as long."""

PART_WAIT_MS_MAX = 3_600_000
"""A cloud that knows no pictures answers none of their parts."""

DOUBTED_TRIES = 2
"""Parts unanswered in a row, upon which a heartbeat asks whether the connection lives."""

_PIECE = const(256)  # Bytes at a time from a camera to the flash.
_LOOK_MS = const(5_000)  # How often to look whether the line is free, where nothing says so.
_FAILED_MS = const(1_000)
_FIRES = range(110, 118)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from hemlarm_firmware.board import Board, Cameras
    from hemlarm_firmware.clock import Clock
    from hemlarm_firmware.link.uplink import Uplink
    from hemlarm_firmware.recorder import Recorder
    from hemlarm_protocol.panel_end import PanelEnd


class Pictures:
    """`happened` and `told` only take note, and start the task that does the work. First `configure` it."""

    def __init__(
        self,
        board: "Board",
        cameras: "Cameras",
        clock: "Clock",
        end: "PanelEnd",
        uplink: "Uplink",
        recorder: "Recorder",
    ) -> None:
        self._board = board
        self._end = end
        self._cameras = cameras
        self._clock = clock
        self._uplink = uplink
        self._recorder = recorder
        self._store = PictureStore(board.flash("pictures"))
        self._zones: list[tuple[int, int]] = []
        self._shots: list[tuple[int, int, int, bytes, int, int]] = []  # Due, zone, which, key id, event, alarm.
        self._alarm = 0
        self._alarmed_ms = -ALARM_MS
        self._pause = Pause()
        self._task: Any = None
        self._slot = -1  # The picture that is being sent, what it is, and what the cloud has of it.
        self._header: Header | None = None
        self._got = self._tries = 0
        self._sent_ms = -1

    def configure(self, config: "Any") -> None:
        """Take the cameras out of the panel's configuration."""
        self._zones = [
            (zone["number"], zone["area"]) for zone in config["zones"] if zone["sensor"] in zone_types.CAMERAS
        ]

    def happened(self, outputs: "list[tuple[Any, ...]]", number: int) -> None:
        """The core's outputs were carried out, and its events numbered from `number` on."""
        for output in outputs:
            if output[0] == "event":
                self._journalled(output[1], output[2], output[3], number)
                number += 1
            elif output[0] == "picture":  # Somebody at the centre wants to see what this camera sees.
                self._plan([output[1]], 0, self._store.next_sequence)

    def told(self, fact: "tuple[Any, ...]") -> None:
        """The link has told something; all but ("picture-state", message) says that the line may be free now."""
        if fact[0] == "opened":
            self._sent_ms = -1  # What was on its way is lost.
        elif fact[0] == "picture-state":
            if self._header is None or fact[1].id != self._header.id or self._sent_ms < 0:
                return
            self._sent_ms, self._got = -1, fact[1].got
        elif fact[0] != "acknowledged":
            return
        self._tries = 0
        self._go_on()

    def _go_on(self) -> None:
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        self._pause.end()

    async def _run(self) -> None:
        """Work for ever. Whatever goes wrong ends no other task."""
        try:
            while True:
                try:
                    busy = await self._take_due() or await self._send() or self._store.tidy()
                except (OSError, MemoryError, asyncio.TimeoutError) as failure:
                    self._board.trace("pictures-failed", str(failure))
                    gc.collect()
                    await self._pause.wait(_FAILED_MS)
                    continue
                await self._pause.wait(0 if busy else self._rest_ms())
        except Exception as error:  # noqa: BLE001  A house is guarded without pictures too.
            sys.print_exception(error)  # type: ignore[attr-defined]  # MicroPython's.

    # Taking.

    def _journalled(self, qcode: int, area: int, zone: int, number: int) -> None:
        """In an intrusion alarm the area's cameras look, in a fire all of them."""
        qualifier, code = contact_id.split(qcode)
        fire = code in _FIRES
        if qualifier != contact_id.NEW or not (fire or contact_id.urgency(qcode) == contact_id.INTRUSION):
            return
        now_ms = self._clock.uptime_ms()
        if now_ms - self._alarmed_ms >= ALARM_MS:
            self._alarm = self._store.next_sequence
        self._alarmed_ms = now_ms
        zones = [camera for camera, guards in self._zones if fire or guards == area]
        zones.sort(key=lambda camera: (camera != zone, camera))  # First the one that has seen it.
        self._plan(zones, number, self._alarm)

    def _plan(self, zones: "list[int]", number: int, alarm: int) -> None:
        """Each of these cameras is to take its pictures, unless it is about to anyway."""
        now_ms, kid = self._clock.uptime_ms(), self._recorder.kid
        waiting = [shot[1] for shot in self._shots]
        for index in range(SHOTS):
            due_ms = now_ms + index * SHOT_EVERY_MS
            self._shots += [(due_ms, zone, index, kid, number, alarm) for zone in zones if zone not in waiting]
        self._go_on()

    async def _take_due(self) -> bool:
        now_ms = self._clock.uptime_ms()
        due = [shot for shot in self._shots if shot[0] <= now_ms]
        if not due:
            return False
        shot = due[0]
        try:
            await asyncio.wait_for(self._take(shot), TAKE_LIMIT_S)
        finally:  # A camera that fails is not asked again, or it would keep the others waiting.
            self._shots.remove(shot)
        return True

    async def _take(self, shot: "tuple[int, int, int, bytes, int, int]") -> None:
        _, zone, index, kid, number, alarm = shot
        taken = self._clock.time_s() or 0
        total = await self._cameras.take(zone, True)
        if not 0 < total <= SIZE_MAX:
            raise OSError(f"a picture of {total} bytes")
        while True:
            slot = self._store.room(alarm)
            if slot < 0:
                self._board.trace("picture-dropped", zone)
                return
            try:
                crc = await self._copy(slot, total)
            except OSError:
                self._store.spoil(slot)
                raise
            if crc == await self._crc(slot, total):
                break
            self._store.spoil(slot)
        sequence, name = self._store.next_sequence, self._board.random(8)
        self._store.finish(slot, Header(sequence, name, kid, number, alarm, taken, crc, total, zone, index))
        self._board.trace("picture", zone, total)

    async def _copy(self, slot: int, total: int) -> int:
        crc = offset = 0
        while offset < total:
            data = await self._cameras.read(offset, min(_PIECE, total - offset))
            self._store.put(slot, offset, data)
            crc = crc32(data, crc)
            offset += _PIECE
            if len(data) < _PIECE and offset < total:
                raise OSError("the camera has lost its picture")
        return crc

    async def _crc(self, slot: int, total: int) -> int:
        crc = 0
        for offset in range(0, total, _PIECE):
            crc = crc32(self._store.read(slot, offset, min(_PIECE, total - offset)), crc)
            await asyncio.sleep(0)
        return crc

    # Sending.

    async def _send(self) -> bool:
        """Send a part, or end with a picture. Returns whether there may be more to do at once."""
        now_ms = self._clock.uptime_ms()
        if self._sent_ms >= 0 and now_ms < self._sent_ms + self._wait_ms():
            return False
        header = await self._choose()
        if header is None:
            return False
        if self._got >= header.total:
            self._store.forget(self._slot)
            self._header = None
            self._board.trace("picture-sent", header.zone)
            return True
        if not self._line_is_free():
            return False
        if self._sent_ms >= 0:
            self._unanswered()
        self._uplink.tell(self._part(header))
        self._sent_ms = now_ms
        return False

    async def _choose(self) -> "Header | None":
        """Return what the first picture is of, and begin with it if it is another one than before."""
        slot = self._store.first()
        if slot != self._slot or self._header is None:
            self._slot, self._got, self._header = slot, 0, None
            header = self._store.header(slot) if slot >= 0 else None
            if header is not None and header.crc == await self._crc(slot, header.total):
                self._header = header
            elif slot >= 0:
                self._store.spoil(slot)
        return self._header

    def _line_is_free(self) -> bool:
        """Whether a session is open, and the cloud owes no answer: so no event is on its way."""
        return self._end.state == OPEN and not self._end.owed(self._uplink.paths.used.number)

    def _part(self, header: Header) -> "household.PicturePart":
        data = self._store.read(self._slot, self._got, min(PART_BYTES, header.total - self._got))
        of = header.id, header.kid, header.number, header.zone, header.shot, header.taken or None
        return household.PicturePart(*(of + (header.total, self._got, data)))

    def _unanswered(self) -> None:
        self._tries += 1
        if self._tries == DOUBTED_TRIES:
            self._end.paths[self._uplink.paths.used.number - 1].due_ms = self._clock.uptime_ms()

    def _wait_ms(self) -> int:
        return min(PART_WAIT_MS << min(self._tries, 16), PART_WAIT_MS_MAX)

    def _rest_ms(self) -> "int | None":
        """Return how long there is nothing to do, unless something happens."""
        now_ms = self._clock.uptime_ms()
        moments = [shot[0] for shot in self._shots]
        if self._store.waiting:
            again_ms = self._sent_ms + self._wait_ms() if self._sent_ms >= 0 else now_ms
            moments.append(again_ms if again_ms > now_ms else now_ms + _LOOK_MS)
        return max(1, min(moments) - now_ms) if moments else None
