"""Accounts of foreign transmitters: who may report over SOS Access and DC-09."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from hemlarm_cloud.api.depends import ERRORS, Ctx, Limit, Line, Wanted
from hemlarm_cloud.receive import administration
from hemlarm_cloud.receive.keeping import CODE_MAX
from hemlarm_cloud.receive.times import ZONE_MAX

router = APIRouter()

TransmitterId = Annotated[Line, Path(min_length=1, max_length=60)]
Protocol = Literal["sos-access", "dc-09"]


class NewForeignAccount(Wanted):
    """A transmitter that may report. Without a `secret` one is drawn; a DC-09 key is written in hexadecimal digits.

    `codes` says what codes of its own mean, as Contact ID with the qualifier.
    """

    protocol: Protocol
    code: Annotated[Line, Field(min_length=1, max_length=16)]
    secret: Annotated[Line, Field(max_length=64)] = ""
    encrypted: bool = True
    level_s: Literal[90, 180, 18000, 90000] | None = None
    type: Annotated[Line, Field(max_length=5)] = ""
    time_zone: Annotated[Line, Field(min_length=1, max_length=ZONE_MAX)] = "Europe/Stockholm"
    codes: Annotated[
        dict[Annotated[Line, Field(min_length=1, max_length=CODE_MAX)], Annotated[int, Field(ge=1100, lt=7000)]],
        Field(default_factory=dict, max_length=administration.CODES_MAX),
    ]


class ForeignAccount(BaseModel):
    """A transmitter that may report, without its secret. `encrypted` is of DC-09 only."""

    transmitter: str
    protocol: Protocol
    site: int
    name: str
    encrypted: bool | None
    level_s: int | None
    heard_ms: int | None
    silent_ms: int | None
    type: str
    time_zone: str
    codes: dict[str, int]


class ForeignSecret(BaseModel):
    """A password or key, which is shown this once; empty for a line without encryption."""

    transmitter: str
    secret: str


@router.get("/foreign-accounts", responses=ERRORS)
def list_foreign_accounts(
    ctx: Ctx, after: Annotated[Line, Query(max_length=60)] = "", limit: Limit = 100
) -> list[ForeignAccount]:
    """List accounts by their transmitters' ids; `after` is the last one of the page before."""
    with ctx.store.read() as reading:
        return [ForeignAccount(**row) for row in administration.listed(reading, ctx.actor, after, limit)]


@router.post("/foreign-accounts", status_code=201, responses=ERRORS)
def add_foreign_account(ctx: Ctx, wanted: NewForeignAccount) -> ForeignSecret:
    """Let a transmitter report, and return its secret, which is shown this once. By supervisors."""
    asked = administration.Wanted(**wanted.model_dump())
    with ctx.store.begin() as tx:
        added = administration.add(tx, ctx.vault, ctx.actor, asked, ctx.random, ctx.now_ms)
    return ForeignSecret(transmitter=added.transmitter, secret=added.secret)


@router.get("/foreign-accounts/{transmitter}", responses=ERRORS)
def show_foreign_account(ctx: Ctx, transmitter: TransmitterId) -> ForeignAccount:
    """Show an account."""
    with ctx.store.read() as reading:
        return ForeignAccount(**administration.one(reading, ctx.actor, transmitter))


@router.post("/foreign-accounts/{transmitter}/secret", responses=ERRORS)
def renew_foreign_secret(ctx: Ctx, transmitter: TransmitterId) -> ForeignSecret:
    """Give a transmitter a new secret; the old one ends at once. By supervisors."""
    with ctx.store.begin() as tx:
        added = administration.renew(tx, ctx.vault, ctx.actor, transmitter, ctx.random, ctx.now_ms)
    return ForeignSecret(transmitter=added.transmitter, secret=added.secret)


@router.delete("/foreign-accounts/{transmitter}", status_code=204, responses=ERRORS)
def remove_foreign_account(ctx: Ctx, transmitter: TransmitterId) -> None:
    """Refuse a transmitter from now on; what it reported stays. By supervisors."""
    with ctx.store.begin() as tx:
        administration.remove(tx, ctx.actor, transmitter, ctx.now_ms)
