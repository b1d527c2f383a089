"""Running the cloud in one process: the broker as a child that is kept alive, the ingest in the main thread.

The SMS gateway runs beside them where it is set up, and the other parts in threads of their own.
"""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from types import FrameType

from hemlarm_cloud.broker import Broker, BrokerError, start_broker
from hemlarm_cloud.ingest.core import IngestCore
from hemlarm_cloud.ingest.worker import Worker, steady_ms
from hemlarm_cloud.installation import Installation
from hemlarm_cloud.parts import INGEST, NAMES, PARTS, Facts, Seams, sms_provider
from hemlarm_cloud.provision import is_admitted
from hemlarm_cloud.sms.service import SmsService

LOGIN_NAME = "cloud-ingest"
SMS_LOGIN_NAME = "cloud-sms"

_LOOK_S = 1.0
"""How often the broker is looked at. Panels keep their events meanwhile, so a second costs nothing but that second."""

_log = logging.getLogger(__name__)


def run_cloud(installation: Installation, started: Callable[[Facts], None], parts: Collection[str] = NAMES) -> None:
    """Run these parts until SIGTERM or SIGINT; calls `started` once when they all do their work.

    Several processes may run on one store, each with other parts or with the same. Raises BrokerError, StoreError,
    SmsServiceError, ApiError or whatever else keeps a part from starting.
    """
    installation.store.expect_writes()
    seams = Seams(clock_ms, os.urandom, steady_ms)
    with ExitStack() as running:
        facts: Facts = {"pid": os.getpid()}
        run: Callable[[], None]
        if INGEST in parts:
            worker, told = running.enter_context(_ingesting(installation))
            run, stop = worker.run, worker.stop
            facts |= told
        else:
            ended = threading.Event()
            run, stop = lambda: _wait(ended), ended.set
        running.enter_context(_ended_by_signals(stop))
        for name, part in PARTS.items():
            if name in parts:
                facts |= running.enter_context(part(installation, seams))
        started(facts)
        run()


def clock_ms() -> int:
    """The wall clock, in milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def _wait(ended: threading.Event) -> None:
    # In turns, for a signal is handled only between two of them.
    while not ended.wait(_LOOK_S):
        pass


@contextmanager
def _ingesting(installation: Installation) -> Iterator[tuple[Worker, Facts]]:
    """Run the broker, and the SMS gateway where it is set up; gives the ingest, which is to be run."""
    settings, store = installation.settings, installation.store
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
        with _kept_alive(broker), _texting(installation, broker) as texting:
            yield worker, {"host": broker.host, "port": broker.port, "broker": settings.broker} | texting
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
def _texting(installation: Installation, broker: Broker) -> Iterator[Facts]:
    """Run the SMS gateway, if it is set up; gives what to tell about it."""
    settings = installation.settings
    if settings.sms_listen is None:
        yield {}
        return
    login = broker.login(installation.authority.issue_cloud(SMS_LOGIN_NAME, datetime.now(UTC)))
    service = SmsService(
        installation.store, login, settings.sms_listen, settings.sms_token, sms_provider(settings), steady_ms
    )
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
