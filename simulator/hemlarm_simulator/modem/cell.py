"""The mobile network as one modem meets it: signal, technology, and what the network allows."""

from collections.abc import Callable

LETS_REGISTER = ("home", "roaming", "denied", "none", "sms-only")
TECHNOLOGIES = ("GSM", "UMTS", "LTE")

_JAMMED_DBM = -51
"""What a jammer near the house looks like to the receiver: the strongest that `AT+CSQ` can tell."""

_NO_SIGNAL_DBM = -120


class MobileCell:
    """The cell that serves the house. Setting any attribute tells the modems that watch it.

    `signal_dbm` is the received power (RSSI) as `AT+CSQ` tells it. `lets_register` is one of LETS_REGISTER: "none" is
    no network at all, "sms-only" one that carries no data. `packet_service` False registers, but refuses every
    context. `jammed` is a strong signal in which nothing can be received. `apn` None takes any name. `registration_ms`
    is how long a modem searches before it is registered: 8 s is our choice for a modem that knows the cell.
    """

    def __init__(self) -> None:
        self._watchers: list[Callable[[], None]] = []
        self._telling = False
        self.signal_dbm = -85
        self.technology = "LTE"
        self.lets_register = "home"
        self.packet_service = True
        self.jammed = False
        self.apn: str | None = None
        self.registration_ms = 8_000
        self.operator = "Hemtel"
        self.operator_code = "24099"
        self.area = 0x1A2B
        self.cell_id = 0x0123ABC
        self._telling = True

    def __setattr__(self, name: str, value: object) -> None:
        if name == "lets_register" and value not in LETS_REGISTER:
            raise ValueError(f"lets_register is one of {', '.join(LETS_REGISTER)}, not {value!r}")
        if name == "technology" and value not in TECHNOLOGIES:
            raise ValueError(f"technology is one of {', '.join(TECHNOLOGIES)}, not {value!r}")
        changed = getattr(self, name, None) != value
        super().__setattr__(name, value)
        if changed and not name.startswith("_") and self._telling:
            for watcher in list(self._watchers):
                watcher()

    def watch(self, changed: Callable[[], None]) -> None:
        """Calls `changed` whenever anything of the cell has changed."""
        self._watchers.append(changed)

    @property
    def reachable(self) -> bool:
        """Whether a modem can hear the network and be heard."""
        return not self.jammed and self.lets_register != "none"

    @property
    def received_dbm(self) -> int | None:
        """The power at the modem's antenna, None where there is no signal to measure."""
        if self.jammed:
            return max(self.signal_dbm, _JAMMED_DBM)
        if self.lets_register == "none" or self.signal_dbm <= _NO_SIGNAL_DBM:
            return None
        return self.signal_dbm
