"""People, whom to call at a site, and what to do there: contacts and action plans."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from hemlarm_cloud.api.bodies import Change, Changed, Made, Name, Text20, Text120, Text200
from hemlarm_cloud.api.customers import Language
from hemlarm_cloud.api.depends import ERRORS, After, Ctx, Limit, Line, RowId, Wanted, WantedFor
from hemlarm_cloud.handling import steps
from hemlarm_cloud.handling.default_plans import Step
from hemlarm_cloud.sites import contacts, people, plans

router = APIRouter()


def _one_of(words: tuple[str, ...]) -> dict[str, object]:
    return {"enum": list(words)}


Category = Annotated[Line, Field(max_length=10, json_schema_extra=_one_of(plans.CATEGORIES))]
StepKind = Annotated[Line, Field(max_length=20, json_schema_extra=_one_of(steps.KINDS))]
OnlyIf = Annotated[Line, Field(max_length=20, json_schema_extra=_one_of(tuple(steps.CONDITIONS)))]


class Details(WantedFor):
    """What is on record of a person. Telephone numbers begin with + and the country."""

    name: Name
    phone: Text20 = ""
    other_phone: Text20 = ""
    email: Text120 = ""
    language: Language = "sv"
    reason: Text200 = ""

    def detailed(self) -> people.Details:
        """As the register takes it."""
        return people.Details(self.name, self.phone, self.other_phone, self.email, self.language)


class NewPerson(Details):
    """A person for a customer's record, or for an installer company's."""

    customer: RowId | None = None
    installer: RowId | None = None


class PersonChange(Change, Details):
    """What is on record of a person, as it shall be."""


class Person(BaseModel):
    """A person."""

    id: int
    name: str
    phone: str
    other_phone: str
    email: str
    language: str
    customer: int | None
    installer: int | None
    created_ms: int
    version: int


class ContactWanted(Wanted):
    """One contact; its place in the list is the order of calls."""

    person: RowId
    has_key: bool = False
    fire_neighbour: bool = False
    note: Text200 = ""


class ContactsChange(Change):
    """All contacts of a site; `version` is the site's."""

    contacts: Annotated[list[ContactWanted], Field(max_length=contacts.CONTACTS_MAX)]


class Contact(BaseModel):
    """A contact, with where to reach the person."""

    site: int
    position: int
    person: int
    has_key: bool
    fire_neighbour: bool
    note: str
    name: str
    phone: str
    other_phone: str
    email: str
    language: str


class StepWanted(Wanted):
    """A step of a plan. Without `person` a call goes to the site's contacts in their order."""

    kind: StepKind
    only_if: OnlyIf = ""
    person: RowId | None = None
    text: Text200 = ""


class Plan(Wanted):
    """What is done about one category of alarm."""

    category: Category
    steps: Annotated[list[StepWanted], Field(max_length=plans.STEPS_MAX)]


class PlansChange(Change):
    """All plans of a site; a category that is not among them has the usual plan. `version` is the site's."""

    plans: Annotated[list[Plan], Field(max_length=len(plans.CATEGORIES))]


class StepShown(BaseModel):
    """A step of a plan."""

    kind: str
    only_if: str
    person: int | None
    text: str


class PlanShown(BaseModel):
    """A site's own plan for one category of alarm."""

    category: str
    steps: list[StepShown]


@router.get("/people", responses=ERRORS)
def list_people(
    ctx: Ctx,
    customer: Annotated[RowId | None, Query(description="Only on this customer's record.")] = None,
    installer: Annotated[RowId | None, Query(description="Only on this installer company's.")] = None,
    after: After = 0,
    limit: Limit = 100,
) -> list[Person]:
    """List people, oldest first."""
    with ctx.store.read() as reading:
        return [Person(**row) for row in people.people(reading, ctx.actor, customer, installer, after, limit)]


@router.post("/people", status_code=201, responses=ERRORS)
def add_person(ctx: Ctx, wanted: NewPerson) -> Made:
    """Put a person on record, with authority A with the customer."""
    actor = ctx.acting(wanted.on_behalf_of)
    owner = (wanted.customer, wanted.installer)
    with ctx.store.begin() as tx:
        return Made(id=people.add(tx, actor, wanted.detailed(), ctx.now_ms, *owner, wanted.reason))


@router.get("/people/{person_id}", responses=ERRORS)
def show_person(ctx: Ctx, person_id: RowId) -> Person:
    """Show a person."""
    with ctx.store.read() as reading:
        return Person(**people.expect(reading, ctx.actor, person_id)._asdict())


@router.put("/people/{person_id}", responses=ERRORS)
def change_person(ctx: Ctx, person_id: RowId, wanted: PersonChange) -> Changed:
    """Change what is on record of a person."""
    actor, new = ctx.acting(wanted.on_behalf_of), wanted.detailed()
    with ctx.store.begin() as tx:
        return Changed(version=people.change(tx, actor, person_id, new, wanted.version, ctx.now_ms, wanted.reason))


@router.post("/people/{person_id}/erase", responses=ERRORS)
def erase_person(ctx: Ctx, person_id: RowId, wanted: Change) -> Changed:
    """Take a person's name and numbers off the record, for good."""
    actor = ctx.acting(wanted.on_behalf_of)
    with ctx.store.begin() as tx:
        return Changed(version=people.erase(tx, actor, person_id, wanted.version, ctx.now_ms, wanted.reason))


@router.get("/sites/{site_id}/contacts", responses=ERRORS)
def show_contacts(ctx: Ctx, site_id: RowId) -> list[Contact]:
    """Show whom to call about a site, in the order of calls."""
    with ctx.store.read() as reading:
        return [Contact(**row) for row in contacts.contacts(reading, ctx.actor, site_id)]


@router.put("/sites/{site_id}/contacts", responses=ERRORS)
def replace_contacts(ctx: Ctx, site_id: RowId, wanted: ContactsChange) -> Changed:
    """Replace whom to call about a site, with authority A."""
    actor = ctx.acting(wanted.on_behalf_of)
    new = [contacts.Contact(one.person, one.has_key, one.fire_neighbour, one.note) for one in wanted.contacts]
    with ctx.store.begin() as tx:
        return Changed(version=contacts.replace(tx, actor, site_id, new, wanted.version, ctx.now_ms, wanted.reason))


@router.get("/sites/{site_id}/plans", responses=ERRORS)
def show_plans(ctx: Ctx, site_id: RowId) -> list[PlanShown]:
    """Show a site's own action plans; a category without one has the usual plan."""
    with ctx.store.read() as reading:
        found = plans.plans(reading, ctx.actor, site_id)
    return [
        PlanShown(category=category, steps=[StepShown(**step._asdict()) for step in plan])
        for category, plan in found.items()
    ]


@router.put("/sites/{site_id}/plans", responses=ERRORS)
def replace_plans(ctx: Ctx, site_id: RowId, wanted: PlansChange) -> Changed:
    """Replace a site's own action plans, with authority A. The last plan for a category counts."""
    actor = ctx.acting(wanted.on_behalf_of)
    new = {
        plan.category: [Step(step.kind, step.only_if, step.person, step.text) for step in plan.steps]
        for plan in wanted.plans
    }
    with ctx.store.begin() as tx:
        return Changed(version=plans.replace(tx, actor, site_id, new, wanted.version, ctx.now_ms, wanted.reason))
