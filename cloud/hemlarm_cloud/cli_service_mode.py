"""`hemlarm cloud service-mode` and `notice`: planned work at sites, and what the centre told people."""

from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from hemlarm_cloud import scope
from hemlarm_cloud.cases.categories import SERVICE_KINDS
from hemlarm_cloud.cli_centre import (
    ID_MAX,
    After,
    For,
    Limit,
    Reason,
    at_terminal,
    changing,
    looking,
    now_ms,
    rows_table,
)
from hemlarm_cloud.notices import outbox
from hemlarm_cloud.service_mode import orders
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.terminal import BAD_USAGE, Config, Data, Database, Json, fail, print_facts

service_app = typer.Typer(help="Planned work, during which a site's alarms call nobody.", no_args_is_help=True)
notice_app = typer.Typer(help="What people were told by SMS and mail.", no_args_is_help=True)

Site = Annotated[int, typer.Argument(metavar="SITE", min=1, max=ID_MAX, help="The site's id.")]
Order = Annotated[int, typer.Argument(metavar="ID", min=1, max=ID_MAX, help="The order's id.")]
_FORMATS = ["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"]

_COLUMNS = ("id", "kinds", "state", "from_ms", "until_ms")
_NOTICE_COLUMNS = ("id", "channel", "recipient", "subject", "state", "problem")
"""What fits on a terminal; --json has the rest."""


def add_to(app: typer.Typer) -> None:
    """Make these commands of `hemlarm cloud`."""
    app.add_typer(service_app, name="service-mode")
    app.add_typer(notice_app, name="notice")


@service_app.command("order")
def service_order(
    site: Site,
    kinds: Annotated[list[str], typer.Argument(metavar="KIND...", help=f"Of {', '.join(SERVICE_KINDS)}.")],
    until: Annotated[
        datetime, typer.Option("--until", formats=_FORMATS, help='By the site\'s clocks, as in "2027-01-31 16:00".')
    ],
    begins: Annotated[datetime | None, typer.Option("--from", formats=_FORMATS, help="When [now].")] = None,
    transmitter: Annotated[str | None, typer.Option("--transmitter", help="Only this one [all].")] = None,
    on_behalf_of: For = None,
    reason: Reason = "",
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Put a site into service mode, now or later. It ends by itself."""
    for kind in kinds:
        if kind not in SERVICE_KINDS:
            fail(f"no kind of alarm is called {kind!r}: use some of {', '.join(SERVICE_KINDS)}", BAD_USAGE)
    with changing(config, data, database) as tx:
        zone = _zone(tx, site)
        times = (None if begins is None else _ms(begins, zone), _ms(until, zone), now_ms())
        made = orders.order(tx, at_terminal(on_behalf_of), site, kinds, *times, transmitter, reason)
    when = "from now" if begins is None else f"from {begins:%Y-%m-%d %H:%M}"
    told = f"Service mode {made}: {', '.join(kinds)} at site {site} {when} until {until:%Y-%m-%d %H:%M}."
    print_facts(as_json, {"service_mode": made}, told)


@service_app.command("list")
def service_list(
    site: Site,
    after: After = 0,
    limit: Limit = 100,
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """List a site's orders, oldest first."""
    with looking(config, data, database) as reading:
        rows = [row._asdict() for row in orders.orders(reading, at_terminal(), site, after, limit)]
    print_facts(as_json, {"service_modes": rows}, rows_table(rows, *_COLUMNS))


@service_app.command("end")
def service_end(
    order: Order,
    on_behalf_of: For = None,
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """End service mode now, or take back an order that has not begun."""
    with changing(config, data, database) as tx:
        actor, at_ms = at_terminal(on_behalf_of), now_ms()
        seen = orders.expect_order(tx, actor, order)
        end = orders.withdraw if seen.from_ms > at_ms else orders.end_early
        end(tx, actor, order, seen.version, at_ms)
        state = orders.expect_order(tx, actor, order).state
    print_facts(as_json, {"service_mode": order, "state": state}, f"Service mode {order}: {state}.")


@notice_app.command("list")
def notice_list(
    site: Annotated[int | None, typer.Option("--site", min=1, max=ID_MAX, help="Only about this site.")] = None,
    after: After = 0,
    limit: Limit = 100,
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """List notices, oldest first, with what kept them from being delivered."""
    with looking(config, data, database) as reading:
        rows = [row._asdict() for row in outbox.notices(reading, at_terminal(), site, after, limit)]
    print_facts(as_json, {"notices": rows}, rows_table(rows, *_NOTICE_COLUMNS))


def _zone(reading: Queries, site: int) -> ZoneInfo:
    return ZoneInfo(scope.expect_site(reading, at_terminal(), site).time_zone)


def _ms(moment: datetime, zone: ZoneInfo) -> int:
    return int(moment.replace(tzinfo=zone).timestamp()) * 1000
