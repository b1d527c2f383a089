"""A site with people, a panel and cases, written straight into the store, for tests of case handling."""

from typing import Any

from sqlalchemy import insert, select, update

from hemlarm_cloud.actor import Actor, Role
from hemlarm_cloud.cases.categories import URGENCY
from hemlarm_cloud.handling import actions, closing, doing, password, planning, taskwork
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.schema_cases import alarm_case, case_log, case_task, condition, signal
from hemlarm_cloud.store.schema_centre import notice
from hemlarm_cloud.store.schema_sites import contact, customer, person, plan_step, site, transmitter
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_cloud.vault import Vault

ANNA = Actor("operator:anna", Role.OPERATOR)
BO = Actor("operator:bo", Role.OPERATOR)
MONITOR = Actor("monitor:wall", Role.MONITOR)

VAULT = Vault(bytes(range(64)))
PASSWORD, COUNTER = "blåsippa", "granit"
"""What the owner says, and what the centre says."""

NOON_MS = 1_795_000_000_000


def add(tx: Transaction, table: Any, **values: Any) -> int:
    """Add a row and return its id."""
    key = tx.connection.execute(insert(table).values(**values)).inserted_primary_key
    assert key is not None
    found: int = key[0]
    return found


class HandledSite:
    """A customer's house: the owner, two more contacts and a fire neighbour, with numbers that end in 1 to 4."""

    def __init__(self, store: Store, name: str = "Villa Björk", **site_values: Any) -> None:
        self.store = store
        with store.begin() as tx:
            self.customer = add(tx, customer, number=name, name=name, created_ms=0)
            values = {"customer": self.customer, "name": name, "number": name, "created_ms": 0, "town": "Umeå"}
            self.site = add(tx, site, **values | site_values)
            words = {"password": PASSWORD, "counter_password": COUNTER}
            sealed = {name: VAULT.seal(f"site {name}", str(self.site), said.encode()) for name, said in words.items()}
            tx.connection.execute(update(site).where(site.c.id == self.site).values(sealed))
            tx.connection.execute(
                insert(transmitter).values(id=f"panel-{self.site}", kind="hemlarm", site=self.site, added_ms=0)
            )
            self.people = [self._person(tx, number) for number in range(1, 5)]
            for position, who in enumerate(self.people, 1):
                values = {"site": self.site, "position": position, "person": who, "fire_neighbour": position == 4}
                tx.connection.execute(insert(contact).values(**values))
        self.owner = Actor("customer:owner", Role.CUSTOMER, self.people[0], self.customer)

    def _person(self, tx: Transaction, number: int) -> int:
        phone = f"+4670000000{number}"
        return add(tx, person, name=f"Person {number}", phone=phone, customer=self.customer, created_ms=0)

    def plan(self, category: str, *plan_steps: tuple[str, str]) -> None:
        """Give the site a plan of its own."""
        with self.store.begin() as tx:
            for position, (kind, only_if) in enumerate(plan_steps, 1):
                values = {"site": self.site, "category": category, "position": position}
                tx.connection.execute(insert(plan_step).values(kind=kind, only_if=only_if, **values))

    def case(self, category: str, *qcodes: int, kind: str = "alarm", at_ms: int = NOON_MS, **values: Any) -> int:
        """Make a case of signals as case work does, and let it be planned."""
        with self.store.begin() as tx:
            made = case_values(category, kind, at_ms) | {"site": self.site} | values
            case_id = add(tx, alarm_case, **made)
            for qcode in qcodes:
                self.signal(tx, case_id, category, qcode, at_ms)
            planning.begin(tx, case_id, at_ms)
        return case_id

    def signal(self, tx: Transaction, case_id: int, category: str, qcode: int, at_ms: int) -> int:
        """Add a signal to a case."""
        number = tx.connection.scalar(select(signal.c.id).order_by(signal.c.id.desc()).limit(1)) or 0
        values = {"origin": "panel", "origin_id": number + 1, "transmitter": f"panel-{self.site}", "site": self.site}
        values |= {"qcode": qcode, "category": category, "urgency": URGENCY[category], "area": 1, "zone": 3, "user": 0}
        values |= {"dated_ms": at_ms, "order_key": str(number), "received_ms": at_ms, "handling": "case"}
        return add(tx, signal, case=case_id, **values)

    def lasting(self, case_id: int, kind: str, began_ms: int) -> None:
        """Add a condition that a case is about."""
        with self.store.begin() as tx:
            values = {"transmitter": f"panel-{self.site}", "site": self.site, "kind": kind, "began_ms": began_ms}
            add(tx, condition, case=case_id, **values)


def case_values(category: str, kind: str, at_ms: int) -> dict[str, Any]:
    """The columns of a new case without a site."""
    values = {"kind": kind, "category": category, "urgency": URGENCY[category], "state": "new"}
    return values | {"began_ms": at_ms, "latest_ms": at_ms, "opened_ms": at_ms}


def case_of(store: Store, case_id: int) -> Any:
    """A case's row."""
    with store.read() as reading:
        return reading.connection.execute(select(alarm_case).where(alarm_case.c.id == case_id)).one()


def tasks_of(store: Store, case_id: int) -> dict[str, Any]:
    """A case's tasks by their keys, in their order."""
    query = select(case_task).where(case_task.c.case == case_id).order_by(case_task.c.position, case_task.c.id)
    with store.read() as reading:
        return {row.key: row for row in reading.connection.execute(query)}


def log_kinds(store: Store, case_id: int) -> list[str]:
    """What stands in a case's log, oldest first."""
    with store.read() as reading:
        query = select(case_log.c.kind).where(case_log.c.case == case_id).order_by(case_log.c.id)
        return list(reading.connection.scalars(query))


def notices_of(store: Store) -> list[Any]:
    """All notices."""
    with store.read() as reading:
        return list(reading.connection.execute(select(notice).order_by(notice.c.id)))


def set_case(store: Store, case_id: int, **values: Any) -> None:
    """Change a case as case work does."""
    with store.begin() as tx:
        tx.connection.execute(update(alarm_case).where(alarm_case.c.id == case_id).values(**values))


class Desk:
    """An operator at work on one case, who always knows how it stands."""

    def __init__(self, store: Store, case_id: int, actor: Actor = ANNA, now_ms: int = NOON_MS + 10_000) -> None:
        self.store = store
        self.case_id = case_id
        self.actor = actor
        self.now_ms = now_ms

    @property
    def version(self) -> int:
        """The case's, now."""
        return int(case_of(self.store, self.case_id).version)

    def claim(self) -> "Desk":
        """Take the case."""
        with self.store.begin() as tx:
            actions.claim(tx, self.actor, self.case_id, self.version, self.now_ms)
        return self

    def next(self) -> list[str]:
        """The kinds of the tasks to do now."""
        with self.store.read() as reading:
            return [row.kind for row in taskwork.waiting_tasks(reading, self.case_id)]

    def task(self, kind: str) -> Any:
        """The first task of this kind that is not settled."""
        return next(row for row in tasks_of(self.store, self.case_id).values() if row.kind == kind and not row.done_by)

    def do(self, kind: str, result: str, note: str = "") -> "Desk":
        """Finish the first task of this kind."""
        task = self.task(kind)
        with self.store.begin() as tx:
            doing.complete_task(tx, self.actor, self.case_id, task.id, result, note, task.version, self.now_ms)
        return self

    def hear(self, spoken: str) -> str:
        """Check a password that was said."""
        with self.store.begin() as tx:
            return password.check(tx, VAULT, self.actor, self.case_id, spoken, self.now_ms)

    def close(self, outcome: str, **told: str) -> None:
        """Close the case."""
        with self.store.begin() as tx:
            closing.close(tx, self.actor, self.case_id, outcome, self.version, self.now_ms, **told)
