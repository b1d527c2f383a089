"""Two slots: what runs was signed for this board, is never below the floor, and gives way to what works."""

import os

from boot_support import (
    ABI,
    KEY,
    STRANGER,
    digest_of,
    flipped,
    image,
    installed,
    names,
    new_folder,
    read,
    started,
    tried,
    write,
)
from hemlarm_boot.slots import Slots
from hemlarm_protocol import upkeep
from support import raises


def remove(root: str, name: str) -> None:
    os.remove(root + "/" + name)  # noqa: PTH107 - MicroPython has no pathlib.


def no_flash(name: str) -> object:
    raise AssertionError(name + " was asked for, which nothing needs")


def test_what_was_installed_runs() -> None:
    slots = started(installed(1005, floor=1002))
    assert (slots.slot, slots.running.version, slots.on_trial, slots.board) == ("a", 1005, False, "simulated")
    assert (slots.floor, slots.note, slots.failed) == (1002, None, [])
    assert slots.spare_path.endswith("/b.img")
    assert slots.part_path.endswith("/b.part")


def test_nothing_that_was_not_signed_runs() -> None:
    root = installed()
    write(root, "a.img", image(1005, key=STRANGER))
    write(root, "b.img", flipped(image(1005), 12))
    assert Slots(root).begin() is None
    assert Slots(new_folder()).begin() is None


def test_nothing_runs_on_another_board_or_interpreter() -> None:
    for fields in ({"board": "desk"}, {"abi": ABI + 1}):
        assert Slots(installed(1005, **fields)).begin() is None


def test_a_start_writes_nothing_when_there_is_nothing_new() -> None:
    root = installed()
    started(root)
    before = {name: read(root, name) for name in names(root)}
    started(root)
    assert {name: read(root, name) for name in names(root)} == before


def test_a_trial_that_proves_itself_stays() -> None:
    root = installed()
    slots = tried(root, image(1006, floor=1004), no_flash)
    assert (slots.slot, slots.running.version, slots.on_trial, slots.floor) == ("b", 1006, True, 1000)
    slots.confirm()
    assert (slots.on_trial, slots.floor, slots.spare_path[-6:]) == (False, 1004, "/a.img")
    slots = started(root)
    assert (slots.slot, slots.running.version, slots.on_trial, slots.note) == ("b", 1006, False, None)
    assert read(root, "a.img") == image(1005)


def test_the_next_update_goes_to_the_other_slot() -> None:
    root = installed()
    tried(root, image(1006)).confirm()
    slots = tried(root, image(1007))
    slots.confirm()
    assert (slots.slot, slots.running.version) == ("a", 1007)


def test_a_trial_that_never_proves_itself_has_two_starts() -> None:
    root = installed()
    tried(root, image(1006))
    assert started(root).running.version == 1006
    slots = started(root)
    assert (slots.running.version, slots.slot, slots.on_trial) == (1005, "a", False)
    assert slots.note == (1006, upkeep.CRASHED)
    assert slots.failed == [digest_of(image(1006))]


def test_a_trial_that_is_given_up_is_over_at_the_next_start() -> None:
    root = installed()
    slots = tried(root, image(1006))
    slots.give_up(upkeep.NO_CONTACT)
    slots.confirm()  # Too late.
    slots = started(root)
    assert (slots.running.version, slots.note) == (1005, (1006, upkeep.NO_CONTACT))
    slots.told()
    assert started(root).note is None
    assert started(root).failed == [digest_of(image(1006))]


def test_a_trial_that_crashes_is_over_at_the_next_start() -> None:
    root = installed()
    tried(root, image(1006)).crashed()
    assert started(root).note == (1006, upkeep.CRASHED)


def test_without_a_trial_nothing_is_confirmed_or_given_up() -> None:
    root = installed()
    slots = started(root)
    slots.give_up(upkeep.NO_CONTACT)
    slots.crashed()
    slots.confirm()
    slots = started(root)
    assert (slots.running.version, slots.note, slots.failed) == (1005, None, [])


def test_only_the_last_four_failures_are_remembered() -> None:
    root = installed()
    for version in range(1006, 1012):
        tried(root, image(version)).crashed()
    assert started(root).failed == [digest_of(image(version)) for version in range(1008, 1012)]


def test_what_cannot_run_here_is_refused_and_said_why() -> None:
    root = installed(1005, floor=1003)
    slots = started(root)
    good = image(1006)
    for data, reason in (
        (good, 0),
        (image(1006, key=STRANGER), upkeep.SIGNATURE),
        (good[:-1], upkeep.TRUNCATED),
        (flipped(good, len(good) - 1), upkeep.CONTENT),
        (image(1006, board="esp32-s3"), upkeep.OTHER_BOARD),
        (image(1006, abi=ABI ^ 1), upkeep.INTERPRETER),
        (image(1006, data_format=3), 0),
        (image(1006, data_format=4), upkeep.DATA_FORMAT),
        (image(1006, data_format=1), upkeep.DATA_FORMAT),
        (image(1005), upkeep.TOO_OLD),
        (image(1004), upkeep.TOO_OLD),
    ):
        write(root, "b.part", data)
        assert slots.check(slots.part_path) == reason, (reason, data[:40])
    assert slots.check(slots.part_path, older=True) == 0
    raises(OSError, slots.check, slots.spare_path)


def test_a_replayed_release_below_the_floor_is_refused_everywhere() -> None:
    root = installed(1005, floor=1003)
    slots = started(root)
    old = image(1002)
    write(root, "b.part", old)
    assert slots.check(slots.part_path, older=True) == upkeep.TOO_OLD
    assert slots.try_spare(no_flash) == upkeep.TOO_OLD  # type: ignore[arg-type]
    write(root, "b.img", old)
    write(root, "a.img", b"broken")
    assert Slots(root).begin() is None


def test_nothing_is_tried_that_is_refused() -> None:
    root = installed()
    slots = started(root)
    write(root, "b.part", image(1006, key=STRANGER))
    assert slots.try_spare(no_flash) == upkeep.SIGNATURE  # type: ignore[arg-type]
    assert "b.img" not in names(root)
    assert not started(root).on_trial


def test_a_version_may_be_taken_back_to_one_above_the_floor() -> None:
    root = installed(1005, floor=1003)
    slots = tried(root, image(1003))
    slots.confirm()
    assert started(root).running.version == 1003
    assert started(root).floor == 1003


def test_the_floor_never_falls() -> None:
    root = installed(1005, floor=1003)
    tried(root, image(1006, floor=1001)).confirm()
    assert started(root).floor == 1003


def test_a_trial_raises_no_floor_until_it_has_proved_itself() -> None:
    root = installed(1005)
    slots = tried(root, image(1006, floor=1006))
    slots.give_up(upkeep.SELF_TEST)
    slots = started(root)
    assert (slots.running.version, slots.floor) == (1005, 1000)


def test_an_image_swapped_between_check_and_start_is_not_run() -> None:
    for swapped in (image(1006, key=STRANGER), flipped(image(1006), 400), image(1007), image(1004), b""):
        root = installed()
        slots = started(root)
        write(root, "b.part", image(1006))
        assert slots.try_spare(no_flash) == 0  # type: ignore[arg-type]
        write(root, "b.img", swapped)
        slots = started(root)
        assert (slots.running.version, slots.note) == (1005, (1006, upkeep.CHANGED))
        assert slots.failed == []  # The release is not to blame: it may be downloaded once more.


def test_a_file_swapped_after_the_start_ends_the_trial_as_changed() -> None:
    root = installed()
    update = image(1006)
    slots = started(root)
    write(root, "b.part", update)
    assert slots.try_spare(no_flash) == 0  # type: ignore[arg-type]
    slots = Slots(root)
    running = slots.begin()
    assert running is not None
    write(root, "b.img", flipped(update, len(update) - 1))
    raises(OSError, running.files.open, "hemlarm_firmware/start.py", "rb")
    slots.crashed()
    assert started(root).note == (1006, upkeep.CHANGED)


def test_when_the_active_image_breaks_the_other_one_runs() -> None:
    root = installed()
    tried(root, image(1006)).confirm()
    write(root, "b.img", flipped(image(1006), 300))
    slots = started(root)
    assert (slots.slot, slots.running.version, slots.note) == ("a", 1005, (1006, upkeep.CONTENT))
    assert slots.spare_path.endswith("/b.img")
    slots.told()
    slots = tried(root, image(1006))
    slots.confirm()
    assert started(root).running.version == 1006


def test_the_other_one_does_not_run_below_the_floor() -> None:
    root = installed()
    tried(root, image(1006, floor=1006)).confirm()
    write(root, "b.img", b"broken")
    assert Slots(root).begin() is None


def test_a_trial_of_what_lies_in_the_spare_slot_may_be_repeated() -> None:
    root = installed()
    slots = started(root)
    write(root, "b.part", image(1006))
    for _ in range(3):
        assert slots.try_spare(no_flash) == 0  # type: ignore[arg-type]
    assert slots.spare_digest() == digest_of(image(1006))
    assert started(root).on_trial


def test_a_newer_download_replaces_a_trial_that_has_not_started() -> None:
    root = installed()
    slots = started(root)
    for version in (1006, 1007):
        write(root, "b.part", image(version))
        assert slots.try_spare(no_flash) == 0  # type: ignore[arg-type]
    slots = started(root)
    assert (slots.running.version, slots.note) == (1007, None)


def test_during_a_trial_nothing_else_is_tried() -> None:
    root = installed()
    slots = tried(root, image(1006))
    raises(ValueError, slots.try_spare, no_flash)
    slots.confirm()
    write(root, "a.part", image(1007))
    assert slots.try_spare(no_flash) == 0  # type: ignore[arg-type]


def test_a_damaged_state_is_the_state_before() -> None:
    root = installed()
    slots = tried(root, image(1006))
    slots.confirm()
    newest = max([name for name in names(root) if name.startswith("slots.")], key=lambda name: read(root, name)[4])
    write(root, newest, flipped(read(root, newest), 20))
    assert started(root).running.version == 1006  # On trial once more.


def test_without_any_state_the_newest_image_is_tried_where_another_can_stand_in() -> None:
    root = installed()
    tried(root, image(1006)).confirm()
    for name in ("slots.0", "slots.1"):
        write(root, name, b"lost")
    slots = started(root)
    assert (slots.running.version, slots.on_trial) == (1006, True)
    slots.crashed()
    assert started(root).running.version == 1005


def test_without_any_state_the_newest_image_counts_where_no_other_can_stand_in() -> None:
    for fields in ({"floor": 1006}, {"data_format": 3}):
        root = installed()
        write(root, "b.img", image(1006, **fields))  # type: ignore[arg-type]
        slots = started(root)
        assert (slots.running.version, slots.on_trial) == (1006, False)
        assert slots.floor == fields.get("floor", 1000)


def test_a_new_key_that_was_installed_is_trusted() -> None:
    root = installed()
    write(root, "trust", STRANGER.public + KEY.public)
    assert tried(root, image(1006, key=STRANGER)).running.version == 1006
