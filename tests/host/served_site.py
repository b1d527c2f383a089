"""A handled site with authority: A, B and C on its customer's list, and an installer company that serves it."""

from typing import Any

from sqlalchemy import select, update

from handled_site import NOON_MS, HandledSite, add
from hemlarm_cloud.actor import Actor, Role
from hemlarm_cloud.cases.categories import URGENCY, category
from hemlarm_cloud.service_mode import orders
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.schema_cases import alarm_case, condition, service_mode, signal
from hemlarm_cloud.store.schema_sites import authority, authority_list, authority_list_site, person, site

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS

SARA = Actor("supervisor:sara", Role.SUPERVISOR)
ANNA = Actor("operator:anna", Role.OPERATOR)


class ServedSite(HandledSite):
    """People 1 to 3 have levels A, B and C; all have mail addresses; Ivar installs for a company with papers."""

    def __init__(self, store: Store, name: str = "Villa Björk", **site_values: Any) -> None:
        super().__init__(store, name, **site_values)
        with store.begin() as tx:
            self.list = add(tx, authority_list, kind="customer", name=name, customer=self.customer, created_ms=0)
            add(tx, authority_list_site, list=self.list, site=self.site)
            for who, level in zip(self.people, "ABC", strict=False):
                add(tx, authority, list=self.list, person=who, level=level)
                address = f"{level.lower()}{self.site}@example.se"
                tx.connection.execute(update(person).where(person.c.id == who).values(email=address))
            values = {"fire_certificate_until_ms": NOON_MS + 90 * DAY_MS, "created_ms": 0}
            self.company = add(tx, authority_list, kind="installer", name=f"Larm & Lås {name}", **values)
            add(tx, authority_list_site, list=self.company, site=self.site)
            address = f"ivar{self.site}@example.se"
            self.ivar = add(tx, person, name="Ivar", installer=self.company, email=address, language="en", created_ms=0)
            approved = NOON_MS + 90 * DAY_MS
            add(tx, authority, list=self.company, person=self.ivar, level="I", police_approval_until_ms=approved)
        self.a, self.b, self.c = self.people[:3]
        self.transmitter = f"panel-{self.site}"

    def order(self, kinds: str = "burglary", who: Actor | None = None, **values: Any) -> int:
        """Order service mode for an hour from noon, by person A unless another actor is given."""
        times: dict[str, Any] = {"from_ms": None, "until_ms": NOON_MS + HOUR_MS, "now_ms": NOON_MS}
        with self.store.begin() as tx:
            return orders.order(tx, who or ANNA.on_behalf_of(self.a), self.site, kinds.split(), **times | values)

    def order_row(self, order_id: int) -> Any:
        """An order's row."""
        with self.store.read() as reading:
            return reading.connection.execute(select(service_mode).where(service_mode.c.id == order_id)).one()

    def tell(self, qcode: int, at_ms: int, service: int | None = None, zone: int = 3) -> None:
        """A signal as case work stores one that service mode covers."""
        about = category(qcode)
        values = {"transmitter": self.transmitter, "site": self.site, "qcode": qcode, "category": about}
        values |= {"urgency": URGENCY[about], "area": 1, "zone": zone, "user": 0, "dated_ms": at_ms, "order_key": ""}
        values |= {"received_ms": at_ms, "handling": "record" if service is None else "service", "service": service}
        with self.store.begin() as tx:
            number = (tx.connection.scalar(select(signal.c.id).order_by(signal.c.id.desc()).limit(1)) or 0) + 1
            add(tx, signal, origin="panel", origin_id=number, **values)

    def fault(self, kind: str, began_ms: int, **values: Any) -> None:
        """A condition that lasts."""
        with self.store.begin() as tx:
            usual = {"transmitter": self.transmitter, "site": self.site, "kind": kind, "began_ms": began_ms}
            add(tx, condition, **usual | values)

    def cases(self) -> list[Any]:
        """All cases there are."""
        with self.store.read() as reading:
            return list(reading.connection.execute(select(alarm_case).order_by(alarm_case.c.id)))

    def set_site(self, **values: Any) -> None:
        """Change the site's row."""
        with self.store.begin() as tx:
            tx.connection.execute(update(site).where(site.c.id == self.site).values(**values))
