"""What a scenario asks of a cloud: the ingest core in virtual time, broker and worker in real time."""

from collections.abc import Sequence
from typing import Protocol

VERBS = {"disarm": 1, "arm-away": 2, "arm-home": 3, "status": 4, "silence": 5}
"""The words for `message_names.VERBS`."""


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


class StoredCommand(Protocol):
    """A command and what became of it; `status` is None until the panel has answered."""

    @property
    def id(self) -> bytes: ...
    @property
    def status(self) -> int | None: ...


class Cloud(Protocol):
    """The cloud's side of one panel."""

    def events(self) -> Sequence[StoredEvent]:
        """All events that the cloud has committed for the panel, in the order of their commits."""

    def send_command(self, verb: int, argument: int, user: int) -> bytes:
        """Asks something of the panel; returns the command's id."""

    def command(self, command_id: bytes) -> StoredCommand | None:
        """The command with that id."""
