"""Pictures on the panel's flash: whole or not at all, whatever a power cut leaves, and never in each other's way."""

from hemlarm_firmware.pictures_flash import PictureStore
from nor_flash import NorFlash, WatchedFlash
from picture_slots import SLOT_SECTORS, held, stored

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def test_pictures_are_found_again_after_a_restart_the_newest_alarms_first() -> None:
    for unit in (1, 256):
        flash = NorFlash(6 * SLOT_SECTORS, program_size=unit)
        store = PictureStore(flash)
        for number, alarm in ((1, 1), (2, 1), (3, 3), (4, 3)):
            stored(store, number, alarm)
        again = PictureStore(flash)
        assert again.waiting == 4 and again.next_sequence == 5
        assert held(again) == [3, 4, 1, 2]
        assert PictureStore(flash).waiting == 0


def test_where_all_is_full_the_oldest_of_an_earlier_alarm_makes_way_and_never_one_of_this_alarm() -> None:
    flash = NorFlash(3 * SLOT_SECTORS)
    store = PictureStore(flash)
    assert [stored(store, number, 1) >= 0 for number in (1, 2, 3, 4)] == [True, True, True, False]
    assert stored(store, 5, 4) >= 0 and stored(store, 6, 4) >= 0 and stored(store, 7, 4) >= 0
    assert stored(store, 8, 4) == -1
    assert held(PictureStore(flash)) == [5, 6, 7]


def test_a_slot_used_before_takes_a_picture_as_large_as_they_come() -> None:
    flash = NorFlash(SLOT_SECTORS, program_size=256)
    for number in (1, 2, 3):
        store = PictureStore(flash)
        stored(store, number, number, 65_535)
        assert held(PictureStore(flash)) == [number]


def test_erasing_ahead_ends_and_leaves_nothing_to_erase_in_an_alarm() -> None:
    flash = NorFlash(2 * SLOT_SECTORS)
    store = PictureStore(flash)
    for number in (1, 2):
        stored(store, number, 1, 65_535)
    held(store)
    steps = 0
    while store.tidy():
        steps += 1
    assert steps == 2 * SLOT_SECTORS
    erased = flash.erases
    stored(store, 3, 3, 65_535)
    assert flash.erases == erased and held(PictureStore(flash)) == [3]


def test_a_power_cut_at_any_operation_loses_no_other_picture_and_keeps_this_one_whole_or_not_at_all() -> None:
    seen = []

    def watch(chip: NorFlash) -> None:
        store = PictureStore(chip)
        found = held(store)
        seen.append(found)
        assert found in allowed, found
        stored(store, 9, 9)
        assert held(PictureStore(chip)) == [9]

    flash: NorFlash = NorFlash(2 * SLOT_SECTORS)
    store = PictureStore(flash)
    stored(store, 1, 1)
    stored(store, 2, 1)
    store.forget(store.first())
    flash = WatchedFlash(flash, (0, 1, 2, 3), watch)
    store = PictureStore(flash)
    allowed: Any = [[2], [3, 2]]
    stored(store, 3, 3)
    assert [2] in seen and [3, 2] not in seen[:-4]
    allowed = [[3, 2], [3]]
    stored(store, 4, 3)  # No room but that of 2, which is dropped first.
    allowed += [[3, 4]]
    assert held(PictureStore(flash.copy())) == [3, 4]


def test_a_cut_in_erasing_ahead_brings_no_picture_back_in_part() -> None:
    flash: NorFlash = NorFlash(2 * SLOT_SECTORS)
    stored(PictureStore(flash), 1, 1, 9000)
    store = PictureStore(flash)
    store.forget(store.first())
    seen = []
    watched = WatchedFlash(flash, (0, 1, 2, 3, 4), lambda chip: seen.append(held(PictureStore(chip))))
    store = PictureStore(watched)
    while store.tidy():
        pass
    assert seen and not any(seen)
