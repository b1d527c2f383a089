"""Who may connect to the broker and what they may then say and hear: a decision without input or output."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from hemlarm_cloud.authority import AuthorityError, Identity, Role, identify
from hemlarm_protocol import path_names, topics

ALL_DOWN = "hemlarm/1/+/+/down"

CLOUD_SPEAKS = (ALL_DOWN, topics.SMS_UP_FILTER, topics.SMS_DOWN_FILTER)
CLOUD_HEARS = (topics.UP_FILTER, topics.SMS_UP_FILTER, topics.SMS_DOWN_FILTER)
"""Of the cloud's services: the ingest, and the gateway that speaks to it about SMS."""

_logger = logging.getLogger(__name__)


class RefusedError(Exception):
    """This connection is not admitted; the text says why, for the broker's log. The client is told nothing."""


@dataclass(frozen=True)
class Admission:
    """An admitted client: its name, and the MQTT topic filters on which it may publish and subscribe."""

    name: str
    publish: tuple[str, ...]
    subscribe: tuple[str, ...]


def admit(certificate: bytes | None, client_id: str, authority: bytes, allowed: Callable[[str], bool]) -> Admission:
    """Decide about a client that showed `certificate` (DER, verified by the broker's TLS) and calls itself `client_id`.

    The client id must be the certificate's name: a broker ends the older of two connections with one client id, so
    otherwise anyone could throw out anyone. A panel has one more, so that it can be connected on two paths at once.
    `allowed` is asked about panels, by id. Raises RefusedError.
    """
    if certificate is None:
        raise RefusedError("no verified client certificate")
    try:
        identity = identify(certificate, authority)
    except AuthorityError as error:
        raise RefusedError(str(error)) from error
    if client_id not in client_ids(identity):
        raise RefusedError(f"{identity.name} called itself {client_id!r}: the client id must be the certificate's name")
    if identity.role is Role.CLOUD:
        return Admission(identity.name, publish=CLOUD_SPEAKS, subscribe=CLOUD_HEARS)
    if identity.role is not Role.PANEL:
        raise RefusedError(f"{identity.name} is no client: its role is {identity.role}")
    if not _is_allowed(identity.name, allowed):
        raise RefusedError(f"panel {identity.name} is unknown or revoked")
    return Admission(identity.name, publish=(topics.up(identity.name),), subscribe=(topics.down(identity.name),))


def client_ids(identity: Identity) -> tuple[str, ...]:
    """Return the MQTT client ids that are this client's own."""
    if identity.role is not Role.PANEL:
        return (identity.name,)
    return tuple(path_names.client_id(identity.name, path) for path in (path_names.IP, path_names.MOBILE))


def _is_allowed(panel: str, allowed: Callable[[str], bool]) -> bool:
    # Whatever the store's trouble is, a newcomer waits until we know; the caller leaves live connections alone.
    try:
        return allowed(panel)
    except Exception as error:
        _logger.exception("cannot tell whether panel %s is allowed", panel)
        raise RefusedError(f"cannot tell whether panel {panel} is allowed: {error}") from error
