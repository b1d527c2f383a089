"""The broker's process is started, killed, wiped and started again; clients come back and traffic flows."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from broker_support import PANEL_A, TIMEOUT_S, Site, await_true, now, open_site, require
from hemlarm_cloud.authority import Authority
from hemlarm_cloud.broker import Broker, BrokerError, start_broker
from hemlarm_cloud.broker.child import Child, find_program
from hemlarm_protocol import topics

KINDS = ["nats", "mosquitto"]


@pytest.fixture(params=KINDS)
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    site = open_site(request.param, tmp_path)
    yield site
    site.close()


def keep_everything(site: Site) -> None:
    """Lose nothing but the process."""


def wipe_the_data(site: Site) -> None:
    site.broker.wipe()


def delete_the_folder(site: Site) -> None:
    shutil.rmtree(site.folder / "broker")


@pytest.mark.parametrize("loss", [keep_everything, wipe_the_data, delete_the_folder], ids=lambda loss: loss.__name__)
def test_after_sigkill_clients_come_back_to_the_same_port_and_traffic_flows(
    site: Site, loss: Callable[[Site], None]
) -> None:
    cloud, panel = site.cloud(), site.panel(PANEL_A)
    port = site.broker.port
    site.broker.kill()
    assert not site.broker.running
    loss(site)
    site.broker.start()
    assert site.broker.port == port
    for client, topic in ((cloud, topics.UP_FILTER), (panel, topics.down(PANEL_A))):
        client.await_connections(2)
        client.subscribe(topic)
    panel.publish(topics.up(PANEL_A), b"up")
    cloud.await_message(b"up")
    cloud.publish(topics.down(PANEL_A), b"down")
    panel.await_message(b"down")


def test_data_may_be_wiped_under_a_running_broker(site: Site) -> None:
    cloud, panel = site.cloud(), site.panel(PANEL_A)
    site.broker.wipe()
    panel.publish(topics.up(PANEL_A), b"up")
    cloud.await_message(b"up")
    site.broker.kill()
    site.broker.start()
    panel.await_connections(2)


def test_a_stopped_broker_starts_again(site: Site) -> None:
    site.broker.stop()
    assert not site.broker.running
    site.broker.stop()
    site.broker.start()
    site.panel(PANEL_A)


def test_starting_a_running_broker_changes_nothing(site: Site) -> None:
    panel = site.panel(PANEL_A)
    site.broker.start()
    panel.publish(topics.up(PANEL_A), b"up")
    assert panel.connections == 1


def test_the_process_outlives_the_thread_that_started_it_but_not_us(tmp_path: Path) -> None:
    program = """
import sys, threading
from pathlib import Path
from hemlarm_cloud.broker.child import Child
def start():
    global child
    child = Child(["sleep", "1000"], Path(sys.argv[1]))
thread = threading.Thread(target=start)
thread.start()
thread.join()
print(child.pid, child.running, flush=True)
sys.stdin.read()
"""
    parent = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path / "output")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert parent.stdout is not None
    pid, running = parent.stdout.readline().split()
    assert running == b"True"
    await_true(lambda: is_process(int(pid)), "the child runs")
    parent.kill()
    parent.communicate()
    if shutil.which("setpriv") is None:
        os.kill(int(pid), signal.SIGKILL)
        pytest.skip("Debian package util-linux is missing")
    await_true(lambda: not is_process(int(pid)), "the child is gone")


def test_a_broker_started_by_a_thread_that_ended_serves_on(site: Site) -> None:
    site.broker.stop()
    thread = threading.Thread(target=site.broker.start)
    thread.start()
    thread.join()
    panel, cloud = site.panel(PANEL_A), site.cloud()
    panel.publish(topics.up(PANEL_A), b"up")
    cloud.await_message(b"up")


@pytest.mark.parametrize("kind", KINDS)
def test_a_taken_port_is_named_with_the_remedy(kind: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(BrokerError, match=rf"port {port} .*is taken: stop .* or give another port"):
            new_broker(kind, tmp_path, port=port)


@pytest.mark.parametrize("kind", KINDS)
def test_an_address_that_is_not_ours_is_named(kind: str, tmp_path: Path) -> None:
    with pytest.raises(BrokerError, match=r"192\.0\.2\.1"):
        new_broker(kind, tmp_path, host="192.0.2.1")


def test_a_missing_program_is_named_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(BrokerError, match="program no-such-broker is missing: install the Debian package x"):
        find_program("no-such-broker", tmp_path, "install the Debian package x")


def test_an_unknown_kind_of_broker_is_refused_with_the_kinds_there_are(tmp_path: Path) -> None:
    authority = Authority.create(tmp_path / "authority", now())
    with pytest.raises(BrokerError, match="'rabbit': choose one of nats, mosquitto"):
        start_broker("rabbit", tmp_path / "broker", authority, lambda panel: True)


def test_a_program_that_ends_at_once_is_reported_with_its_last_words(tmp_path: Path) -> None:
    child = Child(["sh", "-c", "echo the disk is full; exit 3"], tmp_path / "output")
    with pytest.raises(BrokerError, match="sh ended at once: the disk is full"):
        child.wait_until(lambda: False, TIMEOUT_S)


def test_a_program_that_ignores_the_request_to_end_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hemlarm_cloud.broker.child.STOP_TIMEOUT_S", 0.05)
    output = tmp_path / "output"
    child = Child(["sh", "-c", "trap '' TERM; echo ready; while :; do sleep 0.01; done"], output)
    child.wait_until(lambda: "ready" in output.read_text(), TIMEOUT_S)
    child.stop()
    assert not child.running


def new_broker(kind: str, folder: Path, **options: object) -> Broker:
    require(kind)
    authority = Authority.create(folder / "authority", now())
    return start_broker(kind, folder / "broker", authority, lambda panel: True, **options)


def is_process(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A killed process that nobody has waited for still has a number, but no longer a command line.
    return bool(Path(f"/proc/{pid}/cmdline").read_bytes())
