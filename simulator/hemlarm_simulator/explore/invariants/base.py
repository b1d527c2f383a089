"""What every invariant is: it may look at each entry of the ledger and each frame of the panel, and is then asked."""

from dataclasses import dataclass, field
from typing import Any

from hemlarm_cloud.store import Alert, Command, Event, VoidRange
from hemlarm_simulator.board_link import Frame
from hemlarm_simulator.explore.account import Account
from hemlarm_simulator.explore.scene import Scene


@dataclass
class Ending:
    """What is there when all has been mended: the store's rows, and how far the panel has recovered.

    `kids` are the incarnations whose salt the store knows.
    `complaint` says what of the recovery did not come about.
    """

    scene: Scene
    events: list[Event]
    voids: list[VoidRange]
    alerts: list[Alert]
    commands: dict[int, Command]
    memory: Any
    pending: int
    kids: set[bytes]
    complaint: str = ""
    by_sealed: dict[bytes, list[Event]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for event in self.events:
            self.by_sealed.setdefault(event.sealed, []).append(event)


class Invariant:
    """One promise. `name` is for people; `complaint` is what broke it first, or ""."""

    name = ""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.complaint = ""

    def watch(self, at_ms: int, kind: str, values: tuple[Any, ...]) -> None:
        """One entry of the ledger. Most invariants look at what the account has made of it instead."""

    def wire(self, at_ms: int, frame: Frame) -> None:
        """The panel opens a connection, sends, or closes it."""

    def end(self, ending: Ending) -> None:
        """Everything has been mended, and had its time."""

    def complain(self, text: str) -> None:
        """The promise is broken; the first time counts."""
        self.complaint = self.complaint or text
