"""Action plans: what the centre does at a site about each category of alarm, where it differs from the usual."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, insert, select

from hemlarm_cloud import scope
from hemlarm_cloud.actor import Actor
from hemlarm_cloud.errors import InvalidError
from hemlarm_cloud.handling import default_plans, steps
from hemlarm_cloud.handling.default_plans import Step
from hemlarm_cloud.sites import changes, levels, people, values
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_sites import plan_step
from hemlarm_cloud.store.transaction import Transaction

CATEGORIES = tuple(category for category in default_plans.PLANS if category != default_plans.INCIDENT)
"""That a site can have a plan for; a regional incident is nobody's own."""

STEPS_MAX = 20
"""In one plan: more than anybody works through while an alarm lasts."""


def replace(
    tx: Transaction,
    actor: Actor,
    site_id: int,
    wanted: Mapping[str, Sequence[Step]],
    version: int,
    now_ms: int,
    reason: str = "",
) -> int:
    """Replace all plans of a site and return its new version; a category without steps has the usual plan.

    Takes authority A. Persons in it are of the site's customer. Raises NotFoundError, RefusedError, InvalidError,
    ConflictError.
    """
    row = changes.begin(tx, actor, site_id, "change-plan", version, now_ms, reason)
    rows = [checked for category, plan in wanted.items() for checked in _checked(category, plan)]
    people.expect_known_to(tx, row.customer, {step["person"] for step in rows if step["person"] is not None})
    before = _stored(tx, site_id)
    tx.connection.execute(delete(plan_step).where(plan_step.c.site == site_id))
    if rows:
        tx.connection.execute(insert(plan_step), [{"site": site_id, **step} for step in rows])
    told = {"before": before, "after": _stored(tx, site_id)}
    return changes.finish(tx, actor, row, "change-plan", told, now_ms, reason)


def plans(reading: Queries, actor: Actor, site_id: int) -> dict[str, list[Step]]:
    """Return a site's own plans by category, each in its order. Not for installers.

    Raises NotFoundError, RefusedError.
    """
    scope.expect_site(reading, actor, site_id)
    levels.expect_people_shown(actor)
    found: dict[str, list[Step]] = {}
    for step in _stored(reading, site_id):
        found.setdefault(step["category"], []).append(Step(step["kind"], step["only_if"], step["person"], step["text"]))
    return found


def _stored(reading: Queries, site_id: int) -> list[dict[str, Any]]:
    columns = [column for column in plan_step.columns if column.name != "site"]
    query = select(*columns).where(plan_step.c.site == site_id)
    query = query.order_by(plan_step.c.category, plan_step.c.position)
    return [row._asdict() for row in reading.connection.execute(query)]


def _checked(category: str, plan: Sequence[Step]) -> list[dict[str, Any]]:
    values.one_of(category, "category", CATEGORIES)
    if len(plan) > STEPS_MAX:
        raise InvalidError(f"{category}: {len(plan)} steps, at most {STEPS_MAX}")
    never = default_plans.NEVER.get(category, ())
    rows = []
    for position, step in enumerate(plan, 1):
        values.one_of(step.kind, "kind", steps.KINDS)
        values.one_of(step.only_if, "only_if", tuple(steps.CONDITIONS))
        if step.kind in never:
            raise InvalidError(f"{category}: {step.kind} would warn whoever threatens; leave it out")
        if step.person is not None and step.kind not in steps.LADDERS:
            raise InvalidError(f"{category}: {step.kind} is not about a person; leave the person out")
        rows.append(
            {
                "category": category,
                "position": position,
                "kind": step.kind,
                "only_if": step.only_if,
                "person": step.person,
                "text": values.text(step.text, "text", 200),
            }
        )
    return rows
