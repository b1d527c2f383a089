"""`hemlarm cloud customer`, `contract`, `site` and `transmitter`: whom the centre serves, and where."""

import os
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from hemlarm_cloud import cli_access, cli_accounts, cli_keys, cli_people
from hemlarm_cloud.cli_centre import (
    ID_MAX,
    After,
    Day,
    For,
    Limit,
    Reason,
    Seen,
    at_terminal,
    changing,
    looking,
    midnight_ms,
    now_ms,
    rows_table,
)
from hemlarm_cloud.installation import open_installation
from hemlarm_cloud.sites import contracts, customers, passwords, sites, transmitters
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.terminal import Config, Data, Database, Json, print_facts, reporting, settings_from

customer_app = typer.Typer(help="Customers.", no_args_is_help=True)
contract_app = typer.Typer(help="Contracts.", no_args_is_help=True)
site_app = typer.Typer(help="Sites.", no_args_is_help=True)
transmitter_app = typer.Typer(help="What reports from sites.", no_args_is_help=True)

Customer = Annotated[int, typer.Argument(metavar="CUSTOMER", min=1, max=ID_MAX, help="The customer's id.")]
Contract = Annotated[int, typer.Argument(metavar="CONTRACT", min=1, max=ID_MAX, help="The contract's id.")]
Site = Annotated[int, typer.Argument(metavar="SITE", min=1, max=ID_MAX, help="The site's id.")]
Number = Annotated[str, typer.Argument(metavar="NUMBER", help="The number that people know it by.")]
Transmitter = Annotated[str, typer.Argument(metavar="TRANSMITTER", help="A panel's id, or another transmitter's.")]
UnderContract = Annotated[int | None, typer.Option("--contract", min=1, max=ID_MAX, help="The contract it is under.")]


def add_to(app: typer.Typer) -> None:
    """Make these commands of `hemlarm cloud`, and those of people, keys and accounts."""
    for name, group in (
        ("customer", customer_app),
        ("contract", contract_app),
        ("site", site_app),
        ("transmitter", transmitter_app),
    ):
        app.add_typer(group, name=name)
    cli_people.add_to(app)
    cli_keys.add_to(app)
    cli_accounts.add_to(app)
    cli_access.add_to(app)


@customer_app.command("add")
def customer_add(
    number: Number,
    name: str,
    organisation: Annotated[str, typer.Option("--organisation", help="The organisation number.")] = "",
    language: Annotated[str, typer.Option("--language", help="sv or en.")] = "sv",
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Register a customer."""
    with changing(config, data, database) as tx:
        made = customers.add(tx, at_terminal(), number, name, now_ms(), organisation, language)
    print_facts(as_json, {"customer": made}, f"Customer {made} registered.")


@customer_app.command("list")
def customer_list(
    after: After = 0,
    limit: Limit = 100,
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """List customers."""
    with looking(config, data, database) as reading:
        rows = customers.customers(reading, at_terminal(), after, limit)
    shown = rows_table(rows, "id", "number", "name", "organisation_number", "language")
    print_facts(as_json, {"customers": rows}, shown)


@contract_app.command("add")
def contract_add(
    customer: Customer,
    number: Number,
    begins: Day,
    ends: Day,
    events: Annotated[
        int | None, typer.Option("--events", min=0, max=contracts.EVENTS_MAX, help="Events included per period [all].")
    ] = None,
    period: Annotated[str, typer.Option("--period", help="month, quarter or year.")] = "month",
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Register a contract of a customer, from one midnight to another."""
    dates = (midnight_ms(begins), midnight_ms(ends))
    with changing(config, data, database) as tx:
        made = contracts.add(tx, at_terminal(), customer, number, *dates, now_ms(), events, period)
    print_facts(as_json, {"contract": made}, f"Contract {made} registered.")


@contract_app.command("list")
def contract_list(
    customer: Customer,
    after: After = 0,
    limit: Limit = 100,
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """List a customer's contracts, with the end that holds today."""
    with looking(config, data, database) as reading:
        rows = contracts.contracts(reading, at_terminal(), customer, now_ms(), after, limit)
    shown = rows_table(rows, "id", "number", "begins_ms", "ends_ms", "terminated_ms", "events_included", "period")
    print_facts(as_json, {"contracts": rows}, shown)


@contract_app.command("notice")
def contract_notice(
    contract: Contract,
    on_behalf_of: For = None,
    reason: Reason = "",
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Give notice of a contract: it ends at the first end that is three months away or more."""
    with changing(config, data, database) as tx:
        actor = at_terminal(on_behalf_of)
        seen = contracts.expect(tx, actor, contract).version
        ends_ms = contracts.give_notice(tx, actor, contract, seen, now_ms(), reason)
    facts = {"contract": contract, "ends_ms": ends_ms}
    print_facts(as_json, facts, rows_table([facts], "contract", "ends_ms"))


@site_app.command("add")
def site_add(
    number: Number,
    customer: Customer,
    name: str,
    contract: UnderContract = None,
    address: Annotated[str, typer.Option("--address")] = "",
    town: Annotated[str, typer.Option("--town")] = "",
    region: Annotated[str, typer.Option("--region", help="What a power cut strikes as one.")] = "",
    guard: Annotated[str, typer.Option("--guard", help="The guards and how to reach them.")] = "",
    key_service: Annotated[bool, typer.Option("--key-service", help="A guard has the key.")] = False,
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Register a site of a customer."""
    wanted = sites.Description(name, address, town, region, key_service=key_service, guard=guard)
    with changing(config, data, database) as tx:
        made = sites.register(tx, at_terminal(), number, customer, contract, wanted, now_ms())
    print_facts(as_json, {"site": made}, f"Site {made} registered.")


@site_app.command("list")
def site_list(
    search: Annotated[str, typer.Option("--search", help="In number, name, address or town.")] = "",
    customer: Annotated[int | None, typer.Option("--customer", min=1, max=ID_MAX)] = None,
    after: After = 0,
    limit: Limit = 100,
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """List sites. A number with ? in front stands for one that only its transmitter made known."""
    with looking(config, data, database) as reading:
        rows = sites.sites(reading, at_terminal(), search, customer, after, limit)
    print_facts(as_json, {"sites": rows}, rows_table(rows, "id", "number", "customer", "name", "town", "region"))


@site_app.command("show")
def site_show(
    site: Site, config: Config = None, data: Data = None, database: Database = None, as_json: Json = False
) -> None:
    """Show a site and its transmitters."""
    with looking(config, data, database) as reading:
        facts = sites.one(reading, at_terminal(), site)
        there = transmitters.transmitters(reading, at_terminal(), site)
    rows = [{"what": name, "value": value} for name, value in facts.items()]
    rows += [{"what": f"transmitter ({row['kind']})", "value": f"{row['id']} {row['name']}"} for row in there]
    print_facts(as_json, {**facts, "transmitters": there}, rows_table(rows, "what", "value"))


@site_app.command("adopt")
def site_adopt(
    site: Site,
    number: Number,
    customer: Customer,
    contract: UnderContract = None,
    version: Seen = None,
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Register a site that only its transmitter made known."""
    with changing(config, data, database) as tx:
        seen = _version(tx, site, version)
        changed = sites.adopt(tx, at_terminal(), site, number, customer, contract, seen, now_ms())
    print_facts(as_json, {"site": site, "version": changed}, f"Site {site} is number {number} now.")


@site_app.command("change")
def site_change(
    site: Site,
    name: Annotated[str | None, typer.Option("--name")] = None,
    address: Annotated[str | None, typer.Option("--address")] = None,
    town: Annotated[str | None, typer.Option("--town")] = None,
    region: Annotated[str | None, typer.Option("--region")] = None,
    guard: Annotated[str | None, typer.Option("--guard")] = None,
    key_service: Annotated[bool | None, typer.Option("--key-service/--no-key-service")] = None,
    on_behalf_of: For = None,
    reason: Reason = "",
    version: Seen = None,
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Change what is written about a site; what is not given stays."""
    given: dict[str, Any] = {"name": name, "address": address, "town": town, "region": region, "guard": guard}
    given["key_service"] = key_service
    wanted = {key: value for key, value in given.items() if value is not None}
    with changing(config, data, database) as tx:
        actor = at_terminal(on_behalf_of)
        facts = sites.one(tx, actor, site)
        known = sites.Description(**{field: facts[field] for field in sites.Description.__dataclass_fields__})
        seen = facts["version"] if version is None else version
        changed = sites.change(tx, actor, site, replace(known, **wanted), seen, now_ms(), reason)
    print_facts(as_json, {"site": site, "version": changed}, f"Site {site} changed.")


@site_app.command("end")
def site_end(
    site: Site,
    reason: Reason = "",
    version: Seen = None,
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """End a site: its record stays, and its keys are to be returned or destroyed."""
    with changing(config, data, database) as tx:
        changed = sites.end(tx, at_terminal(), site, _version(tx, site, version), now_ms(), reason)
    print_facts(as_json, {"site": site, "version": changed}, f"Site {site} has ended; see `hemlarm cloud key list`.")


@site_app.command("password")
def site_password(
    site: Site,
    counter: Annotated[bool, typer.Option("--counter", help="What the centre says, not the person.")] = False,
    on_behalf_of: For = None,
    reason: Reason = "",
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Set a site's password, which is asked for and does not show."""
    which = passwords.COUNTER if counter else passwords.PASSWORD
    new = typer.prompt("New password", hide_input=True, err=True)
    with reporting():
        settings = settings_from(config, data, database)
        with open_installation(settings, os.urandom, datetime.now(UTC)) as opened, opened.store.begin() as tx:
            actor, seen = at_terminal(on_behalf_of), _version(tx, site, None)
            changed = passwords.set_password(tx, opened.vault, actor, site, which, new, seen, now_ms(), reason)
    print_facts(as_json, {"site": site, "version": changed}, f"Site {site} has a new {which.replace('_', ' ')}.")


@transmitter_app.command("add")
def transmitter_add(
    site: Site,
    transmitter: Transmitter,
    kind: Annotated[str, typer.Option("--kind", help="hemlarm, sos-access or dc-09.")] = "hemlarm",
    name: Annotated[str, typer.Option("--name")] = "",
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Register a transmitter at a site."""
    with changing(config, data, database) as tx:
        seen = _version(tx, site, None)
        transmitters.add(tx, at_terminal(), site, transmitter, kind, name, seen, now_ms())
    print_facts(as_json, {"transmitter": transmitter, "site": site}, f"Transmitter {transmitter} is at site {site}.")


@transmitter_app.command("move")
def transmitter_move(
    transmitter: Transmitter,
    site: Site,
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Move a transmitter to another site."""
    with changing(config, data, database) as tx:
        transmitters.move(tx, at_terminal(), transmitter, site, _version(tx, site, None), now_ms())
    print_facts(as_json, {"transmitter": transmitter, "site": site}, f"Transmitter {transmitter} is at site {site}.")


def _version(reading: Queries, site: int, seen: int | None) -> int:
    return int(sites.one(reading, at_terminal(), site)["version"]) if seen is None else seen
