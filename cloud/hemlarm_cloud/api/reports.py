"""Reports on demand, standing orders of monthly reports, and the billing basis."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from hemlarm_cloud.api.bodies import Made, Text60, Text120
from hemlarm_cloud.api.depends import ERRORS, After, Ctx, Limit, Line, RowId, WantedFor
from hemlarm_cloud.reports import billing, catalogue, orders
from hemlarm_cloud.reports.model import Report
from hemlarm_cloud.reports.subjects import About

router = APIRouter()

Code = Literal["ZR0047", "ZR0001", "ZR0002", "ZR0034", "ZR0042", "K1", "ZR0010", "ZR0020"]
Form = Literal["csv", "pdf"]
Language = Literal["sv", "en"]
Span = Annotated[
    Line | None,
    Query(max_length=24, description="2026, 2026-10, 2026-10-05 or 2026-10-05..2026-10-11; this month if left out."),
]
Month = Annotated[str, Query(pattern=r"^[0-9]{4}-[0-9]{2}$", description="Such as 2026-10.")]

_BINARY = {"schema": {"type": "string", "format": "binary"}}
_FILES: dict[int | str, dict[str, Any]] = {
    **ERRORS,
    200: {"description": "The report as a file.", "content": {"text/csv": _BINARY, "application/pdf": _BINARY}},
}


class NewOrder(WantedFor):
    """A report to send each month; exactly one of customer, site, list and service says what it is about."""

    report: Code
    customer: RowId | None = None
    site: RowId | None = None
    list: RowId | None = None
    service: RowId | None = None
    recipient: Annotated[Text120, Field(min_length=1, description="a mail address")]
    form: Form = "pdf"
    language: Language = "sv"


class Order(BaseModel):
    """A standing order. `last_month` is the last month that was sent."""

    id: int
    report: str
    customer: int | None
    site: int | None
    list: int | None
    service: int | None
    recipient: str
    form: Form
    language: Language
    last_month: str
    created_ms: int


class EndOrder(WantedFor):
    """Whose authority ends an order."""


@router.get("/reports/{code}", responses=_FILES, response_class=Response)
def make_report(
    ctx: Ctx,
    code: Code,
    customer: Annotated[RowId | None, Query()] = None,
    site: Annotated[RowId | None, Query()] = None,
    authority_list: Annotated[RowId | None, Query(alias="list")] = None,
    service: Annotated[RowId | None, Query()] = None,
    case: Annotated[RowId | None, Query()] = None,
    transmitter: Annotated[Text60 | None, Query(description="Only this one of the site's, for ZR0034.")] = None,
    period: Span = None,
    form: Form = "pdf",
    language: Language = "sv",
) -> Response:
    """Make a report about exactly one of customer, site, list, service and case."""
    about = About(customer, site, authority_list, service, case, transmitter)
    with ctx.store.read() as reading:
        report = catalogue.make(reading, ctx.actor, code, about, period, language, ctx.now_ms)
    return _file(report, form)


@router.get("/billing-basis", responses=_FILES, response_class=Response)
def make_billing_basis(ctx: Ctx, month: Month, form: Form = "csv", language: Language = "sv") -> Response:
    """List the contracts whose period ends with this month and that had more events than they include."""
    with ctx.store.read() as reading:
        report = billing.make(reading, ctx.actor, month, language, ctx.now_ms)
    return _file(report, form)


@router.get("/report-orders", responses=ERRORS)
def list_orders(ctx: Ctx, after: After = 0, limit: Limit = 100) -> list[Order]:
    """List the standing orders, oldest first."""
    with ctx.store.read() as reading:
        found = orders.orders(reading, ctx.actor, after, limit)
    return [Order(**{name: row._mapping[name] for name in Order.model_fields}) for row in found]


@router.post("/report-orders", status_code=201, responses=ERRORS)
def order_report(ctx: Ctx, wanted: NewOrder) -> Made:
    """Order a report for each month."""
    about = About(wanted.customer, wanted.site, wanted.list, wanted.service)
    told = (wanted.recipient, wanted.form, wanted.language)
    actor = ctx.acting(wanted.on_behalf_of)
    with ctx.store.begin() as tx:
        return Made(id=orders.order(tx, actor, wanted.report, about, *told, ctx.now_ms))


@router.post("/report-orders/{order_id}/end", status_code=204, responses=ERRORS)
def end_order(ctx: Ctx, order_id: RowId, wanted: EndOrder) -> None:
    """Send no more of an order's reports."""
    actor = ctx.acting(wanted.on_behalf_of)
    with ctx.store.begin() as tx:
        orders.end(tx, actor, order_id, ctx.now_ms)


def _file(report: Report, form: Form) -> Response:
    name = catalogue.file_name(report, form)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(catalogue.rendered(report, form), media_type=catalogue.MEDIA_TYPES[form], headers=headers)
