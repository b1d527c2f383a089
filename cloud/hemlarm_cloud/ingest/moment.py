"""Now, by both clocks."""

from typing import NamedTuple


class Moment(NamedTuple):
    """One moment: `unix_ms` since 1970, for what is stored and told; `steady_ms` on a clock that is never set.

    Durations are differences of `steady_ms` only. The wall clock may jump by hours, back and forth, and nothing that
    waits may wait longer or shorter for it.
    """

    unix_ms: int
    steady_ms: int

    @property
    def ahead_ms(self) -> int:
        """What the wall clock shows more than the steady one."""
        return self.unix_ms - self.steady_ms
