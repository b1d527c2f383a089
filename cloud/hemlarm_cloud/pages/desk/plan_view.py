"""A site's action plans in words."""

from typing import NamedTuple

from sqlalchemy import select

from hemlarm_cloud.handling.planning import plan_of
from hemlarm_cloud.reports.words import Words
from hemlarm_cloud.sites.plans import CATEGORIES
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_sites import person, plan_step


class PlanStep(NamedTuple):
    """One step: what, under which condition, whom, and what people wrote to it."""

    name: str
    condition: str
    person: str
    text: str


class Plan(NamedTuple):
    """What is done about one category; `own` where the site has a plan of its own for it."""

    category: str
    name: str
    own: bool
    steps: list[PlanStep]


def plans(reading: Queries, site_id: int, words: Words) -> list[Plan]:
    """Return what is done at a site about each category."""
    own = set(reading.connection.scalars(select(plan_step.c.category).where(plan_step.c.site == site_id).distinct()))
    named = select(person.c.id, person.c.name).join(plan_step, plan_step.c.person == person.c.id)
    people = {row.id: row.name for row in reading.connection.execute(named.where(plan_step.c.site == site_id))}
    found = []
    for category in CATEGORIES:
        steps = [
            PlanStep(
                words.name("step", step.kind),
                words.name("only-if", step.only_if),
                people.get(step.person, ""),
                step.text,
            )
            for step in plan_of(reading, site_id, category)
        ]
        found.append(Plan(category, words.name("category", category), category in own, steps))
    return found
