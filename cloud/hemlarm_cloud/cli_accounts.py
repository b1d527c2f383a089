"""`hemlarm cloud account` and `audit`: who may use the centre, and what was done to its records."""

import os
from datetime import datetime
from typing import Annotated

import typer

from hemlarm_cloud.cli_centre import (
    ID_MAX,
    After,
    Limit,
    at_terminal,
    changing,
    looking,
    midnight_ms,
    now_ms,
    rows_table,
)
from hemlarm_cloud.sites import accounts, audit
from hemlarm_cloud.terminal import BAD_USAGE, FAILED, Config, Data, Database, Json, fail, print_facts

account_app = typer.Typer(help="Who may use the interface.", no_args_is_help=True)
audit_app = typer.Typer(help="What was changed, by whom and on whose behalf.", no_args_is_help=True)

Account = Annotated[int, typer.Argument(metavar="ACCOUNT", min=1, max=ID_MAX, help="The account's id.")]

_ONCE = "It is shown this once; whoever has it is the account."


def add_to(app: typer.Typer) -> None:
    """Make these commands of `hemlarm cloud`."""
    app.add_typer(account_app, name="account")
    app.add_typer(audit_app, name="audit")


@account_app.command("add")
def account_add(
    name: str,
    role: Annotated[str, typer.Option("--role", help="supervisor, operator, customer, installer or monitor.")],
    person: Annotated[int | None, typer.Option("--person", min=1, max=ID_MAX, help="Whose authority counts.")] = None,
    customer: Annotated[
        int | None, typer.Option("--customer", min=1, max=ID_MAX, help="Of a customer's account.")
    ] = None,
    installer: Annotated[
        int | None, typer.Option("--installer", min=1, max=ID_MAX, help="Of an installer's: the list.")
    ] = None,
    until: Annotated[datetime | None, typer.Option("--until", formats=["%Y-%m-%d"], help="When it ends.")] = None,
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Add an account and print its token."""
    token_bytes = os.urandom(accounts.TOKEN_BYTES)
    owner = {"person": person, "customer": customer, "installer": installer}
    with changing(config, data, database) as tx:
        ends = None if until is None else midnight_ms(until)
        made = accounts.create(tx, at_terminal(), name, role, token_bytes, now_ms(), **owner, expires_ms=ends)
    print_facts(as_json, {"account": made.id, "token": made.token}, f"{made.token}\nAccount {made.id}. {_ONCE}")


@account_app.command("list")
def account_list(
    after: After = 0,
    limit: Limit = 100,
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """List accounts."""
    with looking(config, data, database) as reading:
        rows = accounts.accounts(reading, at_terminal(), after, limit)
    shown = rows_table(rows, "id", "name", "role", "customer", "installer", "person", "expires_ms", "revoked_ms")
    print_facts(as_json, {"accounts": rows}, shown)


@account_app.command("revoke")
def account_revoke(
    account: Account, config: Config = None, data: Data = None, database: Database = None, as_json: Json = False
) -> None:
    """Shut an account out, for good."""
    with changing(config, data, database) as tx:
        accounts.revoke(tx, at_terminal(), account, now_ms())
    print_facts(as_json, {"account": account}, f"Account {account} is shut out.")


@account_app.command("renew")
def account_renew(
    account: Account, config: Config = None, data: Data = None, database: Database = None, as_json: Json = False
) -> None:
    """Give an account a new token and print it; the old one ends at once."""
    token_bytes = os.urandom(accounts.TOKEN_BYTES)
    with changing(config, data, database) as tx:
        made = accounts.renew(tx, at_terminal(), account, token_bytes, now_ms())
    print_facts(as_json, {"account": made.id, "token": made.token}, f"{made.token}\nAccount {made.id}. {_ONCE}")


@audit_app.command("list")
def audit_list(
    site: Annotated[int | None, typer.Option("--site", min=1, max=ID_MAX, help="Only entries about it.")] = None,
    after: After = 0,
    limit: Limit = 100,
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """List entries, oldest first."""
    with looking(config, data, database) as reading:
        rows = audit.entries(reading, at_terminal(), site, after, limit)
    shown = rows_table(rows, "id", "at_ms", "actor", "on_behalf_of", "action", "subject", "detail")
    print_facts(as_json, {"entries": rows}, shown)


@audit_app.command("check")
def audit_check(
    head: Annotated[str | None, typer.Option("--head", help="One printed earlier, and kept elsewhere.")] = None,
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Check that no entry was changed or taken out, and print the log's head to keep elsewhere."""
    known = _head(head)
    with looking(config, data, database) as reading:
        broken, newest = audit.check_chain(reading, known), audit.head(reading)
    if broken is not None:
        fail(f"audit log: entry {broken} is not as it was written; compare the database with its backups", FAILED)
    text = None if newest is None else f"{newest.id}:{newest.chain.hex()}"
    print_facts(as_json, {"head": text}, f"The audit log is whole. Keep its head elsewhere: {text}")


def _head(text: str | None) -> audit.Head | None:
    if text is None:
        return None
    number, _, chain = text.partition(":")
    try:
        return audit.Head(int(number), bytes.fromhex(chain))
    except ValueError:
        fail(f"{text!r} is no head; give one as `audit check` prints it", BAD_USAGE)
