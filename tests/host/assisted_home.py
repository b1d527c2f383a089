"""A home that is told to a Home Assistant: its people have accounts, and its panel is heard and reads temperatures."""

from typing import Any

from sqlalchemy import insert

from hemlarm_cloud.actor import Actor, Role
from hemlarm_cloud.home_assistant import connections, discovery
from hemlarm_cloud.home_assistant.connections import Wish
from hemlarm_cloud.home_assistant.gathering import gather
from hemlarm_cloud.home_assistant.house import House
from hemlarm_cloud.store import Store, schema
from hemlarm_cloud.store.schema_sites import account
from hemlarm_protocol import household
from home_support import Home, degrees
from registered_site import PANEL, VAULT

PREFIX = "homeassistant"


class AssistedHome(Home):
    """Accounts 1, 2, 3 are Anna's (A), Bo's (B) and Cia's (C); the cellar has 8.5 degrees, the lock is locked."""

    def __init__(self, store: Store, **values: Any) -> None:
        super().__init__(store, **values)
        with store.begin() as tx:
            for name, person in (("anna", self.ids.a), ("bo", self.ids.b), ("cia", self.ids.c)):
                row = {"name": name, "role": "customer", "person": person, "customer": self.ids.customer}
                tx.connection.execute(insert(account).values(token_hash=name.encode() * 4, created_ms=0, **row))
            told = dict.fromkeys((column.name for column in schema.panel_health.c if column.name != "panel"), 0)
            told |= {"received_ms": self.now_ms, "battery_percent": 87, "battery_mv": 13_100, "mains": 1}
            tx.connection.execute(insert(schema.panel_health).values(panel=PANEL, **told))
        self.measure((household.TEMPERATURE, 7, degrees(85)), (household.PLUG, 1, 1), (household.LOCK, 2, 1))

    def account(self, name: str = "anna") -> Actor:
        """Somebody's account."""
        person = {"anna": self.ids.a, "bo": self.ids.b, "cia": self.ids.c}[name]
        return Actor(f"customer:{name}", Role.CUSTOMER, person, self.ids.customer)

    def connect(self, address: str = "127.0.0.1:1883", who: str = "anna", **values: Any) -> None:
        """Set the connection as one of the people."""
        wish = Wish(address, **{"tls": False} | values)
        with self.store.begin() as tx:
            connections.keep(tx, VAULT, self.account(who), self.site, wish, self.now_ms)

    def house(self, commands: bool = True) -> House:
        """The home as its Home Assistant is told of it."""
        with self.store.read() as reading:
            return gather(reading, self.account(), self.site, self.now_ms, commands)

    def messages(self, commands: bool = True) -> dict[str, str]:
        """All that is told."""
        return discovery.messages(self.house(commands), PREFIX)

    def state(self, thing: str, commands: bool = True) -> str:
        """How a thing is, by the last part of its topic."""
        return self.messages(commands)[f"hemlarm/{self.site}/{PANEL}/{thing}"]
