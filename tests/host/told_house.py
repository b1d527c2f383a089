"""A house whose people have accounts and choose what they are told of, for tests of notices."""

from typing import Any

from sqlalchemy import insert, select, update

from handled_site import NOON_MS, VAULT, add, notices_of
from hemlarm_cloud.actor import Actor, Role
from hemlarm_cloud.cases.categories import URGENCY, category
from hemlarm_cloud.notices import choices, telling
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.schema import event, incarnation, panel
from hemlarm_cloud.store.schema_access import credential, push_subscription
from hemlarm_cloud.store.schema_cases import signal
from hemlarm_cloud.store.schema_sites import account, panel_user, person, zone_name
from served_site import ServedSite

KID = b"kid1"


class ToldHouse(ServedSite):
    """Anna (A), Bo (B) and Cia (C) have an account each; to the panel Anna is user 3, and zone 3 the patio door."""

    def __init__(self, store: Store, name: str = "Villa Björk", **site_values: Any) -> None:
        super().__init__(store, name, **site_values)
        self.accounts = [
            self._account(who, first) for who, first in zip(self.people, ("Anna", "Bo", "Cia"), strict=False)
        ]
        with store.begin() as tx:
            tx.connection.execute(insert(panel_user).values(transmitter=self.transmitter, user=3, person=self.a))
            tx.connection.execute(insert(zone_name).values(transmitter=self.transmitter, zone=3, name="Altandörr"))

    def actor(self, which: int = 0) -> Actor:
        """The actor of an account, by its place in `accounts`."""
        name = f"customer:{('anna', 'bo', 'cia')[which]}{self.site}"
        return Actor(name, Role.CUSTOMER, self.people[which], self.customer)

    def choose(self, which: int = 0, **wanted: tuple[str, ...]) -> None:
        """Choose as one of the accounts."""
        with self.store.begin() as tx:
            choices.choose(tx, self.actor(which), self.accounts[which], self.site, wanted, NOON_MS)

    def happen(self, qcode: int, at_ms: int = NOON_MS, **values: Any) -> int:
        """A signal as case work stores it; with `source` it has an event of the panel's."""
        about = category(qcode)
        usual = {"transmitter": self.transmitter, "site": self.site, "qcode": qcode, "category": about, "area": 1}
        usual |= {"urgency": URGENCY[about], "zone": 0, "user": 0, "dated_ms": at_ms, "order_key": ""}
        usual |= {"received_ms": at_ms, "handling": "record", "origin": "panel"}
        with self.store.begin() as tx:
            number = (tx.connection.scalar(select(signal.c.id).order_by(signal.c.id.desc()).limit(1)) or 0) + 1
            source = values.pop("source", None)
            origin_id = number if source is None else self._event(tx, number, qcode, source)
            return add(tx, signal, **usual | {"origin_id": origin_id} | values)

    def told(self, now_ms: int = NOON_MS) -> list[tuple[str, str]]:
        """Let the step do its work; all notices there are, as (channel, text)."""
        while telling.step(self.store, now_ms) is not None:
            pass
        return [(notice.channel, notice.text) for notice in notices_of(self.store)]

    def subscribe(self, which: int = 0) -> int:
        """A browser of an account's, which only exists in the table."""
        with self.store.begin() as tx:
            values = {"endpoint": f"https://push.example/{which}", "public_key": bytes(65), "secret": bytes(16)}
            return add(tx, push_subscription, account=self.accounts[which], created_ms=NOON_MS, **values)

    def _account(self, who: int, first_name: str) -> int:
        with self.store.begin() as tx:
            tx.connection.execute(update(person).where(person.c.id == who).values(name=first_name))
            name = f"{first_name.lower()}{self.site}"
            values = {"name": name, "role": "customer", "person": who, "customer": self.customer, "created_ms": 0}
            made = add(tx, account, token_hash=name.encode().ljust(32), **values)
            login = {"login": f"{name}@login.example", "password": "-", "verified_ms": 0, "changed_ms": 0}
            tx.connection.execute(insert(credential).values(account=made, **login))
        return made

    def _event(self, tx: Any, number: int, qcode: int, source: int) -> int:
        self._panel(tx)
        values = {"panel": self.transmitter, "kid": KID, "number": number, "tag": bytes(8), "sealed": b"-"}
        values |= {"received_ms": 0, "committed_ms": 0, "qcode": qcode, "area": 1, "zone": 0, "user": 0}
        return add(tx, event, source=source, detail=0, boot=1, uptime_ms=0, **values)

    def _panel(self, tx: Any) -> None:
        if tx.connection.scalar(select(panel.c.id).where(panel.c.id == self.transmitter)) is None:
            values = {"shard": "00", "root_key": VAULT.wrap(self.transmitter, bytes(32)), "certificate_serial": "0"}
            tx.connection.execute(insert(panel).values(id=self.transmitter, provisioned_ms=0, **values))
            known = {"panel": self.transmitter, "kid": KID, "salt": bytes(16), "first_seen_ms": 0}
            tx.connection.execute(insert(incarnation).values(complete_below=0, **known))
