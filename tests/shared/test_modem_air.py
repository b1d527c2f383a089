"""What a mobile path costs a day, and whether somebody jams it: counted and judged without a clock of their own."""

from hemlarm_firmware.modem.air import Air
from hemlarm_firmware.modem.jamming import SLOT_MS, Jamming

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

DAY_MS = 86_400_000
HOME, SEARCHING, DENIED = 1, 2, 3
STRONG, WEAK = -60, -100


def test_an_exchange_costs_ten_seconds_on_the_air() -> None:
    air = Air()
    assert air.totals(0) == (0, 0, 0, 0, 0, 0, 0)
    air.exchange(5_000)
    assert air.totals(5_000)[0] == 10
    air.exchange(60_000)
    assert air.totals(60_000)[0] == 20


def test_exchanges_within_the_tail_cost_only_what_they_add() -> None:
    air = Air()
    for now_ms in (0, 1, 4_000, 13_500):
        air.exchange(now_ms)
    assert air.totals(13_500)[0] == 24  # 23.5 s, of which a second was begun.


def test_bytes_and_messages_are_counted_and_are_exchanges() -> None:
    air = Air()
    air.sent(300, 0)
    air.received(90, 20_000)
    air.received(5, 40_000)
    air.texted(60_000)
    assert air.totals(60_000) == (40, 300, 95, 1, 0, 0, 0)


def test_a_day_of_uptime_that_is_over_is_kept_for_one_day() -> None:
    air = Air()
    air.sent(7, DAY_MS - 1)
    air.received(3, DAY_MS - 1)
    assert air.totals(DAY_MS) == (0, 0, 0, 0, 10, 7, 3)
    air.sent(1, DAY_MS)
    assert air.totals(DAY_MS) == (1, 1, 0, 0, 10, 7, 3)
    assert air.totals(2 * DAY_MS) == (0, 0, 0, 0, 1, 1, 0)
    assert air.totals(3 * DAY_MS) == (0, 0, 0, 0, 0, 0, 0)


def test_of_a_day_that_was_skipped_nothing_is_told() -> None:
    air = Air()
    air.sent(7, 0)
    assert air.totals(2 * DAY_MS) == (0, 0, 0, 0, 0, 0, 0)


class Judge:
    """A `Jamming` that is shown one look each slot."""

    def __init__(self) -> None:
        self.told: list[tuple[Any, ...]] = []
        self.jamming = Jamming(self._tell)
        self._slot = 1000

    def _tell(self, *what: "Any") -> None:
        self.told.append(what)

    def look(self, registration: int, signal_dbm: int, times: int = 1) -> "list[tuple[Any, ...]]":
        """Look so many times; return what was told since the last call."""
        for _ in range(times):
            self._slot += 1
            self.jamming.look(registration, signal_dbm, self._slot * SLOT_MS)
        told, self.told = self.told, []
        return told


def test_a_lost_network_with_a_strong_signal_for_half_a_minute_is_jammed() -> None:
    judge = Judge()
    judge.look(HOME, STRONG)
    assert judge.look(SEARCHING, STRONG, 5) == []
    assert judge.look(SEARCHING, STRONG) == [("jammed", True)]
    assert judge.look(SEARCHING, STRONG, 100) == []


def test_half_a_minute_in_pieces_counts_within_a_minute_only() -> None:
    judge = Judge()
    for _ in range(5):
        assert judge.look(HOME, STRONG) == judge.look(SEARCHING, STRONG) == []
    assert judge.look(HOME, STRONG) == []
    assert judge.look(SEARCHING, STRONG) == [("jammed", True)]
    sparse = Judge()
    for _ in range(50):
        assert sparse.look(HOME, STRONG, 2) == sparse.look(SEARCHING, STRONG) == []


def test_jamming_is_over_when_nothing_was_blocked_for_a_minute() -> None:
    judge = Judge()
    judge.look(HOME, STRONG)
    judge.look(SEARCHING, STRONG, 6)
    assert judge.look(HOME, STRONG, 11) == []
    assert judge.look(SEARCHING, STRONG) == []
    assert judge.look(HOME, STRONG, 11) == []
    assert judge.look(HOME, STRONG) == [("jammed", False)]


def test_looks_a_minute_apart_end_it_as_well() -> None:
    judge = Judge()
    judge.look(HOME, STRONG)
    judge.look(SEARCHING, STRONG, 6)
    judge._slot += 12
    assert judge.look(HOME, STRONG) == [("jammed", False)]


def test_a_weak_signal_a_denying_network_and_a_modem_that_just_started_are_not_jammed() -> None:
    for registration, signal_dbm in ((SEARCHING, WEAK), (DENIED, STRONG), (SEARCHING, -255)):
        judge = Judge()
        judge.look(HOME, STRONG)
        assert judge.look(registration, signal_dbm, 100) == []
    judge = Judge()
    assert judge.look(SEARCHING, STRONG, 100) == []
    judge.look(HOME, STRONG)
    judge.jamming.restarted()
    assert judge.look(SEARCHING, STRONG, 100) == []


def test_a_restart_does_not_end_what_has_begun() -> None:
    judge = Judge()
    judge.look(HOME, STRONG)
    judge.look(SEARCHING, STRONG, 6)
    judge.jamming.restarted()
    assert judge.look(SEARCHING, STRONG, 100) == []


def test_a_modem_that_watches_itself_is_believed_until_it_is_registered_again() -> None:
    judge = Judge()
    judge.jamming.watched = True
    judge.look(HOME, STRONG)
    assert judge.look(SEARCHING, STRONG, 100) == []
    judge.jamming.heard("+QJDR: JAMMED")
    judge.jamming.heard("+QJDR: JAMMED")
    assert judge.look(SEARCHING, WEAK, 30) == [("jammed", True)]
    judge.jamming.heard("+QJDR: NOJAMMING")
    assert judge.look(SEARCHING, WEAK) == [("jammed", False)]
    judge.jamming.heard("+QJDR: JAMMED")
    assert judge.look(HOME, STRONG) == [("jammed", True), ("jammed", False)]
