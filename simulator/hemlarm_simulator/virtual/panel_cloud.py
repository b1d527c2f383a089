"""What scenarios see of the cloud in virtual time: what it knows of one panel, and what it may be asked to do."""

from collections.abc import Sequence

from hemlarm_cloud.pictures import arriving
from hemlarm_cloud.store import Change, Command, Configuration, Event, LineFault, PathReport, PresumedAlarm
from hemlarm_protocol import cbor
from hemlarm_simulator.virtual.ingest import VirtualCloud


class PanelCloud:
    """The view of one panel that scenarios ask for."""

    def __init__(self, cloud: VirtualCloud, panel: str) -> None:
        self._cloud = cloud
        self._panel = panel

    def events(self) -> list[Event]:
        """All events that the cloud has committed for the panel, in the order of their commits."""
        return self._cloud.events(self._panel)

    def send_command(self, verb: int, argument: int, user: int, code: str = "") -> bytes:
        """Asks something of the panel, perhaps with a user's code; returns the command's id."""
        return self._cloud.send_command(self._panel, verb, argument, user, code)

    def readings(self) -> dict[tuple[int, int], int]:
        """What the panel last told of its temperatures, plugs, locks and areas, by kind and number."""
        return self._cloud.readings(self._panel)

    def pictures(self) -> list[int]:
        """The camera's zone of each of the panel's pictures that has arrived whole."""
        with self._cloud.store.read() as reading:
            return arriving.arrived(reading, self._panel)

    def command(self, command_id: bytes) -> Command | Change | None:
        """The command or the change of the configuration with that id."""
        return self._cloud.command(command_id)

    def configure(self, edits: "Sequence[cbor.Value]", user: int = 0, base: int | None = None) -> bytes:
        """Asks the panel to change its configuration of revision `base`, or as stored here; returns the change's id."""
        return self._cloud.configure(self._panel, edits, user, base)

    def configuration(self) -> Configuration | None:
        """What the panel last told of its configuration, without secrets; None before it was ever asked for."""
        return self._cloud.configuration(self._panel)

    def presumed_alarms(self) -> list[PresumedAlarm]:
        """The alarms raised for the panel because it went silent in its entry delay, oldest first."""
        return self._cloud.presumed_alarms(self._panel)

    def line_faults(self) -> list[LineFault]:
        """The panel's silences that lasted too long, oldest first."""
        return self._cloud.line_faults(self._panel)

    def path_reports(self) -> list[PathReport]:
        """What the panel last told of each of its paths."""
        return self._cloud.path_reports(self._panel)
