"""A keypad of five rows and four columns on a fake expander: pressed keys connect their row with their column."""

from fake_chips import FakeMcp23017

_ROWS = 5
_NAMES = "1 2 3 away 4 5 6 home 7 8 9 night back 0 ok off up down fire hold-up"


class KeypadWires:
    """The switches. `pressed` are names of keys; without diodes, as it is built, three in a corner feign a fourth."""

    def __init__(self, expander: FakeMcp23017) -> None:
        self.pressed: list[str] = []
        expander.wires = self._pulled

    def _pulled(self, driven: int, levels: int) -> int:
        """The columns that are connected with a row that is driven low, by however many keys."""
        names = _NAMES.split(" ")
        switches = [(names.index(key) // 4, names.index(key) % 4) for key in self.pressed]
        low_rows = {row for row in range(_ROWS) if driven >> row & 1 and not levels >> row & 1}
        low_columns: set[int] = set()
        for _ in range(len(switches) + 1):
            low_columns |= {column for row, column in switches if row in low_rows}
            low_rows |= {row for row, column in switches if column in low_columns}
        return sum([1 << 8 + column for column in low_columns])
