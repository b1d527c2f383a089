"""Settings and configuration are as before a trial that wrote them in another format, and only then."""

from boot_support import flipped, image, installed, names, read, started, tried, write
from hemlarm_protocol import upkeep
from nor_flash import NorFlash


class Chips:
    """The partitions, with a word of who wrote them last."""

    def __init__(self) -> None:
        self._chips = {"state": NorFlash(2), "config": NorFlash(3)}
        self.write(b"former")

    def flash(self, name: str) -> NorFlash:
        return self._chips[name]

    def write(self, word: bytes) -> None:
        for chip in self._chips.values():
            for sector in (0, 4096):
                chip.erase(sector)
                chip.program(sector, word)

    def words(self) -> "list[bytes]":
        return [bytes(chip.cells[at : at + 6]) for chip in self._chips.values() for at in (0, 4096)]


def test_data_in_another_format_are_put_back_when_a_trial_is_over() -> None:
    root, chips = installed(), Chips()
    slots = tried(root, image(1006, data_format=3), chips.flash)
    chips.write(b"later!")
    slots.give_up(upkeep.SELF_TEST)
    slots = started(root)
    assert slots.put_back_due
    assert not slots.restored
    assert slots.put_back(chips.flash)
    assert chips.words() == [b"former"] * 4
    assert (slots.put_back_due, slots.restored) == (False, True)


def test_what_was_put_back_stays_known_until_somebody_has_seen_to_it() -> None:
    root, chips = installed(), Chips()
    tried(root, image(1006, data_format=3), chips.flash).crashed()
    started(root).put_back(chips.flash)
    chips.write(b"anew..")
    slots = started(root)
    assert slots.restored
    assert slots.put_back(chips.flash)  # Not due, so nothing happens.
    assert chips.words() == [b"anew.."] * 4
    slots.restored_known()
    assert not [name for name in names(root) if name.endswith(".kept")]
    assert not started(root).restored


def test_data_of_a_trial_that_stays_are_left_alone() -> None:
    root, chips = installed(), Chips()
    slots = tried(root, image(1006, data_format=3), chips.flash)
    chips.write(b"later!")
    slots.confirm()
    slots = started(root)
    assert not slots.put_back_due
    assert chips.words() == [b"later!"] * 4
    assert not [name for name in names(root) if name.endswith(".kept")]


def test_a_trial_that_never_started_leaves_the_data_alone() -> None:
    root, chips = installed(), Chips()
    slots = started(root)
    write(root, "b.part", image(1006, data_format=3))
    assert slots.try_spare(chips.flash) == 0
    write(root, "b.img", b"swapped")
    slots = started(root)
    assert slots.note == (1006, upkeep.CHANGED)
    assert not slots.put_back_due


def test_damaged_copies_are_not_put_back() -> None:
    for damage in (lambda data: flipped(data, 4000), lambda data: data[:-1], lambda data: b""):
        root, chips = installed(), Chips()
        tried(root, image(1006, data_format=3), chips.flash).crashed()
        chips.write(b"later!")
        write(root, "config.kept", damage(read(root, "config.kept")))
        slots = started(root)
        assert not slots.put_back(chips.flash)
        assert chips.words() == [b"later!"] * 4
        assert slots.restored  # A new incarnation does no harm.


def test_a_trial_in_the_same_format_copies_nothing() -> None:
    root, chips = installed(), Chips()
    tried(root, image(1006), chips.flash).crashed()
    slots = started(root)
    assert not slots.put_back_due
    assert not [name for name in names(root) if name.endswith(".kept")]
