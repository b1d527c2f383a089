"""The MQTT broker between panels and cloud: NATS by default, Mosquitto by choice, behind one interface."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from hemlarm_cloud.authority import Authority
from hemlarm_cloud.broker.child import BrokerError
from hemlarm_cloud.broker.mosquitto import MosquittoBroker
from hemlarm_cloud.broker.nats import NatsBroker
from hemlarm_cloud.broker.setup import Broker, BrokerLogin, BrokerSetup

__all__ = ["KINDS", "Broker", "BrokerError", "BrokerLogin", "BrokerSetup", "start_broker"]

KINDS: dict[str, Callable[[BrokerSetup], Broker]] = {"nats": NatsBroker, "mosquitto": MosquittoBroker}
"""The brokers there are, by the name that a person gives."""


def start_broker(
    kind: str, folder: Path, authority: Authority, allowed: Callable[[str], bool], **options: Any
) -> Broker:
    """Start a broker with all its files in `folder`. Raises BrokerError.

    `options` are further fields of `BrokerSetup`.
    """
    if kind not in KINDS:
        raise BrokerError(f"no broker is called {kind!r}: choose one of {', '.join(KINDS)}")
    broker = KINDS[kind](BrokerSetup(folder, authority, allowed, **options))
    broker.start()
    return broker
