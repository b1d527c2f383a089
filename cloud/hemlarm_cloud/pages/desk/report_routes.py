"""Reports: made on demand as files, and ordered for each month."""

from dataclasses import replace
from typing import Annotated, Any, cast

from fastapi import APIRouter, Form, Query
from sqlalchemy import select
from starlette.responses import Response

from hemlarm_cloud.errors import CentreError, InvalidError, NotFoundError
from hemlarm_cloud.pages.depends import AccountVisit
from hemlarm_cloud.pages.desk import trouble
from hemlarm_cloud.pages.desk.naming import words_of
from hemlarm_cloud.pages.desk.staff import ZONE, Id, Short, Staff
from hemlarm_cloud.pages.rendering import page, redirect
from hemlarm_cloud.reports import billing, catalogue, orders
from hemlarm_cloud.reports.catalogue import Form as FileForm
from hemlarm_cloud.reports.model import Language, Report
from hemlarm_cloud.reports.subjects import About
from hemlarm_cloud.sites import people
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_centre import duty_service
from hemlarm_cloud.store.schema_sites import authority_list, customer, site

router = APIRouter()

BILLING = "BILLING"
_ORDERS_MAX = 200

KINDS = ("site", "customer", "case", "list", "service")
"""What a report can be about."""

_BY_NUMBER = {"site": site, "customer": customer}
"""What people know by a number of its own; the others by their id."""

_NAMED = {"list": authority_list, "service": duty_service}

Asked = Annotated[str, Query(max_length=60)]


@router.get("/reports")
def show_reports(
    visit: Staff, code: Asked = "ZR0001", kind: Asked = "site", number: Asked = "", period: Asked = ""
) -> Response:
    """Show which reports there are, and the standing orders."""
    return _reports(visit, {"code": code, "kind": kind, "number": number, "period": period})


@router.get("/reports/file")
def make_report(
    visit: Staff,
    code: Asked,
    kind: Asked = "site",
    number: Asked = "",
    period: Asked = "",
    form: Asked = "pdf",
) -> Response:
    """Make a report and give it as a file."""
    chosen = {"code": code, "kind": kind, "number": number, "period": period}
    try:
        if form not in catalogue.FORMS:
            raise InvalidError(f"form: no report comes as {form[:10]!r}; choose {' or '.join(catalogue.FORMS)}")
        with visit.store.read() as reading:
            report = _made(reading, visit, chosen)
    except CentreError as error:
        return _reports(visit, chosen, error)
    return _file(report, form)


@router.post("/reports/orders")
def order_report(
    visit: Staff,
    code: Short = "",
    kind: Short = "site",
    number: Short = "",
    recipient: Annotated[str, Form(max_length=200)] = "",
    form: Short = "pdf",
    on_behalf_of: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Order a report for each month."""
    chosen = {"code": code, "kind": kind, "number": number, "period": ""}
    try:
        with visit.store.begin() as tx:
            about = _about(tx, kind, number)
            actor = visit.actor
            if on_behalf_of.isascii() and on_behalf_of.isdecimal():
                actor = actor.on_behalf_of(people.expect(tx, actor, int(on_behalf_of)).id)
            orders.order(tx, actor, code, about, recipient, form, visit.language, visit.now_ms)
    except CentreError as error:
        return _reports(visit, chosen, error)
    return redirect("/desk/reports#orders")


@router.post("/reports/orders/{order_id}/end")
def end_order(visit: Staff, order_id: Id, on_behalf_of: Annotated[str, Form(max_length=20)] = "") -> Response:
    """Send no more of an order's reports."""
    try:
        with visit.store.begin() as tx:
            actor = visit.actor
            if on_behalf_of.isascii() and on_behalf_of.isdecimal():
                actor = actor.on_behalf_of(people.expect(tx, actor, int(on_behalf_of)).id)
            orders.end(tx, actor, order_id, visit.now_ms)
    except NotFoundError:
        raise
    except CentreError as error:
        return _reports(visit, {"code": "ZR0001", "kind": "site", "number": "", "period": ""}, error)
    return redirect("/desk/reports#orders")


def _made(reading: Queries, visit: AccountVisit, chosen: dict[str, str]) -> Report:
    language = cast(Language, visit.language)
    period = chosen["period"].strip() or None
    if chosen["code"] == BILLING:
        if period is None:
            raise InvalidError("period: the billing basis is of a month; write one such as 2026-10")
        return billing.make(reading, visit.actor, period, language, visit.now_ms)
    about = _about(reading, chosen["kind"], chosen["number"])
    return catalogue.make(reading, visit.actor, chosen["code"], about, period, language, visit.now_ms)


def _about(reading: Queries, kind: str, number: str) -> About:
    """What a report is about, as people name it. Raises InvalidError, NotFoundError."""
    said = number.strip().removeprefix("#")
    if kind not in KINDS or not said:
        raise InvalidError("number: say which site, customer, case, list or on-call service it is about")
    table: Any = _BY_NUMBER.get(kind)
    if table is not None:
        found = reading.connection.scalar(select(table.c.id).where(table.c.number == said))
        if found is None:
            raise InvalidError(f"number: no {kind} has the number {said!r}")
        return replace(About(), **cast(Any, {kind: found}))
    if not (said.isascii() and said.isdecimal() and len(said) < 18):
        raise InvalidError(f"number: {said[:20]!r} is no number of a {kind}")
    return replace(About(), **cast(Any, {kind: int(said)}))


def _file(report: Report, form: FileForm) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{catalogue.file_name(report, form)}"'}
    return Response(catalogue.rendered(report, form), media_type=catalogue.MEDIA_TYPES[form], headers=headers)


def _reports(visit: AccountVisit, chosen: dict[str, str], error: CentreError | None = None) -> Response:
    words = words_of(visit.language)
    with visit.store.read() as reading:
        standing = [
            row._asdict() | {"about": _named(reading, row), "name": words.text(row.report)}
            for row in orders.orders(reading, visit.actor, 0, _ORDERS_MAX)
        ]
    told = trouble.explain(visit, error) if error else None
    listed = [(code, words.text(code)) for code in (*catalogue.CODES, BILLING)]
    monthly = [(code, f"{code} {words.text(code)}") for code in catalogue.MONTHLY]
    values = {"listed": listed, "monthly": monthly, "standing": standing, "chosen": chosen, "zone": ZONE}
    return page(
        visit, "desk/reports.html", trouble.status_of(error) if error else 200, told=told, kinds=KINDS, **values
    )


def _named(reading: Queries, row: Any) -> str:
    """What an order is about, by name."""
    tables: dict[str, Any] = {"site": site, "list": authority_list, "service": duty_service, "customer": customer}
    for kind, table in tables.items():
        row_id = getattr(row, kind)
        if row_id is not None:
            name = reading.connection.scalar(select(table.c.name).where(table.c.id == row_id))
            return str(name or row_id)
    return ""
