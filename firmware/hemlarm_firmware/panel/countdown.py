"""A delay that outlives a restart."""

# A stepped delay is saved this often. Two saves more for each delay, and a restart costs at most a third of it.
STEPS = 3


class Countdown:
    """Counts down to one moment, in ms, and knows what a restart would leave of it.

    `left_ms` is what the snapshot keeps. Plain: the whole delay, so that a restart begins it again. Stepped: what will
    certainly remain at the next step, so that no number of restarts makes the delay longer than it was, and a panel
    that is switched off and on again and again still gets to the end of it.
    """

    def __init__(self) -> None:
        self.deadline_ms: int | None = None
        self.left_ms = 0
        self._step_ms = 0

    def start(self, now_ms: int, length_ms: int) -> None:
        """Starts a plain delay."""
        self.deadline_ms = now_ms + length_ms
        self.left_ms = length_ms
        self._step_ms = 0

    def start_stepped(self, now_ms: int, length_ms: int, whole_ms: int) -> None:
        """Starts a stepped delay: `length_ms` of it remain out of `whole_ms`."""
        self.deadline_ms = now_ms + length_ms
        self._step_ms = whole_ms // STEPS + 1
        self.left_ms = max(0, length_ms - self._step_ms)

    def stop(self) -> None:
        """No moment is awaited any more."""
        self.deadline_ms = None
        self.left_ms = 0

    def next_ms(self) -> "int | None":
        """When there is something to do: the end, or before it the next step."""
        if self.deadline_ms is None or not self._step_ms:
            return self.deadline_ms
        return self.deadline_ms - self.left_ms

    def is_over(self, now_ms: int) -> bool:
        """True when the moment has come; also moves the steps on."""
        if self.deadline_ms is None:
            return False
        while self._step_ms and self.left_ms and now_ms >= self.deadline_ms - self.left_ms:
            self.left_ms = max(0, self.left_ms - self._step_ms)
        return now_ms >= self.deadline_ms


def earlier(first_ms: "int | None", second_ms: "int | None") -> "int | None":
    """The earlier of two moments; None never comes."""
    if first_ms is None or (second_ms is not None and second_ms < first_ms):
        return second_ms
    return first_ms
