"""The parts of a running cloud beside broker and ingest, each started and ended as a context."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from hemlarm_cloud.installation import Installation, open_store
from hemlarm_cloud.settings import Settings
from hemlarm_cloud.sms.sending import SmsProvider

if TYPE_CHECKING:
    from hemlarm_cloud.notices.mail import MailServer

INGEST = "ingest"
"""Broker, ingest and SMS gateway, which run together."""


class Seams(NamedTuple):
    """Where clock and chance enter the parts."""

    clock_ms: Callable[[], int]
    random: Callable[[int], bytes]
    steady_ms: Callable[[], int]


class _Service(Protocol):
    def start(self) -> None: ...

    def stop(self) -> None: ...


Facts = dict[str, Any]
"""What to tell about a part that runs."""


@contextmanager
def _running(service: _Service) -> Iterator[None]:
    service.start()
    try:
        yield
    finally:
        service.stop()


@contextmanager
def _cases(opened: Installation, seams: Seams) -> Iterator[Facts]:
    from hemlarm_cloud.cases.service import CaseService
    from hemlarm_cloud.cases.steps import STEPS
    from hemlarm_cloud.keys import renewal

    # This one takes the authority, and runs where that is.
    steps = STEPS | {"certificates": partial(renewal.step, opened, seams.random)}
    with open_store(opened.settings) as store, _running(CaseService(store, opened.vault, seams.clock_ms, steps)):
        yield {}


@contextmanager
def _notices(opened: Installation, seams: Seams) -> Iterator[Facts]:
    from hemlarm_cloud.notices import mail, sms
    from hemlarm_cloud.notices.apps import AppsSender
    from hemlarm_cloud.notices.push import PushSender
    from hemlarm_cloud.notices.sending import NoticeService

    settings = opened.settings
    server, provider = _mail_server(settings), sms_provider(settings)
    inward = settings.private_targets == "yes"
    with open_store(settings) as store:
        service = NoticeService(
            store,
            partial(mail.send, server) if server else None,
            partial(sms.send, provider) if provider else None,
            seams.clock_ms,
            PushSender(store, opened.vault, settings.mail_from, seams.clock_ms, inward).send,
            AppsSender(store, opened.vault, inward).send,
        )
        with _running(service):
            yield {}


@contextmanager
def _home_assistant(opened: Installation, seams: Seams) -> Iterator[Facts]:
    from hemlarm_cloud.home_assistant.service import HomeAssistantService

    inward = opened.settings.private_targets == "yes"
    with (
        open_store(opened.settings) as store,
        _running(HomeAssistantService(store, opened.vault, seams.clock_ms, seams.random, inward)),
    ):
        yield {}


@contextmanager
def _forwarding(opened: Installation, seams: Seams) -> Iterator[Facts]:
    from hemlarm_cloud.forward.service import ForwardService

    with (
        open_store(opened.settings) as store,
        _running(ForwardService(store, opened.vault, seams.clock_ms, seams.random)),
    ):
        yield {}


@contextmanager
def _receiving(opened: Installation, seams: Seams) -> Iterator[Facts]:
    from hemlarm_cloud.receive.service import ReceiveService

    settings = opened.settings
    listening = {
        "sos-access": ("sos_access", settings.sos_access_listen),
        "sos-access-tls": ("sos_access_tls", settings.sos_access_tls_listen),
        "dc-09": ("dc09", settings.dc09_listen),
    }
    if not any(listen for _, listen in listening.values()):
        yield {}
        return
    with open_store(settings) as store:
        service = ReceiveService(store, opened.vault, settings, seams.clock_ms, seams.random)
        facts: Facts = {}
        for name, port in service.ports.items():
            key, listen = listening[name]
            facts |= {f"{key}_host": listen[0] if listen else "", f"{key}_port": port}
        with _running(service):
            yield facts


@contextmanager
def _api(opened: Installation, seams: Seams) -> Iterator[Facts]:
    settings = opened.settings
    if settings.api_listen is None:
        yield {}
        return
    from hemlarm_cloud.api.app import make_app
    from hemlarm_cloud.api.service import ApiService, Certificate
    from hemlarm_cloud.provisioning.means import Means

    certificate = None
    if settings.api_certificate is not None and settings.api_key is not None:
        certificate = Certificate(settings.api_certificate, settings.api_key)
    with open_store(settings) as store:
        means = Means(opened.authority, opened.provisioning_key, settings.names[0], settings.port)
        app = make_app(
            store, opened.vault, seams.clock_ms, seams.random, pages_url=settings.pages_url, provisioning=means
        )
        service = ApiService(app, settings.api_listen, certificate, settings.api_shared == "yes")
        with _running(service):
            yield {"api_host": service.host, "api_port": service.port}


def sms_provider(settings: Settings) -> SmsProvider | None:
    """Return the provider of SMS, if one is set up."""
    if not settings.sms_url:
        return None
    return SmsProvider(settings.sms_url, settings.sms_url_token, settings.sms_number)


def _mail_server(settings: Settings) -> "MailServer | None":
    from hemlarm_cloud.notices.mail import MailServer

    if not settings.mail_server:
        return None
    return MailServer(
        settings.mail_server,
        settings.mail_port,
        settings.mail_from,
        settings.mail_user,
        settings.mail_password,
        settings.mail_tls,
    )


_Part = Callable[[Installation, Seams], AbstractContextManager[Facts]]

PARTS: dict[str, _Part] = {
    "cases": _cases,
    "notices": _notices,
    "home-assistant": _home_assistant,
    "forwarding": _forwarding,
    "receiving": _receiving,
    "api": _api,
}
"""In the order in which they start; they end in the other."""

NAMES = (INGEST, *PARTS)
