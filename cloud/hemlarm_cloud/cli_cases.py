"""`hemlarm cloud case`: the operators' queue and the work on cases, from a terminal.

Whoever can open the installation acts as a supervisor, by the name of their account on this machine. What is changed is
the case as it is at that moment; --version refuses that if somebody else was faster.
"""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from hemlarm_cloud.cli_centre import at_terminal, now_ms
from hemlarm_cloud.handling import actions, closing, doing, log, password, pictures, queue, seen, views
from hemlarm_cloud.handling.queue import Line
from hemlarm_cloud.installation import open_installation
from hemlarm_cloud.showing import time_text
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_cloud.terminal import Config, Data, Database, Json, opened_store, print_facts, reporting, settings_from

case_app = typer.Typer(help="Cases: what waits for operators, and their work on it.", no_args_is_help=True)

CaseId = Annotated[int, typer.Argument(metavar="CASE", min=1, max=2**63 - 1, help="The case's number.")]
TaskId = Annotated[int, typer.Argument(metavar="TASK", min=1, max=2**63 - 1, help="The task's number.")]
SeenVersion = Annotated[int | None, typer.Option("--version", min=0, help="Only if this is still its version.")]
Note = Annotated[str, typer.Option("--note", help="For the log.")]
Limit = Annotated[int, typer.Option("--limit", min=1, max=500, help="At most so many.")]


def add_to(app: typer.Typer) -> None:
    """Make this `case` of `hemlarm cloud`."""
    app.add_typer(case_app, name="case")


@case_app.command("list")
def list_queue(
    limit: Limit = 100, config: Config = None, data: Data = None, database: Database = None, as_json: Json = False
) -> None:
    """Show the operators' queue: the most urgent first."""
    with opened_store(config, data, database) as store, store.read() as reading:
        lines = queue.queue(reading, at_terminal(), now_ms(), limit)
        totals = queue.totals(reading, at_terminal())
    facts = {"open": totals.open, "unclaimed": totals.unclaimed, "cases": [_line_json(line) for line in lines]}
    print_facts(as_json, facts, _queue_table(lines))


@case_app.command("show")
def show(
    case_id: CaseId, config: Config = None, data: Data = None, database: Database = None, as_json: Json = False
) -> None:
    """Show a case and its tasks."""
    with opened_store(config, data, database) as store, store.read() as reading:
        found = views.case(reading, at_terminal(), case_id)
    print_facts(as_json, found, _case_table(found))


@case_app.command("log")
def show_log(
    case_id: CaseId,
    limit: Limit = 500,
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Show every step of a case, oldest first."""
    with opened_store(config, data, database) as store, store.read() as reading:
        entries = log.entries(reading, at_terminal(), case_id, limit=limit)
    table = Table("at (UTC)", "who", "what", "detail", box=None)
    for entry in entries:
        detail = ", ".join(f"{name}: {value}" for name, value in entry.detail.items())
        table.add_row(time_text(entry.at_ms), entry.actor, entry.kind, detail)
    print_facts(as_json, {"log": [entry._asdict() for entry in entries]}, table)


@case_app.command("claim")
def claim(
    case_id: CaseId,
    version: SeenVersion = None,
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Take a case that nobody has."""
    with opened_store(config, data, database) as store, store.begin() as tx:
        actions.claim(tx, at_terminal(), case_id, _version(tx, case_id, version), now_ms())
        found = views.case(tx, at_terminal(), case_id)
    print_facts(as_json, found, _case_table(found))


@case_app.command("release")
def release(
    case_id: CaseId,
    why: Annotated[str, typer.Option("--why", help="For the log.")] = "",
    version: SeenVersion = None,
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Put a case back into the queue."""
    with opened_store(config, data, database) as store, store.begin() as tx:
        actions.release(tx, at_terminal(), case_id, _version(tx, case_id, version), why, now_ms())
        found = views.case(tx, at_terminal(), case_id)
    print_facts(as_json, found, f"Case {case_id} is back in the queue.")


@case_app.command("done")
def done(
    case_id: CaseId,
    task_id: TaskId,
    result: Annotated[str, typer.Argument(metavar="RESULT", help="How it turned out; a wrong word lists them.")],
    note: Note = "",
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Finish a task."""
    with opened_store(config, data, database) as store, store.begin() as tx:
        seen.expect_case(tx, at_terminal(), case_id)
        version = doing.task_row(tx, case_id, task_id).version
        doing.complete_task(tx, at_terminal(), case_id, task_id, result, note, version, now_ms())
        found = views.case(tx, at_terminal(), case_id)
    print_facts(as_json, found, _case_table(found))


@case_app.command("leave-out")
def leave_out(
    case_id: CaseId,
    task_id: TaskId,
    reason: Annotated[str, typer.Argument(metavar="REASON")],
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Leave a task out, with a reason."""
    with opened_store(config, data, database) as store, store.begin() as tx:
        seen.expect_case(tx, at_terminal(), case_id)
        version = doing.task_row(tx, case_id, task_id).version
        doing.skip_task(tx, at_terminal(), case_id, task_id, reason, version, now_ms())
        found = views.case(tx, at_terminal(), case_id)
    print_facts(as_json, found, _case_table(found))


@case_app.command("password")
def check_password(
    case_id: CaseId, config: Config = None, data: Data = None, database: Database = None, as_json: Json = False
) -> None:
    """Ask for what somebody said, and tell whether it is the site's password."""
    spoken = typer.prompt("What was said", hide_input=True, err=True)
    settings = settings_from(config, data, database)
    with reporting(), open_installation(settings, os.urandom, datetime.now(UTC)) as opened, opened.store.begin() as tx:
        outcome = password.check(tx, opened.vault, at_terminal(), case_id, spoken, now_ms())
    print_facts(as_json, {"case": case_id, "outcome": outcome}, f"The password is {outcome}.")


@case_app.command("note")
def note_on(
    case_id: CaseId,
    text: Annotated[str, typer.Argument(metavar="TEXT")],
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Write a line into a case's log."""
    with opened_store(config, data, database) as store, store.begin() as tx:
        actions.add_note(tx, at_terminal(), case_id, text, now_ms())
    print_facts(as_json, {"case": case_id, "note": text}, f"Noted on case {case_id}.")


@case_app.command("attach")
def attach(
    case_id: CaseId,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A PNG or JPEG image.")],
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Attach a picture to a case."""
    with opened_store(config, data, database) as store:
        with file.open("rb") as picture:
            content = picture.read(pictures.PICTURE_MAX + 1)
        with store.begin() as tx:
            made = pictures.attach_picture(tx, at_terminal(), case_id, content, now_ms())
    print_facts(as_json, made._asdict(), f"Picture {made.id} is attached to case {case_id}.")


@case_app.command("close")
def close(
    case_id: CaseId,
    outcome: Annotated[str, typer.Argument(metavar="OUTCOME", help="How it ended; a wrong word lists them.")],
    note: Note = "",
    no_feedback_because: Annotated[
        str, typer.Option("--no-feedback-because", help="Why the customer is told nothing.")
    ] = "",
    version: SeenVersion = None,
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Close a case."""
    told = {"note": note, "no_feedback_because": no_feedback_because}
    with opened_store(config, data, database) as store, store.begin() as tx:
        closing.close(tx, at_terminal(), case_id, outcome, _version(tx, case_id, version), now_ms(), **told)
        found = views.case(tx, at_terminal(), case_id)
    print_facts(as_json, found, f"Case {case_id} is closed as {outcome}.")


def _version(tx: Transaction, case_id: int, given: int | None) -> int:
    return int(seen.expect_case(tx, at_terminal(), case_id).version) if given is None else given


def _queue_table(lines: list[Line]) -> Table:
    table = Table("case", "category", "state", "site", "waits", "operator", "next", box=None)
    for line in lines:
        case = line.case
        place = line.site_name or f"{case['sites']} sites, {case['region']}"
        following = line.next_task["kind"] if line.next_task else ""
        waits = f"{line.waited_ms // 60_000} min"
        table.add_row(str(case["id"]), case["category"], case["state"], place, waits, case["operator"] or "", following)
    return table


def _case_table(found: dict[str, Any]) -> Table:
    head = f"Case {found['id']}: {found['category']}, {found['state']}, {found['site_name']} {found['town']}"
    table = Table("task", "turn", "kind", "whom", "state", "result", title=head.rstrip(), box=None)
    for task in found["tasks"]:
        whom = f"{task['call']['name']} {task['call']['phone']}" if task["call"] else task["text"]
        turn = str(task["turn"] or "")
        table.add_row(str(task["id"]), turn, task["kind"], whom, task["state"], task["result"] or "")
    return table


def _line_json(line: Line) -> dict[str, Any]:
    rest = line._asdict()
    del rest["case"]
    return line.case | rest
