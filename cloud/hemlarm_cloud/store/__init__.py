"""What the cloud remembers: panels, their events, configurations, commands and alerts, in one SQL database."""

from hemlarm_cloud.store.database import Store
from hemlarm_cloud.store.errors import StoreConflictError, StoreError
from hemlarm_cloud.store.rows import (
    Alert,
    BootTime,
    Change,
    Command,
    CommandState,
    Configuration,
    Dating,
    EntryDelayState,
    Event,
    Incarnation,
    Learned,
    Outcome,
    Panel,
    PanelHealth,
    PresumedAlarm,
    VoidRange,
)

__all__ = [
    "Alert",
    "BootTime",
    "Change",
    "Command",
    "CommandState",
    "Configuration",
    "Dating",
    "EntryDelayState",
    "Event",
    "Incarnation",
    "Learned",
    "Outcome",
    "Panel",
    "PanelHealth",
    "PresumedAlarm",
    "Store",
    "StoreConflictError",
    "StoreError",
    "VoidRange",
]
