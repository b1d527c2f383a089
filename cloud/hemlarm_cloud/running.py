"""Running the cloud in one process: the broker as a child that is kept alive, the ingest in the main thread.

The SMS gateway runs beside them where it is set up.
"""

import logging
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import FrameType
from typing import Any

from hemlarm_cloud.broker import Broker, BrokerError, start_broker
from hemlarm_cloud.ingest.core import IngestCore
from hemlarm_cloud.ingest.worker import Worker, steady_ms
from hemlarm_cloud.installation import Installation
from hemlarm_cloud.provision import is_admitted
from hemlarm_cloud.sms.sending import SmsProvider
from hemlarm_cloud.sms.service import SmsService

LOGIN_NAME = "cloud-ingest"
SMS_LOGIN_NAME = "cloud-sms"

_LOOK_S = 1.0
"""How often the broker is looked at. Panels keep their events meanwhile, so a second costs nothing but that second."""

_log = logging.getLogger(__name__)


def run_cloud(installation: Installation, started: Callable[[dict[str, Any]], None]) -> None:
    """Run until SIGTERM or SIGINT; calls `started` once when panels can be served.

    Raises BrokerError, StoreError, SmsServiceError or whatever else keeps the cloud from starting.
    """
    settings, store = installation.settings, installation.store
    store.expect_writes()
    broker = start_broker(
        settings.broker,
        settings.data / "broker",
        installation.authority,
        lambda panel: is_admitted(store, panel),
        host=settings.host,
        port=settings.port,
        names=settings.names,
    )
    try:
        login = broker.login(installation.authority.issue_cloud(LOGIN_NAME, datetime.now(UTC)))
        worker = Worker(IngestCore(store, installation.vault, os.urandom, steady_ms=steady_ms), login)
        with _ended_by_signals(worker.stop), _kept_alive(broker), _texting(installation, broker) as texting:
            facts = {"host": broker.host, "port": broker.port, "broker": settings.broker, "pid": os.getpid()}
            started(facts | texting)
            worker.run()
    finally:
        broker.stop()


@contextmanager
def _ended_by_signals(stop: Callable[[], None]) -> Iterator[None]:
    def handle(number: int, _frame: FrameType | None) -> None:
        _log.info("ending on %s", signal.Signals(number).name)
        stop()

    before = {number: signal.signal(number, handle) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _texting(installation: Installation, broker: Broker) -> Iterator[dict[str, Any]]:
    """Run the SMS gateway, if it is set up; gives what to tell about it."""
    settings = installation.settings
    if settings.sms_listen is None:
        yield {}
        return
    login = broker.login(installation.authority.issue_cloud(SMS_LOGIN_NAME, datetime.now(UTC)))
    provider = SmsProvider(settings.sms_url, settings.sms_url_token, settings.sms_number) if settings.sms_url else None
    service = SmsService(installation.store, login, settings.sms_listen, settings.sms_token, provider, steady_ms)
    service.start()
    try:
        yield {"sms_host": service.host, "sms_port": service.port}
    finally:
        service.stop()


@contextmanager
def _kept_alive(broker: Broker) -> Iterator[None]:
    ended = threading.Event()

    def keep() -> None:
        while not ended.wait(_LOOK_S):
            if broker.running:
                continue
            _log.error("the broker ended by itself; starting it again")
            try:
                broker.start()
            except BrokerError as error:
                _log.error("the broker does not start: %s", error)

    keeper = threading.Thread(target=keep, name="broker keeper", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        ended.set()
        keeper.join()
