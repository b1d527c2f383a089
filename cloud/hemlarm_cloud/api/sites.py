"""Sites: the register of them, and their passwords."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from hemlarm_cloud.api.bodies import AlarmKinds, Change, Changed, Made, Name, Text40, Text60, Text80, Text120
from hemlarm_cloud.api.customers import Language
from hemlarm_cloud.api.depends import ERRORS, After, Ctx, Limit, Line, RowId, Version, Wanted, WantedFor
from hemlarm_cloud.sites import passwords, sites

router = APIRouter()

SiteNumber = Annotated[Line, Field(min_length=1, max_length=40)]


class Description(Wanted):
    """What people write about a site. `region` names what a power cut strikes as one, `guard` whom to send."""

    name: Name
    address: Text120 = ""
    town: Text60 = ""
    region: Text40 = ""
    time_zone: Text40 = "Europe/Stockholm"
    language: Language = "sv"
    key_service: bool = False
    guard: Text80 = ""

    def described(self) -> sites.Description:
        """As the register takes it."""
        names = sites.Description.__dataclass_fields__
        return sites.Description(**{name: getattr(self, name) for name in names})


class NewSite(Description):
    """A site to register."""

    number: SiteNumber
    customer: RowId
    contract: RowId | None = None


class SiteChange(Change, Description):
    """A site's description as it shall be."""


class Adoption(Wanted):
    """Whose a site is that only its transmitter made known."""

    number: SiteNumber
    customer: RowId
    contract: RowId | None = None
    version: Version


class ContractChoice(Wanted):
    """Which of its customer's contracts a site is under."""

    contract: RowId
    version: Version


class NewPassword(Change):
    """A site's new password, and for which kinds of alarm it counts: an installer needs the papers for them."""

    password: Annotated[Line, Field(min_length=passwords.LENGTH_MIN, max_length=passwords.LENGTH_MAX)]
    which: Literal["password", "counter_password"] = "password"
    kinds: AlarmKinds


class Spoken(WantedFor):
    """What somebody said on the telephone."""

    spoken: Annotated[Line, Field(max_length=passwords.LENGTH_MAX)]


class Outcome(BaseModel):
    """Whether it was the site's password."""

    outcome: Literal["right", "wrong", "not-set"]


class Revealed(BaseModel):
    """What the centre says to prove itself, if something was agreed on."""

    counter_password: str | None


class Site(BaseModel):
    """A site. Of its passwords it shows only whether they are set."""

    id: int
    number: str
    customer: int | None
    contract: int | None
    name: str
    address: str
    town: str
    region: str
    time_zone: str
    language: str
    password: bool
    counter_password: bool
    key_service: bool
    guard: str
    tested_ms: int | None
    created_ms: int
    ended_ms: int | None
    version: int


@router.get("/sites", responses=ERRORS)
def list_sites(
    ctx: Ctx,
    search: Annotated[Line, Query(max_length=80, description="In number, name, address or town.")] = "",
    customer: Annotated[RowId | None, Query(description="Only this one's.")] = None,
    after: After = 0,
    limit: Limit = 100,
) -> list[Site]:
    """List sites, oldest first."""
    with ctx.store.read() as reading:
        found = sites.sites(reading, ctx.actor, search, customer, after, limit)
    return [Site(**row) for row in found]


@router.post("/sites", status_code=201, responses=ERRORS)
def register_site(ctx: Ctx, wanted: NewSite) -> Made:
    """Register a site."""
    owner = (wanted.number, wanted.customer, wanted.contract)
    with ctx.store.begin() as tx:
        return Made(id=sites.register(tx, ctx.actor, *owner, wanted.described(), ctx.now_ms))


@router.get("/sites/{site_id}", responses=ERRORS)
def show_site(ctx: Ctx, site_id: RowId) -> Site:
    """Show a site."""
    with ctx.store.read() as reading:
        return Site(**sites.one(reading, ctx.actor, site_id))


@router.put("/sites/{site_id}", responses=ERRORS)
def change_site(ctx: Ctx, site_id: RowId, wanted: SiteChange) -> Changed:
    """Change what is written about a site, with authority A."""
    actor, described = ctx.acting(wanted.on_behalf_of), wanted.described()
    with ctx.store.begin() as tx:
        changed = sites.change(tx, actor, site_id, described, wanted.version, ctx.now_ms, wanted.reason)
    return Changed(version=changed)


@router.post("/sites/{site_id}/adopt", responses=ERRORS)
def adopt_site(ctx: Ctx, site_id: RowId, wanted: Adoption) -> Changed:
    """Register a site that only its transmitter made known."""
    owner = (wanted.number, wanted.customer, wanted.contract)
    with ctx.store.begin() as tx:
        return Changed(version=sites.adopt(tx, ctx.actor, site_id, *owner, wanted.version, ctx.now_ms))


@router.put("/sites/{site_id}/contract", responses=ERRORS)
def set_contract(ctx: Ctx, site_id: RowId, wanted: ContractChoice) -> Changed:
    """Put a site under another contract of its customer."""
    with ctx.store.begin() as tx:
        changed = sites.set_contract(tx, ctx.actor, site_id, wanted.contract, wanted.version, ctx.now_ms)
    return Changed(version=changed)


@router.post("/sites/{site_id}/end", responses=ERRORS)
def end_site(ctx: Ctx, site_id: RowId, wanted: Change) -> Changed:
    """End a site: its record stays as it was, and its keys are to be returned or destroyed."""
    actor = ctx.acting(wanted.on_behalf_of)
    with ctx.store.begin() as tx:
        return Changed(version=sites.end(tx, actor, site_id, wanted.version, ctx.now_ms, wanted.reason))


@router.put("/sites/{site_id}/password", responses=ERRORS)
def set_password(ctx: Ctx, site_id: RowId, wanted: NewPassword) -> Changed:
    """Set a site's password, with authority A, or as an installer on the company's list."""
    actor = ctx.acting(wanted.on_behalf_of)
    new = (wanted.which, wanted.password, wanted.version)
    more = (wanted.reason, tuple(wanted.kinds))
    with ctx.store.begin() as tx:
        return Changed(version=passwords.set_password(tx, ctx.vault, actor, site_id, *new, ctx.now_ms, *more))


@router.post("/sites/{site_id}/password-check", responses=ERRORS)
def check_password(ctx: Ctx, site_id: RowId, wanted: Spoken) -> Outcome:
    """Compare what somebody said with the site's password; for operators, and logged."""
    actor = ctx.acting(wanted.on_behalf_of)
    with ctx.store.begin() as tx:
        outcome = passwords.check(tx, ctx.vault, actor, site_id, wanted.spoken, ctx.now_ms)
    return Outcome.model_validate({"outcome": outcome})


@router.post("/sites/{site_id}/counter-password", responses=ERRORS)
def reveal_counter(ctx: Ctx, site_id: RowId) -> Revealed:
    """Show what the centre says to prove itself; for operators, and logged, which is why it is a POST."""
    with ctx.store.begin() as tx:
        return Revealed(counter_password=passwords.reveal_counter(tx, ctx.vault, ctx.actor, site_id, ctx.now_ms))
