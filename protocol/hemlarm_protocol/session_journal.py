"""What a session asks of the place where events wait, for type checkers; `docs/architecture.md` has the promises."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Protocol

    class Record(Protocol):
        """One journalled event."""

        kid: bytes
        number: int
        urgency: int
        sealed: bytes

    class Journal(Protocol):
        """The events that the cloud has not acknowledged."""

        @property
        def pending(self) -> int: ...
        def take(self, worse_than: "int | None" = None) -> "Any": ...
        def give_back(self, record: "Any") -> None: ...
        def land(self) -> None: ...
        def is_orphan(self, record: "Any") -> bool: ...
        def acknowledge(self, record: "Any") -> None: ...
