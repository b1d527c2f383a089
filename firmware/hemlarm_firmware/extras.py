"""What only some houses have: where the configuration has no use for it, the memory has nothing of it.

Loaded when a configuration is taken, and then forgotten.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from hemlarm_firmware.board import Board
    from hemlarm_firmware.clock import Clock
    from hemlarm_firmware.link.uplink import Uplink
    from hemlarm_firmware.panel.core import Panel
    from hemlarm_firmware.pictures import Pictures
    from hemlarm_firmware.readings import Reader
    from hemlarm_firmware.recorder import Recorder
    from hemlarm_firmware.sensors.radio import Receiver
    from hemlarm_protocol.panel_end import PanelEnd


def radio_sensors(config: "Any") -> "list[tuple[bytes, bytes, int]]":
    """Id, key and zone of each radio sensor."""
    return [(zone["radio"], zone["key"], zone["number"]) for zone in config["zones"] if "radio" in zone]


def receiver_of(sensors: "list[tuple[bytes, bytes, int]]", board: "Board") -> "Receiver | None":
    """What hears these radio sensors."""
    if not sensors:
        return None
    from hemlarm_firmware.sensors.radio import Receiver

    return Receiver(sensors, board.random)


def pictures_of(
    config: "Any", board: "Board", clock: "Clock", end: "PanelEnd", uplink: "Uplink", recorder: "Recorder"
) -> "Pictures | None":
    """What takes pictures with the board's cameras. Their flash may be broken: the house is guarded all the same."""
    cameras = board.cameras()
    if cameras is None:
        return None
    from hemlarm_firmware.pictures import Pictures

    try:
        pictures = Pictures(board, cameras, clock, end, uplink, recorder)
    except OSError:
        return None
    pictures.configure(config)
    return pictures


def reader_of(config: "Any", core: "Panel", uplink: "Uplink", end: "PanelEnd") -> "Reader | None":
    """What tells the cloud of outputs and temperatures. From here on a command with a code is understood, if needed."""
    if config["remote_disarm"] == "code":
        __import__("hemlarm_protocol.household")
    if core.site.outputs is None and core.site.temperatures is None:
        return None
    from hemlarm_firmware.readings import Reader

    return Reader(uplink, end)
