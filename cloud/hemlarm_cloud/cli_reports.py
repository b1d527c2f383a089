"""`hemlarm cloud report`: reports as files, standing orders of monthly ones, and the billing basis.

What prints is imported by the commands that need it: no other command of `hemlarm` should wait for that.
"""

from pathlib import Path
from typing import Annotated, Literal

import typer

from hemlarm_cloud.cli_centre import ID_MAX, After, For, Limit, at_terminal, changing, looking, now_ms, rows_table
from hemlarm_cloud.terminal import BAD_USAGE, Config, Data, Database, Json, fail, print_facts

report_app = typer.Typer(help="Reports for customers, and who gets which each month.", no_args_is_help=True)

Form = Literal["csv", "pdf"]
Language = Literal["sv", "en"]

Code = Annotated[
    str, typer.Argument(metavar="REPORT", help="ZR0047, ZR0001, ZR0002, ZR0034, ZR0042, K1, ZR0010 or ZR0020.")
]
Customer = Annotated[int | None, typer.Option("--customer", min=1, max=ID_MAX, help="About this customer's sites.")]
Site = Annotated[int | None, typer.Option("--site", min=1, max=ID_MAX, help="About this site.")]
List = Annotated[int | None, typer.Option("--list", min=1, max=ID_MAX, help="About this authority list.")]
Service = Annotated[int | None, typer.Option("--service", min=1, max=ID_MAX, help="About this on-call service.")]
Case = Annotated[int | None, typer.Option("--case", min=1, max=ID_MAX, help="About this case.")]
Output = Annotated[Path | None, typer.Option("--output", help="The file to write [named after the report, here].")]
InForm = Annotated[Form, typer.Option("--form", help="csv or pdf.")]
InLanguage = Annotated[Language, typer.Option("--language", help="sv or en.")]

_COLUMNS = ("id", "report", "recipient", "form", "language", "last_month")


def add_to(app: typer.Typer) -> None:
    """Make this `report` of `hemlarm cloud`."""
    app.add_typer(report_app, name="report")


@report_app.command("make")
def report_make(
    report: Code,
    customer: Customer = None,
    site: Site = None,
    authority_list: List = None,
    service: Service = None,
    case: Case = None,
    transmitter: Annotated[str | None, typer.Option("--transmitter", help="Only this one of the site's.")] = None,
    period: Annotated[
        str | None, typer.Option("--period", help="2026, 2026-10 or 2026-10-05..2026-10-11 [this month].")
    ] = None,
    form: InForm = "pdf",
    language: InLanguage = "sv",
    output: Output = None,
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Make a report about one customer, site, list, service or case, as a file."""
    from hemlarm_cloud.reports import catalogue
    from hemlarm_cloud.reports.subjects import About

    about = About(customer, site, authority_list, service, case, transmitter)
    with looking(config, data, database) as reading:
        made = catalogue.make(reading, at_terminal(), report, about, period, language, now_ms())
    content = catalogue.rendered(made, form)
    _write(output or Path(catalogue.file_name(made, form)), content, as_json)


@report_app.command("billing")
def report_billing(
    month: Annotated[str, typer.Argument(metavar="MONTH", help="Such as 2026-10.")],
    form: InForm = "csv",
    language: InLanguage = "sv",
    output: Output = None,
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Write the events above each contract whose period ends with a month."""
    from hemlarm_cloud.reports import billing, catalogue

    with looking(config, data, database) as reading:
        made = billing.make(reading, at_terminal(), month, language, now_ms())
    content = catalogue.rendered(made, form)
    _write(output or Path(catalogue.file_name(made, form)), content, as_json)


@report_app.command("order")
def report_order(
    report: Code,
    recipient: Annotated[str, typer.Argument(metavar="MAIL", help="Who gets it.")],
    customer: Customer = None,
    site: Site = None,
    authority_list: List = None,
    service: Service = None,
    form: InForm = "pdf",
    language: InLanguage = "sv",
    on_behalf_of: For = None,
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Send a report by mail for each month from this one on."""
    from hemlarm_cloud.reports import orders
    from hemlarm_cloud.reports.subjects import About

    about = About(customer, site, authority_list, service)
    with changing(config, data, database) as tx:
        made = orders.order(tx, at_terminal(on_behalf_of), report, about, recipient, form, language, now_ms())
    print_facts(as_json, {"order": made}, f"Order {made}: {report} goes to {recipient} each month.")


@report_app.command("orders")
def report_orders(
    after: After = 0,
    limit: Limit = 100,
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """List the standing orders, oldest first."""
    from hemlarm_cloud.reports import orders

    with looking(config, data, database) as reading:
        rows = [row._asdict() for row in orders.orders(reading, at_terminal(), after, limit)]
    print_facts(as_json, {"orders": rows}, rows_table(rows, *_COLUMNS))


@report_app.command("end")
def report_end(
    order: Annotated[int, typer.Argument(metavar="ORDER", min=1, max=ID_MAX, help="The order's id.")],
    on_behalf_of: For = None,
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Send no more of an order's reports."""
    from hemlarm_cloud.reports import orders

    with changing(config, data, database) as tx:
        orders.end(tx, at_terminal(on_behalf_of), order, now_ms())
    print_facts(as_json, {"order": order}, f"Order {order} has ended.")


def _write(path: Path, content: bytes, as_json: bool) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        fail(f"{path}: {error.strerror}; name another file with --output", BAD_USAGE)
    print_facts(as_json, {"file": str(path), "bytes": len(content)}, f"{path} written, {len(content):,} bytes.")
