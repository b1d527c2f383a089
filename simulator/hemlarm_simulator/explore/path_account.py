"""When each way to the cloud was in good order: kept apart from whatever panel and cloud think of it."""

from collections.abc import Callable
from typing import Any

from hemlarm_simulator.explore.scene import Scene

IP, MOBILE, TEXT, CLOUD = "ip", "mobile", "sms", "cloud"
"""The fixed line, the mobile network's data, its messages, and everything behind them."""

IP_ALIVE = "ip alive"
"""The fixed line lets anything through, however slowly."""

QUICK_MS = 400
"""A way that takes longer in one direction is not in good order."""

_MODEM_FAULTS = ("modem-reset", "modem-hang", "modem-garbled", "modem-moment")
_OF_ONE_WAY = {
    IP: ("outage", "router-off", "port-off", "black-hole-ip", "connection-reset", "half-open"),
    MOBILE: ("mobile-outage", "mobile-data-off", "mobile-jammed", "black-hole-mobile", *_MODEM_FAULTS),
    TEXT: ("mobile-outage", "mobile-jammed", "sms-outage", "sms-lost", "sms-delayed", *_MODEM_FAULTS),
}
_OF_NO_WAY = ("mains-lost", "rtc-jump", "power-cut", "flash-cut", "flash-torn", "state-forgotten")
"""Faults of the panel itself, which its account has as troubles."""

Span = tuple[int, int]


class PathAccount:
    """Looks behind every fault, and is to be asked to whenever a way may have changed. Times are the world's, in ms."""

    def __init__(self, scene: Scene) -> None:
        self._good: dict[str, bool] = dict.fromkeys((IP, IP_ALIVE, MOBILE, TEXT, CLOUD), True)
        self._bad_ms: dict[str, list[list[int]]] = {name: [] for name in self._good}
        self._faults: list[tuple[int, str]] = []
        self.texted_ms: list[int] = []
        """When an SMS was sent, by whomever."""
        self._scene = scene
        scene.changed = self.look
        world = scene.world
        for thing, name in (
            (world.network, "switch"),
            (world.mobile, "switch"),
            (world.sms, "switch"),
            (world.cloud_process.broker, "listen"),
            (world.cloud_process.broker, "wipe"),
        ):
            setattr(thing, name, self._followed(getattr(thing, name)))

    def watch(self, at_ms: int, kind: str, values: tuple[Any, ...]) -> None:
        """For the ledger."""
        if kind == "fault":
            self._faults.append((at_ms, values[0]))
            self.look()
        elif kind == "sms":
            self.texted_ms.append(at_ms)

    def look(self) -> None:
        """Something may have changed."""
        now_ms = self._scene.now_ms
        for name, good in _state(self._scene).items():
            if good is self._good[name]:
                continue
            self._good[name] = good
            if good:
                self._bad_ms[name][-1][1] = now_ms
            else:
                self._bad_ms[name].append([now_ms, 1 << 60])

    def good(self, name: str, start_ms: int, end_ms: int) -> bool:
        """Whether a way was in good order all this time, and no fault concerned it."""
        if any(begun <= end_ms and start_ms <= ended for begun, ended in self._bad_ms[name]):
            return False
        return not any(start_ms <= at_ms <= end_ms and _concerns(kind, name) for at_ms, kind in self._faults)

    def bad_spans(self, name: str) -> list[Span]:
        """From when to when a way was not in good order."""
        return [(begun, ended) for begun, ended in self._bad_ms[name]]

    def _followed(self, act: Callable[..., Any]) -> Callable[..., Any]:
        def done(*arguments: Any) -> Any:
            result = act(*arguments)
            self.look()
            return result

        return done


def _state(scene: Scene) -> dict[str, bool]:
    world = scene.world
    ip, mobile, sms, cloud = world.network, world.mobile, world.sms, world.cloud_process
    modem = world.modem
    quick = ip.delay_ms + ip.jitter_ms <= QUICK_MS and not ip.loss_per_mille
    clean = modem is not None and not (modem.garble_per_mille or modem.split_lines or modem.urc_flood)
    messages = sms.up and not sms.loss_per_mille and sms.delay_ms <= 10_000 and "submit" not in vars(sms)
    return {
        IP: ip.passing and quick,
        IP_ALIVE: ip.passing,
        MOBILE: mobile.passing and clean,
        TEXT: messages and clean and mobile.up and not mobile.jammed,
        CLOUD: cloud.running and cloud.broker.up and cloud.broker.heard,
    }


def _concerns(kind: str, name: str) -> bool:
    """Whether a fault may hold up what goes this way."""
    if kind in _OF_NO_WAY:
        return False
    own = _OF_ONE_WAY.get(name)
    if own is not None:
        return kind in own
    return not any(kind in kinds for kinds in _OF_ONE_WAY.values())
