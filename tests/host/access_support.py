"""People who sign up and in, for tests: a family, what was sent to it, and a browser without a screen."""

import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from httpx import Response
from sqlalchemy import select

from hemlarm_cloud.access import credentials, passwords
from hemlarm_cloud.actor import SYSTEM, Actor, Role
from hemlarm_cloud.api.app import make_app
from hemlarm_cloud.sites import accounts, customers, levels, lists, people
from hemlarm_cloud.sites.people import Details
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.schema_centre import notice
from hemlarm_cloud.vault import Vault

NOW_MS = 1_800_000_000_000
MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000

PASSWORD = "fyra glada sjungande grodor"
OTHER_PASSWORD = "nio tysta vandrande renar"

PHONE = "+46701234567"
NUMBER = "1001"
URL = "https://larm.example.se"

VAULT = Vault(bytes(range(64)))

_HASHES: dict[str, str] = {}


def hashed(password: str = PASSWORD) -> str:
    """The hash of a password, reckoned once a run."""
    if password not in _HASHES:
        _HASHES[password] = passwords.hashed(password)
    return _HASHES[password]


@cache
def _empty_store() -> bytes:
    """A new database, made once a run: bringing one up to date costs as much as a whole test."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "empty.db"
        made = Store.open(f"sqlite:///{file}")
        made.close()
        return file.read_bytes()


def new_store(file: Path) -> Store:
    """A new store in this file, on the one kind of database that pages are tested with."""
    file.write_bytes(_empty_store())
    return Store.open(f"sqlite:///{file}")


class Chance:
    """Random bytes that are other ones each time, and the same in each run."""

    def __init__(self) -> None:
        self._drawn = 0

    def __call__(self, count: int) -> bytes:
        self._drawn += 1
        return self._drawn.to_bytes(4, "big").rjust(count, b"\x5a")[:count]


CHANCES = Chance()
"""For tests that need no source of their own."""


class Clock:
    """Stands still until a test moves it."""

    def __init__(self) -> None:
        self.now_ms = NOW_MS

    def __call__(self) -> int:
        return self.now_ms


@dataclass(frozen=True)
class Family:
    """A customer with Anna, who has authority A and a phone on record, and with Erik, who has B."""

    customer: int
    list: int
    anna: int
    erik: int

    def actor(self, person: int) -> Actor:
        """The customer's account of this person."""
        return Actor(f"customer:{person}", Role.CUSTOMER, person, self.customer)


def add_family(store: Store, number: str = NUMBER, phone: str = PHONE) -> Family:
    """Put a family on record, without any login."""
    with store.begin() as tx:
        customer = customers.add(tx, SYSTEM, number, f"Family {number}", NOW_MS)
        anna = people.add(tx, SYSTEM, Details("Anna Berg", phone, "", "", "sv"), NOW_MS, customer)
        erik = people.add(tx, SYSTEM, Details("Erik Berg", "", "", f"erik{number}@example.se"), NOW_MS, customer)
        list_id = lists.add(tx, SYSTEM, "Home", NOW_MS, customer)
        for person, level in ((anna, "A"), (erik, "B")):
            levels.give(tx, SYSTEM, list_id, person, level, lists.expect(tx, SYSTEM, list_id).version, NOW_MS)
    return Family(customer, list_id, anna, erik)


def add_login(store: Store, role: str, login: str, verified: bool = True, **owner: int | None) -> int:
    """Add an account that signs in with this login and PASSWORD, and return its id."""
    with store.begin() as tx:
        made = accounts.create(tx, SYSTEM, login[:40], role, login.encode()[:32].ljust(32, b"."), NOW_MS, **owner)
        credentials.give(tx, SYSTEM, made.id, login, hashed(), NOW_MS, "en", verified)
    return made.id


def letters(store: Store) -> list[tuple[str, str, str]]:
    """What waits to be sent: channel, recipient and text, in order."""
    with store.read() as reading:
        rows = reading.connection.execute(select(notice).order_by(notice.c.id)).all()
    return [(row.channel, row.recipient, row.text) for row in rows]


def last_code(store: Store) -> str:
    """The six digits of the last SMS."""
    text = [text for channel, _, text in letters(store) if channel == "sms"][-1]
    found = re.search(r"\b\d{6}\b", text)
    assert found is not None, text
    return found[0]


def last_link(store: Store) -> str:
    """The path of the link in the last mail that has one."""
    texts = [text for channel, _, text in letters(store) if channel == "mail" and URL in text]
    found = re.search(re.escape(URL) + r"(/\S+)", texts[-1])
    assert found is not None
    return found[1]


class Surfer:
    """A browser without a screen: keeps cookies, brings back what forms ask for, says where it comes from."""

    def __init__(self, store: Store, clock_ms: Callable[[], int], host: str = "larm.example.se", **more: Any) -> None:
        self.app = make_app(store, VAULT, clock_ms, CHANCES, pages_url=URL, **more)
        self.client = self._new(host)
        self.host = host

    def _new(self, host: str) -> TestClient:
        return TestClient(self.app, f"https://{host}", raise_server_exceptions=False, follow_redirects=False)

    def another(self) -> "Surfer":
        """Another browser at the same centre."""
        made = Surfer.__new__(Surfer)
        made.app, made.client, made.host = self.app, self._new(self.host), self.host
        return made

    def get(self, path: str) -> Response:
        """Open a page."""
        answer: Response = self.client.get(path)
        return answer

    def csrf(self, page: str = "/login") -> str:
        """What a form on this page would bring back."""
        found = re.search(r'name="csrf" (?:content|value)="([^"]+)"', self.client.get(page).text)
        assert found is not None, page
        return found[1]

    def post(self, path: str, page: str = "/login", **fields: str) -> Response:
        """Send a form that stands on this page."""
        headers = {"Origin": f"https://{self.host}", "Sec-Fetch-Site": "same-origin"}
        answer: Response = self.client.post(path, data={"csrf": self.csrf(page), **fields}, headers=headers)
        return answer

    def sign_in(self, login: str, password: str = PASSWORD, **fields: str) -> Response:
        """Sign in."""
        return self.post("/login", login=login, password=password, **fields)

    def is_signed_in(self) -> bool:
        """Whether this browser's own account opens."""
        return bool(self.client.get("/account").status_code == 200)
