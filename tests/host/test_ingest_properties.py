"""Whatever happens between panel and store, in the end each journalled event is in the store exactly once."""

from collections import Counter

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from hemlarm_protocol import keys, messages
from ingest_support import BURGLARY, FIRE, PANEL, RESTORE, ROOT_KEY
from ingest_weather import Weather

EVENTS_MAX = 60
"""As many as the bench's journal holds, acknowledged ones included."""

places = st.integers(0, 7)


class AnyWeather(RuleBasedStateMachine):
    """Sends, losses, repetitions, other orders, failing commits, crashes, restarts and restored stores."""

    def __init__(self) -> None:
        super().__init__()
        self.weather = Weather()
        self.copies = [self.weather.store.backup()]
        self.weather.connect()
        self.weather.settle(1)

    @precondition(lambda self: len(self.weather.recorded) < EVENTS_MAX)
    @rule(qcode=st.sampled_from([BURGLARY, RESTORE, FIRE]), count=st.integers(1, 9))
    def record(self, qcode: int, count: int) -> None:
        for _ in range(count):
            self.weather.record(qcode)

    @precondition(lambda self: self.weather.up)
    @rule(place=places, how=st.sampled_from(["deliver", "deliver", "deliver", "repeat", "lose"]))
    def line_up(self, place: int, how: str) -> None:
        place %= len(self.weather.up)
        if how == "lose":
            self.weather.up.pop(place)
        else:
            self.weather.deliver_up(place, keep=how == "repeat")

    @precondition(lambda self: self.weather.down)
    @rule(place=places, how=st.sampled_from(["deliver", "deliver", "deliver", "repeat", "lose"]))
    def line_down(self, place: int, how: str) -> None:
        place %= len(self.weather.down)
        if how == "lose":
            self.weather.down.pop(place)
        else:
            self.weather.deliver_down(place, keep=how == "repeat")

    @rule()
    def everything_arrives(self) -> None:
        self.weather.exchange()

    @precondition(lambda self: len(self.weather.recorded) < EVENTS_MAX)
    @rule(qcode=st.sampled_from([BURGLARY, RESTORE]))
    def a_good_time(self, qcode: int) -> None:
        self.weather.connect()
        self.weather.record(qcode)
        self.weather.settle(1)

    @rule(trouble=st.sampled_from(["", "", "full", "before-commit", "after-commit"]))
    def commit(self, trouble: str) -> None:
        self.weather.commit(trouble)

    @rule()
    def crash(self) -> None:
        self.weather.start_ingest()

    @rule()
    def back_up(self) -> None:
        self.copies.append(self.weather.store.backup())

    @rule(place=places)
    def restore(self, place: int) -> None:
        self.weather.restore(self.copies[-1 - place % len(self.copies)])

    @rule()
    def wake(self) -> None:
        self.weather.wake()

    @rule()
    def connect(self) -> None:
        self.weather.connect()

    @rule()
    def disconnect(self) -> None:
        self.weather.disconnect()

    @rule()
    def reboot(self) -> None:
        self.weather.reboot()

    @precondition(lambda self: len(self.weather.panel.memory.salts) < messages.SALTS_MAX)
    @rule()
    def begin_incarnation(self) -> None:
        self.weather.begin_incarnation()

    @precondition(lambda self: self.weather.store_knows_every_key())
    @rule()
    def forget_state(self) -> None:
        # What neither the panel nor the store knows the key of is lost: no copy may be older than that.
        self.copies = [self.weather.store.backup()]
        self.weather.forget_state()

    @rule(hours=st.integers(-30, 30))
    def set_the_clouds_clock(self, hours: int) -> None:
        self.weather.wrong_ms = hours * 3_600_000

    @invariant()
    def nothing_is_there_twice(self) -> None:
        stored = Counter((event.kid, event.number) for event in self.weather.stored())
        assert not [event for event, count in stored.items() if count > 1]

    def teardown(self) -> None:
        weather = self.weather
        weather.connect()
        weather.settle()
        stored = {(event.kid, event.number) for event in weather.stored()}
        owed = weather.journalled()
        assert owed <= stored, sorted(number for _, number in owed - stored)
        assert {event for event in stored if event in weather.recorded} == stored - self.voids()
        present = keys.journal_key(ROOT_KEY, PANEL, weather.panel.memory.salts[0]).kid
        with weather.store.begin() as tx:
            assert tx.missing(weather.panel.id, present, weather.panel.recorder.next_number) == []
            assert tx.alerts(weather.panel.id) == []
        weather.store.close()

    def voids(self) -> set[tuple[bytes, int]]:
        """The void records in the store, which the panel makes by itself."""
        return {(event.kid, event.number) for event in self.weather.stored() if event.qcode == 0}


TestAnyWeather = AnyWeather.TestCase
TestAnyWeather.settings = settings(
    max_examples=50, stateful_step_count=40, suppress_health_check=list(HealthCheck), deadline=None
)
