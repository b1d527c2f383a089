"""What the keypad and its menus need of the panel: for type checkers only, nothing imports it on a board."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Protocol

    from hemlarm_firmware.panel.cause import Cause
    from hemlarm_firmware.panel.config import Config

    class AreaView(Protocol):
        """An area as the keypad sees it; `state` as in `tables`."""

        @property
        def number(self) -> int: ...
        @property
        def state(self) -> int: ...

    class ZoneView(Protocol):
        """A zone as the keypad sees it."""

        @property
        def number(self) -> int: ...
        @property
        def name(self) -> str: ...
        @property
        def area(self) -> int: ...
        @property
        def open(self) -> bool: ...
        @property
        def bypassed(self) -> bool: ...

        def may_bypass(self) -> bool:
            """Whether a person may take it out of the alarm."""

    class PanelView(Protocol):
        """The panel's side of the keypad. The caller has set who acts, in the cause."""

        @property
        def areas(self) -> Sequence[AreaView]: ...
        @property
        def zones(self) -> Sequence[ZoneView]: ...
        @property
        def chime(self) -> bool: ...
        @property
        def walking(self) -> bool: ...

        def time_s(self, now_ms: int) -> int | None:
            """UTC, or None while the clock is not set."""

        def is_quiet(self, user: Config) -> bool:
            """Whether the user's areas are disarmed and no alarm sounds or is latched."""

        def blockers(self, user: Config, mode: int) -> Sequence[ZoneView]:
            """The zones that refuse this arming."""

        def arm(self, user: Config, mode: int, force: bool, cause: Cause) -> bool:
            """Arms the user's areas, or returns False and leaves them; `force` bypasses the blockers."""

        def disarm(self, user: Config, duress: bool, cause: Cause) -> None:
            """Disarms the user's areas and silences; reports duress."""

        def bypass(self, zone: int, on: bool, cause: Cause) -> bool:
            """Bypasses a zone or takes it in again; False when it may not be."""

        def set_chime(self, on: bool) -> None:
            """Whether doors chime."""

        def begin_walk_test(self, cause: Cause) -> bool:
            """False when it cannot begin now."""

        def end_walk_test(self, cause: Cause) -> None:
            """Ends it."""

        def begin_yearly_test(self, cause: Cause) -> bool:
            """False when it cannot begin now."""
