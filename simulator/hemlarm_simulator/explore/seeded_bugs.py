"""Bugs that can be planted to see the explorer find them. No product knows of them.

Those of the panel are in `shadow/seeded_bugs.py`, where the firmware runs; those of the cloud are here.
"""

from collections.abc import Callable
from typing import Any

from hemlarm_protocol import sealing
from hemlarm_simulator.virtual.ingest import VirtualCloud
from hemlarm_simulator.virtual.lying_core import LyingCore

ON_THE_PANEL = (
    "number-reused-after-a-torn-write",
    "bypass-not-saved",
    "acknowledgement-without-the-tag-check",
    "settings-written-in-place",
    "retransmission-stops-after-a-reconnect",
    "command-executed-before-its-result-is-journalled",
    "void-range-off-by-one",
    "clock-jump-moves-a-timer",
    "urgency-order-ignored-when-the-window-is-full",
    "watchdog-reset-loses-the-entry-delay",
    "never-fails-over",
    "path-restore-not-told",
    "sms-acknowledgement-without-the-tag-check",
)
_EVENTS_MAX = 1_000_000
_PROGRAM = "seeded_bugs"
_FIRMWARE = "hemlarm_firmware.app"


class UnknownBugError(ValueError):
    """No bug is called so."""


def check(bug: str) -> str:
    """Returns the name of a bug, or "" for none. Raises UnknownBugError."""
    if bug and bug not in NAMES:
        raise UnknownBugError(f"{bug!r} is no bug that can be planted; there are {', '.join(NAMES)}")
    return bug


def program(bug: str) -> str:
    """The module that the panel runs."""
    return _PROGRAM if bug in ON_THE_PANEL else _FIRMWARE


def credentials(bug: str) -> dict[str, Any]:
    """What the panel's program is told beside who it is."""
    return {"bug": bug} if bug in ON_THE_PANEL else {}


def plant(bug: str, core: LyingCore, cloud: VirtualCloud) -> None:
    """Plants a bug of the cloud's into a new ingest core; one of the panel's does nothing here."""
    if bug in _IN_THE_CLOUD:
        _IN_THE_CLOUD[bug](core, cloud)


def _acknowledge_first(core: LyingCore, cloud: VirtualCloud) -> None:
    commit = core.commit

    def hasty(*now: Any) -> list[tuple[str, bytes]]:
        batch: Any = core._batch
        for received in batch.events:
            end = batch.panels[received.panel].end
            end.acknowledge([(received.kid, received.number, sealing.short_tag(received.sealed))])
            cloud._publish([(received.panel, frame) for frame in end.to_send()])
        return commit(*now)

    core.commit = hasty  # type: ignore[method-assign, assignment]


def _forget_the_incarnation(core: LyingCore, _cloud: VirtualCloud) -> None:
    write_events = core._write_events

    def careless(tx: Any, batch: Any, now: Any) -> Any:
        panels = {received.panel for received in batch.events}
        stored = [event for panel in panels for event in tx.events(panel, limit=_EVENTS_MAX)]
        known = {(event.panel, event.number): event.kid for event in stored}
        all_events = batch.events
        kept = [each for each in all_events if known.get((each.panel, each.number), each.kid) == each.kid]
        batch.events = kept
        outcomes = iter(write_events(tx, batch, now))
        batch.events = all_events
        return [next(outcomes) if each in kept else "duplicate" for each in all_events]

    core._write_events = careless  # type: ignore[method-assign]


_IN_THE_CLOUD: dict[str, Callable[[LyingCore, VirtualCloud], None]] = {
    "acknowledged-before-the-commit": _acknowledge_first,
    "duplicate-filter-keyed-by-number-alone": _forget_the_incarnation,
}

NAMES = ("acknowledged-before-the-commit", *ON_THE_PANEL, "duplicate-filter-keyed-by-number-alone")
"""All that can be planted."""
