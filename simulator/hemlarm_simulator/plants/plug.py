"""A smart plug: it does as the panel tells it, has a button of its own, and feeds what hangs on it."""


class Plug:
    """What hangs on it takes `load_w` while it is on."""

    def __init__(self, number: int, load_w: int) -> None:
        self.number = number
        self.on = False
        self._load_w = load_w

    @property
    def power_w(self) -> int:
        """What it feeds now."""
        return self._load_w if self.on else 0

    def switch(self, on: bool) -> None:
        """The panel switches it."""
        self.on = on

    def press(self) -> None:
        """Somebody presses its button, of which the panel hears nothing."""
        self.on = not self.on
