"""What the cloud remembers: panels, their events, configurations, commands and alerts, in one SQL database."""

from hemlarm_cloud.store.database import Store
from hemlarm_cloud.store.errors import StoreError
from hemlarm_cloud.store.rows import (
    Alert,
    Change,
    Command,
    CommandState,
    Configuration,
    EntryDelayState,
    Event,
    Incarnation,
    Learned,
    Outcome,
    Panel,
    PresumedAlarm,
    VoidRange,
)

__all__ = [
    "Alert",
    "Change",
    "Command",
    "CommandState",
    "Configuration",
    "EntryDelayState",
    "Event",
    "Incarnation",
    "Learned",
    "Outcome",
    "Panel",
    "PresumedAlarm",
    "Store",
    "StoreError",
    "VoidRange",
]
