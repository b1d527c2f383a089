"""`hemlarm cloud duty`: on-call services, who is on duty, and the calls taken."""

from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from hemlarm_cloud.cli_centre import (
    ID_MAX,
    After,
    For,
    Limit,
    Reason,
    Seen,
    at_terminal,
    changing,
    looking,
    now_ms,
    rows_table,
)
from hemlarm_cloud.duty import calls, rosters, services
from hemlarm_cloud.duty.gaps import Duty, Trouble
from hemlarm_cloud.showing import time_text
from hemlarm_cloud.terminal import Config, Data, Database, Json, print_facts

duty_app = typer.Typer(help="On-call services: who is on duty, and the calls taken.", no_args_is_help=True)

Service = Annotated[int, typer.Argument(metavar="SERVICE", min=1, max=ID_MAX, help="The on-call service's id.")]
_FORMATS = ["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"]
_ON_DUTY = ("position", "name", "phone", "other_phone", "until_ms")
_HELP = 'By the service\'s clocks, as in "2027-01-31 08:00".'


def add_to(app: typer.Typer) -> None:
    """Make this `duty` of `hemlarm cloud`."""
    app.add_typer(duty_app, name="duty")


@duty_app.command("add")
def duty_add(
    customer: Annotated[int, typer.Argument(metavar="CUSTOMER", min=1, max=ID_MAX, help="Who ordered it.")],
    name: str,
    number: Annotated[str, typer.Option("--number", help="What people call.")] = "",
    time_zone: Annotated[str, typer.Option("--time-zone", help="Such as Europe/Helsinki.")] = "Europe/Stockholm",
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Add an on-call service."""
    with changing(config, data, database) as tx:
        made = services.add(tx, at_terminal(), customer, name, number, time_zone, now_ms())
    print_facts(as_json, {"service": made}, f"On-call service {made} added.")


@duty_app.command("list")
def duty_list(
    after: After = 0,
    limit: Limit = 100,
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """List on-call services."""
    with looking(config, data, database) as reading:
        rows = [row._asdict() for row in services.services(reading, at_terminal(), after, limit)]
    print_facts(as_json, {"services": rows}, rows_table(rows, "id", "customer", "name", "number"))


@duty_app.command("now")
def duty_now(
    service: Service, config: Config = None, data: Data = None, database: Database = None, as_json: Json = False
) -> None:
    """Tell who is on duty now, in the order in which they are called."""
    with looking(config, data, database) as reading:
        rows = [row._asdict() for row in rosters.on_duty(reading, at_terminal(), service, now_ms())]
    print_facts(as_json, {"on_duty": rows}, rows_table(rows, *_ON_DUTY) if rows else "Nobody is on duty.")


@duty_app.command("put")
def duty_put(
    service: Service,
    people: Annotated[
        list[int], typer.Argument(metavar="PERSON...", help="Ids, in the order in which they are called.")
    ],
    begins: Annotated[datetime, typer.Option("--from", formats=_FORMATS, help=_HELP)],
    ends: Annotated[datetime, typer.Option("--until", formats=_FORMATS, help=_HELP)],
    version: Seen = None,
    on_behalf_of: For = None,
    reason: Reason = "",
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Put people on duty for a time, in the place of who was."""
    with changing(config, data, database) as tx:
        found = services.expect(tx, at_terminal(), service)
        from_ms, until_ms = (_ms(moment, found.time_zone) for moment in (begins, ends))
        duties = [Duty(person, from_ms, until_ms, position) for position, person in enumerate(people, 1)]
        seen = found.version if version is None else version
        actor = at_terminal(on_behalf_of)
        wrong = rosters.replace(tx, actor, service, from_ms, until_ms, duties, seen, now_ms(), reason)
    told = [f"On duty from {begins:%Y-%m-%d %H:%M} until {ends:%Y-%m-%d %H:%M}: {len(people)}."]
    facts = {"service": service, "troubles": [each._asdict() for each in wrong]}
    print_facts(as_json, facts, "\n".join(told + [_told(each) for each in wrong]))


@duty_app.command("call")
def duty_call(
    service: Service,
    seconds: Annotated[
        int | None, typer.Option("--answered-after", min=0, max=3600, help="Unanswered without.")
    ] = None,
    caller: Annotated[str, typer.Option("--caller", help="The caller's number.")] = "",
    note: Annotated[str, typer.Option("--note", help="What it was about.")] = "",
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Record a call that came in just now, or so many seconds ago as it took to answer it."""
    at_ms = now_ms() - 1000 * (seconds or 0)
    answered_ms = None if seconds is None else at_ms + 1000 * seconds
    with changing(config, data, database) as tx:
        made = calls.record(
            tx, at_terminal(), service, at_ms, now_ms(), answered_ms=answered_ms, caller=caller, note=note
        )
    print_facts(as_json, {"call": made}, f"Call {made} recorded.")


def _ms(moment: datetime, zone: str) -> int:
    return round(moment.replace(tzinfo=ZoneInfo(zone)).timestamp()) * 1000


def _told(wrong: Trouble) -> str:
    what = "Nobody is on duty" if wrong.kind == "gap" else f"Several people have position {wrong.position}"
    return f"{what} from {time_text(wrong.from_ms)} until {time_text(wrong.until_ms)} UTC."
