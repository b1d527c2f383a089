"""Customers and their contracts."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from hemlarm_cloud.api.bodies import Change, Changed, Made, Name, Number20, Text20
from hemlarm_cloud.api.depends import ERRORS, After, Ctx, Limit, Ms, RowId, Version, Wanted
from hemlarm_cloud.sites import contracts, customers

router = APIRouter()

Language = Literal["sv", "en"]
Period = Literal["month", "quarter", "year"]
Events = Annotated[int, Field(ge=0, le=contracts.EVENTS_MAX)]


class CustomerWanted(Wanted):
    """What is on record of a customer."""

    name: Name
    organisation_number: Text20 = ""
    language: Language = "sv"


class NewCustomer(CustomerWanted):
    """A customer to register."""

    number: Number20


class CustomerChange(CustomerWanted):
    """A customer's record as it shall be."""

    version: Version


class Customer(BaseModel):
    """A customer."""

    id: int
    number: str
    name: str
    organisation_number: str
    language: str
    created_ms: int
    version: int


class Terms(Wanted):
    """What a contract includes: events of a period that cost nothing extra, None for all; supervision of the link."""

    events_included: Events | None = None
    period: Period = "month"
    heartbeats: bool = True


class NewContract(Terms):
    """A contract to register."""

    customer: RowId
    number: Number20
    begins_ms: Ms
    ends_ms: Ms


class TermsChange(Terms):
    """A contract's terms as they shall be."""

    version: Version


class Contract(BaseModel):
    """A contract. `ends_ms` is the end that holds today: it is extended by a year until notice was given."""

    id: int
    customer: int
    number: str
    begins_ms: int
    ends_ms: int
    terminated_ms: int | None
    events_included: int | None
    period: str
    heartbeats: bool
    version: int


class Ending(BaseModel):
    """When a contract ends."""

    ends_ms: int


@router.get("/customers", responses=ERRORS)
def list_customers(ctx: Ctx, after: After = 0, limit: Limit = 100) -> list[Customer]:
    """List customers, oldest first."""
    with ctx.store.read() as reading:
        return [Customer(**row) for row in customers.customers(reading, ctx.actor, after, limit)]


@router.post("/customers", status_code=201, responses=ERRORS)
def add_customer(ctx: Ctx, wanted: NewCustomer) -> Made:
    """Register a customer."""
    with ctx.store.begin() as tx:
        number, name, organisation = wanted.number, wanted.name, wanted.organisation_number
        return Made(id=customers.add(tx, ctx.actor, number, name, ctx.now_ms, organisation, wanted.language))


@router.get("/customers/{customer_id}", responses=ERRORS)
def show_customer(ctx: Ctx, customer_id: RowId) -> Customer:
    """Show a customer."""
    with ctx.store.read() as reading:
        return Customer(**customers.expect(reading, ctx.actor, customer_id)._asdict())


@router.put("/customers/{customer_id}", responses=ERRORS)
def change_customer(ctx: Ctx, customer_id: RowId, wanted: CustomerChange) -> Changed:
    """Change a customer's record."""
    new = (wanted.name, wanted.organisation_number, wanted.language)
    with ctx.store.begin() as tx:
        return Changed(version=customers.change(tx, ctx.actor, customer_id, *new, wanted.version, ctx.now_ms))


@router.get("/contracts", responses=ERRORS)
def list_contracts(
    ctx: Ctx, customer: Annotated[RowId, Query(description="Whose.")], after: After = 0, limit: Limit = 100
) -> list[Contract]:
    """List a customer's contracts, oldest first."""
    with ctx.store.read() as reading:
        found = contracts.contracts(reading, ctx.actor, customer, ctx.now_ms, after, limit)
    return [Contract(**row) for row in found]


@router.post("/contracts", status_code=201, responses=ERRORS)
def add_contract(ctx: Ctx, wanted: NewContract) -> Made:
    """Register a contract."""
    with ctx.store.begin() as tx:
        made = contracts.add(
            tx,
            ctx.actor,
            wanted.customer,
            wanted.number,
            wanted.begins_ms,
            wanted.ends_ms,
            ctx.now_ms,
            wanted.events_included,
            wanted.period,
            wanted.heartbeats,
        )
    return Made(id=made)


@router.get("/contracts/{contract_id}", responses=ERRORS)
def show_contract(ctx: Ctx, contract_id: RowId) -> Contract:
    """Show a contract."""
    with ctx.store.read() as reading:
        return Contract(**contracts.shown(contracts.expect(reading, ctx.actor, contract_id), ctx.now_ms))


@router.put("/contracts/{contract_id}", responses=ERRORS)
def change_contract(ctx: Ctx, contract_id: RowId, wanted: TermsChange) -> Changed:
    """Change a contract's terms."""
    terms = (wanted.events_included, wanted.period, wanted.heartbeats)
    with ctx.store.begin() as tx:
        return Changed(version=contracts.change(tx, ctx.actor, contract_id, *terms, wanted.version, ctx.now_ms))


@router.post("/contracts/{contract_id}/notice", responses=ERRORS)
def give_notice(ctx: Ctx, contract_id: RowId, wanted: Change) -> Ending:
    """Give notice of a contract, with authority A at every site of it."""
    actor = ctx.acting(wanted.on_behalf_of)
    with ctx.store.begin() as tx:
        return Ending(ends_ms=contracts.give_notice(tx, actor, contract_id, wanted.version, ctx.now_ms, wanted.reason))
