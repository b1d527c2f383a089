"""What stands in the menu of whom, and which banner hangs over whose pages."""

from typing import NamedTuple

from hemlarm_cloud.actor import CENTRE_ROLES, Role


class Entry(NamedTuple):
    """One page in the menu. The `first` ones are in the bar of a phone, the others behind "More"."""

    path: str
    icon: str
    text: str
    roles: tuple[Role, ...]
    first: bool = True


_STAFF = (Role.SUPERVISOR, Role.OPERATOR)
_CUSTOMER = (Role.CUSTOMER,)

MENU: tuple[Entry, ...] = (
    # In the order in which they are shown. A text is its name in the tables.
    Entry("/desk", "siren", "desk.queue", CENTRE_ROLES),
    Entry("/desk/search", "search", "desk.search", _STAFF),
    Entry("/desk/log", "history", "desk.log", _STAFF),
    Entry("/desk/duty", "phone", "desk.duty", _STAFF),
    Entry("/desk/reports", "report", "desk.reports", _STAFF, first=False),
    Entry("/desk/releases", "download", "releases.title", _STAFF, first=False),
    Entry("/home", "house", "customer.status", _CUSTOMER),
    Entry("/home/history", "history", "customer.history", _CUSTOMER),
    Entry("/home/climate", "thermometer", "customer.climate-menu", _CUSTOMER),
    Entry("/home/notices", "bell", "customer.notices-menu", _CUSTOMER),
    Entry("/home/family", "people", "family.title", _CUSTOMER, first=False),
    Entry("/home/contacts", "phone", "customer.contacts", _CUSTOMER, first=False),
    Entry("/home/plan", "steps", "customer.plan", _CUSTOMER, first=False),
    Entry("/home/passwords", "key", "customer.passwords", _CUSTOMER, first=False),
    Entry("/home/cases", "list", "customer.cases", _CUSTOMER, first=False),
    Entry("/home/settings", "settings", "customer.settings", _CUSTOMER, first=False),
    Entry("/installer", "house", "installer.sites", (Role.INSTALLER,)),
    Entry("/installer/check", "check", "installer.check-file", (Role.INSTALLER,)),
    Entry("/installer/provisioning", "shield", "provisioning.menu", (Role.INSTALLER,)),
    Entry("/installer/provisioning", "shield", "provisioning.menu", (Role.SUPERVISOR,), first=False),
)

BANNERS: dict[Role, str] = {**dict.fromkeys(_STAFF, "/desk/banner"), Role.CUSTOMER: "/home/banner"}
"""Fragments that hang over every page of a role, for what nobody may miss."""

START = {
    Role.CUSTOMER: "/home",
    Role.INSTALLER: "/installer",
    **dict.fromkeys(CENTRE_ROLES, "/desk"),
}
"""Where each begins."""


def menu(role: Role) -> list[Entry]:
    """Return the menu of a role."""
    return [entry for entry in MENU if role in entry.roles]


def current(entries: list[Entry], path: str) -> str:
    """Return the path of the entry that this page belongs to: the longest that it begins with; else nothing."""
    fitting = [entry.path for entry in entries if path == entry.path or path.startswith(entry.path + "/")]
    return max(fitting, key=len, default="")
