"""Registers a simulated house with the receiving centre, as its staff would: customer, site, people, authority."""

from dataclasses import dataclass

from hemlarm_cloud.actor import SYSTEM
from hemlarm_cloud.sites import (
    contacts,
    contracts,
    customers,
    levels,
    lists,
    names,
    passwords,
    people,
    sites,
    transmitters,
)
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_cloud.vault import Vault
from hemlarm_simulator.centre_description import CentreDescription, InstallerDescription

_DAY_MS = 86_400_000
_YEARS_MS = 3 * 365 * _DAY_MS


@dataclass(frozen=True)
class RegisteredSite:
    """A site in the store, its customer, and its people by their names in the description."""

    id: int
    customer: int
    people: dict[str, int]


def register(
    store: Store,
    vault: Vault,
    described: CentreDescription,
    panel: str,
    zones: dict[int, str],
    now_ms: int,
    number: int = 1,
) -> RegisteredSite:
    """Register everything in one go; `zones` are the panel's, by number. Each site of a store has a `number`."""
    with store.begin() as tx:
        registered = _register_people(tx, described, now_ms, 1000 + number)
        _Registration(tx, vault, described, registered, now_ms).fill(panel, zones)
    return registered


def _register_people(tx: Transaction, described: CentreDescription, now_ms: int, number: int) -> RegisteredSite:
    customer = customers.add(tx, SYSTEM, str(number), described.customer, now_ms, language=described.language)
    contract = contracts.add(tx, SYSTEM, customer, f"A-{number}", now_ms, now_ms + _YEARS_MS, now_ms=now_ms)
    wanted = sites.Description(
        described.site,
        described.address,
        described.town,
        described.region,
        language=described.language,
        key_service=described.key_service,
        guard=described.guard,
    )
    site = sites.register(tx, SYSTEM, f"S-{number}", customer, contract, wanted, now_ms)
    known = {
        person.name: people.add(
            tx,
            SYSTEM,
            people.Details(person.full_name, person.phone, email=person.email, language=described.language),
            now_ms,
            customer_id=customer,
        )
        for person in described.people
    }
    return RegisteredSite(site, customer, known)


class _Registration:
    """What is said about the site, one thing after the other; the site's version goes along."""

    def __init__(
        self, tx: Transaction, vault: Vault, described: CentreDescription, registered: RegisteredSite, now_ms: int
    ) -> None:
        self._tx = tx
        self._vault = vault
        self._described = described
        self._site = registered
        self._now_ms = now_ms

    def fill(self, panel: str, zones: dict[int, str]) -> None:
        tx, site, now_ms = self._tx, self._site, self._now_ms
        people = self._described.people
        known = site.people
        version = transmitters.add(tx, SYSTEM, site.id, panel, "hemlarm", "", 0, now_ms)
        version = names.name_zones(tx, SYSTEM, panel, zones, version, now_ms)
        users = {person.panel_user: known[person.name] for person in people if person.panel_user}
        version = names.link_users(tx, SYSTEM, panel, users, version, now_ms)
        called = sorted((person for person in people if person.contact), key=lambda person: person.contact)
        wanted = [contacts.Contact(known[one.name], one.has_key, one.fire_neighbour) for one in called]
        version = contacts.replace(tx, SYSTEM, site.id, wanted, version, now_ms)
        for which, secret in (
            (passwords.PASSWORD, self._described.password),
            (passwords.COUNTER, self._described.counter_password),
        ):
            version = passwords.set_password(tx, self._vault, SYSTEM, site.id, which, secret, version, now_ms)
        self._give_levels()
        for installer in self._described.installers:
            known[installer.name] = self._add_installer(installer)

    def _give_levels(self) -> None:
        tx, site, now_ms = self._tx, self._site, self._now_ms
        made = lists.add(tx, SYSTEM, self._described.customer, now_ms, customer_id=site.customer)
        version = lists.cover(tx, SYSTEM, made, site.id, 0, now_ms)
        for person in self._described.people:
            if person.authority:
                version = levels.give(tx, SYSTEM, made, site.people[person.name], person.authority, version, now_ms)

    def _add_installer(self, installer: InstallerDescription) -> int:
        tx, now_ms = self._tx, self._now_ms
        company = lists.add(tx, SYSTEM, installer.company, now_ms)
        certified_ms = now_ms + installer.fire_certificate_days * _DAY_MS
        version = lists.change(tx, SYSTEM, company, installer.company, certified_ms, 0, now_ms)
        details = people.Details(installer.full_name, installer.phone, language=self._described.language)
        person = people.add(tx, SYSTEM, details, now_ms, installer=company)
        approved_ms = now_ms + installer.police_approval_days * _DAY_MS
        version = lists.cover(tx, SYSTEM, company, self._site.id, version, now_ms)
        levels.give(tx, SYSTEM, company, person, "I", version, now_ms, police_approval_until_ms=approved_ms)
        return person
