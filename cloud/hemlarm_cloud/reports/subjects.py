"""What a report is asked about, found in the store, and whether this actor may have it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, Table, select

from hemlarm_cloud import scope
from hemlarm_cloud.actor import CENTRE_ROLES, Actor, Role
from hemlarm_cloud.errors import InvalidError, NotFoundError, RefusedError
from hemlarm_cloud.reports.periods import zone_of
from hemlarm_cloud.sites import authority
from hemlarm_cloud.sites.contract_dates import CALENDAR
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_cases import alarm_case
from hemlarm_cloud.store.schema_centre import duty_service
from hemlarm_cloud.store.schema_sites import authority_list, authority_list_site, customer, site, transmitter

SITES_MAX = 10_000
"""Sites of one customer or list that one report can be about."""

_ACTION = "order-reports"


@dataclass(frozen=True)
class About:
    """What somebody asks a report about: ids of which exactly one is given, beside a transmitter of the site."""

    customer: int | None = None
    site: int | None = None
    list: int | None = None
    service: int | None = None
    case: int | None = None
    transmitter: str | None = None

    def kind(self) -> str:
        """Return which of them it is. Raises InvalidError unless exactly one is given."""
        given = [name for name in ("customer", "site", "list", "service", "case") if getattr(self, name) is not None]
        if len(given) != 1:
            raise InvalidError("name exactly one of customer, site, list, service and case that the report is about")
        return given[0]


@dataclass(frozen=True)
class Subject:
    """What a report is about, as the store has it. `row` is that of the customer, site, list, service or case."""

    kind: str
    row: Row[Any]
    zone: ZoneInfo
    customer: Row[Any] | None = None
    transmitter: str | None = None
    inside: bool = False
    """Asked by the centre's own people, who also see what operators wrote to each other."""

    @property
    def sites(self) -> ColumnElement[bool]:
        """The condition on `site` that holds for the sites it is about."""
        column = site.c.id if self.kind == "site" else site.c.customer
        found: ColumnElement[bool] = column == self.row.id
        return found

    @property
    def id(self) -> int:
        """The row's id."""
        found: int = self.row.id
        return found


def find(reading: Queries, actor: Actor, about: About, now_ms: int, ordering: bool = False) -> Subject:
    """Return what a report is about.

    The centre's operators may read any; whoever is given one, or orders one (`ordering`), needs authority A or B at
    each site that it is about. Raises NotFoundError, RefusedError or InvalidError.
    """
    if actor.role is Role.MONITOR:
        raise RefusedError("a monitor's account has no reports: they hold people's names and telephone numbers")
    kind = about.kind()
    if about.transmitter is not None and kind != "site":
        raise InvalidError("a transmitter goes with the site that it belongs to; name the site")
    subject, sites = _FINDERS[kind](reading, actor, getattr(about, kind))
    if ordering or actor.role not in CENTRE_ROLES:
        if not sites and actor.role is not Role.SUPERVISOR:
            raise RefusedError(f"{kind} {subject.id} has no site at which somebody could have authority")
        authority.expect_everywhere(reading, actor, sites, _ACTION, now_ms)
    subject = replace(subject, inside=actor.role in CENTRE_ROLES)
    return _with_transmitter(reading, subject, about.transmitter)


def _with_transmitter(reading: Queries, subject: Subject, name: str | None) -> Subject:
    if name is None:
        return subject
    query = select(transmitter.c.id).where(transmitter.c.id == name, transmitter.c.site == subject.id)
    if reading.connection.scalar(query) is None:
        raise NotFoundError(f"site {subject.id} has no transmitter {name}; `hemlarm cloud site show` lists them")
    return replace(subject, transmitter=name)


def _of_site(reading: Queries, actor: Actor, site_id: int) -> tuple[Subject, Sequence[int]]:
    row = scope.expect_site(reading, actor, site_id)
    return Subject("site", row, zone_of(row.time_zone), _customer(reading, row.customer)), [site_id]


def _of_customer(reading: Queries, actor: Actor, customer_id: int) -> tuple[Subject, Sequence[int]]:
    _expect_own(actor, customer_id, f"customer {customer_id}")
    row = _expect(reading, customer, customer_id)
    return Subject("customer", row, _zone_of(reading, customer_id), row), _sites(reading, customer_id)


def _of_list(reading: Queries, actor: Actor, list_id: int) -> tuple[Subject, Sequence[int]]:
    row = _expect(reading, authority_list, list_id)
    if row.kind == "installer" and actor.role is Role.INSTALLER:
        if actor.installer != list_id:
            raise NotFoundError(f"no list {list_id} here")
    else:
        _expect_own(actor, row.customer, f"list {list_id}")
    table = authority_list_site
    query = select(table.c.site).where(table.c.list == list_id).order_by(table.c.site).limit(SITES_MAX)
    zone = CALENDAR if row.customer is None else _zone_of(reading, row.customer)
    owner = _customer(reading, row.customer)
    return Subject("list", row, zone, owner), reading.connection.scalars(query).all()


def _of_service(reading: Queries, actor: Actor, service_id: int) -> tuple[Subject, Sequence[int]]:
    row = _expect(reading, duty_service, service_id)
    _expect_own(actor, row.customer, f"service {service_id}")
    owner = _customer(reading, row.customer)
    return Subject("service", row, zone_of(row.time_zone), owner), _sites(reading, row.customer)


def _of_case(reading: Queries, actor: Actor, case_id: int) -> tuple[Subject, Sequence[int]]:
    row = _expect(reading, alarm_case, case_id)
    if row.site is None:
        if actor.role not in CENTRE_ROLES:
            raise NotFoundError(f"no case {case_id} here")
        return Subject("case", row, CALENDAR), []
    try:
        place = scope.expect_site(reading, actor, row.site)
    except NotFoundError:
        raise NotFoundError(f"no case {case_id} here") from None
    return Subject("case", row, zone_of(place.time_zone), _customer(reading, place.customer)), [row.site]


_FINDERS: dict[str, Callable[[Queries, Actor, int], tuple[Subject, Sequence[int]]]] = {
    "customer": _of_customer,
    "site": _of_site,
    "list": _of_list,
    "service": _of_service,
    "case": _of_case,
}


def _expect(reading: Queries, table: Table, row_id: int) -> Row[Any]:
    found = reading.connection.execute(select(table).where(table.c.id == row_id)).one_or_none()
    if found is None:
        raise NotFoundError(f"no {table.name.rpartition('_')[2]} {row_id} here")
    return found


def _expect_own(actor: Actor, customer_id: int | None, what: str) -> None:
    if actor.role in CENTRE_ROLES:
        return
    if actor.role is not Role.CUSTOMER or actor.customer is None or actor.customer != customer_id:
        raise NotFoundError(f"no {what} here")


def _customer(reading: Queries, customer_id: int | None) -> Row[Any] | None:
    return None if customer_id is None else _expect(reading, customer, customer_id)


def _sites(reading: Queries, customer_id: int) -> Sequence[int]:
    query = select(site.c.id).where(site.c.customer == customer_id).order_by(site.c.id).limit(SITES_MAX + 1)
    found = reading.connection.scalars(query).all()
    if len(found) > SITES_MAX:
        raise InvalidError(f"customer {customer_id} has more than {SITES_MAX} sites; ask about one of them at a time")
    return found


def _zone_of(reading: Queries, customer_id: int) -> ZoneInfo:
    """The zone of the customer's first site: one report has one clock."""
    query = select(site.c.time_zone).where(site.c.customer == customer_id).order_by(site.c.id).limit(1)
    name = reading.connection.scalar(query)
    return CALENDAR if name is None else zone_of(name)
