"""The configuration on its flash: read at the start, changed as a whole or not at all, told without its secrets.

`panel/config_edit.py` holds the rule for changes that are made at the keypad and in the cloud at once.
"""

from hemlarm_firmware.panel import config, inputs
from hemlarm_firmware.settings import Settings, SettingsError
from hemlarm_protocol import cbor

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from hemlarm_firmware.board import Flash
    from hemlarm_firmware.panel.config import Config

_EDIT = "hemlarm_firmware.panel.config_edit"


class ConfigMissingError(Exception):
    """The panel holds no configuration: it has to be provisioned."""


class Configuration:
    """What one flash partition holds. Kept in memory is only the revision: the rest is read when it is needed."""

    def __init__(self, flash: "Flash") -> None:
        self._settings = Settings(flash)
        self.revision = 0

    def load(self) -> "Config":
        """The checked configuration. Raises ConfigMissingError, ConfigError for one that cannot be used, OSError."""
        stored = self.stored()
        self.revision = stored.get("revision", 0)
        return config.check(stored)

    def change(self, base: "int | None", edits: "Any") -> "tuple[int, Config | None, str]":
        """Make a change based on revision `base` (None: made at the keypad), durably; whole, or not at all.

        Returns (DONE, the new configuration, "") or a status that says why not: CONFLICT, BAD_ARGUMENT for edits that
        make no good configuration, REFUSED when the flash does not take it or the memory does not suffice for it. Last
        comes what a person is told of a bad argument.
        """
        module = __import__(_EDIT, None, None, ("decide",))
        try:
            status, changed = module.decide(self.stored(), base, edits)
            if changed is None:
                return status, None, ""
            checked = config.check(changed)
            self._settings.save(cbor.encode(changed))
        except config.ConfigError as error:
            return inputs.BAD_ARGUMENT, None, str(error)
        except (OSError, SettingsError, MemoryError):
            return inputs.REFUSED, None, ""
        finally:
            config.forget(["config_edit"])
        self.revision = checked["revision"]
        return inputs.DONE, checked, ""

    def stored(self) -> "Any":
        """The map as it is on flash. Raises ConfigMissingError, OSError."""
        stored = self._settings.load()
        if stored is None:
            raise ConfigMissingError("this panel holds no configuration; provision it first")
        return cbor.decode(stored)
