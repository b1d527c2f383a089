"""Who acts at the receiving centre, and in which role."""

from dataclasses import dataclass, replace
from enum import StrEnum


class Role(StrEnum):
    """What an account may do at all; what it may do to one site is decided by authority, see `sites/authority.py`."""

    SUPERVISOR = "supervisor"
    """Runs the centre: everything, and each of it in the audit log."""
    OPERATOR = "operator"
    """Answers alarms, and registers what people with authority ask for."""
    CUSTOMER = "customer"
    INSTALLER = "installer"
    MONITOR = "monitor"
    """Sees the centre's figures and the queue, and changes nothing."""


CENTRE_ROLES = (Role.SUPERVISOR, Role.OPERATOR, Role.MONITOR)
"""Roles that see every site."""


@dataclass(frozen=True)
class Actor:
    """Somebody who looks or acts. `name` stands in logs, as in "operator:anna" or "system:cases".

    `person` is whose authority counts: the account's own, or the one on whose behalf an operator registers something.
    `customer` limits a customer's account to that customer's sites, `installer` an installer's to the company's.
    """

    name: str
    role: Role
    person: int | None = None
    customer: int | None = None
    installer: int | None = None

    def on_behalf_of(self, person: int) -> "Actor":
        """The same actor, doing what this person asked for."""
        return replace(self, person=person)


SYSTEM = Actor("system", Role.SUPERVISOR)
"""What the centre does by itself."""
