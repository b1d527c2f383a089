"""Messages to services of people's own choice: by apprise, in a process that can do nothing else."""

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from handled_site import NOON_MS, VAULT, notices_of
from hemlarm_cloud.errors import ConflictError, InvalidError, NotFoundError
from hemlarm_cloud.notices import app_addresses, outward
from hemlarm_cloud.notices.apps import AppsSender
from hemlarm_cloud.notices.apps_child import Cage
from hemlarm_cloud.notices.sending import Sender
from hemlarm_cloud.notices.trouble import SendError
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.schema_access import notice_address
from small_server import SmallServer, serving
from told_house import ToldHouse


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{tmp_path / 'store.db'}")
    yield opened
    opened.close()


@pytest.fixture
def service() -> Iterator[SmallServer]:
    with serving() as server:
        yield server


def house_at(store: Store, address: str) -> ToldHouse:
    """A house with one message to send to an address."""
    house = ToldHouse(store)
    with store.begin() as tx:
        app_addresses.add(tx, VAULT, house.actor(), house.accounts[0], "Home", address, NOON_MS, inward=True)
    house.choose(power=("apps",))
    house.happen(1301)
    assert len(house.told()) == 1
    return house


def send(store: Store, **options: Any) -> Any:
    Sender(store, "apps", AppsSender(store, VAULT, **options).send).send_due(NOON_MS)
    return notices_of(store)[0]


def test_a_message_arrives_as_json(store: Store, service: SmallServer) -> None:
    house_at(store, service.url("/hook", "json"))
    assert send(store, inward=True).state == "sent"
    (posted,) = service.posted
    told = json.loads(posted.body)
    assert posted.path.rstrip("/") == "/hook"
    assert told["title"] == "Villa Björk: strömavbrott"
    assert told["message"].startswith("Strömmen är borta i Villa Björk sedan")


def test_what_the_service_answers_is_told_without_the_address(store: Store, service: SmallServer) -> None:
    house = house_at(store, service.url("/secret-hook", "json"))
    service.status = 500
    notice = send(store, inward=True)
    assert (notice.state, notice.problem) == ("waiting", "the service answered 500")
    assert house.cases() == []


def test_an_address_inside_is_not_connected_to_whatever_it_is_called(store: Store, service: SmallServer) -> None:
    house_at(store, service.url("/hook", "json").replace("127.0.0.1", "localhost"))
    notice = send(store)
    assert service.posted == []
    assert notice.state == "failed"
    assert notice.problem == "the address leads to no public address; private_targets = 'yes' allows others"


def test_no_redirect_leads_elsewhere(store: Store, service: SmallServer) -> None:
    house_at(store, service.url("/hook", "json"))
    service.status, service.location = 307, service.url("/inside")
    assert send(store, inward=True).state != "sent"
    assert [posted.path.rstrip("/") for posted in service.posted] == ["/hook"]


def test_a_service_that_never_answers_is_left(store: Store, service: SmallServer) -> None:
    house_at(store, service.url("/hook", "json"))
    service.hold = threading.Event()
    notice = send(store, inward=True, patience_s=1.5)
    assert (notice.state, notice.problem) == ("waiting", "the service did not answer within 2 s")


def test_a_removed_address_is_sent_nothing(store: Store, service: SmallServer) -> None:
    house = house_at(store, service.url("/hook", "json"))
    with store.begin() as tx:
        (address,) = app_addresses.of_account(tx, house.actor(), house.accounts[0])
        app_addresses.remove(tx, house.actor(), house.accounts[0], address.id)
    assert send(store, inward=True).problem == "the address has been removed"
    assert service.posted == []


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("ntfys://my-topic", "ntfys://my-topic"),
        ("tgram://123456789:abcdefg_hijklmnop/12315544/", "tgram://"),
        ("https://discord.com/api/webhooks/4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js", "discord://4174216298/"),
        ("jsons://8.8.8.8/hook", "jsons://8.8.8.8/hook"),
    ],
)
def test_known_services_are_taken(given: str, kept: str) -> None:
    assert app_addresses.check(given, inward=False).startswith(kept)


@pytest.mark.parametrize(
    "given",
    [
        "json://example.com/", "http://example.com/", "https://example.com/", "file:///etc/passwd", "exec://id",
        "mailto://user:pass@example.com", "dbus://", "syslog://", "mqtts://example.com/topic", "windows://",
        "jsons://127.0.0.1/hook", "jsons://localhost/hook", "jsons://10.0.0.1/", "jsons://169.254.169.254/latest",
        "jsons://[::1]/", "jsons://[::ffff:10.0.0.1]/", "jsons://0/", "jsons://2130706433/", "workflows://x/y/z",
        "", "jsons://", "nonsense", "jsons://example.com/\n/", "jsons://example.com/" + "x" * 1100,
    ],
)  # fmt: skip
def test_other_addresses_are_refused_without_repeating_them(given: str) -> None:
    with pytest.raises(InvalidError) as told:
        app_addresses.check(given, inward=False)
    assert "passwd" not in str(told.value)
    assert "hook" not in str(told.value).replace("webhook", "")


def test_addresses_are_sealed_bounded_and_each_owners_alone(store: Store) -> None:
    house = ToldHouse(store)
    with store.begin() as tx:
        for number in range(10):
            app_addresses.add(tx, VAULT, house.actor(), house.accounts[0], "Home", f"ntfys://topic-{number}", NOON_MS)
        with pytest.raises(ConflictError, match="10 addresses"):
            app_addresses.add(tx, VAULT, house.actor(), house.accounts[0], "Home", "ntfys://topic", NOON_MS)
        with pytest.raises(NotFoundError):
            app_addresses.add(tx, VAULT, house.actor(1), house.accounts[0], "Home", "ntfys://topic", NOON_MS)
        with pytest.raises(NotFoundError):
            app_addresses.of_account(tx, house.actor(1), house.accounts[0])
        with pytest.raises(NotFoundError):
            app_addresses.remove(tx, house.actor(1), house.accounts[1], 1)
        assert not any(b"topic" in sealed for sealed in tx.connection.scalars(select(notice_address.c.address)))
        opened = app_addresses.opened(tx, VAULT, 1)
        assert opened is not None
        assert opened.startswith("ntfys://topic-0")


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True), ("2001:4860:4860::8888", True), ("::ffff:8.8.8.8", True),
        ("127.0.0.1", False), ("10.1.2.3", False), ("172.16.0.1", False), ("192.168.1.1", False), ("0.0.0.0", False),
        ("169.254.169.254", False), ("100.64.0.1", False), ("224.0.0.1", False), ("255.255.255.255", False),
        ("::1", False), ("::", False), ("fe80::1", False), ("fd00::1", False), ("ff02::1", False),
        ("::ffff:127.0.0.1", False), ("64:ff9b::7f00:1", False), ("2002:7f00:1::", False), ("localhost", False),
    ],
)  # fmt: skip
def test_only_the_open_internet_is_public(address: str, public: bool) -> None:
    assert outward.is_public(address) is public


def test_a_name_of_which_one_address_is_inside_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [(socket.AF_INET, 1, 6, "", ("8.8.8.8", 443)), (socket.AF_INET, 1, 6, "", ("10.0.0.1", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answers)
    with pytest.raises(SendError) as told:
        outward.addresses("rebinding.example", 443, inward=False)
    assert told.value.for_good
    assert outward.addresses("rebinding.example", 443, inward=True) == ["8.8.8.8", "10.0.0.1"]


def test_who_drips_an_answer_does_not_hold_us_up() -> None:
    listener = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            for _ in range(10_000):
                try:
                    connection.send(b"X")
                    connection.recv(1, socket.MSG_DONTWAIT)
                except BlockingIOError:
                    continue
                except OSError:
                    return

    thread = threading.Thread(target=drip, daemon=True)
    thread.start()
    with pytest.raises(SendError, match=r"127\.0\.0\.1: "):
        outward.post(f"http://127.0.0.1:{listener.getsockname()[1]}/", {}, b"x", inward=True)
    thread.join(10)
    listener.close()


CAGED = """
import sys
from hemlarm_cloud.notices.apps_child import Cage, own_files
import os, socket, subprocess
sys.addaudithook(Cage({inward}, own_files()).watch)
{what}
"""


@pytest.mark.parametrize(
    "what",
    [
        "open('/etc/passwd')", "open('/proc/self/environ')", "open('/tmp/hemlarm-written', 'w')",
        "open(os.__file__, 'r+')", "os.system('true')", "subprocess.run(['true'])", "os.fork()",
        "socket.socket().bind(('127.0.0.1', 0))", "socket.socket(socket.AF_UNIX).connect('/run/x')",
        "os.remove('/tmp/hemlarm-none')", "os.execv('/bin/true', ['true'])", "import ctypes; ctypes.CDLL(None)",
        "socket.socket().connect(('127.0.0.1', 9))", "socket.socket().connect(('localhost', 9))",
        "socket.socket(type=socket.SOCK_DGRAM).sendto(b'', ('10.0.0.1', 9))",
    ],
)  # fmt: skip
def test_the_process_is_caged(what: str) -> None:
    code = CAGED.format(inward=False, what=what)
    ended = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, timeout=20)
    assert ended.stderr.strip().splitlines()[-1].startswith("PermissionError")


def test_the_cage_lets_public_addresses_and_its_own_files_pass() -> None:
    cage = Cage(False, ("/opt/python",))
    cage.watch("socket.connect", (None, ("8.8.8.8", 443)))
    cage.watch("open", ("/opt/python/lib/x.py", "r", 0))
    cage.watch("import", ("json", None, None, None, None))
    assert not cage.refused
    with pytest.raises(PermissionError):
        cage.watch("open", ("/opt/python/../../etc/shadow", "r", 0))
    with pytest.raises(PermissionError):
        cage.watch("socket.connect", (None, ("10.0.0.1", 443)))
    assert cage.refused
