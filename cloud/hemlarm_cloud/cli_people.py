"""`hemlarm cloud person`, `list`, `contact` and `plan`: people, their authority, whom to call and what to do."""

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

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
    midnight_ms,
    now_ms,
    rows_table,
)
from hemlarm_cloud.handling.default_plans import Step
from hemlarm_cloud.sites import contacts, levels, lists, people, plans, sites
from hemlarm_cloud.terminal import BAD_USAGE, Config, Data, Database, Json, fail, print_facts

person_app = typer.Typer(help="People of customers and of installer companies.", no_args_is_help=True)
list_app = typer.Typer(help="Authority lists, and installer companies.", no_args_is_help=True)
contact_app = typer.Typer(help="Whom to call about a site.", no_args_is_help=True)
plan_app = typer.Typer(help="What to do about an alarm at a site.", no_args_is_help=True)

Person = Annotated[int, typer.Argument(metavar="PERSON", min=1, max=ID_MAX, help="The person's id.")]
List = Annotated[int, typer.Argument(metavar="LIST", min=1, max=ID_MAX, help="The list's id.")]
Site = Annotated[int, typer.Argument(metavar="SITE", min=1, max=ID_MAX, help="The site's id.")]
OfCustomer = Annotated[int | None, typer.Option("--customer", min=1, max=ID_MAX, help="On this customer's record.")]
OfInstaller = Annotated[int | None, typer.Option("--installer", min=1, max=ID_MAX, help="On this installer company's.")]
Until = Annotated[datetime | None, typer.Option("--until", formats=["%Y-%m-%d"], help="Until this day begins.")]

_MARKS = {"key", "fire-neighbour"}


def add_to(app: typer.Typer) -> None:
    """Make these commands of `hemlarm cloud`."""
    groups = {"person": person_app, "list": list_app, "contact": contact_app, "plan": plan_app}
    for name, group in groups.items():
        app.add_typer(group, name=name)


@person_app.command("add")
def person_add(
    name: str,
    customer: OfCustomer = None,
    installer: OfInstaller = None,
    phone: Annotated[str, typer.Option("--phone", help="Such as +46701234567.")] = "",
    email: Annotated[str, typer.Option("--email")] = "",
    language: Annotated[str, typer.Option("--language", help="sv or en.")] = "sv",
    on_behalf_of: For = None,
    reason: Reason = "",
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Put a person on a customer's or an installer company's record."""
    details = people.Details(name, phone, "", email, language)
    with changing(config, data, database) as tx:
        made = people.add(tx, at_terminal(on_behalf_of), details, now_ms(), customer, installer, reason)
    print_facts(as_json, {"person": made}, f"Person {made} is on record.")


@person_app.command("list")
def person_list(
    customer: OfCustomer = None,
    installer: OfInstaller = None,
    after: After = 0,
    limit: Limit = 100,
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """List people."""
    with looking(config, data, database) as reading:
        rows = people.people(reading, at_terminal(), customer, installer, after, limit)
    print_facts(as_json, {"people": rows}, rows_table(rows, "id", "name", "phone", "email", "customer", "installer"))


@person_app.command("erase")
def person_erase(
    person: Person,
    on_behalf_of: For = None,
    reason: Reason = "",
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Take a person's name and numbers off the record, for good."""
    with changing(config, data, database) as tx:
        actor = at_terminal(on_behalf_of)
        people.erase(tx, actor, person, people.expect(tx, actor, person).version, now_ms(), reason)
    print_facts(as_json, {"person": person}, f"Person {person} is erased.")


@list_app.command("add")
def list_add(
    name: str,
    customer: OfCustomer = None,
    on_behalf_of: For = None,
    reason: Reason = "",
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Begin a customer's list, or without --customer register an installer company."""
    with changing(config, data, database) as tx:
        made = lists.add(tx, at_terminal(on_behalf_of), name, now_ms(), customer, reason)
    print_facts(as_json, {"list": made}, f"List {made} is there; put sites and people on it.")


@list_app.command("list")
def list_list(
    customer: OfCustomer = None,
    site: Annotated[int | None, typer.Option("--site", min=1, max=ID_MAX, help="Only those that cover it.")] = None,
    after: After = 0,
    limit: Limit = 100,
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """List authority lists and installer companies."""
    with looking(config, data, database) as reading:
        rows = lists.lists(reading, at_terminal(), customer, site, after, limit)
    shown = rows_table(rows, "id", "kind", "name", "customer", "fire_certificate_until_ms")
    print_facts(as_json, {"lists": rows}, shown)


@list_app.command("show")
def list_show(
    of: List, config: Config = None, data: Data = None, database: Database = None, as_json: Json = False
) -> None:
    """Show who is on a list with which level, and the sites that it covers."""
    with looking(config, data, database) as reading:
        held = levels.levels(reading, at_terminal(), of)
        covered = lists.sites_of(reading, at_terminal(), of, limit=500)
    rows = [{**row, "what": "person", "id": row["person"]} for row in held]
    rows += [
        {**row, "what": "site", "level": "", "until_ms": None, "police_approval_until_ms": None} for row in covered
    ]
    shown = rows_table(rows, "what", "id", "name", "level", "until_ms", "police_approval_until_ms")
    print_facts(as_json, {"people": held, "sites": covered}, shown)


@list_app.command("cover")
def list_cover(
    of: List,
    site: Site,
    no_more: Annotated[bool, typer.Option("--no-more", help="Take the site off the list.")] = False,
    on_behalf_of: For = None,
    reason: Reason = "",
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Put a site on a list, or take it off."""
    act = lists.uncover if no_more else lists.cover
    with changing(config, data, database) as tx:
        actor = at_terminal(on_behalf_of)
        act(tx, actor, of, site, lists.expect(tx, actor, of).version, now_ms(), reason)
    facts = {"list": of, "site": site, "covered": not no_more}
    print_facts(as_json, facts, f"List {of} covers site {site}{' no more' if no_more else ''}.")


@list_app.command("level")
def list_level(
    of: List,
    person: Person,
    level: Annotated[str, typer.Argument(metavar="LEVEL", help="A, B, C; I of an installer; or none.")],
    until: Until = None,
    police: Annotated[
        datetime | None, typer.Option("--police-approval-until", formats=["%Y-%m-%d"], help="Of an installer.")
    ] = None,
    on_behalf_of: For = None,
    reason: Reason = "",
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Give a person a level on a list, or take it."""
    with changing(config, data, database) as tx:
        actor = at_terminal(on_behalf_of)
        seen = lists.expect(tx, actor, of).version
        if level == "none":
            levels.take(tx, actor, of, person, seen, now_ms(), reason)
        else:
            ends = (_ms(until), _ms(police))
            levels.give(tx, actor, of, person, level, seen, now_ms(), *ends, reason)
    facts = {"list": of, "person": person, "level": None if level == "none" else level}
    print_facts(as_json, facts, f"Person {person} has level {level} on list {of}.")


@list_app.command("certificate")
def list_certificate(
    of: List, until: Until = None, config: Config = None, data: Data = None, database: Database = None,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Register until when an installer company's fire certificate holds; without --until it has none."""
    with changing(config, data, database) as tx:
        row = lists.expect(tx, at_terminal(), of)
        lists.change(tx, at_terminal(), of, row.name, _ms(until), row.version, now_ms())
    facts = {"list": of, "fire_certificate_until_ms": _ms(until)}
    print_facts(as_json, facts, rows_table([facts], "list", "fire_certificate_until_ms"))


@contact_app.command("set")
def contact_set(
    site: Site,
    wanted: Annotated[
        list[str] | None, typer.Argument(metavar="PERSON[:key][:fire-neighbour]...", help="In the order of calls.")
    ] = None,
    on_behalf_of: For = None,
    reason: Reason = "",
    version: Seen = None,
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Replace whom to call about a site."""
    new = [_contact(words) for words in wanted or []]
    with changing(config, data, database) as tx:
        actor = at_terminal(on_behalf_of)
        seen = sites.one(tx, actor, site)["version"] if version is None else version
        changed = contacts.replace(tx, actor, site, new, seen, now_ms(), reason)
    print_facts(as_json, {"site": site, "version": changed}, f"Site {site} has {len(new)} contacts now.")


@contact_app.command("list")
def contact_list(
    site: Site, config: Config = None, data: Data = None, database: Database = None, as_json: Json = False
) -> None:
    """List whom to call about a site."""
    with looking(config, data, database) as reading:
        rows = contacts.contacts(reading, at_terminal(), site)
    shown = rows_table(rows, "position", "person", "name", "phone", "has_key", "fire_neighbour", "note")
    print_facts(as_json, {"contacts": rows}, shown)


@plan_app.command("set")
def plan_set(
    site: Site,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="As `plan show --json` prints it.")],
    on_behalf_of: For = None,
    reason: Reason = "",
    version: Seen = None,
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Replace a site's own action plans by those of a file."""
    new = _plans(file)
    with changing(config, data, database) as tx:
        actor = at_terminal(on_behalf_of)
        seen = sites.one(tx, actor, site)["version"] if version is None else version
        changed = plans.replace(tx, actor, site, new, seen, now_ms(), reason)
    print_facts(as_json, {"site": site, "version": changed}, f"Site {site} has {len(new)} plans of its own now.")


@plan_app.command("show")
def plan_show(
    site: Site, config: Config = None, data: Data = None, database: Database = None, as_json: Json = False
) -> None:
    """Show a site's own action plans."""
    with looking(config, data, database) as reading:
        found = plans.plans(reading, at_terminal(), site)
    facts = {category: [step._asdict() for step in plan] for category, plan in found.items()}
    rows = [{"category": category, **step} for category, plan in facts.items() for step in plan]
    print_facts(as_json, facts, rows_table(rows, "category", "kind", "only_if", "person", "text"))


def _ms(day: datetime | None) -> int | None:
    return None if day is None else midnight_ms(day)


def _contact(words: str) -> contacts.Contact:
    person, *marks = words.split(":")
    if not (person.isascii() and person.isdigit()) or len(person) > 18 or not {*marks} <= _MARKS:
        fail(f"{words!r} is no contact: write PERSON[:key][:fire-neighbour], such as 7:key", BAD_USAGE)
    return contacts.Contact(int(person), "key" in marks, "fire-neighbour" in marks)


def _plans(file: Path) -> dict[str, list[Step]]:
    try:
        found: Any = json.loads(file.read_text())
        return {category: [Step(**step) for step in plan] for category, plan in found.items()}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        fail(f"{file} holds no action plans ({error}); see `hemlarm cloud plan show --json`", BAD_USAGE)
