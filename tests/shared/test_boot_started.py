"""What stays of the loader while the firmware runs: what the start decided, and the way to all the rest of it."""

import sys

from boot_support import digest_of, flipped, image, installed, names, tried, write
from hemlarm_boot import loader
from hemlarm_boot.slots import Slots
from hemlarm_protocol import upkeep

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hemlarm_boot.loader import Started


def begun(root: str) -> "Started":
    """Return what a start decided; something must run."""
    started = Slots(root).begin()
    assert started is not None
    return started


def on_trial(root: str, update: bytes) -> "Started":
    """Return what the first start of an update decided."""
    started = begun(root)
    write(root, "b.part", update)
    assert started.open().try_spare(None) == 0  # type: ignore[arg-type]
    return begun(root)


def no_state(root: str) -> None:
    for name in names(root):
        if name.startswith("slots."):
            write(root, name, b"lost")


def test_what_is_opened_later_is_what_the_start_found() -> None:
    root = installed(1005, floor=1003)
    started = begun(root)
    assert (started.root, started.board, started.slot, started.floor) == (root + "/", "simulated", "a", 1003)
    slots = started.open()
    assert (slots.board, slots.running, slots.slot, slots.floor) == ("simulated", started.running, "a", 1003)
    assert slots.part_path == root + "/b.part"
    assert (started.on_trial, started.news, slots.on_trial, slots.note) == (False, False, False, None)


def test_opening_decides_nothing_anew() -> None:
    root = installed()
    started = on_trial(root, image(1006))
    for _ in range(5):
        assert started.open().on_trial  # No start of the two is used up.
    write(root, "b.img", b"gone")
    assert started.open().running.version == 1006
    assert begun(root).open().note == (1006, upkeep.CHANGED)


def test_who_has_it_knows_of_a_trial_until_it_is_over() -> None:
    root = installed()
    started = on_trial(root, image(1006, floor=1004))
    assert (started.on_trial, started.news, started.floor) == (True, True, 1000)
    started.open().confirm()
    assert (started.on_trial, started.news, started.floor) == (False, False, 1004)
    assert started.open().spare_path == root + "/a.img"


def test_who_has_it_knows_of_a_note_until_it_is_told() -> None:
    root = installed()
    tried(root, image(1006)).crashed()
    started = begun(root)
    assert (started.on_trial, started.news) == (False, True)
    started.open().told()
    assert not started.news
    assert not begun(root).news


def test_data_to_be_put_back_are_news() -> None:
    root = installed()
    slots = tried(root, image(1006))
    slots._state.copies = 1  # As where the data formats differ.
    slots.crashed()
    assert begun(root).news
    assert begun(root).open().put_back_due


def test_a_trial_given_up_stays_one_until_the_restart_so_that_nothing_takes_the_former_versions_place() -> None:
    root = installed()
    started = on_trial(root, image(1006))
    started.open().give_up(upkeep.NO_CONTACT)
    assert started.on_trial
    assert started.open().part_path == root + "/b.part"


def test_a_crash_is_noted_by_what_stays() -> None:
    root = installed()
    on_trial(root, image(1006)).crashed()
    assert begun(root).open().note == (1006, upkeep.CRASHED)


def test_a_crash_over_a_file_that_was_swapped_does_not_blame_the_release() -> None:
    root = installed()
    update = image(1006)
    started = on_trial(root, update)
    write(root, "b.img", flipped(update, len(update) - 1))
    try:
        started.files.open("/hemlarm_firmware/start.py", "rb")
    except OSError:
        started.crashed()
    slots = begun(root).open()
    assert (slots.note, slots.failed) == ((1006, upkeep.CHANGED), [])


def test_a_state_that_was_lost_since_the_start_is_known_all_the_same() -> None:
    root = installed(1005, floor=1003)
    started = begun(root)
    no_state(root)
    slots = started.open()
    assert (slots.floor, slots.on_trial, slots.part_path) == (1003, False, root + "/b.part")
    root = installed(1005, floor=1003)
    started = on_trial(root, image(1006, floor=1001))
    no_state(root)
    started.open().confirm()
    slots = begun(root).open()
    assert (slots.running.version, slots.on_trial, slots.floor) == (1006, False, 1003)
    root = installed()
    update = image(1006)
    started = on_trial(root, update)
    no_state(root)
    started.crashed()
    slots = begun(root).open()
    assert (slots.running.version, slots.note, slots.failed) == (1005, (1006, upkeep.CRASHED), [digest_of(update)])


def test_of_the_loaders_modules_two_stay() -> None:
    before = [name for name in sys.modules if name.startswith("hemlarm_boot.")]
    loader.loaded("slots").Slots(installed()).begin().open()
    assert sorted([name for name in sys.modules if name.startswith("hemlarm_boot.")]) == [
        "hemlarm_boot.imports",
        "hemlarm_boot.loader",
    ], before
