"""What a signal asks of case work, by its code: pure data and one function. What it is about is in `categories`."""

from typing import NamedTuple

from hemlarm_cloud.cases.categories import ALARMS, FAULT, LINE, POWER, category
from hemlarm_protocol.contact_id import NEW, RESTORE, split

ALARM, ALARM_ENDED = "alarm", "alarm-ended"
FAULT_BEGUN, FAULT_ENDED = "fault-begun", "fault-ended"
CANCEL, DISARM = "cancel", "disarm"
TEST_BEGUN, TEST_ENDED = "test-begun", "test-ended"
RECORD = "record"

HOUR_MS = 3_600_000

PANEL, FOREIGN, CLOUD = "panel", "foreign", "cloud"
"""Who says it: a Hemlarm panel, somebody else's transmitter, or the cloud about a panel."""

CANCEL_QCODE, DISARM_QCODE, DURESS_QCODE = 1406, 1401, 1121
TEST_BEGUN_QCODE, TEST_ENDED_QCODE = 1601, 3601
PRESUMED_QCODE = 1134
"""An entry alarm: what the cloud presumes of a panel that fell silent in its entry delay."""
SILENT_QCODE, HEARD_QCODE = 1354, 3354
"""No contact with the centre, and its end. Of a single path 1351 and 1352."""

_ROLES = {
    CANCEL_QCODE: CANCEL,
    DISARM_QCODE: DISARM,
    TEST_BEGUN_QCODE: TEST_BEGUN,
    TEST_ENDED_QCODE: TEST_ENDED,
}

_TOLD_ONLY = (118, 305, 306, 350, 354)
"""Faults' codes that report something passed or done: the first pulse of a fire loop, a restart, a configuration, the
path in use, a contact that was lost. What the cloud itself finds of the last one is a fault."""


class Fault(NamedTuple):
    """A lasting fault. Its condition is of this `kind`, and its case, where it gets one, of `case_kind`.

    It becomes a case after `delay_ms`. One that is `regional` can strike many sites at once.
    """

    kind: str
    case_kind: str = "fault"
    delay_ms: int = 0
    regional: bool = False


MAINS, SILENT, PATH, SILENT_PATH = "mains", "line", "path", "path-silent"

_FAULTS = {
    147: Fault("sensor-lost"),
    158: Fault("too-hot"),
    159: Fault("too-cold"),
    301: Fault(MAINS, delay_ms=6 * HOUR_MS, regional=True),
    302: Fault("battery", "service"),
    307: Fault("self-test", "service"),
    308: Fault("parked", regional=True),
    309: Fault("battery-test", "service"),
    311: Fault("battery-missing", "service"),
    312: Fault("charger", "service"),
    313: Fault("reset", "service"),
    351: Fault(PATH, regional=True),
    352: Fault(PATH, regional=True),
    373: Fault("fire-loop"),
    377: Fault("zone-shut-out", "service"),
    380: Fault("sensor", "service"),
    381: Fault("sensor-radio", "service"),
    384: Fault("sensor-battery", "service"),
    432: Fault("lock", "service"),
}
"""By code. The six hours of the mains are the customer's (C02)."""

_FOUND_BY_CLOUD = {
    351: Fault(SILENT_PATH, regional=True),
    352: Fault(SILENT_PATH, regional=True),
    354: Fault(SILENT, regional=True),
}
"""What the cloud finds of a panel's ways is kept apart from what the panel tells of them: each ends by itself."""


def role(qcode: int, origin: str) -> str:
    """Return what a signal of this code asks for; most ask for nothing, and are recorded."""
    if qcode in _ROLES:
        return _ROLES[qcode]
    qualifier, code = split(qcode)
    if qualifier not in (NEW, RESTORE) or code < 100:
        return RECORD
    about = category(qcode)
    if about in ALARMS:
        return ALARM if qualifier == NEW else ALARM_ENDED
    if about not in (LINE, POWER, FAULT) or (code in _TOLD_ONLY and not (origin == CLOUD and code == 354)):
        return RECORD
    return FAULT_BEGUN if qualifier == NEW else FAULT_ENDED


def fault(qcode: int, origin: str) -> Fault:
    """Return what fault a signal tells of whose role is one of the fault's; an unlisted code is one of its own."""
    _, code = split(qcode)
    if origin == CLOUD and code in _FOUND_BY_CLOUD:
        return _FOUND_BY_CLOUD[code]
    return _FAULTS.get(code) or Fault(f"code-{code}", "service")


def fault_of_kind(kind: str) -> Fault:
    """Return the fault that a condition's kind names; see `fault`."""
    return _KINDS.get(kind) or Fault(kind, "service")


def fault_zone(qcode: int, zone: int, origin: str) -> int:
    """Return the zone of a fault's condition; of a path's the path's number, which the code tells."""
    _, code = split(qcode)
    return {351: 1, 352: 2}.get(code, 0 if origin == CLOUD else zone)


_ALL = [(code, each, PANEL) for code, each in _FAULTS.items()] + [
    (code, each, CLOUD) for code, each in _FOUND_BY_CLOUD.items()
]
_KINDS = {each.kind: each for _, each, _ in _ALL}
_KIND_CATEGORIES = {each.kind: category(1000 + code) for code, each, _ in _ALL}

FOUND_BY_CLOUD = tuple({each.kind for each in _FOUND_BY_CLOUD.values()})
"""Kinds of conditions that no panel tells of."""

_WAYS = (SILENT, PATH, SILENT_PATH)
"""What says most about an outage comes first."""

REGIONAL = tuple(kind for kind, each in _KINDS.items() if each.regional)
"""Kinds of conditions that one cause can bring to a whole region."""


def family(kind: str) -> tuple[str, ...]:
    """Return the kinds whose faults at one time are one case: of an outage both cloud and panel tell."""
    return _WAYS if kind in _WAYS else (kind,)


def kind_category(kind: str) -> str:
    """Return the category of a condition of this kind; of an unlisted one that of its code."""
    if kind in _KIND_CATEGORIES:
        return _KIND_CATEGORIES[kind]
    code = kind.removeprefix("code-")
    return category(1000 + int(code)) if code.isdigit() else FAULT


def kind_codes(kind: str) -> tuple[int, ...]:
    """Return the codes that tell of conditions of this kind."""
    code = kind.removeprefix("code-")
    return tuple(known for known, each, _ in _ALL if each.kind == kind) or ((int(code),) if code.isdigit() else ())
