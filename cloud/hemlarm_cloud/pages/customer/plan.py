"""The action plan: what the receiving centre does about each kind of alarm, and the customer's own wishes."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from hemlarm_cloud.api.depends import INT32_MAX
from hemlarm_cloud.cases.categories import FIRE, GAS, HOLD_UP, INTRUSION, LINE, POWER, TAMPER, WATER
from hemlarm_cloud.errors import InvalidError, NotFoundError
from hemlarm_cloud.handling import default_plans, steps
from hemlarm_cloud.handling.default_plans import Step
from hemlarm_cloud.pages.customer.visiting import Home, HomeVisit
from hemlarm_cloud.pages.rendering import redirect
from hemlarm_cloud.reports.vocabulary import NAMES
from hemlarm_cloud.sites import people, plans, sites

router = APIRouter()

PLAN, EDITOR = "customer/plan.html", "customer/plan_edit.html"

SHOWN = (FIRE, GAS, INTRUSION, TAMPER, HOLD_UP, WATER, POWER, LINE)
"""Kinds of alarm that a household has wishes about, in this order."""

BLANK = 3
"""Empty lines of the editor, for steps to add."""

Category = Annotated[str, Path(pattern=f"^({'|'.join(SHOWN)})$")]


@router.get("/home/plan")
def show(home: Home) -> Response:
    """Show what is done about each kind of alarm."""
    values = _values(home)
    own = values.pop("own")
    shown = {each: own.get(each) or list(default_plans.PLANS[each]) for each in SHOWN}
    return home.page(PLAN, shown=shown, own=own, **values)


@router.get("/home/plan/{category}")
def edit(home: Home, category: Category) -> Response:
    """Show the editor of one plan."""
    values = _values(home)
    if not values["may_change"]:
        raise NotFoundError("this page is for who may change the plan")
    lines = values.pop("own").get(category) or list(default_plans.PLANS[category])
    return home.page(EDITOR, **values, **_choices(home, category), lines=lines)


@router.post("/home/plan/{category}")
async def change(home: Home, category: Category, request: Request) -> Response:
    """Replace one plan, or go back to the usual one."""
    form = await request.form()
    lines = _lines({name: str(value) for name, value in form.items()})
    given = (str(form.get("version", "")), str(form.get("do", "")))
    return await run_in_threadpool(_store, home, category, lines, *given)


def _store(home: HomeVisit, category: str, lines: list[Step], version: str, do: str) -> Response:
    visit = home.visit
    values = _values(home)
    wanted = values["own"] | {category: [] if do == "usual" else lines}
    number = int(version) if version.isdecimal() and len(version) < 10 else INT32_MAX
    try:
        with visit.store.begin() as tx:
            plans.replace(tx, visit.actor, home.site.id, wanted, number, visit.now_ms)
    except InvalidError:
        del values["own"]
        told = {"": home.text("customer.plan-wrong")}
        return home.form_error(EDITOR, told, **values, **_choices(home, category), lines=lines)
    return redirect(f"/home/plan#plan-{category}")


def _lines(form: dict[str, str]) -> list[Step]:
    """Return the steps of the editor's lines, in the order of their numbers; a line without a step is none."""
    found = []
    for place in range(1, plans.STEPS_MAX + BLANK + 1):
        kind = form.get(f"kind-{place}", "")
        if kind:
            person = form.get(f"person-{place}", "")
            who = int(person) if person.isdecimal() and len(person) < 18 and kind in steps.LADDERS else None
            order = form.get(f"order-{place}", "")
            at = int(order) if order.isdecimal() and len(order) < 4 else place
            found.append((at, place, Step(kind, form.get(f"only-if-{place}", ""), who or None, "")))
    return [step for _, _, step in sorted(found, key=lambda each: each[:2])]


def _values(home: HomeVisit) -> dict[str, Any]:
    visit = home.visit
    with visit.store.read() as reading:
        at = (reading, visit.actor, home.site.id)
        known = people.people(reading, visit.actor, home.site.customer, limit=200)
        return {
            "own": plans.plans(*at),
            "people": {each["id"]: each["name"] for each in known},
            "version": sites.one(*at)["version"],
            "may_change": home.may(reading, "change-plan"),
            "names": _names(home),
        }


def _names(home: HomeVisit) -> dict[str, dict[str, str]]:
    column = 0 if home.visit.language == "sv" else 1
    return {
        group: {word: pair[column] for word, pair in NAMES[group].items()} for group in ("category", "step", "only-if")
    }


def _choices(home: HomeVisit, category: str) -> dict[str, Any]:
    never = default_plans.NEVER.get(category, ())
    names = _names(home)
    return {
        "category": category,
        "blank": BLANK,
        "kinds": [(kind, names["step"][kind]) for kind in steps.KINDS if kind not in never],
        "conditions": [(name, names["only-if"].get(name, name)) for name in steps.CONDITIONS if name],
    }
