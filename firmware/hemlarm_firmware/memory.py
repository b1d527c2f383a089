"""What the panel remembers over a restart, in one record: either all of a change is there after a power cut, or none.

Arming state and the answers to commands stand in the same record, so a command is never executed twice: that it was
executed, and what it changed, become durable in the same moment.
"""

from hemlarm_protocol import cbor
from hemlarm_protocol.errors import BadMessage

VERSION = 1

ANSWERS_MAX = 16
"""Commands remembered with their answers; the cloud repeats one that was not answered, and never so many at once."""

NUMBERS_RESERVED = 128
"""Event numbers set aside by one save. What is left of them at a restart is declared void."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from hemlarm_firmware.settings import Settings


class Memory:
    """The fields, and `save`. A panel that finds none starts a new incarnation: `salt` is then None.

    `boot` counts starts, `salt` names the incarnation, `reserved` is the first event number not yet set aside, `core` is
    the panel core's snapshot, `answers` are [command id, status, detail].
    """

    def __init__(self, settings: "Settings") -> None:
        self._settings = settings
        stored = self._load()
        self.boot: int = stored.get("boot", 0)
        self.salt: bytes | None = stored.get("salt")
        self.reserved: int = stored.get("reserved", 1)
        self.core: Any = stored.get("core")
        self.answers: list[Any] = stored.get("answers", [])

    def save(self) -> None:
        """Make the present fields durable. Raises SettingsError or OSError, and then the former record still holds."""
        record = {
            "version": VERSION,
            "boot": self.boot,
            "salt": self.salt,
            "reserved": self.reserved,
            "core": self.core,
            "answers": self.answers,
        }
        self._settings.save(cbor.encode(record))

    def answer_to(self, command_id: bytes) -> "tuple[int, int] | None":
        """Return (status, detail) of a command executed before, or None."""
        for known, status, detail in self.answers:
            if known == command_id:
                return status, detail
        return None

    def remember_answer(self, command_id: bytes, status: int, detail: int) -> None:
        """Note a command as executed; durable with the next `save`."""
        self.answers = self.answers[1 - ANSWERS_MAX :] + [[command_id, status, detail]]

    def _load(self) -> "dict[str, Any]":
        data = self._settings.load()
        try:
            stored: Any = cbor.decode(data) if data else {}
        except BadMessage:
            return {}
        return stored if isinstance(stored, dict) and stored.get("version") == VERSION else {}
