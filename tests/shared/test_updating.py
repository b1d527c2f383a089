"""Updates on the panel: the download, the offer that is kept, the verdict on a trial, and what is answered."""

import asyncio
import os

from boot_support import BOARD, KEY, digest_of, image, new_folder, started, tried, write
from fake_board import FakeBoard, Reset
from hemlarm_boot.slots import Slots
from hemlarm_firmware import trial, trying, update_offer
from hemlarm_firmware.app import App
from hemlarm_firmware.download import SYNC_BYTES, Download
from hemlarm_firmware.panel import inputs
from hemlarm_firmware.trial import TRIAL_LIMIT_MS, TRIAL_OK_MS, Trial
from hemlarm_firmware.updating import WINDOW
from hemlarm_firmware.upkeep_requests import Upkeep
from hemlarm_protocol import messages, upkeep
from hemlarm_protocol.panel_end import GREETING, OPEN
from support import raises

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

OLD, NEW = 1005, 1006
ID, LATER = b"offer id", 1 << 31
TAKEN_OVER, NOT_TAKEN_OVER = 1413, 1414
PART = messages.CONFIG_BYTES_MAX


_folders: "list[str]" = []


def empty_folder() -> str:
    """Return the one folder of these tests with nothing in it: on MicroPython it lies in memory until the end."""
    if not _folders:
        _folders.append(new_folder())
    for name in os.listdir(_folders[0]):  # noqa: PTH208  MicroPython has no pathlib.
        os.remove(_folders[0] + "/" + name)  # noqa: PTH107
    return _folders[0]


def installed(version: int, floor: int = 1000) -> str:
    """Return that folder as the installation leaves it."""
    root = empty_folder()
    write(root, "trust", KEY.public)
    write(root, "board", BOARD.encode())
    write(root, "a.img", image(version, floor=floor))
    return root


def content(size: int) -> bytes:
    return (bytes([(7 * place) & 0xFF for place in range(256)]) * (size // 256 + 1))[:size]


def read(path: str) -> bytes:
    with open(path, "rb") as file:  # noqa: PTH123
        return file.read()


def offer_of(whole: bytes, version: int = NEW, offer_id: bytes = ID) -> "Any":
    return upkeep.UpdateOffer(offer_id, 5, LATER, version, len(whole), digest_of(whole))


class Panel:
    """A panel on these slots, in a session whose messages a test carries. It says things into `said`."""

    def __init__(self, root: "str | None") -> None:
        self.board = FakeBoard()
        begun = Slots(root).begin() if root else None
        self.board.slots = lambda: begun  # type: ignore[method-assign, assignment]
        self.said: list[Any] = []

    def boot(self) -> "Any":
        """Start the panel. Only within an event loop."""
        self.app = App(self.board)
        self.app.start()
        self.acknowledge()
        self.app.end.state = OPEN
        self.app.uplink.tell = self.said.append  # type: ignore[method-assign, assignment]
        self.app.uplink.answer = self._answered  # type: ignore[method-assign, assignment]
        return self.app

    def acknowledge(self) -> None:
        """The cloud has every event."""
        record = self.app.recorder.take()
        while record is not None:
            self.app.recorder.acknowledge(record)
            record = self.app.recorder.take()

    def last_event(self) -> "Any":
        """What was journalled last."""
        return self.app.recorder.look_up(self.app.recorder.next_number - 1)

    async def happens(self, *fact: "Any") -> "list[Any]":
        """The link tells something; returns what the panel says to that."""
        self.said.clear()
        self.app._happened(fact)
        for _ in range(4):
            await asyncio.sleep(0)
        return list(self.said)

    def _answered(self, asked: bytes, status: int, detail: int) -> None:
        self.said.append((asked, status, detail))


def run(story: "Callable[[], Any]") -> None:
    asyncio.run(story())


def test_a_download_takes_what_comes_next_and_nothing_else() -> None:
    path, whole = empty_folder() + "/b.part", content(3_000)
    download = Download(path, len(whole))
    assert download.take(0, whole[:1_000])
    assert not download.take(0, whole[:1_000])
    assert not download.take(2_000, whole[2_000:])
    assert not download.take(1_000, whole[1_000:] + b"!")
    assert download.got == 1_000
    assert download.take(1_000, whole[1_000:])
    assert download.is_whole
    assert read(path) == whole


def test_a_download_goes_on_behind_what_is_in_the_file_and_throws_away_what_is_too_long() -> None:
    path, whole = empty_folder() + "/b.part", content(3 * SYNC_BYTES)
    first = Download(path, len(whole))
    assert first.take(0, whole[: SYNC_BYTES + 5])
    first.close()
    second = Download(path, len(whole))
    assert second.got == SYNC_BYTES + 5
    assert second.take(second.got, whole[second.got :])
    assert read(path) == whole
    assert Download(path, 10).got == 0
    assert Download(path, len(whole)).got == 0


def test_a_downloads_digest_is_that_of_the_head_whatever_follows() -> None:
    root = empty_folder()
    whole = image(NEW)
    write(root, "b.part", whole)
    assert Download(root + "/b.part", len(whole)).digest() == digest_of(whole)
    write(root, "b.part", b"none")
    assert Download(root + "/b.part", 4).digest() != digest_of(whole)


def test_an_offer_is_kept_and_a_damaged_one_is_none() -> None:
    path = update_offer.path_beside(empty_folder() + "/b.part")
    assert update_offer.load(path) is None
    offer = update_offer.Offer(ID, 5, NEW, 300_000, bytes(32))
    offer.state, offer.reason, offer.faults, offer.recorded = upkeep.ROLLED_BACK, upkeep.CRASHED, 6, 1
    offer.save(path)
    again: Any = update_offer.load(path)
    for name in ("id", "user", "version", "size", "digest", "state", "reason", "faults", "recorded"):
        assert getattr(again, name) == getattr(offer, name), name
    kept = read(path)
    for place in range(len(kept)):
        spoilt = bytearray(kept)
        spoilt[place] ^= 1
        write(path[: path.rfind("/")], "offer", bytes(spoilt))
        assert update_offer.load(path) is None, place
    write(path[: path.rfind("/")], "offer", b"")
    assert update_offer.load(path) is None


class Tried:
    """As much of a panel as a verdict asks about."""

    def __init__(self) -> None:
        self.state, self.opened_ms = GREETING, 0
        self.failing = [False] * 5
        self.promised: list[int] = []
        self.nudges = 0
        self.end = self.condition = self.watchdog = self.board = self

    def promise(self, task: int, at_ms: int) -> None:
        self.promised.append(task)

    def nudge(self) -> None:
        self.nudges += 1


def test_a_trial_needs_a_session_that_holds_and_tasks_that_answer() -> None:
    app: Any = Tried()
    watched = Trial(app, 0)
    assert watched.verdict(1_000) == trial.WAITING
    app.state, app.opened_ms = OPEN, 5_000
    assert watched.verdict(6_000) == trial.WAITING
    assert (app.promised, app.nudges) == ([1], 1), "inputs are asked once"
    assert watched.verdict(5_000 + TRIAL_OK_MS - 1) == trial.WAITING
    app.state = GREETING
    assert watched.verdict(50_000) == trial.WAITING
    app.state, app.opened_ms = OPEN, 60_000
    assert watched.verdict(61_000) == trial.WAITING
    assert watched.verdict(59_000 + TRIAL_OK_MS) == trial.WAITING, "another session began"
    assert watched.verdict(60_000 + TRIAL_OK_MS) == 0


def test_a_trial_without_a_session_is_over_in_time_and_one_with_a_new_fault_at_once() -> None:
    app: Any = Tried()
    assert Trial(app, 0).verdict(TRIAL_LIMIT_MS - 1) == trial.WAITING
    assert Trial(app, 0).verdict(TRIAL_LIMIT_MS) == upkeep.NO_CONTACT
    app.failing[2] = True
    assert Trial(app, 0).verdict(1) == upkeep.SELF_TEST
    assert Trial(app, trial.faults(app)).verdict(1) == trial.WAITING, "the version before had that fault too"


def test_a_panel_that_runs_from_no_slots_refuses_every_offer_once_and_forgets_what_it_took() -> None:
    async def story() -> None:
        panel = Panel(None)
        app = panel.boot()
        for _ in range(2):
            assert await panel.happens("upkeep", offer_of(image(NEW))) == [(ID, inputs.REFUSED, upkeep.OTHER_BOARD)]
            assert app.upkeep is None

    run(story)


def test_an_offer_is_answered_loaded_checked_and_put_on_trial() -> None:
    async def story() -> None:
        root, whole = installed(OLD), image(NEW)
        panel = Panel(root)
        panel.boot()
        state, answer, wanted = await panel.happens("upkeep", offer_of(whole))
        assert (state.state, answer, wanted) == (
            upkeep.LOADING,
            (ID, inputs.DONE, 0),
            upkeep.UpdateWanted(ID, 0, WINDOW),
        )
        assert await panel.happens("upkeep", offer_of(whole)) == [(ID, inputs.DONE, 0)], (
            "the same answer, no other deed"
        )
        said = []
        for start in range(0, len(whole), PART):
            said += await panel.happens("upkeep", upkeep.UpdatePart(ID, start, whole[start : start + PART]))
        assert [told.state for told in said if isinstance(told, upkeep.UpdateState)] == [upkeep.READY, upkeep.TRIAL]
        assert panel.board.ended == 1, "restarted"
        assert started(root).on_trial

    run(story)


def test_an_offer_below_the_floor_or_too_large_is_refused_and_what_runs_already_is_said_to_run() -> None:
    async def story() -> None:
        root = installed(OLD, floor=OLD)
        panel = Panel(root)
        panel.boot()
        (older,) = await panel.happens("upkeep", offer_of(image(1004), 1004))
        assert older == (ID, inputs.REFUSED, upkeep.TOO_OLD)
        large = upkeep.UpdateOffer(b"large   ", 5, LATER, NEW, 1 << 20, bytes(32))
        (answer,) = await panel.happens("upkeep", large)
        assert answer == (b"large   ", inputs.REFUSED, upkeep.NO_ROOM)
        said = await panel.happens("upkeep", offer_of(read(root + "/a.img"), OLD, b"the same"))
        assert said[0] == (b"the same", inputs.DONE, 0)
        assert said[1].state == upkeep.RUNNING
        assert panel.last_event().qcode == TAKEN_OVER

    run(story)


def test_what_was_rolled_back_is_told_after_the_restart_until_the_cloud_has_it() -> None:
    async def story() -> None:
        root, whole = installed(OLD), image(NEW)
        slots = tried(root, whole)
        offer = update_offer.Offer(ID, 5, NEW, len(whole), digest_of(whole))
        offer.state = upkeep.TRIAL
        offer.save(root + "/offer")
        slots.give_up(upkeep.NO_CONTACT)
        panel = Panel(root)
        app = panel.boot()
        await asyncio.sleep(0)
        event = panel.last_event()
        assert (event.qcode, event.user, event.detail) == (NOT_TAKEN_OVER, 5, upkeep.NO_CONTACT)
        (told,) = await panel.happens("opened")
        assert (told.id, told.state, told.reason, told.version) == (ID, upkeep.ROLLED_BACK, upkeep.NO_CONTACT, OLD)
        app.recorder.land()
        panel.acknowledge()
        assert await panel.happens("acknowledged", b"kidk", 1) == []
        assert app.upkeep is None
        assert update_offer.load(root + "/offer") is None
        assert started(root).note is None

    run(story)


def test_where_the_memory_was_too_small_the_trial_begins_before_the_panel_is_loaded() -> None:
    root, whole = installed(OLD), image(NEW)
    write(root, "b.part", whole)
    offer = update_offer.Offer(ID, 5, NEW, len(whole), digest_of(whole))
    offer.state = upkeep.TRIAL
    offer.save(root + "/offer")
    raises(Reset, trying.at_start, FakeBoard(), started(root))
    slots = started(root)
    assert slots.on_trial
    assert slots.running.version == NEW


def test_what_may_not_be_tried_then_is_refused_and_never_looked_at_again() -> None:
    root = installed(OLD)
    write(root, "b.part", image(NEW))
    offer = update_offer.Offer(ID, 5, NEW, len(image(NEW)), bytes(32))
    offer.state = upkeep.TRIAL
    offer.save(root + "/offer")
    trying.at_start(FakeBoard(), started(root))
    kept: Any = update_offer.load(root + "/offer")
    assert (kept.state, kept.reason) == (upkeep.REFUSED, upkeep.CHANGED)
    assert Download(root + "/b.part", 10).got == 0
    trying.at_start(FakeBoard(), started(root))


def test_upkeep_keeps_the_keys_module_only_while_it_wants_to_stay() -> None:
    async def story() -> None:
        panel = Panel(None)
        app = panel.boot()
        keeper = Upkeep(app)
        app.upkeep = keeper
        keeper._keys = Keys()
        keeper.told(("upkeep", upkeep.Credential(ID, 1, 9, 0, b"ab")))
        assert app.upkeep is keeper
        keeper.told(("upkeep", upkeep.Credential(ID, 1, 9, 2, b"c")))
        assert app.upkeep is None

    run(story)


class Keys:
    """Stands in for `key_keeping`: it stays for pieces of two bytes."""

    def take(self, _app: "Any", message: "Any") -> bool:
        return len(message.data) == 2
