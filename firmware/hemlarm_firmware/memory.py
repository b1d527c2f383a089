"""What the panel remembers over a restart, in one record: either all of a change is there after a power cut, or none.

Arming state and the answers to commands stand in the same record, so a command is never executed twice: that it was
executed, and what it changed, become durable in the same moment.

Flash wears with every byte that is written. So the record is a list without names, the names within the panel core's
snapshot are numbers, and answers that stand in earlier records of the same half of the flash are not written again.
Firmware before 1.2 wrote a map with all names and all answers; it is read as it is.
"""

import struct

from hemlarm_protocol import cbor, keys, messages
from hemlarm_protocol.constant import const
from hemlarm_protocol.errors import BadMessage

VERSION = 2

ANSWERS_MAX = 16
"""Commands remembered with their answers; the cloud repeats one that was not answered, and never so many at once."""

NUMBERS_RESERVED = 128
"""Event numbers set aside by one save. What is left of them at a restart is declared void."""

_ANSWER = "<8sBH"
_ANSWER_SIZE = const(11)
_WORDS = [
    "version",
    "areas",
    "zones",
    "latches",
    "informing",
    "yearly_ms",
    "walking",
    "chime",
    "keypad",
    "number",
    "state",
    "mode",
    "left_ms",
    "cancel_ms",
    "confirm",
    "alarm_zone",
    "entry_zone",
    "exit_error",
    "reported",
    "unrestored",
    "open",
    "wrong",
    "locks",
    "locked",
    "let_in",
    "let_in_ms",
    "power",
    "outputs",
]
"""The names in a snapshot, each for its place in this list: a part of the format, so names are only ever added."""

_TRIES = const(3)  # Readings of a chip that fails: a disturbance passes, a broken chip does not.

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from hemlarm_firmware.settings import Settings


class Memory:
    """The fields, and `save`.

    `boot` counts starts, `salts` name the incarnations, the present one first, `reserved` is the first event number not
    yet set aside, `core` is the panel core's snapshot, `answers` are [command id, status, detail], `time_s` is the last
    time known at a save in seconds since 1970, or 0. `lost` counts the events that made way in a full journal, until
    that is told, and `told` is the number under which it is being told. From a chip that cannot be read nothing is
    taken: half of what it holds could name numbers as free that were used.
    """

    def __init__(self, settings: "Settings") -> None:
        self.settings = settings
        for _ in range(_TRIES):
            self._forget()
            try:
                for data in settings.history():
                    self._recover(data)
                break
            except OSError:
                self._forget()
        self._unsaved = 0  # How many of the last answers no record holds yet.
        self._salts_on_flash = self.salts

    def _forget(self) -> None:
        self.boot = self.time_s = self.lost = self.told = 0
        self.reserved = 1
        self.salts: list[bytes] = []
        self.core: Any = None
        self.answers: list[Any] = []

    def save(self) -> None:
        """Make the present fields durable. Raises SettingsError or OSError, and then the former record still holds."""
        fields: list[Any] = [VERSION, self.boot, self.reserved, self.time_s, self.lost, self.told]
        encoded = cbor.encode(fields + [b"".join(self.salts), _renamed(self.core)])
        self.settings.save(self._record(self._unsaved, encoded), lambda: self._record(len(self.answers), encoded))
        self._unsaved = 0
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
        self._unsaved = min(self._unsaved + 1, ANSWERS_MAX)

    def _record(self, count: int, encoded: bytes) -> bytes:
        """Return a record with the last `count` answers: their number, they themselves, and the other fields."""
        head = bytearray(1 + _ANSWER_SIZE * count)
        head[0] = count
        for place in range(count):
            struct.pack_into(_ANSWER, head, 1 + _ANSWER_SIZE * place, *self.answers[place - count])
        return bytes(head + encoded)

    def _recover(self, data: bytes) -> None:
        """Take up a record, behind those before it; whatever else it may be changes nothing."""
        count = data[0] if data else 0
        try:
            stored: Any = cbor.decode(data[1 + _ANSWER_SIZE * count :] if count <= ANSWERS_MAX else data)
        except BadMessage:
            return
        if isinstance(stored, list) and stored[0] == VERSION:
            self.boot, self.reserved, self.time_s, self.lost, self.told, salts, core = stored[1:8]
            self.salts = [salts[at : at + keys.SALT_BYTES] for at in range(0, len(salts), keys.SALT_BYTES)]
            self.core = _renamed(core)
            for place in range(count):
                answer = list(struct.unpack_from(_ANSWER, data, 1 + _ANSWER_SIZE * place))
                self.answers = self.answers[1 - ANSWERS_MAX :] + [answer]
        elif isinstance(stored, dict) and stored.get("version") == 1:
            self.boot, self.reserved, self.salts = stored["boot"], stored["reserved"], stored["salts"]
            self.core, self.answers = stored["core"], stored["answers"]


def _renamed(value: "Any") -> "Any":
    """Return a snapshot with numbers for its names, or with names for its numbers."""
    if isinstance(value, dict):
        return {_other_name(name): _renamed(item) for name, item in value.items()}
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [_renamed(item) for item in value]
    return value


def _other_name(name: "int | str") -> "int | str":
    if isinstance(name, int):
        return _WORDS[name]
    return _WORDS.index(name) if name in _WORDS else name
