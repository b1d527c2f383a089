"""Sites with signals, and destinations to forward them to."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import insert, select

from hemlarm_cloud.actor import SYSTEM
from hemlarm_cloud.cases.categories import SERVICE, URGENCY, category
from hemlarm_cloud.forward import destinations, outbox
from hemlarm_cloud.forward.destinations import Wish
from hemlarm_cloud.forward.settings import DC_09, SOS_ACCESS, DestinationSettings
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.schema_cases import signal
from hemlarm_cloud.store.schema_centre import forwarded
from hemlarm_cloud.store.schema_sites import site, transmitter
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_cloud.vault import Vault

NOW_MS = 1_763_812_800_000
VAULT = Vault(bytes(range(64)))
KEY = b"AAAABBBBCCCCDDDD"
PASSWORD = "passwordof15ch."

DC09_WISH = Wish("Peer", DC_09, "127.0.0.1:1", DestinationSettings("ABC1"), secret=KEY.hex())
SOS_WISH = Wish(
    "Partner",
    SOS_ACCESS,
    "127.0.0.1:1",
    DestinationSettings("HEM1", receiver="ARC", transmitter_type="HEM"),
    secret=PASSWORD,
)


def zeros(count: int) -> bytes:
    """Chance that is none."""
    return bytes(count)


def add_site(tx: Transaction, name: str = "House") -> int:
    """A site with one transmitter, `dc09:` and its number."""
    row = {"number": f"S-{name}", "name": name, "address": "Gatan 1", "town": "Lund", "created_ms": NOW_MS}
    site_id = int(tx.connection.execute(insert(site).returning(site.c.id), row).scalar_one())
    values = {"id": f"dc09:{site_id}", "kind": "dc-09", "site": site_id, "added_ms": NOW_MS}
    tx.connection.execute(insert(transmitter), values)
    return site_id


@dataclass
class Town:
    """Makes signals as case work does, and queues them in the same transaction."""

    store: Store
    made: int = field(default=0)

    def site(self, destination_id: int | None = None, account: str = "1234", lowest_urgency: int = 4) -> int:
        """A new site, with a route if there is a destination."""
        with self.store.begin() as tx:
            self.made += 1
            site_id = add_site(tx, f"House {self.made}")
            if destination_id is not None:
                destinations.set_route(tx, SYSTEM, destination_id, site_id, account, lowest_urgency, NOW_MS)
        return site_id

    def signal(self, site_id: int, qcode: int = 1130, zone: int = 5, handling: str = "case") -> int:
        """A signal of a site, queued for wherever the site's go."""
        return self.signals(site_id, [(qcode, zone)], handling)[0]

    def signals(
        self, site_id: int, codes: Sequence[tuple[int, int]], handling: str = "case", late_ms: int = 0
    ) -> list[int]:
        """Signals of a site with these codes and zones, in this order; `late_ms` after they happened."""
        with self.store.begin() as tx:
            ids = [self._insert(tx, site_id, qcode, zone, handling, late_ms) for qcode, zone in codes]
            outbox.enqueue_all(tx, ids, NOW_MS)
        return ids

    def _insert(self, tx: Transaction, site_id: int, qcode: int, zone: int, handling: str, late_ms: int) -> int:
        self.made += 1
        about = category(qcode) if qcode >= 1000 else SERVICE
        row = {
            **{"origin": "foreign", "origin_id": self.made, "transmitter": f"dc09:{site_id}", "site": site_id},
            **{"qcode": qcode, "category": about, "area": 1, "zone": zone, "user": 2, "text": ""},
            **{"urgency": URGENCY[about] if 1000 <= qcode < 2000 else URGENCY[SERVICE], "handling": handling},
            **{"dated_ms": NOW_MS + self.made - late_ms, "order_key": f"{self.made:09}", "received_ms": NOW_MS},
        }
        return int(tx.connection.execute(insert(signal).returning(signal.c.id), row).scalar_one())


def add_destination(store: Store, wish: Wish = DC09_WISH) -> int:
    """A new destination."""
    with store.begin() as tx:
        return destinations.add(tx, VAULT, SYSTEM, wish, NOW_MS)


def states(store: Store) -> list[tuple[int, str]]:
    """The signals in the outbox in its order, with their states."""
    with store.read() as reading:
        query = select(forwarded.c.signal, forwarded.c.state).order_by(forwarded.c.id)
        return [tuple(row) for row in reading.connection.execute(query)]
