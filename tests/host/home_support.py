"""A home for tests: the registered site's panel, known to the cloud, with what it told of itself and its people."""

from collections.abc import Callable
from itertools import count
from typing import Any

from sqlalchemy import insert

from hemlarm_cloud.actor import Actor
from hemlarm_cloud.cases import work
from hemlarm_cloud.homes import commands
from hemlarm_cloud.store import CommandState, Event, Panel, Store, schema
from hemlarm_cloud.store.schema_homes import panel_reading
from hemlarm_cloud.store.schema_sites import panel_user
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_protocol import cbor, household, topics
from registered_site import NOW_MS, PANEL, VAULT, Registered, register

KID = b"\x0a\x0b\x0c\x0d"

CONFIGURATION: dict[str, Any] = {
    "areas": [{"number": 1, "entry_s": 30, "exit_s": 60}],
    "zones": [
        {"number": 1, "type": "entry", "area": 1, "name": "Ytterdörr", "chime": True},
        {"number": 2, "type": "instant", "area": 1, "name": "Köksfönster"},
        {"number": 7, "type": "temperature", "area": 1, "name": "Källare"},
    ],
    "users": [{"number": 1, "role": "master"}, {"number": 2, "role": "user"}],
    "outputs": [
        {"number": 1, "kind": "plug", "name": "Kaffebryggare"},
        {"number": 2, "kind": "lock", "name": "Ytterdörr"},
    ],
    "chime": True,
    "remote_disarm": "always",
    "remote_unlock": "code",
}


class Home:
    """The first customer's first site with its panel on IP, and Anna (A) as user 1 and Bo (B) as user 2 of it."""

    def __init__(self, store: Store, began_ms: int = NOW_MS, **changed: Any) -> None:
        self.store = store
        self._began_ms = began_ms
        self.ids: Registered = register(store)
        self.site = self.ids.site
        self.now_ms = began_ms
        self._numbers = count(1)
        self._bytes = count(1)
        with store.begin() as tx:
            tx.add_panel(Panel(PANEL, topics.shard(PANEL), b"wrapped", "1", NOW_MS))
            tx.learn_incarnation(PANEL, KID, bytes(16), NOW_MS)
            tx.keep_heard([(PANEL, 1, began_ms)])
            users = [{"transmitter": PANEL, "user": 1, "person": self.ids.a}]
            users.append({"transmitter": PANEL, "user": 2, "person": self.ids.b})
            tx.connection.execute(insert(panel_user), users)
        self.configure(1, **changed)

    @property
    def anna(self) -> Actor:
        """The account of the A."""
        return self.ids.customers_account(self.ids.a)

    @property
    def bo(self) -> Actor:
        """The account of the B."""
        return self.ids.customers_account(self.ids.b)

    @property
    def cia(self) -> Actor:
        """The account of the C."""
        return self.ids.customers_account(self.ids.c)

    def random(self, size: int) -> bytes:
        """Bytes that are never the same."""
        return next(self._bytes).to_bytes(size)

    def configure(self, revision: int, **changed: Any) -> None:
        """The panel tells its configuration; None leaves a field out."""
        fields: dict[int | str, Any] = {
            name: value for name, value in (CONFIGURATION | changed).items() if value is not None
        }
        with self.store.begin() as tx:
            tx.expect_configuration(PANEL)
            tx.keep_configuration(PANEL, revision, cbor.encode(fields | {"revision": revision}), self.now_ms)

    def tell(self, qcode: int, at_s: float = 0, number: int | None = None, **fields: Any) -> None:
        """The panel tells of an event, `at_s` seconds after the beginning by its clock, and case work takes it."""
        numbered = next(self._numbers) if number is None else number
        told: dict[str, Any] = {"area": 1, "dated_ms": self._began_ms + round(at_s * 1000), "dating": "panel"} | fields
        head = (PANEL, KID, numbered, numbered.to_bytes(8), b"sealed", self.now_ms, self.now_ms, qcode)
        with self.store.begin() as tx:
            assert tx.add_events([Event(*head, **told)]) == ["new"]
        while work.step(self.store, self.now_ms) is not None:
            pass

    def read(self, look: Callable[..., Any], *values: Any) -> Any:
        """What a function of the domain shows this site's A."""
        with self.store.read() as reading:
            return look(reading, self.anna, self.site, *values)

    def ask(self, actor: Actor, verb: int, argument: int = 1, code: str | None = None) -> bytes:
        """Somebody asks the panel for something."""
        with self.store.begin() as tx:
            asked = (actor, 1, self.site, PANEL, verb, argument, self.now_ms, self.random, code)
            return commands.ask(tx, VAULT, *asked)

    def answer(self, command: bytes, done: bool, detail: int = 0) -> None:
        """The panel answers."""
        with self.store.begin() as tx:
            state: CommandState = "done" if done else "failed"
            assert tx.set_command_state(command, state, self.now_ms, 0 if done else 1, detail, PANEL)

    def measure(self, *items: tuple[int, int, int], at_ms: int | None = None) -> None:
        """The panel tells readings: kind, number and value."""
        with self.store.begin() as tx:
            keep_readings(tx, items, self.now_ms if at_ms is None else at_ms)

    def hear(self, path: int = 1) -> None:
        """The panel is heard now."""
        with self.store.begin() as tx:
            tx.keep_heard([(PANEL, path, self.now_ms)])


def keep_readings(tx: Transaction, items: tuple[tuple[int, int, int], ...], at_ms: int) -> None:
    """Put readings in place of those there are."""
    table = panel_reading
    for kind, number, value in items:
        this = (table.c.panel == PANEL, table.c.kind == kind, table.c.number == number)
        tx.connection.execute(table.delete().where(*this))
        row = {"panel": PANEL, "kind": kind, "number": number, "value": value, "told_ms": at_ms}
        tx.connection.execute(insert(table), row)


def degrees(tenths: int) -> int:
    """The value of a temperature's reading."""
    return tenths + household.TEMPERATURE_ZERO


def stored_command(store: Store, command: bytes) -> Any:
    """A command's row."""
    with store.read() as reading:
        return reading.connection.execute(schema.command.select().where(schema.command.c.id == command)).one()
