"""What a scenario asks of a cloud: the ingest core in virtual time, broker and worker in real time."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from hemlarm_protocol import cbor, message_names

VERBS = {word: verb for verb, word in message_names.VERBS.items()}
"""The verb for each word."""


class StoredEvent(Protocol):
    """A committed event, as the store returns it."""

    @property
    def kid(self) -> bytes: ...
    @property
    def number(self) -> int: ...
    @property
    def qcode(self) -> int: ...
    @property
    def area(self) -> int: ...
    @property
    def zone(self) -> int: ...
    @property
    def user(self) -> int: ...
    @property
    def source(self) -> int: ...
    @property
    def detail(self) -> int: ...


class StoredCommand(Protocol):
    """A command and what became of it; `status` is None until the panel has answered."""

    @property
    def id(self) -> bytes: ...
    @property
    def status(self) -> int | None: ...


class StoredConfiguration(Protocol):
    """The CBOR `document` at `revision`; not `complete` where the panel may have a newer one."""

    @property
    def revision(self) -> int | None: ...
    @property
    def document(self) -> bytes | None: ...
    @property
    def complete(self) -> bool: ...


class PresumedAlarm(Protocol):
    """The alarm for an entry delay that nothing ended in time; settled late or, with None, not at all."""

    @property
    def area(self) -> int: ...
    @property
    def zone(self) -> int: ...
    @property
    def raised_ms(self) -> int | None: ...
    @property
    def settled_ms(self) -> int | None: ...


class Cloud(Protocol):
    """The cloud's side of one panel."""

    def events(self) -> Sequence[StoredEvent]:
        """All events that the cloud has committed for the panel, in the order of their commits."""

    def send_command(self, verb: int, argument: int, user: int, code: str = "") -> bytes:
        """Asks something of the panel, perhaps with a user's code; returns the command's id."""

    def command(self, command_id: bytes) -> StoredCommand | None:
        """The command or the change of the configuration with that id."""

    def configure(self, edits: "Sequence[cbor.Value]", user: int = 0, base: int | None = None) -> bytes:
        """Asks the panel to change its configuration of revision `base`, or as stored here; returns the change's id."""

    def configuration(self) -> StoredConfiguration | None:
        """What the panel last told of its configuration, without secrets; None before it was ever asked for."""

    def readings(self) -> Mapping[tuple[int, int], int]:
        """What the panel last told of its temperatures, plugs, locks and areas, by kind and number."""

    def pictures(self) -> list[int]:
        """The camera's zone of each of the panel's pictures that has arrived whole."""

    def presumed_alarms(self) -> Sequence[PresumedAlarm]:
        """The alarms raised for the panel because it went silent in its entry delay, oldest first."""
