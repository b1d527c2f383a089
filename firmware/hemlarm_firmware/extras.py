"""What only some houses have: where the configuration has no use for it, the memory has nothing of it.

Loaded when a configuration is taken, and then forgotten.
"""

import os

from hemlarm_firmware.panel.config import forget

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from hemlarm_boot.loader import Started
    from hemlarm_firmware.app import App
    from hemlarm_firmware.board import Board
    from hemlarm_firmware.clock import Clock
    from hemlarm_firmware.link.uplink import Uplink
    from hemlarm_firmware.panel.core import Panel
    from hemlarm_firmware.pictures import Pictures
    from hemlarm_firmware.readings import Reader
    from hemlarm_firmware.recorder import Recorder
    from hemlarm_firmware.sensors.radio import Receiver
    from hemlarm_firmware.upkeep_requests import Upkeep
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


def upkeep_of(app: "App") -> "Upkeep | None":
    """What goes on with an update that began before the panel started, or tells what became of it.

    What is left of a change of the panel's keys goes on by itself.
    """
    _resume_keys(app)
    slots = app.board.slots()
    if slots is None or not (slots.news or offered(slots)):
        return None
    return app.requests.upkeep()


def _resume_keys(app: "App") -> None:
    credentials: Any = app.board.credentials()
    for name in ["resetting", "salt", "root_next", "former"]:
        if name in credentials:
            __import__("hemlarm_firmware.key_keeping", None, None, ("resume",)).resume(app, credentials)
            forget(["key_keeping"], "hemlarm_firmware")
            return


def offered(slots: "Started") -> bool:
    """Whether there is the file in which an offer is kept, until its end is told; see `updating.py`."""
    try:
        os.stat(slots.root + "offer")  # noqa: PTH116  MicroPython has no pathlib.
    except OSError:
        return False
    return True
