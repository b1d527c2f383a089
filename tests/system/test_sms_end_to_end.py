"""SMS all the way: a modem on the cloud's side, real HTTP, a real broker, a real ingest process, and back."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from broker_support import require
from heard_panel import ROOT_KEY, HeardPanel
from hemlarm_cloud.broker.child import free_port
from hemlarm_cloud.ingest.worker import steady_ms
from hemlarm_cloud.sms import service
from hemlarm_cloud.sms.errors import SmsServiceError
from hemlarm_cloud.sms.sending import SmsProvider
from hemlarm_cloud.sms.service import SmsService
from hemlarm_cloud.store import Panel
from hemlarm_protocol import keys, messages, sealing, topics
from hemlarm_simulator.clock import RealClock
from hemlarm_simulator.modem.sms_centre import SmsCentre
from hemlarm_simulator.modem_description import CENTRE_NUMBER
from hemlarm_simulator.real_cloud import RealCloud
from hemlarm_simulator.sms_bridge import SmsBridge

NUMBER = "+46701740605"
TOKEN, OUT_TOKEN = "incoming-token-of-ours", "outgoing-token-of-ours"
LIMIT_S = 20.0


class Texting:
    """A cloud with its gateway, a panel that the cloud knows, and the panel's phone."""

    def __init__(self, folder: Path, broker: str) -> None:
        self.clock = RealClock()
        self.centre = SmsCentre(self.clock, bytes)
        self.centre.delay_ms, self.centre.jitter_ms = 20, 0
        self.received: list[bytes] = []
        self.panel = HeardPanel()
        self.phone = self.centre.subscriber(NUMBER, lambda _sender, octets: self.received.append(octets))
        self.cloud = RealCloud(folder, broker)
        self.cloud.start()
        with self.cloud.store.begin() as tx:
            wrapped = self.cloud.vault.wrap(self.panel.id, ROOT_KEY)
            tx.add_panel(Panel(self.panel.id, topics.shard(self.panel.id), wrapped, "1", 0))
            tx.learn_incarnation(self.panel.id, self.panel.journal.kid, self.panel.salt, 0)
        self.bridge = SmsBridge(self.clock, self.centre, OUT_TOKEN)
        login = self.cloud.broker.login(self.cloud.authority.issue_cloud("cloud-sms", datetime.now(UTC)))
        provider = SmsProvider(self.bridge.url, OUT_TOKEN, CENTRE_NUMBER)
        self.service = SmsService(self.cloud.store, login, ("127.0.0.1", 0), TOKEN, provider, steady_ms)
        self.service.start()
        self.url = f"http://127.0.0.1:{self.service.port}/sms"
        self.bridge.start(self.url, TOKEN)

    def close(self) -> None:
        self.bridge.stop()
        self.service.stop()
        self.cloud.stop()

    def run_until(self, done: "object", what: str) -> None:
        """Let the world run until something holds."""
        ends_s = time.monotonic() + LIMIT_S
        while not done():  # type: ignore[operator]
            assert time.monotonic() < ends_s, f"waited in vain: {what}"
            next_ms = self.clock.schedule.next_ms()
            if next_ms is not None and next_ms <= self.clock.now_ms:
                self.clock.schedule.fire_next()
            else:
                time.sleep(0.005)

    def stored(self) -> list[int]:
        return [event.number for event in self.cloud.events(self.panel.id)]

    def acknowledged(self) -> list[int]:
        """The numbers that the panel's phone was told."""
        key, numbers = keys.sms_key(ROOT_KEY, self.panel.panel), []
        for octets in self.received:
            kid, sealed = sealing.split_frame(octets)
            assert kid == key.kid
            message = messages.decode(sealing.open_random(key, sealed), keys.SMS, keys.DOWN)
            assert isinstance(message, messages.Acknowledgement)
            numbers += message.acks[::2]
        return numbers


@pytest.fixture(params=["nats", "mosquitto"])
def texting(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Texting]:
    require(request.param)
    texting = Texting(tmp_path / "cloud", request.param)
    yield texting
    texting.close()


def test_a_sealed_sms_is_stored_and_acknowledged_by_sms(texting: Texting) -> None:
    texting.phone.send(CENTRE_NUMBER, texting.panel.event(1) + texting.panel.event(2))
    texting.run_until(lambda: texting.received, "an acknowledgement")
    assert texting.stored() == [1, 2]
    assert texting.acknowledged() == [1, 2]
    assert len(texting.received) == 1, "both in one"


def test_junk_by_sms_is_answered_by_nobody(texting: Texting) -> None:
    forged = bytearray(texting.panel.event(1))
    forged[-1] ^= 1
    for octets in (b"hello", bytes(68), bytes(forged)):
        texting.phone.send(CENTRE_NUMBER, octets)
    texting.phone.send(CENTRE_NUMBER, texting.panel.event(2))
    texting.run_until(lambda: texting.received, "an acknowledgement")
    assert (texting.stored(), texting.acknowledged()) == ([2], [2])
    assert texting.service.gateway.counts["received"] == 4


@pytest.fixture(name="impatient")
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The webhook answers soon whom it has no answer for."""
    monkeypatch.setattr(service, "STORED_S", 0.5)


@pytest.mark.usefixtures("impatient")
def test_what_comes_while_the_ingest_is_dead_is_taken_by_nobody_and_stored_once_it_lives(texting: Texting) -> None:
    texting.cloud.kill_ingest()
    texting.phone.send(CENTRE_NUMBER, texting.panel.event(1))
    texting.run_until(lambda: texting.bridge.posted, "an answer of the webhook's")
    assert (set(texting.bridge.posted), texting.stored(), texting.received) == ({503}, [], [])
    texting.cloud.start_ingest()
    texting.run_until(lambda: texting.received, "an acknowledgement")
    assert (texting.stored(), set(texting.acknowledged())) == ([1], {1})


@pytest.mark.usefixtures("impatient")
def test_without_a_broker_the_webhook_says_not_now_and_takes_sms_again_with_it(texting: Texting) -> None:
    texting.cloud.broker.kill()
    texting.phone.send(CENTRE_NUMBER, texting.panel.event(1))
    texting.run_until(lambda: texting.bridge.posted, "an answer of the webhook's")
    assert (set(texting.bridge.posted), texting.stored()) == ({503}, [])
    texting.cloud.broker.start()
    texting.run_until(lambda: texting.received, "an acknowledgement")
    assert texting.stored() == [1]


def test_a_stranger_at_the_webhook_reaches_nothing(texting: Texting) -> None:
    body = {"from": NUMBER, "data": texting.panel.event(1).hex()}
    assert httpx.post(texting.url, json=body).status_code == 401
    assert texting.service.gateway.counts["received"] == 0


def test_a_taken_port_is_told(texting: Texting) -> None:
    login = texting.cloud.broker.login(texting.cloud.authority.issue_cloud("cloud-other", datetime.now(UTC)))
    with pytest.raises(SmsServiceError, match=f"cannot listen on 127.0.0.1 port {texting.service.port}"):
        SmsService(texting.cloud.store, login, ("127.0.0.1", texting.service.port), TOKEN, None, steady_ms)


def test_the_running_cloud_has_the_gateway_where_it_is_set_up(tmp_path: Path) -> None:
    port, sms_port = free_port("127.0.0.1"), free_port("127.0.0.1")
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(sys.path),
        "HEMLARM_DATA": str(tmp_path / "cloud"),
        "HEMLARM_SMS_LISTEN": f"127.0.0.1:{sms_port}",
        "HEMLARM_SMS_TOKEN": TOKEN,
    }
    program = [sys.executable, "-c", "from hemlarm_cloud.cli import app; app()", "run", "--json", "--port", str(port)]
    with subprocess.Popen(program, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as cloud:
        assert cloud.stdout is not None
        facts = json.loads(cloud.stdout.readline())
        assert (facts["sms_host"], facts["sms_port"]) == ("127.0.0.1", sms_port)
        url, body = f"http://127.0.0.1:{sms_port}/sms", {"from": NUMBER, "data": bytes(68).hex()}
        assert httpx.post(url, json=body).status_code == 401
        assert httpx.post(url, json=body, headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 202
        cloud.send_signal(signal.SIGTERM)
        assert cloud.wait(LIMIT_S) == 0
