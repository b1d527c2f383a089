"""The embedded cloud: the houses registered with a receiving centre, people who can sign in, and the centre at work."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import func, select

from hemlarm_cloud.access import credentials
from hemlarm_cloud.actor import SYSTEM, Role
from hemlarm_cloud.notices.sink import Sink, SunkMessage
from hemlarm_cloud.sites import accounts
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.schema_centre import notice
from hemlarm_cloud.store.schema_sites import person
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_cloud.vault import Vault
from hemlarm_simulator import centre_site
from hemlarm_simulator.centre_description import CentreDescription, load_centre
from hemlarm_simulator.centre_site import RegisteredSite
from hemlarm_simulator.description import HouseDescription

CENTRE = "family"
"""Who lives in the houses, where a story does not say otherwise."""

PASSWORD = "trygg hemma varje dag"  # noqa: S105 -- of a centre that exists as long as the page is open.
"""Of every demonstration login: the page shows it."""

_OPERATOR, _SUPERVISOR = "olle", "sara"


class Login(NamedTuple):
    """Somebody who can sign in to the embedded cloud's pages, and where these begin."""

    role: str
    login: str
    path: str


class EmbeddedCentre:
    """What the centre knows of the houses, and who can sign in. `sink` keeps what people are told.

    `panels` are the houses with their panels' ids.
    """

    def __init__(
        self,
        store: Store,
        vault: Vault,
        panels: list[tuple[str, HouseDescription]],
        unix_ms: Callable[[], int],
        random: Callable[[int], bytes],
        described: CentreDescription | None = None,
    ) -> None:
        self.store = store
        self.vault = vault
        self.sink = Sink()
        self.unix_ms = unix_ms
        self.described = described or load_centre(CENTRE)
        self.sites = [
            self._register(number, panel, house, len(panels)) for number, (panel, house) in enumerate(panels, 1)
        ]
        self.logins = self._give_logins(random)
        self._told = 0
        self._noticed = -1

    def messages(self) -> list[dict[str, Any]]:
        """What people have been told since the last call, as each of them would see it."""
        with self.store.read() as reading:
            noticed = reading.connection.scalar(select(func.max(notice.c.id))) or 0
        if noticed != self._noticed:
            self._noticed = noticed
            self.sink.take(self.store, self.unix_ms())
        return self.sunk()

    def sunk(self) -> list[dict[str, Any]]:
        """What has gone into the sink since the last call."""
        found = self.sink.messages(self._told)
        self._told = found[-1].number if found else self._told
        return [self._shown(message) for message in found]

    def _shown(self, message: SunkMessage) -> dict[str, Any]:
        panel = next((number for number, site in enumerate(self.sites, 1) if site.id == message.site), 0)
        return {
            "id": f"m{message.number}",
            "panel": panel,
            "channel": message.channel,
            "recipient": message.recipient,
            "subject": message.subject,
            "text": message.text,
            "at_ms": message.at_ms,
        }

    def _register(self, number: int, panel: str, house: HouseDescription, count: int) -> RegisteredSite:
        named = self.described
        if count > 1:
            named = replace(named, site=f"{named.site} {number}", customer=f"{named.customer} {number}")
        zones = {sensor.zone: sensor.label or sensor.name for sensor in house.sensors}
        return centre_site.register(self.store, self.vault, named, panel, zones, self.unix_ms(), number)

    def _give_logins(self, random: Callable[[int], bytes]) -> list[Login]:
        """The centre's people, and of the first house everybody with a mail address, and the installers."""
        password = credentials.hashed(PASSWORD, "")
        with self.store.begin() as tx:
            give = partial(self._give, tx, random, password)
            site = self.sites[0]
            found = [
                give(_OPERATOR, Role.OPERATOR, _OPERATOR, "/desk"),
                give(_SUPERVISOR, Role.SUPERVISOR, _SUPERVISOR, "/desk"),
            ]
            for one in self.described.people:
                if one.authority and one.email:
                    who = {"person": site.people[one.name], "customer": site.customer}
                    found.append(give(one.name, Role.CUSTOMER, one.email, "/home", **who))
            for installer in self.described.installers:
                found.append(
                    give(
                        installer.name,
                        Role.INSTALLER,
                        installer.name,
                        "/installer",
                        **_installer(tx, site.people[installer.name]),
                    )
                )
        return found

    def _give(
        self,
        tx: Transaction,
        random: Callable[[int], bytes],
        password: str,
        name: str,
        role: Role,
        login: str,
        path: str,
        **who: int | None,
    ) -> Login:
        now_ms = self.unix_ms()
        made = accounts.create(tx, SYSTEM, name, role, random(accounts.TOKEN_BYTES), now_ms, **who)
        credentials.give(tx, SYSTEM, made.id, login, password, now_ms, "sv", verified=True)
        return Login(role.value, login, path)


def _installer(tx: Transaction, found: int) -> dict[str, int | None]:
    company = tx.connection.scalar(select(person.c.installer).where(person.c.id == found))
    return {"person": found, "installer": company}
