"""A panel and its cloud over a network that loses, doubles, delays and changes frames; a listener plays old ones.

The two shells around the ends are as small as they can be: they do what `docs/architecture.md` asks of them and no
more. What must hold at every moment is checked at every step; what must hold in the end, by `calm`.
"""

from collections.abc import Iterator
from typing import Any

from hemlarm_protocol import cloud_end, flights, keys, messages, panel_end, sealing
from session_support import CLOUD_AHEAD_MS, PANEL, ROOT_KEY, Chance, Cloud, Panel, changed

RECORDED_MAX = 300
DELAY_MAX_MS = 20_000
REASONS_MAX = 25
WAITS_MS = (1, 30, 200, 500, 3000, 6000, 12_000, 70_000)
HOUSE = ("event", "wait") * 8 + ("command", "command", "reconnect", "reboot", "new_incarnation")
CLOUD = ("restart_cloud", "back_up", "restore")
LISTENER = ("replay", "replay", "replay", "corrupt", "noise")
NAMES = HOUSE + CLOUD + LISTENER
CLOCK_ERROR_MAX_MS = panel_end.HELLO_LIFE_MS
"""How old the time in an answer can be when the panel takes it."""


class BadNetwork:
    """`weather` is how many of a hundred frames are hurt. All times are ms since the world began."""

    def __init__(self, seed: int, weather: int) -> None:
        self.chance = Chance(seed)
        self.panel = Panel(seed + 1)
        self.cloud = Cloud(seed + 2)
        self.weather = weather
        self.latency_ms = 20
        self.now_ms = 0
        self.booted_ms = 0
        self.flying: list[tuple[int, int, str, bytes]] = []
        self.recorded: list[bytes] = []
        self.committed: dict[tuple[bytes, int], bytes] = {}
        self.backup: tuple[dict[tuple[bytes, int], bytes], list[bytes]] = ({}, [])
        self.commands = 0
        self.executed: list[bytes] = []
        self.order = 0
        self.panel.end.connected(0)
        self.carry()

    # What can happen.

    def event(self, urgency: int) -> None:
        """Something happens in the house."""
        self.panel.event(urgency)
        self.panel.end.poke(self.uptime_ms())
        self.carry()

    def reconnect(self) -> None:
        """The connection breaks: what was on it is lost, and a new one is made."""
        self.flying = []
        self.panel.end.disconnected()
        self.panel.end.connected(self.uptime_ms())
        self.carry()

    def reboot(self) -> None:
        """The panel starts anew: its memory is empty and its clock begins at zero."""
        self.flying = []
        self.panel.boot()
        self.booted_ms = self.now_ms
        self.panel.end.connected(0)
        self.carry()

    def new_incarnation(self) -> None:
        """The panel's numbering begins anew under another salt. A Hello can name three."""
        if len(self.panel.salts) < messages.SALTS_MAX:
            self.panel.salts = (self.chance(16), *self.panel.salts)
            self.panel.key = keys.journal_key(ROOT_KEY, PANEL, self.panel.salts[0])
            self.panel.next_number = 1
            self.reboot()

    def restart_cloud(self) -> None:
        """The cloud's process dies; its store stays."""
        self.cloud.restart()

    def back_up(self) -> None:
        """Copy the store."""
        self.backup = dict(self.cloud.events), list(self.cloud.salts)

    def restore(self) -> None:
        """The store is what it was when it was copied."""
        self.cloud.events, self.cloud.salts = dict(self.backup[0]), list(self.backup[1])
        self.cloud.restart()

    def command(self) -> None:
        """The user wants something; each command is sent once, so it may arrive at most once."""
        self.commands += 1
        name = b"%08d" % self.commands
        self.cloud.end.command(messages.Command(name, 4, 1, 1, 0xFFFFFFFF))
        self.carry()

    def replay(self) -> None:
        """Play an old frame to both ends."""
        self.inject(self.any_recorded())

    def corrupt(self) -> None:
        """Play an old frame with one bit changed to both ends."""
        frame = self.any_recorded()
        self.inject(changed(frame, self.chance.below(8 * len(frame))))

    def noise(self) -> None:
        """Play bytes that nobody sealed, behind a key id that both ends may know."""
        size = sealing.SIZES[self.chance.below(len(sealing.SIZES))]
        self.inject((self.any_recorded()[: self.chance.below(40)] + self.chance(1100))[: size + 4])

    def wait(self, ms: int) -> None:
        """Let time pass: frames arrive, deadlines come."""
        end_ms = self.now_ms + ms
        for _ in range(20_000):
            next_ms = min([at for at, *_ in self.flying] + [self.deadline_ms()])
            if next_ms > end_ms:
                self.now_ms = end_ms
                return
            self.now_ms = max(next_ms, self.now_ms)
            self.deliver()
            if self.deadline_ms() <= self.now_ms:
                self.panel.end.wake(self.uptime_ms())
            self.carry()
        raise AssertionError("the ends never rest")

    def calm(self) -> None:
        """From now on the network is good: in the end the store holds each event once, and nothing is pending."""
        self.weather = 0
        self.wait(DELAY_MAX_MS)
        self.wait(200_000)
        journalled = {(record.kid, record.number): record.sealed for record in self.panel.journal.records}
        assert self.cloud.events == journalled
        assert self.panel.journal.pending == 0
        assert self.panel.end.state == panel_end.OPEN
        assert self.cloud.end.hello is not None

    def anything(self) -> None:
        """Let something happen, by chance: events and waiting more often than the rest."""
        name = NAMES[self.chance.below(len(NAMES))]
        if name == "event":
            self.event(self.chance.below(8))
        elif name == "wait":
            self.wait(WAITS_MS[self.chance.below(len(WAITS_MS))])
        else:
            getattr(self, name)()

    # The network.

    def uptime_ms(self) -> int:
        """Return the panel's own time."""
        return self.now_ms - self.booted_ms

    def deadline_ms(self) -> int:
        """Return when the panel wants to be woken, in the world's time."""
        deadline = self.panel.end.deadline_ms()
        assert deadline is not None
        return deadline + self.booted_ms

    def any_recorded(self) -> bytes:
        """Return some frame that once was on the line."""
        return self.recorded[self.chance.below(len(self.recorded))]

    def inject(self, frame: bytes) -> None:
        """Give a frame of the listener's to both ends."""
        self.cloud.heard([frame], self.now_ms)
        self.panel.heard([frame], self.uptime_ms())
        self.carry()

    def carry(self) -> None:
        """Serve both shells and put what the ends say on the line."""
        self.serve_panel()
        self.serve_cloud()
        for way, end in (("up", self.panel.end), ("down", self.cloud.end)):
            for frame in end.to_send():
                self.recorded = [*self.recorded[1 - RECORDED_MAX :], frame]
                for at_ms, arriving in self.hurt(frame):
                    self.order += 1
                    self.flying.append((at_ms, self.order, way, arriving))
        self.check()

    def hurt(self, frame: bytes) -> Iterator[tuple[int, bytes]]:
        """Yield when and as what a frame arrives: never, once, twice, late or changed."""
        on_time = self.now_ms + self.latency_ms
        if self.chance.below(100) >= self.weather:
            yield on_time, frame
            return
        fate = self.chance.below(4)
        if fate == 1:
            yield on_time, frame
            yield self.now_ms + self.chance.below(DELAY_MAX_MS), frame
        elif fate == 2:
            yield self.now_ms + self.chance.below(DELAY_MAX_MS), frame
        elif fate == 3:
            yield on_time, changed(frame, self.chance.below(8 * len(frame)))

    def deliver(self) -> None:
        """Hand over what has arrived by now."""
        due = sorted(item for item in self.flying if item[0] <= self.now_ms)
        self.flying = [item for item in self.flying if item[0] > self.now_ms]
        for _, _, way, frame in due:
            if way == "up":
                self.cloud.heard([frame], self.now_ms)
            else:
                self.panel.heard([frame], self.uptime_ms())

    # The shells.

    def serve_panel(self) -> None:
        """Do what the panel's end asks of its shell, and check what it reports."""
        for kind, *details in self.panel.end.happenings():
            if kind == "acknowledged":
                kid, number = details
                assert (kid, number) in self.committed, "acknowledged and never committed"
            elif kind == "time":
                assert 0 <= self.now_ms + CLOUD_AHEAD_MS - details[0] <= CLOCK_ERROR_MAX_MS, "an old time"
            elif kind == "command":
                self.executed.append(details[0].id)
                self.panel.end.answer(details[0].id, 0, 0)
            elif kind == "resend":
                self.panel.journal.recall(*details[0])
                self.panel.end.poke(self.uptime_ms())
            elif kind == "reconnect":
                self.flying = []
                self.panel.end.disconnected()
                self.panel.end.connected(self.uptime_ms())

    def serve_cloud(self) -> None:
        """Remember what was ever committed, and ask for what the store lacks once nothing is on its way."""
        self.committed.update(self.cloud.events)
        for fact in self.cloud.take_facts():
            if fact[0] == "heartbeat" and fact[1].pending == 0:
                self.ask_for_gaps(fact[1])

    def ask_for_gaps(self, heartbeat: Any) -> None:
        """Of the present incarnation the heartbeat tells the end; of older ones only their panel knows it."""
        for index, salt in enumerate(self.cloud.end.hello.salts):
            kid = self.cloud.end.learn(salt)
            known = {number for its_kid, number in self.cloud.events if its_kid == kid}
            if index:
                self.cloud.end.ask_again(kid, 1, messages.U32)
                continue
            missing = [number for number in range(1, heartbeat.next_number) if number not in known]
            if missing:
                self.cloud.end.ask_again(kid, missing[0], missing[-1])

    def check(self) -> None:
        """What must hold at every moment."""
        assert len(self.executed) == len(set(self.executed)), "a command was carried out twice"
        assert len(self.panel.end._flights) <= flights.IN_FLIGHT_MAX
        assert len(self.cloud.end._candidates) <= cloud_end.CANDIDATES_MAX
        assert len(self.cloud.end._journal_keys) <= cloud_end.JOURNAL_KEYS_MAX
        for end in (self.panel.end, self.cloud.end):
            assert len(end.refusals.counts) <= REASONS_MAX
            assert end.to_send() == []
