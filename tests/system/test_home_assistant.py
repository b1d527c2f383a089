"""A home at a customer's real broker, beside a client that behaves as a Home Assistant does."""

import os
import socket
import struct
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from assisted_home import AssistedHome
from hemlarm_cloud.home_assistant import connections
from hemlarm_cloud.home_assistant.link import SWALLOWED_MAX, Broker, Link
from hemlarm_cloud.home_assistant.service import ASKED_A_MINUTE, HomeAssistantService
from hemlarm_cloud.homes import commands
from hemlarm_cloud.store import Store, schema
from hemlarm_cloud.store.schema_sites import account
from hemlarm_protocol import household
from home_assistant_support import LIMIT_S, Assistant, CustomersBroker, customers_house
from home_support import degrees
from registered_site import PANEL, VAULT

LOGIN = ("hemlarm", "blåsippa")
SOON_S = 1.0
"""What is promised from a change to its being told."""


class Told:
    """A home, the service that tells it, the customer's broker and the Home Assistant there."""

    def __init__(self, store: Store, broker: CustomersBroker, assistant: Assistant) -> None:
        self.store = store
        self.broker = broker
        self.assistant = assistant
        self.home = AssistedHome(store, remote_disarm="code")
        self.base = f"hemlarm/{self.home.site}/{PANEL}"
        self.service = self._service()
        self.service.start()

    def _service(self) -> HomeAssistantService:
        return HomeAssistantService(self.store, VAULT, lambda: self.home.now_ms, os.urandom, inward=True)

    def restart(self) -> None:
        """Stop the service and start another one."""
        self.service.stop()
        self.service = self._service()
        self.service.start()

    def connect(self, **values: Any) -> None:
        """Set the connection as its A, and wait until it stands."""
        user, password = self.broker.login or ("", None)
        self.home.connect(self.broker.address, user=user, password=password, **values)
        self.pass_time()
        self.assistant.expect(lambda known: known.get(f"hemlarm/{self.home.site}/online") == "online")
        self.assistant.expect(lambda known: f"{self.base}/lock2" in known)

    def pass_time(self, ms: int = 1_000) -> None:
        """So much later by the clock; connections are read again every second."""
        self.home.now_ms += ms

    def expect_state(self, thing: str, state: str) -> None:
        """Wait until a thing is so, as the Home Assistant knows it."""
        self.assistant.expect(lambda known: known.get(f"{self.base}/{thing}") == state)

    def commands(self) -> list[tuple[int, int]]:
        """What the panel was asked for: verb and argument."""
        with self.store.read() as reading:
            rows = reading.connection.execute(select(schema.command.c.verb, schema.command.c.argument))
            return [(row.verb, row.argument) for row in rows]

    def expect_commands(self, wanted: list[tuple[int, int]]) -> None:
        waited = threading.Event()
        for _ in range(int(LIMIT_S / 0.02)):
            if self.commands() == wanted:
                return
            waited.wait(0.02)
        raise AssertionError(self.commands())

    def problem(self) -> str:
        with self.store.read() as reading:
            return connections.show(reading, self.home.account(), self.home.site, self.home.now_ms).problem

    def expect_problem(self, part: str) -> None:
        waited = threading.Event()
        for _ in range(int(LIMIT_S / 0.02)):
            if part in self.problem():
                return
            waited.wait(0.02)
        raise AssertionError(self.problem())


def _nothing() -> None:
    pass


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Told]:
    store = Store.open(f"sqlite:///{tmp_path / 'store.db'}")
    with customers_house(tmp_path, LOGIN) as (broker, assistant):
        made = Told(store, broker, assistant)
        yield made
        made.service.stop()
    store.close()


def test_a_home_appears_and_what_changes_shows_within_a_second(told: Told) -> None:
    told.connect()
    alarm = told.assistant.config("alarm_control_panel")
    told.assistant.expect(lambda known: told.assistant.available(alarm))
    assert alarm["device"]["name"] == "Villa Berg"
    home = told.home
    warmer = partial(home.measure, (household.TEMPERATURE, 7, degrees(90)), at_ms=home.now_ms + 1)
    for change, thing, state in (
        (partial(home.tell, 3401, 1, user=2), "area1", "armed_away"),
        (partial(home.tell, 1131, 2, zone=2), "zone2", "ON"),
        (warmer, "temperature7", "9.0"),
    ):
        began = time.monotonic()
        change()
        told.expect_state(thing, state)
        assert time.monotonic() - began < SOON_S
    assert told.problem() == ""


def test_without_permission_nothing_that_is_asked_reaches_the_panel(told: Told) -> None:
    told.connect()
    topic = told.assistant.config("alarm_control_panel")["command_topic"]
    told.assistant.say(topic, '{"action": "ARM_AWAY", "code": null}')
    # What comes later has been told: what came before was read, and nothing was made of it.
    told.home.tell(3401, 1, user=2)
    told.assistant.expect(lambda known: known.get(f"{told.base}/area1") == "armed_away")
    assert told.commands() == []


def test_what_is_asked_goes_to_the_panel_and_what_is_refused_is_explained(told: Told) -> None:
    told.connect(commands=True)
    alarm, switch = told.assistant.config("alarm_control_panel"), told.assistant.config("switch")
    told.assistant.say(alarm["command_topic"], '{"action": "ARM_AWAY", "code": null}')
    told.expect_commands([(commands.ARM_AWAY, 1)])
    told.assistant.say(switch["command_topic"], "OFF")
    told.expect_commands([(commands.ARM_AWAY, 1), (commands.OFF, 1)])
    told.assistant.say(alarm["command_topic"], '{"action": "DISARM", "code": null}')
    answer = f"hemlarm/{told.home.site}/answer"
    told.assistant.expect(lambda known: "code: give the 4 to 6 digits" in known.get(answer, ""))
    told.assistant.say(alarm["command_topic"], '{"action": "DISARM", "code": "2580"}')
    told.expect_commands([(commands.ARM_AWAY, 1), (commands.OFF, 1), (commands.DISARM, 1)])


def test_hostile_and_retained_messages_do_nothing(told: Told) -> None:
    told.connect(commands=True)
    topic = told.assistant.config("alarm_control_panel")["command_topic"]
    told.assistant.say(topic, '{"action": "ARM_HOME", "code": null}', retain=True)
    told.expect_commands([(commands.ARM_HOME, 1)])
    for payload in (b"\xff" * 200, b"{" * 250, b"x" * 100_000, b'{"action": ["DISARM"]}', b""):
        told.assistant.say(topic, payload)
    for other in (f"{told.base}/area9/set", f"hemlarm/999/{PANEL}/area1/set", f"{told.base}/lock1/set"):
        told.assistant.say(other, "ARM_AWAY")
    told.restart()
    told.assistant.say(topic, '{"action": "ARM_NIGHT", "code": null}')
    told.assistant.expect(lambda known: known.get(f"hemlarm/{told.home.site}/online") == "online")
    told.assistant.say(topic, '{"action": "ARM_AWAY", "code": null}')
    waited = threading.Event()
    for _ in range(int(LIMIT_S / 0.05)):
        if (commands.ARM_AWAY, 1) in told.commands():
            break
        waited.wait(0.05)
    # Connecting again got the retained wish a second time, and asked for it only once.
    assert told.commands().count((commands.ARM_HOME, 1)) == 1
    assert (commands.ARM_AWAY, 1) in told.commands()
    assert {argument for _, argument in told.commands()} == {1}


def test_a_flood_of_wishes_is_held_back(told: Told) -> None:
    told.connect(commands=True)
    topic = told.assistant.config("switch")["command_topic"]
    answer = f"hemlarm/{told.home.site}/answer"
    waited = threading.Event()
    for _ in range(20 * ASKED_A_MINUTE):  # Of what comes at once some is dropped, and counts for nothing.
        if "a minute are the most" in told.assistant.known.get(answer, ""):
            break
        told.assistant.say(topic, "ON")
        waited.wait(0.02)
    told.assistant.expect(lambda known: "a minute are the most" in known.get(answer, ""))
    assert len(told.commands()) <= commands.UNANSWERED_MAX


def test_removing_takes_back_all_that_was_told(told: Told) -> None:
    told.connect(commands=True)
    with told.store.begin() as tx:
        connections.remove(tx, told.home.account(), told.home.site, told.home.now_ms)
    told.pass_time()
    told.assistant.expect(lambda known: not known)


def test_what_is_no_more_when_it_comes_back_is_taken_back(told: Told) -> None:
    told.connect()
    told.service.stop()
    told.assistant.expect(lambda known: known.get(f"hemlarm/{told.home.site}/online") == "offline")
    told.home.configure(2, zones=[{"number": 1, "type": "entry", "area": 1, "name": "Ytterdörr"}])
    told.restart()
    told.assistant.expect(lambda known: not any("zone2" in topic for topic in known))
    told.assistant.expect(lambda known: known.get(f"hemlarm/{told.home.site}/online") == "online")
    told.assistant.expect(lambda known: any("zone1" in topic for topic in known))


def test_a_broker_that_was_away_is_told_all_of_it_again(told: Told) -> None:
    told.connect()
    told.broker.stop()
    told.pass_time()
    told.expect_problem("connection ended")
    told.assistant.known.clear()
    told.home.tell(3401, 1, user=2)
    told.broker.start()
    told.assistant.expect(lambda known: known.get(f"{told.base}/area1") == "armed_away")
    told.expect_problem("")


def test_a_wrong_login_is_told(told: Told) -> None:
    told.home.connect(told.broker.address, user="hemlarm", password="wrong")
    told.pass_time()
    told.expect_problem("refused")


def test_who_may_not_see_the_home_any_more_tells_nothing_of_it(told: Told) -> None:
    told.connect()
    with told.store.begin() as tx:
        tx.connection.execute(update(account).where(account.c.id == 1).values(revoked_ms=1))
    told.pass_time(60_000)
    told.assistant.expect(lambda known: not any(topic.endswith("/config") for topic in known))
    told.expect_problem("has ended")


def test_a_broker_inside_is_not_connected_to_where_strangers_are_served(tmp_path: Path) -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    link = Link(1, Broker("localhost", listener.getsockname()[1], False, "", None, "homeassistant"), False, _nothing)
    link.start()
    waited = threading.Event()
    for _ in range(int(LIMIT_S / 0.02)):
        if "no public address" in link.problem:
            break
        waited.wait(0.02)
    link.end(clear=False)
    assert link.join(LIMIT_S)
    assert "no public address" in link.problem
    listener.settimeout(0)
    with pytest.raises(BlockingIOError):
        listener.accept()
    listener.close()


def test_a_broker_that_sends_without_an_end_is_left() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    taken: list[int] = []

    def flood() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(4096)
            connection.sendall(b"\x20\x02\x00\x00")
            subscribe = connection.recv(4096)
            identifier = subscribe[2:4]
            connection.sendall(b"\x90\x03" + identifier + b"\x00")
            # One message of 200 MB.
            connection.sendall(b"\x30\x80\x90\xaf\x5f" + struct.pack(">H", 1) + b"x")
            try:
                while len(taken) < 3_200:
                    connection.sendall(bytes(65_536))
                    taken.append(1)
            except OSError:
                return

    thread = threading.Thread(target=flood, daemon=True)
    thread.start()
    broker = Broker("127.0.0.1", listener.getsockname()[1], False, "", None, "homeassistant", inward=True)
    link = Link(1, broker, False, _nothing)
    link.start()
    thread.join(LIMIT_S)
    listener.close()
    link.end(clear=False)
    assert link.join(LIMIT_S)
    assert not thread.is_alive()
    assert len(taken) * 65_536 < 100 * SWALLOWED_MAX
