"""The receiving centre as scenarios see it: operators at work on its cases, people who call it, and what it tells them.

Everything is done with the functions that the centre's own API calls.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Row, select

from hemlarm_cloud.actor import Actor, Role
from hemlarm_cloud.errors import CentreError
from hemlarm_cloud.handling import actions, closing, doing, password, pictures, reporting, steps, taskwork
from hemlarm_cloud.service_mode import orders
from hemlarm_cloud.sites import passwords
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_cases import alarm_case, signal
from hemlarm_cloud.store.schema_centre import notice
from hemlarm_cloud.store.schema_sites import person, site
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_cloud.vault import Vault
from hemlarm_simulator.centre_site import RegisteredSite

PICTURE = b"\x89PNG\r\n\x1a\n picture of a simulated room"
"""Stands in for what a camera would send; the centre looks at its first bytes only."""

_SPOKEN = {steps.VERIFY_PASSWORD: "right-password", steps.CALL_CONTACT: "all-well"}
"""Calls in which the password is asked for, and how each ends if it was right."""

Act = Callable[[Transaction, Actor], object]


class CentreDesk:
    """`told` is what the last move brought: nothing, or why the centre refused it. `wake` says that somebody acted."""

    def __init__(
        self,
        store: Store,
        vault: Vault,
        registered: RegisteredSite,
        unix_ms: Callable[[], int],
        wake: Callable[[], None],
    ) -> None:
        self.told = ""
        self._store = store
        self._vault = vault
        self._site = registered
        self._unix_ms = unix_ms
        self._wake = wake

    # What operators do.

    def take(self, operator: str, category: str) -> None:
        """An operator takes the newest open case of a category."""
        self._act(operator, lambda tx, actor: self._claim(tx, actor, self._newest_open(tx, category)))

    def do(self, operator: str, kind: str, result: str) -> None:
        """An operator finishes the first task of this kind that waits in the case they have."""

        def act(tx: Transaction, actor: Actor) -> None:
            case = self._own(tx, actor)
            waiting = [task for task in taskwork.waiting_tasks(tx, case.id) if task.kind == kind]
            task = waiting[0] if waiting else doing.expect_waiting(tx, case.id, kind)
            if kind == steps.GUARD_REPORT:
                now_ms = self._unix_ms()
                reporting.guard_report(tx, actor, case.id, result, True, True, "", task.version, now_ms)
            else:
                doing.complete_task(tx, actor, case.id, task.id, result, "", task.version, self._unix_ms())

        self._act(operator, act)

    def hear(self, operator: str, spoken: str) -> None:
        """Who is called next says a password, and the operator notes whether it was right."""

        def act(tx: Transaction, actor: Actor) -> None:
            case = self._own(tx, actor)
            heard = password.check(tx, self._vault, actor, case.id, spoken, self._unix_ms())
            task = next(task for task in taskwork.waiting_tasks(tx, case.id) if task.kind in _SPOKEN)
            result = _SPOKEN[task.kind] if heard == passwords.RIGHT else "wrong-password"
            doing.complete_task(tx, actor, case.id, task.id, result, "", task.version, self._unix_ms())

        self._act(operator, act)

    def attach_picture(self, operator: str) -> None:
        """A picture of the site is put into the case that the operator has."""

        def act(tx: Transaction, actor: Actor) -> None:
            pictures.attach_picture(tx, actor, self._own(tx, actor).id, PICTURE, self._unix_ms())

        self._act(operator, act)

    def close(self, operator: str, outcome: str) -> None:
        """An operator closes the case they have."""

        def act(tx: Transaction, actor: Actor) -> None:
            case = self._own(tx, actor)
            closing.close(tx, actor, case.id, outcome, case.version, self._unix_ms())

        self._act(operator, act)

    def order_service(self, name: str, kinds: list[str], for_ms: int) -> None:
        """Somebody calls and asks for service mode that begins now; an operator registers it."""

        def act(tx: Transaction, actor: Actor) -> None:
            asked = actor.on_behalf_of(self._site.people[name])
            now_ms = self._unix_ms()
            orders.order(tx, asked, self._site.id, kinds, None, now_ms + for_ms, now_ms, reason="by telephone")

        self._act("telephone", act)

    # What can be seen.

    def cases(self, category: str = "") -> list[Row[Any]]:
        """The site's cases, oldest first, all or of one category."""
        table = alarm_case
        query = select(table).where(table.c.site == self._site.id).order_by(table.c.id)
        if category:
            query = query.where(table.c.category == category)
        with self._store.read() as reading:
            return list(reading.connection.execute(query))

    def waiting(self) -> list[str]:
        """The kinds of tasks to do now in the newest open case, in their order; of calls, with the person's name."""
        with self._store.read() as reading:
            case = self._newest_open(reading, "")
            return [self._task_text(task) for task in taskwork.waiting_tasks(reading, case.id)]

    def done(self) -> list[str]:
        """The kinds of all tasks that somebody has done, in all of the site's cases, with their results."""
        with self._store.read() as reading:
            ids = list(reading.connection.scalars(select(alarm_case.c.id).where(alarm_case.c.site == self._site.id)))
            tasks = [task for case_id in ids for task in taskwork.task_rows(reading, case_id)]
        return [f"{task.kind} {task.result}" for task in tasks if task.state == "done"]

    def notices(self, name: str) -> list[str]:
        """What somebody was written: subject and text of each notice, oldest first."""
        with self._store.read() as reading:
            found = reading.connection.execute(select(person).where(person.c.id == self._site.people[name])).one()
            addresses = [address for address in (found.phone, found.email) if address]
            query = select(notice.c.subject, notice.c.text).where(notice.c.recipient.in_(addresses))
            rows = reading.connection.execute(query.order_by(notice.c.id)).all()
        return [f"{row.subject}: {row.text}" for row in rows]

    def handlings(self, qcode: int) -> list[str]:
        """What became of each signal with this code."""
        query = select(signal.c.handling).where(signal.c.site == self._site.id, signal.c.qcode == qcode)
        with self._store.read() as reading:
            return list(reading.connection.scalars(query.order_by(signal.c.id)))

    def tested(self) -> bool:
        """Whether a yearly test of the site is on record."""
        with self._store.read() as reading:
            return reading.connection.scalar(select(site.c.tested_ms).where(site.c.id == self._site.id)) is not None

    def _act(self, operator: str, act: Act) -> None:
        self.told = ""
        try:
            with self._store.begin() as tx:
                act(tx, Actor(f"operator:{operator}", Role.OPERATOR))
        except CentreError as refused:
            self.told = str(refused)
        self._wake()

    def _claim(self, tx: Transaction, actor: Actor, case: Row[Any]) -> None:
        actions.claim(tx, actor, case.id, case.version, self._unix_ms())

    def _newest_open(self, reading: Queries, category: str) -> Row[Any]:
        table = alarm_case
        query = select(table).where(table.c.site == self._site.id, table.c.closed_ms.is_(None))
        if category:
            query = query.where(table.c.category == category)
        found = reading.connection.execute(query.order_by(table.c.id.desc()).limit(1)).one_or_none()
        if found is None:
            raise CentreError(f"there is no open case of {category or 'this site'}")
        return found

    def _own(self, reading: Queries, actor: Actor) -> Row[Any]:
        table = alarm_case
        query = select(table).where(table.c.operator == actor.name, table.c.closed_ms.is_(None))
        found = reading.connection.execute(query.order_by(table.c.id.desc()).limit(1)).one_or_none()
        if found is None:
            raise CentreError(f"{actor.name} has no case: take one first")
        return found

    def _task_text(self, task: Any) -> str:
        if task.person is None:
            return str(task.kind)
        names = {known: name for name, known in self._site.people.items()}
        return f"{task.kind} {names.get(task.person, '')}".strip()
