"""Changes of the configuration, and its telling. Loaded for one of them and then forgotten: they are rare."""

from hemlarm_firmware.panel import inputs
from hemlarm_firmware.panel.config import forget
from hemlarm_protocol import cbor, contact_id, messages
from hemlarm_protocol.constant import const
from hemlarm_protocol.errors import BadMessage

_RECONFIGURED = const(1306)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from hemlarm_firmware.app import App
    from hemlarm_firmware.configuration import Configuration
    from hemlarm_firmware.link.uplink import Uplink
    from hemlarm_firmware.memory import Memory
    from hemlarm_firmware.panel.config import Config
    from hemlarm_firmware.performer import Performer


def from_cloud(
    app: "App", memory: "Memory", configuration: "Configuration", change: "Any"
) -> "tuple[tuple[int, int, str], bool]":
    """Make a change from the cloud. Its revision makes it apply once, even if power goes before the answer is saved.

    Returns the answer, and whether the panel must restart when that is sent.
    """
    status, config, reason = inputs.BUSY, None, ""
    if app.core.site.is_settled():
        status, config, reason = change_encoded(configuration, change.base, change.edits)
    revision = configuration.revision & 0xFFFF
    if status != inputs.BUSY:
        memory.remember_answer(change.id, status, revision)
    must_restart = config is not None and not _reconfigured(
        app, configuration, config, change.user, contact_id.SOURCE_COMMAND
    )
    return (status, revision, reason), must_restart


def change_encoded(configuration: "Configuration", base: int, edits: bytes) -> "tuple[int, Config | None, str]":
    """`Configuration.change` for edits as they come from the cloud."""
    try:
        return configuration.change(base, cbor.decode(edits))
    except BadMessage as error:
        return inputs.BAD_ARGUMENT, None, "edits: " + str(error)


def from_keypad(app: "App", performer: "Performer", configuration: "Configuration", edits: "Any", user: int) -> bool:
    """Make a change that was made at the keypad; without edits it is the factory reset. Returns whether to restart."""
    if edits is None:
        return _reset(app, performer, user)
    status, config, _ = configuration.change(None, edits)
    if config is not None:
        return not _reconfigured(app, configuration, config, user, contact_id.SOURCE_KEYPAD)
    if status == inputs.REFUSED:
        performer.flash_failed()
    return False


def _reset(app: "App", performer: "Performer", user: int) -> bool:
    module = __import__("hemlarm_firmware.factory_reset", None, None, ("begin",))
    forget(["factory_reset"], "hemlarm_firmware")
    if not module.begin(app, user):
        performer.flash_failed()
    return False


def tell(uplink: "Uplink", performer: "Performer", configuration: "Configuration", asked: "Any") -> None:
    """Send a piece of the configuration."""
    try:
        uplink.answer_config(asked.id, *_part(configuration, asked.offset))
    except OSError:
        performer.flash_failed()
    except MemoryError:
        pass  # Not answered: the cloud asks a few times more, and then again after the next change.


def _part(configuration: "Configuration", offset: int) -> "tuple[int, int, int, bytes]":
    """Revision, total length, offset, and bytes of the configuration without its secrets. Raises OSError."""
    module = __import__("hemlarm_firmware.panel.config_edit", None, None, ("redact",))
    try:
        whole = cbor.encode(module.redact(configuration.stored()))
    finally:
        forget(["config_edit"])
    return configuration.revision, len(whole), offset, whole[offset : offset + messages.CONFIG_BYTES_MAX]


def _reconfigured(app: "App", configuration: "Configuration", config: "Any", user: int, source: int) -> bool:
    """Go on under a new configuration. Returns False where that takes a restart.

    Nobody knows whether a new zone is open, or the memory may be too small for both panels.
    """
    revision = configuration.revision & 0xFF
    app.perform([("event", _RECONFIGURED, 0, 0, user, source, revision), ("save",)])
    return app.core.knows_zones_of(config) and app.reconfigure(config)
