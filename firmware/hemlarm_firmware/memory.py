"""What the panel remembers over a restart, in one record: either all of a change is there after a power cut, or none.

Arming state and the answers to commands stand in the same record, so a command is never executed twice: that it was
executed, and what it changed, become durable in the same moment.
"""

from hemlarm_protocol import cbor, messages
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
    """The fields, and `save`.

    `boot` counts starts, `salts` name the incarnations, the present one first, `reserved` is the first event number not
    yet set aside, `core` is the panel core's snapshot, `answers` are [command id, status, detail].
    """

    def __init__(self, settings: "Settings") -> None:
        self._settings = settings
        stored = self._load()
        self.boot: int = stored.get("boot", 0)
        self.salts: list[bytes] = stored.get("salts", [])
        self.reserved: int = stored.get("reserved", 1)
        self.core: Any = stored.get("core")
        self.answers: list[Any] = stored.get("answers", [])
        self._salts_on_flash = self.salts

    def save(self) -> None:
        """Make the present fields durable. Raises SettingsError or OSError, and then the former record still holds."""
        record: Any = {
            "version": VERSION,
            "boot": self.boot,
            "salts": self.salts,
            "reserved": self.reserved,
            "core": self.core,
            "answers": self.answers,
        }
        self._settings.save(cbor.encode(record))
        self._salts_on_flash = self.salts

    @property
    def incarnation_is_saved(self) -> bool:
        """Whether a restart would go on in the present incarnation, and so with numbers of it."""
        return bool(self.salts[:1] == self._salts_on_flash[:1])

    def begin_incarnation(self, salt: bytes) -> None:
        """Number events from 1 again, under a key that no number was ever used with."""
        self.salts = [salt] + self.salts[: messages.SALTS_MAX - 1]
        self.reserved = 1

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
