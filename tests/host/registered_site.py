"""A small register for tests: two customers with a site each, people with every level, and an installer company."""

from dataclasses import dataclass, replace

from hemlarm_cloud.actor import SYSTEM, Actor, Role
from hemlarm_cloud.sites import contracts, customers, levels, lists, people, sites, transmitters
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_cloud.vault import Vault

NOW_MS = 1_700_000_000_000
DAY_MS = 86_400_000
LATER_MS = NOW_MS + 300 * DAY_MS

VAULT = Vault(bytes(range(64)))
OPERATOR = Actor("operator:anna", Role.OPERATOR)
SUPERVISOR = Actor("supervisor:sara", Role.SUPERVISOR)
MONITOR = Actor("monitor:wall", Role.MONITOR)

PANEL = "00112233445566ff"

LETTER = "mail of 14 November"


@dataclass(frozen=True)
class Registered:
    """Ids of what is there. `other` is another customer's site, `neighbour` its A, `fitter` the installer."""

    customer: int
    contract: int
    site: int
    second_site: int
    list: int
    a: int
    b: int
    c: int
    nobody: int
    company: int
    fitter: int
    other_customer: int
    other_site: int
    other_list: int
    neighbour: int

    def customers_account(self, person: int | None = None) -> Actor:
        """An account of the first customer."""
        return Actor("customer:c", Role.CUSTOMER, person, customer=self.customer)

    def others_account(self) -> Actor:
        """The account of the other customer's A."""
        return Actor("customer:o", Role.CUSTOMER, self.neighbour, customer=self.other_customer)

    def installers_account(self) -> Actor:
        """The account of the company's fitter."""
        return Actor("installer:i", Role.INSTALLER, self.fitter, installer=self.company)


def register(store: Store) -> Registered:
    """Fill an empty store. The company serves the first customer's first site; the fitter has all papers."""
    with store.begin() as tx:
        return _register(tx)


def version(store: Store, site_id: int) -> int:
    """A site's present version."""
    with store.read() as reading:
        return int(sites.one(reading, SYSTEM, site_id)["version"])


def list_version(store: Store, list_id: int) -> int:
    """A list's present version."""
    with store.read() as reading:
        return int(lists.expect(reading, SYSTEM, list_id).version)


def _register(tx: Transaction) -> Registered:
    customer = customers.add(tx, SYSTEM, "1001", "Solveig Berg", NOW_MS)
    contract = contracts.add(tx, SYSTEM, customer, "A-1", NOW_MS - 100 * DAY_MS, NOW_MS + 400 * DAY_MS, NOW_MS)
    described = sites.Description("Villa Berg", "Storgatan 1", "Uppsala", "Uppland")
    site = sites.register(tx, SYSTEM, "V1", customer, contract, described, NOW_MS)
    second = sites.register(tx, SYSTEM, "V2", customer, None, replace(described, name="Sommarstugan"), NOW_MS)
    transmitters.add(tx, SYSTEM, site, PANEL, "hemlarm", "House", 0, NOW_MS)
    names = ("Anna Berg", "Bo Berg", "Cia Berg", "Dan Berg")
    a, b, c, nobody = (people.add(tx, SYSTEM, people.Details(name), NOW_MS, customer) for name in names)
    held = lists.add(tx, SYSTEM, "Family", NOW_MS, customer)
    seen = lists.cover(tx, SYSTEM, held, site, 0, NOW_MS)
    for person, level in ((a, "A"), (b, "B"), (c, "C")):
        seen = levels.give(tx, SYSTEM, held, person, level, seen, NOW_MS)
    company = lists.add(tx, SYSTEM, "Larmfirman", NOW_MS)
    fitter = people.add(tx, SYSTEM, people.Details("Ivar Installer"), NOW_MS, installer=company)
    seen = lists.change(tx, SYSTEM, company, "Larmfirman", LATER_MS, 0, NOW_MS)
    seen = lists.cover(tx, SYSTEM, company, site, seen, NOW_MS)
    levels.give(tx, SYSTEM, company, fitter, "I", seen, NOW_MS, police_approval_until_ms=LATER_MS)
    other = customers.add(tx, SYSTEM, "2002", "Canary AB", NOW_MS)
    other_site = sites.register(tx, SYSTEM, "K1", other, None, sites.Description("Canary works"), NOW_MS)
    neighbour = people.add(tx, SYSTEM, people.Details("Nils Canary"), NOW_MS, customer_id=other)
    other_list = lists.add(tx, SYSTEM, "Canary list", NOW_MS, customer_id=other)
    seen = lists.cover(tx, SYSTEM, other_list, other_site, 0, NOW_MS)
    levels.give(tx, SYSTEM, other_list, neighbour, "A", seen, NOW_MS)
    return Registered(
        customer, contract, site, second, held, a, b, c, nobody, company, fitter, other, other_site, other_list,
        neighbour,
    )  # fmt: skip
