"""The firmware with one bug planted, to see the explorer find it: a program in the place of `hemlarm_firmware.app`.

The bug's name comes with the credentials. Each is a few lines put in the place of what does it right; the firmware
itself knows of none.
"""

from hemlarm_firmware import app, requests
from hemlarm_firmware import board as boards
from hemlarm_firmware.clock import Clock
from hemlarm_firmware.memory import Memory
from hemlarm_firmware.panel import inputs, snapshot, tables
from hemlarm_firmware.recorder import Recorder
from hemlarm_firmware.settings import Settings
from hemlarm_protocol import sealing
from hemlarm_protocol.panel_end import PanelEnd

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from hemlarm_firmware.board import Board


def _number_reused(_board: "Board") -> None:
    """After a restart the numbering goes on behind what the journal holds whole, not behind what was set aside."""
    start = Recorder.start

    def reuse(self: "Any") -> None:
        self.next_number = max(self._journal.highest(self._key.kid) + 1, 1)
        start(self)

    Recorder.start = reuse  # type: ignore[method-assign]


def _bypass_not_saved(_board: "Board") -> None:
    take = snapshot.take

    def forgetful(*arguments: "Any") -> "Any":
        state = take(*arguments)
        for zone in state["zones"]:
            zone[2] = 0
        return state

    snapshot.take = forgetful  # type: ignore[assignment]


def _tag_not_checked(_board: "Board") -> None:
    acknowledge = PanelEnd._acknowledge

    def trusting(self: "Any", kid: bytes, number: int, tag: bytes, now_ms: int) -> None:
        for flight in self._flights:
            if flight.record.number == number and flight.record.kid == kid:
                tag = sealing.short_tag(flight.record.sealed)
        acknowledge(self, kid, number, tag, now_ms)

    PanelEnd._acknowledge = trusting  # type: ignore[method-assign]


def _settings_in_place(_board: "Board") -> None:
    save = Settings.save

    def in_place(self: "Any", data: bytes, whole: "Any" = None) -> None:
        self._look()
        for at in range(0, self._flash.size, self._flash.sector_size):
            self._flash.erase(at)
        self._newest, self._end, self._limit = -1, 0, self._half
        save(self, whole() if whole else data)

    Settings.save = in_place  # type: ignore[method-assign]


def _retransmission_stops(_board: "Board") -> None:
    """What was on its way when the connection ended is never given back to the journal."""

    def flies_on(_self: "Any") -> None:
        pass

    Recorder.land = flies_on  # type: ignore[method-assign, assignment]


def _answer_after_the_deed(_board: "Board") -> None:
    def hasty(self: "Any", command: "Any") -> "tuple[int, int]":
        happened = (inputs.COMMAND, command.verb, command.argument, command.user)
        outputs = self._app.core.handle(happened, self._app.clock.uptime_ms())
        answer = next((output[1], output[2]) for output in outputs if output[0] == "result")
        self._app.perform(outputs)
        self._app.memory.remember_answer(command.id, answer[0], answer[1])
        return answer

    requests.Requests._decide = hasty  # type: ignore[method-assign]


def _void_off_by_one(_board: "Board") -> None:
    """The range starts with the last number that was used."""
    start = Recorder.start

    def started(self: "Any") -> None:
        tell = self._tell_what_is_left

        def wrong() -> "Any":
            for void in self._voids:
                void[0] -= void[0] > 1
            return tell()

        self._tell_what_is_left = wrong
        start(self)
        self._tell_what_is_left = tell

    Recorder.start = started  # type: ignore[method-assign]


def _clock_moves_timers(_board: "Board") -> None:
    set_clock = Clock.set

    def moving(self: "Any", unix_ms: int) -> None:
        before = self._epoch_ms
        set_clock(self, unix_ms)
        if before >= 0:
            self._uptime_ms = max(0, self._uptime_ms + self._epoch_ms - before)

    Clock.set = moving  # type: ignore[method-assign]


def _no_overtaking(_board: "Board") -> None:
    def stays(_self: "Any", _now_ms: int) -> None:
        pass

    PanelEnd._overtake = stays  # type: ignore[method-assign, assignment]


def _entry_delay_lost(board: "Board") -> None:
    recover = Memory._recover

    def careless(self: "Any", data: bytes) -> None:
        recover(self, data)
        for area in self.core["areas"] if self.core and board.reset_cause()[0] == boards.WATCHDOG else ():
            if area["state"] == tables.ENTRY_DELAY:
                area["state"], area["left_ms"], area["entry_zone"] = tables.ARMED, 0, 0

    Memory._recover = careless  # type: ignore[method-assign]


def _never_fails_over(_board: "Board") -> None:
    """The mobile path is tried now and then, and never used because the other one is dead."""
    from hemlarm_firmware.link.paths import Paths

    def calm(_self: "Any", _now_ms: int) -> None:
        pass

    Paths._race = calm  # type: ignore[method-assign, assignment]
    Paths._needs_mobile = lambda _self, _now_ms: False  # type: ignore[method-assign, assignment]


def _restore_not_told(_board: "Board") -> None:
    from hemlarm_firmware.link.path import OnePath

    judge = OnePath._judge

    def gloomy(self: "Any", way: "Any", now_ms: int) -> None:
        judge(self, way, now_ms)
        if self.decisions[-1:] == [("path", way.number, True)]:
            self.decisions.pop()

    OnePath._judge = gloomy  # type: ignore[method-assign]


def _text_tag_not_checked(_board: "Board") -> None:
    from hemlarm_protocol import messages, sms_end

    received, decode = sms_end.SmsEnd.received, messages.decode

    def trusting(self: "Any", octets: bytes, now_ms: int) -> "Any":
        def corrected(*arguments: "Any") -> "Any":
            message: Any = decode(*arguments)
            for waiting in self._waiting:
                for at in range(0, len(message.acks), 2):
                    if waiting.record.number == message.acks[at]:
                        message.acks[at + 1] = sealing.short_tag(waiting.record.sealed)
            return message

        messages.decode = corrected  # type: ignore[assignment]
        try:
            return received(self, octets, now_ms)
        finally:
            messages.decode = decode

    sms_end.SmsEnd.received = trusting  # type: ignore[method-assign]


_BUGS = {
    "number-reused-after-a-torn-write": _number_reused,
    "bypass-not-saved": _bypass_not_saved,
    "acknowledgement-without-the-tag-check": _tag_not_checked,
    "settings-written-in-place": _settings_in_place,
    "retransmission-stops-after-a-reconnect": _retransmission_stops,
    "command-executed-before-its-result-is-journalled": _answer_after_the_deed,
    "void-range-off-by-one": _void_off_by_one,
    "clock-jump-moves-a-timer": _clock_moves_timers,
    "urgency-order-ignored-when-the-window-is-full": _no_overtaking,
    "watchdog-reset-loses-the-entry-delay": _entry_delay_lost,
    "never-fails-over": _never_fails_over,
    "path-restore-not-told": _restore_not_told,
    "sms-acknowledgement-without-the-tag-check": _text_tag_not_checked,
}


async def main(board: "Board") -> None:
    """Run the firmware with the bug that the credentials name."""
    credentials: Any = board.credentials()
    _BUGS[credentials["bug"]](board)
    await app.main(board)
