"""The two places for firmware images, which of them counts, and what is on trial.

A slot is one file, a signed image as it was downloaded: `a.img` and `b.img` in the loader's folder. The active one
runs, the other is spare. An update is downloaded beside the spare one, checked, put in its place and tried: it has
TRIES starts to prove itself, by `confirm`, or the active one is back. Every change is one write of the state, so
whenever power goes either the one or the other stands. The whole way is drawn in docs/updates.md.
"""

import os
import sys

from hemlarm_boot.image import CONTENT, CRASHED, DATA_FORMAT, INTERPRETER, OTHER_BOARD, TOO_OLD
from hemlarm_boot.imports import CHANGED, ImageError
from hemlarm_boot.loader import Started, loaded
from hemlarm_boot.slot_state import DUE, FAILED_MAX, KEPT, NO_COPIES, NO_TRIAL, PUT_BACK, SlotState

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from hemlarm_boot.image import Head, Image
    from hemlarm_boot.kept_data import Partition

TRIES = 2
"""Starts of a version on trial: the first may end by a power cut that says nothing about it."""

_SLOTS = "ab"
_BYTECODE = 6  # Of the compiler of MicroPython 1.23 and later: CPython, which runs none, takes the same images.
_BOARD_BYTES_MAX = 16


class Slots:
    """The slots in `root`, a folder: "" or "/flash". The loader calls `begin`; later they are `Started.open`ed.

    `board` is what the file "board" says, `running` the signed head of what runs (an `image.Head`: version, floor,
    data_format, abi, built_s, board, cloud_key, digest), and `slot` where that is, "a" or "b".
    """

    running: "Head"
    slot: str

    def __init__(self, root: str = "", started: "Started | None" = None) -> None:
        self._root = root.rstrip("/") + "/" if root else ""
        self._state = SlotState(self._root)
        self._started = started
        self._spare = 1
        self._abi = getattr(sys.implementation, "_mpy", _BYTECODE) & 0xFF
        if started is None:
            self.board = _first_line(self._root + "board")
        else:
            self._go_on(started)

    @property
    def on_trial(self) -> bool:
        """Whether what runs has yet to prove itself."""
        return self._started is not None and self._started.on_trial

    @property
    def floor(self) -> int:
        """The oldest version that may ever run here again."""
        return self._state.floor

    @property
    def note(self) -> "tuple[int, int] | None":
        """What was last refused or rolled back at a start, or given up: (version, reason of `upkeep`), until `told`."""
        state = self._state
        return (state.note_version, state.note_reason) if state.note_reason else None

    @property
    def failed(self) -> "list[bytes]":
        """Digests of the last four releases that were tried here and rolled back."""
        return self._state.failed

    @property
    def spare_path(self) -> str:
        """Where the spare slot's image lies; during a trial, what is on trial."""
        return self._path(self._spare)

    @property
    def part_path(self) -> str:
        """Where a download for the spare slot belongs: what is there never runs before `check` and `try_spare`."""
        return self._root + _SLOTS[self._spare] + ".part"

    @property
    def put_back_due(self) -> bool:
        """Whether `put_back` must be called before anything reads the settings or the configuration."""
        return self._state.copies == DUE

    @property
    def restored(self) -> bool:
        """Whether settings and configuration are those of before a trial, until `restored_known`.

        Numbers reserved since are not in them, so a new incarnation must begin before anything is sealed.
        """
        return self._state.copies == PUT_BACK

    def begin(self) -> "Started | None":
        """Decide what runs from this start on, and make it durable; None where nothing here may run.

        Only the loader calls it, once. The image that it returns has been checked to its last byte.
        """
        if not self._state.load():
            self._begin_anew()
        image = self._trial()
        on_trial = image is not None
        if image is None:
            image = self._proven()
        if self._state.copies == NO_COPIES and _is_there(self._root + "state.kept"):
            loaded("kept_data").forget(self._root)  # Power went before they were.
        if image is None:
            return None
        slot = _SLOTS[int(image.files.path == self._path(1))]
        started = self._started = Started(self._root, self.board, slot, image.files, image.head)
        started.on_trial = on_trial
        self._take(started)
        self._tell_started()
        return started

    def check(self, path: str, older: bool = False) -> int:
        """Return why the downloaded file at `path` may not run here, as a reason of `upkeep`, or 0: it may.

        Signature, board, bytecode, version, data format, and every file in it are checked. Only with `older` is a
        version taken that is not newer than what runs, and never one below the floor. It says nothing of `failed`.
        Raises OSError where there is no such file.
        """
        try:
            self._checked(path, older)
        except ImageError as error:
            reason: int = error.args[0]
            return reason
        return 0

    def spare_digest(self) -> "bytes | None":
        """Return the digest of the image in the spare slot, None where there is none that `check` would take."""
        try:
            return self._checked(self.spare_path, True).head.digest  # type: ignore[no-any-return]
        except (ImageError, OSError):
            return None

    def try_spare(self, flash: "Callable[[str], Partition]") -> int:
        """Put the download at `part_path` in the spare slot's place and have the next start try it: restart at once.

        Where there is no such file, what is in the spare slot is tried, so a repetition is without harm. Returns as
        `check` with `older`; with a reason nothing is tried. Where the data formats differ, the partitions "state" and
        "config" of `flash` (as `Board.flash`) are copied first, which takes a second. Raises OSError where the flash
        is full or fails: nothing is tried then. Raises ValueError during a trial.
        """
        if self.on_trial:
            raise ValueError("what runs is on trial itself; confirm() or give_up() and a restart come first")
        downloaded = _is_there(self.part_path)
        try:
            head = self._checked(self.part_path if downloaded else self.spare_path, True).head
        except ImageError as error:
            reason: int = error.args[0]
            return reason
        if downloaded:
            self._place_download()
        if head.data_format != self.running.data_format:
            loaded("kept_data").keep(self._root, flash)
        state = self._state
        state.active, state.active_version = 1 - self._spare, self.running.version
        state.tries, state.trial_version, state.trial_digest = 0, head.version, head.digest
        state.copies = KEPT if head.data_format != self.running.data_format else NO_COPIES
        self._save()
        return 0

    def confirm(self) -> None:
        """The version on trial has proved itself: it is the active one, and its floor holds. Without a trial, nothing.

        Raises OSError where that could not be written: it is still on trial then.
        """
        state = self._state
        if not self.on_trial or state.tries == NO_TRIAL:
            return
        state.active, state.active_version = self._spare, self.running.version
        state.floor = max(state.floor, self.running.floor)
        had_copies = state.copies != NO_COPIES
        state.tries, state.copies = NO_TRIAL, NO_COPIES
        self._save()
        self._has_proved_itself()
        if had_copies:
            loaded("kept_data").forget(self._root)

    def give_up(self, reason: int) -> None:
        """The version on trial has failed: the next start is the former's, so restart. Without a trial, nothing.

        Raises OSError where that could not be written: the starts of the trial run out all the same.
        """
        if self.on_trial and self._state.tries != NO_TRIAL:
            self._roll_back(reason)

    def crashed(self) -> None:
        """As `give_up`, of a version that ended by an exception; what cannot be written is left to the next start."""
        try:
            self.give_up(CHANGED if self._started and self._started.files.changed else CRASHED)
        except OSError:
            pass

    def told(self) -> None:
        """Forget `note`: the cloud has been told. Raises OSError."""
        if self._state.note_reason:
            self._state.note_version = self._state.note_reason = 0
            self._save()

    def put_back(self, flash: "Callable[[str], Partition]") -> bool:
        """Put "state" and "config" of `flash` back as they were before the trial, if that is due; cut, it is due again.

        `restored` is True from then on, over restarts too. Returns False where the copies are damaged: the partitions
        are as the trial left them. Raises OSError where the flash fails.
        """
        if not self.put_back_due:
            return True
        whole: bool = loaded("kept_data").put_back(self._root, flash)
        self._state.copies = PUT_BACK
        self._save()
        return whole

    def restored_known(self) -> None:
        """A new incarnation has begun and been saved: the copies go. Raises OSError."""
        if self.restored:
            self._state.copies = NO_COPIES
            self._save()
            loaded("kept_data").forget(self._root)

    def _go_on(self, started: "Started") -> None:
        """Know what the start decided, even where it could not be written, or cannot be read any more."""
        self.board = started.board
        self._take(started)
        state = self._state
        if not state.load():
            state.active, state.floor = 1 - self._spare, started.floor
            if started.on_trial:
                state.tries = TRIES
                state.trial_version, state.trial_digest = started.running.version, started.running.digest
            else:
                state.active_version = started.running.version

    def _take(self, started: "Started") -> None:
        self.running, self.slot = started.running, started.slot
        running = _SLOTS.index(started.slot)
        self._spare = running if started.on_trial else 1 - running

    def _has_proved_itself(self) -> None:
        if self._started is not None:
            self._started.on_trial = False
            self._take(self._started)
            self._tell_started()

    def _tell_started(self) -> None:
        state = self._state
        if self._started is not None:
            self._started.floor = state.floor
            self._started.news = self.on_trial or state.note_reason > 0 or state.copies in (DUE, PUT_BACK)

    def _path(self, slot: int) -> str:
        return self._root + _SLOTS[slot] + ".img"

    def _begin_anew(self) -> None:
        """Without any state, as after an installation: the newest image counts.

        Where another could stand in for it, whether it had ever proved itself is not known: so it is tried.
        """
        found = [image for image in (self._usable(0), self._usable(1)) if image]
        if not found:
            return
        newest = max(found, key=lambda image: image.head.version)
        state, base = self._state, newest
        for other in found:
            head = other.head
            if newest.head.floor <= head.version < newest.head.version and head.data_format == newest.head.data_format:
                base, state.tries = other, 0
                state.trial_version, state.trial_digest = newest.head.version, newest.head.digest
        state.active, state.active_version = int(base.files.path == self._path(1)), base.head.version
        state.floor = base.head.floor
        self._save_if_possible()

    def _trial(self) -> "Image | None":
        """Return the image to be tried by this start, if there is one; it is counted before it runs."""
        state = self._state
        if state.tries == NO_TRIAL:
            return None
        image = self._usable(1 - state.active)
        if state.tries >= TRIES or image is None or image.head.digest != state.trial_digest:
            self._roll_back_if_possible(CRASHED if state.tries >= TRIES else CHANGED)
            return None
        state.tries += 1
        return image if self._save_if_possible() else None

    def _proven(self) -> "Image | None":
        """Return the active image, or the other one where that is broken."""
        state = self._state
        broken, stand_in = state.active, 1 - state.active
        image = self._usable(broken)
        if image is None:
            image = self._usable(stand_in)
            if image is not None:
                state.note_version, state.note_reason = state.active_version, CONTENT
                state.active, state.active_version = stand_in, image.head.version
                state.copies = PUT_BACK if state.copies == PUT_BACK else NO_COPIES
                self._save_if_possible()
        return image

    def _usable(self, slot: int) -> "Image | None":
        try:
            return self._verified(self._path(slot))
        except (ImageError, OSError):
            return None

    def _verified(self, path: str) -> "Image":
        """Return the image at `path`, which could run on this board and may. Raises ImageError and OSError."""
        verification = loaded("verification")
        image: Image = verification.read(path, verification.trusted_keys(self._root + "trust"))
        if image.head.board != self.board:
            raise ImageError(OTHER_BOARD)
        if image.head.abi != self._abi:
            raise ImageError(INTERPRETER)
        if image.head.version < self._state.floor:
            raise ImageError(TOO_OLD)
        image.check_files()
        return image

    def _checked(self, path: str, older: bool) -> "Image":
        """Return the image at `path`, which could take over from what runs. Raises ImageError and OSError."""
        image = self._verified(path)
        running = self.running
        if image.head.version <= running.version and not older:
            raise ImageError(TOO_OLD)
        if image.head.data_format not in (running.data_format, running.data_format + 1):
            raise ImageError(DATA_FORMAT)
        return image

    def _place_download(self) -> None:
        """Move a download to the spare slot; a trial that waits for a restart was of what is there now."""
        if self._state.tries != NO_TRIAL:
            self._state.tries, self._state.copies = NO_TRIAL, NO_COPIES
            self._save()
        os.rename(self.part_path, self.spare_path)  # noqa: PTH104 - MicroPython has no pathlib.

    def _roll_back(self, reason: int) -> None:
        state = self._state
        state.note_version, state.note_reason = state.trial_version, reason
        if reason != CHANGED:  # Then it is not the release that is to blame.
            state.failed = (state.failed + [state.trial_digest])[-FAILED_MAX:]
        state.copies = DUE if state.copies == KEPT and state.tries else NO_COPIES
        state.tries = NO_TRIAL
        self._save()

    def _roll_back_if_possible(self, reason: int) -> None:
        try:
            self._roll_back(reason)
        except OSError:
            pass  # Nothing is tried all the same; the next start comes to the same end.

    def _save(self) -> None:
        try:
            self._state.save()
        except OSError:
            self._state.load()
            raise
        self._tell_started()

    def _save_if_possible(self) -> bool:
        try:
            self._save()
        except OSError:
            return False
        return True


def _is_there(path: str) -> bool:
    try:
        os.stat(path)  # noqa: PTH116
    except OSError:
        return False
    return True


def _first_line(path: str) -> str:
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            return file.read(_BOARD_BYTES_MAX + 2).decode().strip()
    except (OSError, UnicodeError):
        return ""
