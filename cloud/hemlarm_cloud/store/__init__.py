"""What the cloud remembers: panels, their events, commands and alerts, in one SQL database."""

from hemlarm_cloud.store.database import Store
from hemlarm_cloud.store.errors import StoreError
from hemlarm_cloud.store.rows import (
    Alert,
    Command,
    CommandState,
    Event,
    Incarnation,
    Learned,
    Outcome,
    Panel,
    VoidRange,
)

__all__ = [
    "Alert",
    "Command",
    "CommandState",
    "Event",
    "Incarnation",
    "Learned",
    "Outcome",
    "Panel",
    "Store",
    "StoreError",
    "VoidRange",
]
