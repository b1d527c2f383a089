"""Accounts, for supervisors: who may use the API, and with which token."""

from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from hemlarm_cloud.api.depends import ERRORS, After, Ctx, Limit, Line, Ms, RowId, Wanted
from hemlarm_cloud.sites import accounts

router = APIRouter()

RoleName = Literal["supervisor", "operator", "customer", "installer", "monitor"]


class NewAccount(Wanted):
    """A new account. A customer's names its customer, an installer's the company's list."""

    name: Annotated[Line, Field(min_length=1, max_length=accounts.NAME_MAX)]
    role: RoleName
    person: RowId | None = None
    customer: RowId | None = None
    installer: RowId | None = None
    expires_ms: Ms | None = None


class Account(BaseModel):
    """An account, without its token."""

    id: int
    name: str
    role: RoleName
    person: int | None
    customer: int | None
    installer: int | None
    created_ms: int
    expires_ms: int | None
    revoked_ms: int | None


class Token(BaseModel):
    """A token, which is shown this once."""

    id: int
    token: str


class Myself(BaseModel):
    """The account behind a token."""

    name: str
    role: RoleName
    person: int | None
    customer: int | None
    installer: int | None


@router.get("/me", responses=ERRORS)
def me(ctx: Ctx) -> Myself:
    """Tell whose token this is."""
    actor = ctx.actor
    return Myself(
        name=actor.name,
        role=actor.role.value,
        person=actor.person,
        customer=actor.customer,
        installer=actor.installer,
    )


@router.get("/accounts", responses=ERRORS)
def list_accounts(ctx: Ctx, after: After = 0, limit: Limit = 100) -> list[Account]:
    """List accounts, oldest first."""
    with ctx.store.read() as reading:
        found = accounts.accounts(reading, ctx.actor, after, limit)
    return [Account(**row) for row in found]


@router.post("/accounts", status_code=201, responses=ERRORS)
def create_account(ctx: Ctx, wanted: NewAccount) -> Token:
    """Add an account and return its token, which is shown this once."""
    token_bytes = ctx.random(accounts.TOKEN_BYTES)
    owner = {"person": wanted.person, "customer": wanted.customer, "installer": wanted.installer}
    with ctx.store.begin() as tx:
        made = accounts.create(
            tx, ctx.actor, wanted.name, wanted.role, token_bytes, ctx.now_ms, **owner, expires_ms=wanted.expires_ms
        )
    return Token(id=made.id, token=made.token)


@router.get("/accounts/{account_id}", responses=ERRORS)
def show_account(ctx: Ctx, account_id: RowId) -> Account:
    """Show an account."""
    with ctx.store.read() as reading:
        return Account(**accounts.one(reading, ctx.actor, account_id))


@router.post("/accounts/{account_id}/revoke", responses=ERRORS)
def revoke_account(ctx: Ctx, account_id: RowId) -> Account:
    """Shut an account out, for good."""
    with ctx.store.begin() as tx:
        accounts.revoke(tx, ctx.actor, account_id, ctx.now_ms)
        return Account(**accounts.one(tx, ctx.actor, account_id))


@router.post("/accounts/{account_id}/token", responses=ERRORS)
def renew_token(ctx: Ctx, account_id: RowId) -> Token:
    """Give an account a new token; the old one ends at once."""
    token_bytes = ctx.random(accounts.TOKEN_BYTES)
    with ctx.store.begin() as tx:
        made = accounts.renew(tx, ctx.actor, account_id, token_bytes, ctx.now_ms)
    return Token(id=made.id, token=made.token)
