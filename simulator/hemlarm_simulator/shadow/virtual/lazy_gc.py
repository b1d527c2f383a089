"""The interpreter's `gc` without its threshold: garbage is collected when the heap is full, or when it is asked for.

Collecting early keeps free memory in large pieces, which matters in months and on a board. In a search for faults over
thousands of panel-days it is half of all the time.
"""

import gc
import sys


class LazyCollector:
    """Stands in for the module."""

    def __getattr__(self, name: str) -> object:
        return getattr(gc, name)

    def threshold(self, _amount: int = -1) -> int:
        """Takes no notice."""
        return -1


def install() -> None:
    """Every module that imports `gc` from now on gets the stand-in."""
    sys.modules["gc"] = LazyCollector()  # type: ignore[assignment]
