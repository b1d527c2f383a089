"""K1: all action plans of a site, and whom they call. Passwords are not even read."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Row, select

from hemlarm_cloud.cases.categories import URGENCY
from hemlarm_cloud.handling.default_plans import PLANS, TEST
from hemlarm_cloud.handling.steps import CALL_CONTACT
from hemlarm_cloud.reports import heading
from hemlarm_cloud.reports.model import Column, Report, Section, Value
from hemlarm_cloud.reports.subjects import Subject
from hemlarm_cloud.reports.words import Words
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_sites import contact, person, plan_step

CATEGORIES = (*URGENCY, TEST)
"""In the order of their urgency."""


class Step(NamedTuple):
    """One step of a plan, with the name of the person whom it calls, if it names one."""

    kind: str
    only_if: str
    text: str
    person: str


class Plan(NamedTuple):
    """What is done about one category; the centre's own plan where the site has none."""

    category: str
    own: bool
    steps: Sequence[Step]


def make(reading: Queries, subject: Subject, words: Words, now_ms: int) -> Report:
    """Return the report about one site, as it is now."""
    return build(_plans(reading, subject.id), _contacts(reading, subject.id), subject, words, now_ms)


def build(plans: Sequence[Plan], contacts: Sequence[Row[Any]], subject: Subject, words: Words, now_ms: int) -> Report:
    """Make the report of its facts."""
    row = subject.row
    facts = [*heading.facts(words, subject), (words.text("key-service"), words.yes(row.key_service))]
    if row.guard:
        facts.append((words.text("guards"), row.guard))
    return Report(
        code="K1",
        title=words.text("K1"),
        subject=heading.named(subject),
        facts=tuple(facts),
        period="",
        language=words.language,
        zone=words.zone,
        made_ms=now_ms,
        sections=(_contacts_table(contacts, words), *(_plan_table(plan, words) for plan in plans)),
        notes=(words.text("plans-note"),),
    )


def _plan_table(plan: Plan, words: Words) -> Section:
    columns = (
        Column(words.text("order")),
        Column(words.text("step")),
        Column(words.text("whom")),
        Column(words.text("only-if")),
        Column(words.text("instruction"), optional=True),
    )
    rows: list[tuple[Value, ...]] = []
    for order, step in enumerate(plan.steps, 1):
        whom = step.person or (words.text("in-order") if step.kind == CALL_CONTACT else "")
        rows.append((str(order), words.name("step", step.kind), whom, words.name("only-if", step.only_if), step.text))
    whose = words.text("own-plan" if plan.own else "default-plan")
    return Section(f"{words.name('category', plan.category)}: {whose}", columns, tuple(rows))


def _contacts_table(contacts: Sequence[Row[Any]], words: Words) -> Section:
    columns = (
        Column(words.text("order")),
        Column(words.text("name")),
        Column(words.text("phone")),
        Column(words.text("other-phone"), optional=True),
        Column(words.text("has-key")),
        Column(words.text("fire-neighbour")),
        Column(words.text("note"), optional=True),
    )
    rows = tuple(
        (
            str(each.position),
            each.name,
            each.phone,
            each.other_phone,
            words.yes(True) if each.has_key else "",
            words.yes(True) if each.fire_neighbour else "",
            each.note,
        )
        for each in contacts
    )
    return Section(words.text("contacts"), columns, rows)


def _plans(reading: Queries, site_id: int) -> list[Plan]:
    query = (
        select(plan_step, person.c.name.label("person_name"))
        .select_from(plan_step.outerjoin(person, person.c.id == plan_step.c.person))
        .where(plan_step.c.site == site_id)
        .order_by(plan_step.c.category, plan_step.c.position)
        .limit(heading.ROWS_MAX)
    )
    own: dict[str, list[Step]] = {}
    for row in reading.connection.execute(query):
        own.setdefault(row.category, []).append(Step(row.kind, row.only_if, row.text, row.person_name or ""))
    return [Plan(name, name in own, own.get(name) or _default(name)) for name in CATEGORIES]


def _default(category: str) -> list[Step]:
    return [Step(step.kind, step.only_if, step.text, "") for step in PLANS[category]]


def _contacts(reading: Queries, site_id: int) -> Sequence[Row[Any]]:
    query = (
        select(contact, person.c.name, person.c.phone, person.c.other_phone)
        .join(person, person.c.id == contact.c.person)
        .where(contact.c.site == site_id)
        .order_by(contact.c.position)
        .limit(heading.ROWS_MAX)
    )
    return reading.connection.execute(query).all()
