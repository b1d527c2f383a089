"""What the API shows of cases, and what is posted about them."""

from typing import Annotated, Any

from pydantic import BaseModel, Field

from hemlarm_cloud.api.depends import Line, Ms, RowId, Version, Wanted
from hemlarm_cloud.handling.actions import NOTE_MAX
from hemlarm_cloud.handling.doing import TEXT_MAX

Note = Annotated[Line, Field(max_length=NOTE_MAX)]
Word = Annotated[Line, Field(min_length=1, max_length=20)]
"""A kind, a result or an outcome; the answer to an unknown one lists those that there are."""


class CaseHead(BaseModel):
    """A case. `answered_ms` is when an operator first took it; `escalation` counts how often nobody had in time."""

    id: int
    site: int | None = Field(description="none of a regional incident")
    kind: str
    category: str
    urgency: int = Field(description="0 comes first")
    state: str
    began_ms: int
    latest_ms: int
    opened_ms: int
    answered_ms: int | None
    closed_ms: int | None
    operator: str | None
    outcome: str | None
    summary: str
    test: bool
    cancelled_ms: int | None
    region: str
    sites: int
    incident: int | None
    follows: int | None
    escalation: int
    wake_ms: int | None
    version: int


class Callee(BaseModel):
    """Whom to call."""

    name: str
    phone: str
    other_phone: str


class Task(BaseModel):
    """A task. `turn` is 1 for the one to do next, and none for what is done, not needed or not decided yet."""

    id: int
    key: str
    position: int
    kind: str
    person: int | None
    call: Callee | None
    text: str
    only_if: str
    state: str
    result: str | None
    note: str
    due_ms: int | None
    done_ms: int | None
    done_by: str | None
    turn: int | None
    version: int


class Case(CaseHead):
    """A case with its tasks."""

    site_name: str
    town: str
    answer_ms: int | None = Field(description="how long it took until an operator took it")
    tasks: list[Task]


class NextTask(BaseModel):
    """What to do next."""

    id: int
    kind: str
    person: int | None
    text: str


class QueueLine(BaseModel):
    """One case in the queue."""

    id: int
    kind: str
    category: str
    urgency: int
    state: str
    site: int | None
    site_name: str
    town: str
    opened_ms: int
    began_ms: int
    waited_ms: int
    answered_ms: int | None
    operator: str | None
    summary: str
    test: bool
    cancelled_ms: int | None
    region: str
    sites: int
    escalation: int
    wake_ms: int | None
    version: int
    next_task: NextTask | None


class Queue(BaseModel):
    """What is open, the most urgent first, and how much there is of it."""

    open: int
    unclaimed: int
    lines: list[QueueLine]


class LogEntry(BaseModel):
    """A step of a case: who did what and when."""

    id: int
    at_ms: int
    actor: str
    kind: str
    detail: dict[str, Any]


class CaseSignal(BaseModel):
    """A signal of a case; `qcode` is Contact ID with its qualifier."""

    id: int
    transmitter: str
    qcode: int
    category: str
    area: int
    zone: int
    user: int
    text: str
    dated_ms: int
    received_ms: int


class Password(BaseModel):
    """How a password compared: right, wrong or not-set."""

    outcome: str


class CounterPassword(BaseModel):
    """What the centre says to prove itself; none where nothing was agreed on."""

    counter_password: str | None


class Seen(Wanted):
    """The version that was seen of what is changed."""

    version: Version


class Release(Seen):
    """A case goes back into the queue."""

    why: Note = ""


class HandOver(Seen):
    """A case goes to another operator."""

    to: Annotated[Line, Field(min_length=1, max_length=80)]


class Wait(Seen):
    """A case is put off."""

    until_ms: Ms
    why: Note = ""


class Close(Seen):
    """A case is closed."""

    outcome: Word
    note: Note = ""
    no_feedback_because: Note = ""


class NewNote(Wanted):
    """A line for the log."""

    note: Annotated[Line, Field(min_length=1, max_length=NOTE_MAX)]


class NewTask(Seen):
    """A task that the plan did not foresee; the version is the case's."""

    kind: Word
    person: RowId | None = None
    text: Annotated[Line, Field(max_length=TEXT_MAX)] = ""


class TaskDone(Seen):
    """A task was done; the version is the task's."""

    result: Word
    note: Note = ""


class TaskLeftOut(Seen):
    """A task is left out; the version is the task's."""

    reason: Annotated[Line, Field(min_length=1, max_length=NOTE_MAX)]


class Spoken(Wanted):
    """What somebody said on the telephone."""

    spoken: Annotated[Line, Field(max_length=40)]


class GuardReport(Seen):
    """What the guard found; the version is that of the task guard-report."""

    cause: Word
    secured: bool = Field(description="damage was covered")
    inner_check: bool = Field(description="the guard was inside")
    note: Note = ""


class Feedback(Seen):
    """The outcome to write to the customer about; the version is that of the task feedback."""

    outcome: Word
