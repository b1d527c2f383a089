"""What a panel can have made of a release, and what the messages of panels say of it."""

from hemlarm_protocol import upkeep

WAITING, OFFERED, LOADING, READY, TRIAL, RUNNING, GOOD = (
    "waiting",
    "offered",
    "loading",
    "ready",
    "trial",
    "running",
    "good",
)
REFUSED, ROLLED_BACK, SILENT, CRASHED, WITHDRAWN = "refused", "rolled-back", "silent", "crashed", "withdrawn"

STATES = (
    *(WAITING, OFFERED, LOADING, READY, TRIAL, RUNNING, GOOD),
    *(REFUSED, ROLLED_BACK, SILENT, CRASHED, WITHDRAWN),
)
"""Of a panel in a release. Waiting: not offered yet. Running: it told that the version has proved itself. Good: it was
heard since. Silent: a line fault began on trial or soon after. Crashed: the version restarted by a fault of its own.
Withdrawn: the release ended before the panel tried it."""

BAD = (REFUSED, ROLLED_BACK, SILENT, CRASHED)
GOING = (OFFERED, LOADING, READY, TRIAL, RUNNING)
TRIED = (TRIAL, RUNNING, GOOD, *BAD)
TAKEN = (TRIAL, RUNNING, GOOD, SILENT, CRASHED)
"""What runs the version, or may."""

UNTRIED = (WAITING, OFFERED, LOADING, READY)
"""Those that an end of the release spares."""

OF_MESSAGE = {
    upkeep.LOADING: LOADING,
    upkeep.READY: READY,
    upkeep.TRIAL: TRIAL,
    upkeep.RUNNING: RUNNING,
    upkeep.REFUSED: REFUSED,
    upkeep.ROLLED_BACK: ROLLED_BACK,
}
"""By the state in an UpdateState."""
