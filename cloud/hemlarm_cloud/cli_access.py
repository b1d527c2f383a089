"""`hemlarm cloud account password` and `sign-out`: with what the centre's people sign in to the pages."""

import sys
from typing import Annotated

import typer
from sqlalchemy import select

from hemlarm_cloud.access import credentials, passwords, sessions
from hemlarm_cloud.cli_accounts import account_app
from hemlarm_cloud.cli_centre import at_terminal, changing, now_ms
from hemlarm_cloud.errors import NotFoundError
from hemlarm_cloud.sites import audit
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_sites import account
from hemlarm_cloud.terminal import Config, Data, Database, Json, print_facts, reporting

Name = Annotated[str, typer.Argument(metavar="NAME", help="The account's name.")]


def add_to(_app: typer.Typer) -> None:
    """Make these commands of `hemlarm cloud account`."""
    account_app.command("password")(password)
    account_app.command("sign-out")(sign_out)


def password(
    name: Name,
    login: Annotated[str | None, typer.Option("--login", help="What to sign in with [the name].")] = None,
    language: Annotated[str, typer.Option("--language", help="sv or en.")] = "sv",
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Set the password of an account, from a prompt or standard input; open sessions of it end."""
    given = login or name
    with reporting():
        hashed = credentials.hashed(_ask(), given)
    with changing(config, data, database) as tx:
        account_id = _account(tx, name)
        credentials.give(tx, at_terminal(), account_id, given, hashed, now_ms(), language, verified=True)
    facts = {"account": account_id, "login": given.strip().lower()}
    print_facts(as_json, facts, f"{name} signs in with {facts['login']} and this password.")


def sign_out(
    name: Name, config: Config = None, data: Data = None, database: Database = None, as_json: Json = False
) -> None:
    """End all sessions of an account: of a lost phone, or of somebody who has left."""
    with changing(config, data, database) as tx:
        account_id = _account(tx, name)
        ended = sessions.end_all(tx, account_id, now_ms())
        audit.write(tx, at_terminal(), "sign-out", f"account {account_id}", {"ended": ended}, now_ms())
    print_facts(as_json, {"account": account_id, "ended": ended}, f"{ended} sessions of {name} have ended.")


def _ask() -> str:
    """Return the new password: typed twice by a person, or one line of a program's."""
    if sys.stdin.isatty():
        return str(typer.prompt("New password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline(4 * passwords.LENGTH_MAX).rstrip("\r\n")


def _account(reading: Queries, name: str) -> int:
    found = reading.connection.scalar(select(account.c.id).where(account.c.name == name))
    if found is None:
        raise NotFoundError(f"no account {name!r} here; `hemlarm cloud account list` shows them all")
    return int(found)
