"""Bugs to plant in what speaks to other receiving centres, so that the fuzzer's checks can be seen to find them."""

from typing import Any

import pytest

from hemlarm_cloud.forward import receivers, sender
from hemlarm_cloud.forward.facts import Delivered
from hemlarm_cloud.trade import dc09, dc09_data


def _holds_any_length(patch: pytest.MonkeyPatch) -> None:
    taken = dc09.Splitter._taken

    def careless(self: dc09.Splitter, piece: bytes) -> bytes:
        longest, dc09.TELEGRAM_MAX = dc09.TELEGRAM_MAX, 1 << 30
        try:
            return taken(self, piece)
        finally:
            dc09.TELEGRAM_MAX = longest

    patch.setattr(dc09.Splitter, "_taken", careless)


def _times_that_are_trusted(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(dc09, "_time_ms", lambda text: None if text is None else int(text[:2]) // (24 - int(text[:2])))


def _padding_up_to_the_last_bar(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(dc09, "_without_pad", lambda data, _account, _kind: data.rpartition("|")[2])


def _events_without_end(patch: pytest.MonkeyPatch) -> None:
    read = dc09_data.read_sia_dcs

    def boundless(data: str) -> Any:
        events = read(data) if data.count("/") < 16 else []
        assert events, "more events than one telegram has"
        return events

    patch.setattr(dc09_data, "read_sia_dcs", boundless)


def _waits_for_no_time(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(receivers.Receivers, "probe_in_ms", lambda self, _now_ms: 0 if self._rounds else None)
    patch.setattr(sender.Sender, "wait_ms", lambda self, _now_ms: 0)


def _takes_what_was_turned_down_for_delivered(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(sender.Sender, "_put_off", lambda self, _why: [Delivered(self._items.popleft(), "primary")])


def _goes_on_behind_what_was_put_off(patch: pytest.MonkeyPatch) -> None:
    put_off = sender.Sender._put_off

    def hasty(self: sender.Sender, why: str) -> Any:
        waiting = list(self._items)[1:]
        facts = put_off(self, why)
        self._items.clear()
        self._items.extend(waiting)
        return facts

    patch.setattr(sender.Sender, "_put_off", hasty)


PLANTED = [
    ("dc09", _holds_any_length),
    ("dc09", _times_that_are_trusted),
    ("dc09", _padding_up_to_the_last_bar),
    ("dc09", _events_without_end),
    ("forward", _waits_for_no_time),
    ("forward", _takes_what_was_turned_down_for_delivered),
    ("forward", _goes_on_behind_what_was_put_off),
]
