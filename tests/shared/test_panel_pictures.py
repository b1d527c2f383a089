"""Pictures on the panel: taken in an alarm, kept on flash over a restart, and sent behind all events."""

import asyncio

from hemlarm_firmware.board import Cameras
from hemlarm_firmware.clock import Clock
from hemlarm_firmware.pictures import ALARM_MS, PART_BYTES, PART_WAIT_MS, SHOT_EVERY_MS, Pictures
from hemlarm_firmware.pictures_flash import PAGE, PictureStore
from hemlarm_protocol import household, keys, messages, sealing
from hemlarm_protocol.panel_end import GREETING, OPEN
from nor_flash import NorFlash
from picture_slots import HALL, KID, SLOT_SECTORS, jpeg, stored

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

CELLAR = 9
CONFIG = {
    "zones": [
        {"number": HALL, "area": 1, "sensor": "camera"},
        {"number": CELLAR, "area": 2, "sensor": "pet_camera"},
        {"number": 5, "area": 1, "sensor": "motion"},
    ]
}
BURGLARY, FIRE, ENTRY, HOLD_UP, TAMPER, RESTORE, GAS = 1130, 1111, 6134, 1121, 1137, 3130, 1162


class Camera(Cameras):
    """Takes pictures at once; `fails` so many times first."""

    def __init__(self) -> None:
        self.taken: list[int] = []
        self.fails = 0
        self._last = b""

    async def take(self, zone: int, flash: bool) -> int:
        assert flash
        self.taken.append(zone)
        if self.fails:
            self.fails -= 1
            raise OSError(5)
        self._last = jpeg(len(self.taken))
        return len(self._last)

    async def read(self, offset: int, n: int) -> bytes:
        return self._last[offset : offset + n]


class Line:
    """Stands in for the session and the uplink around it; `parts` were sent, and `busy` says that an event is."""

    number = 1

    def __init__(self) -> None:
        self.state = OPEN
        self.busy = False
        self.parts: list[Any] = []
        self.paths = self
        self.used = self
        self.due_ms = -1

    def __getitem__(self, _index: int) -> "Line":
        return self

    def owed(self, path: int) -> bool:
        assert path == 1
        return self.busy

    def tell(self, message: "messages.Message") -> None:
        self.parts.append(message)


class House:
    """A panel's pictures with time moved by hand: `step` lets the task do all that is due."""

    def __init__(self, flash: "NorFlash | None" = None) -> None:
        self.chip = flash or NorFlash(6 * SLOT_SECTORS)
        self.camera = Camera()
        self.line = Line()
        self.ticks = 0
        self.names = 0
        self.traces: list[Any] = []
        self.kid = KID
        clock: Any = Clock(lambda: self.ticks)
        line: Any = self.line
        self.pictures = Pictures(self, self.camera, clock, line, line, self)  # type: ignore[arg-type]
        self.pictures._task = self  # These tests do the task's work, step by step.
        self.pictures.configure(CONFIG)

    def flash(self, name: str) -> NorFlash:
        assert name == "pictures"
        return self.chip

    def random(self, n: int) -> bytes:
        self.names += 1
        return self.names.to_bytes(n, "big")

    def trace(self, what: str, *values: object) -> None:
        self.traces.append((what,) + values)

    def pass_ms(self, ms: int) -> "House":
        self.ticks += ms
        return self.step()

    def step(self) -> "House":
        async def work() -> None:
            while await self.pictures._take_due() or await self.pictures._send():
                pass

        asyncio.run(work())
        return self

    def alarm(self, qcode: int = BURGLARY, area: int = 1, number: int = 7) -> "House":
        self.pictures.happened([("event", 3401, 1, 0, 1, 1, 0), ("event", qcode, area, 5, 0, 0, 0)], number - 1)
        return self.step()

    def answer(self, got: "int | None" = None) -> "House":
        """The cloud has what was sent, or so much of it."""
        part = self.line.parts[-1]
        return self.state(part.id, part.offset + len(part.data) if got is None else got)

    def state(self, picture: bytes, got: int) -> "House":
        self.pictures.told(("picture-state", household.PictureState(picture, got)))
        return self.step()


def test_an_intrusion_is_seen_by_the_cameras_of_its_area_twice() -> None:
    house = House().alarm()
    assert house.camera.taken == [HALL]
    house.pass_ms(SHOT_EVERY_MS - 1)
    assert house.camera.taken == [HALL]
    house.pass_ms(1)
    assert house.camera.taken == [HALL, HALL]


def test_a_fire_is_seen_by_all_cameras() -> None:
    assert House().alarm(FIRE, 1).camera.taken == [HALL, CELLAR]


def test_no_picture_is_taken_of_what_is_neither_intrusion_nor_fire() -> None:
    for qcode in (ENTRY, HOLD_UP, TAMPER, RESTORE, GAS, 1401, 1301):
        assert House().alarm(qcode).camera.taken == []


def test_a_camera_that_is_busy_with_an_alarm_takes_no_more_pictures_of_the_next_event() -> None:
    house = House().alarm().alarm(number=8).pass_ms(SHOT_EVERY_MS).pass_ms(SHOT_EVERY_MS)
    assert house.camera.taken == [HALL, HALL]
    assert house.alarm(number=9).camera.taken == [HALL, HALL, HALL]


def test_a_picture_arrives_byte_for_byte_with_one_part_on_its_way_at_a_time() -> None:
    house = House().alarm()
    parts: list[Any] = []
    while house.line.parts and (not parts or house.line.parts[-1] is not parts[-1]):
        parts.append(house.line.parts[-1])
        assert len(house.line.parts) == len(parts)
        house.answer()
    assert b"".join([part.data for part in parts]) == jpeg(1)
    assert [part.offset for part in parts] == [0, 430, 860, 1290]
    assert {(part.kid, part.number, part.zone, part.shot, part.total) for part in parts} == {(KID, 7, HALL, 0, 1500)}
    assert PictureStore(house.chip).waiting == 0


def test_nothing_is_sent_while_an_event_is_on_its_way() -> None:
    house = House()
    house.line.busy = True
    house.alarm().pass_ms(60_000)
    assert house.line.parts == []
    house.line.busy, house.line.state = False, GREETING
    assert house.step().line.parts == []
    house.line.state = OPEN
    assert len(house.step().line.parts) == 1


def test_a_part_that_is_not_answered_is_sent_again_ever_later_and_the_connection_is_doubted() -> None:
    house = House().alarm()
    for tries in range(1, 4):
        house.pass_ms((PART_WAIT_MS << (tries - 1)) - 1)
        assert len(house.line.parts) == tries
        house.pass_ms(1)
        assert len(house.line.parts) == tries + 1
    assert {part.offset for part in house.line.parts} == {0}
    assert house.line.due_ms == 3 * PART_WAIT_MS


def test_a_transfer_goes_on_where_the_cloud_says_and_ends_when_it_wants_no_more() -> None:
    house = House().alarm()
    house.pictures.told(("opened",))
    assert house.step().answer(1000).line.parts[-1].offset == 1000
    house.answer(1500)
    assert PictureStore(house.chip).waiting == 0


def test_an_answer_about_another_picture_has_no_effect() -> None:
    house = House().alarm()
    assert len(house.state(b"other..!", 1500).line.parts) == 1


def test_a_new_alarm_is_seen_before_the_rest_of_an_earlier_one() -> None:
    house = House().alarm().pass_ms(ALARM_MS)
    house.alarm(number=20)
    house.answer(700)
    assert house.line.parts[-1].number == 20


def test_a_camera_that_fails_is_passed_over() -> None:
    house = House()
    house.camera.fails = 1
    house.pictures.happened([("event", FIRE, 1, 5, 0, 0, 0)], 7)
    for _ in range(2):
        try:
            house.step()
        except OSError:
            pass
    assert house.camera.taken == [HALL, CELLAR]
    assert house.line.parts[-1].zone == CELLAR


def test_pictures_asked_for_name_no_event() -> None:
    house = House()
    house.pictures.happened([("picture", CELLAR)], 9)
    assert house.step().line.parts[-1].number == 0 and house.camera.taken == [CELLAR]


def test_a_picture_that_the_flash_has_spoilt_is_not_sent() -> None:
    flash = NorFlash(2 * SLOT_SECTORS)
    stored(PictureStore(flash), 1, 1)
    flash.cells[PAGE + 5] = 0
    house = House(flash).step()
    assert house.line.parts == []


def test_after_a_power_cut_in_a_transfer_a_picture_is_sent_from_its_beginning_and_the_cloud_says_how_far_it_is() -> (
    None
):
    house = House().alarm()
    house.answer().answer()
    again = House(house.chip.copy()).step()
    assert again.line.parts[-1].offset == 0 and again.line.parts[-1].id == house.line.parts[0].id
    assert again.answer(1400).line.parts[-1].offset == 1400


def test_a_flash_that_fails_costs_a_picture_and_the_next_one_goes_elsewhere() -> None:
    house = House()
    house.chip.bad_programs = 1
    try:
        house.alarm()
    except OSError:
        pass
    house.pass_ms(SHOT_EVERY_MS)
    assert house.line.parts[-1].shot == 1


def test_the_task_goes_on_after_whatever_fails() -> None:
    house = House()
    house.camera.fails = 1

    async def live() -> None:
        house.pictures._task = None
        house.pictures.happened([("event", FIRE, 1, 5, 0, 0, 0)], 7)
        task: Any = house.pictures._task
        for _ in range(200):
            await asyncio.sleep(0)
            house.ticks += 100
        task.cancel()

    house.pictures._pause = Quick()  # type: ignore[assignment]
    asyncio.run(live())
    assert ("pictures-failed", "5") in house.traces or any(trace[0] == "pictures-failed" for trace in house.traces)
    assert ("picture", CELLAR, 1500) in house.traces


class Quick:
    """A pause that passes at once."""

    async def wait(self, limit_ms: "int | None") -> None:
        await asyncio.sleep(0)

    def end(self) -> None:
        pass


def test_a_part_with_the_largest_numbers_fits_a_message_of_512_bytes() -> None:
    most = household.PicturePart(bytes(8), KID, 0xFFFFFFFF, 999, 23, 0xFFFFFFFF, 0xFFFF, 0xFFFF, bytes(PART_BYTES))
    key = keys.journal_key(bytes(32), bytes(8), bytes(16))
    assert len(sealing.seal_numbered(key, 1, messages.encode(most))) == 512
