"""The pages for tests without a browser: a client that is signed in, and posts forms as its pages would."""

import re
from functools import cache
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx import Response

from hemlarm_cloud.access import credentials, sessions
from hemlarm_cloud.actor import SYSTEM
from hemlarm_cloud.api.allowance import Rate
from hemlarm_cloud.api.app import make_app
from hemlarm_cloud.api.depends import Centre
from hemlarm_cloud.api.guard import Limits
from hemlarm_cloud.pages.depends import csrf_of
from hemlarm_cloud.sites import accounts
from hemlarm_cloud.store import Store
from hemlarm_cloud.vault import Vault

VAULT = Vault(bytes(range(64)))


class Desk:
    """Somebody at a browser. `now_ms` moves by hand."""

    def __init__(self, store: Store, role: str, name: str, now_ms: int, language: str = "sv", **owner: Any) -> None:
        self.now_ms = now_ms
        token = _signed_in(store, role, name, now_ms, language, owner)
        cookies = {"hemlarm": token}
        headers = {"Sec-Fetch-Site": "same-origin", "Accept-Language": language}
        self.client = TestClient(_app(), "http://test", cookies=cookies, headers=headers, follow_redirects=False)
        _app().state.centre = Centre(store, VAULT, lambda: self.now_ms, bytes, accounts.find)
        self.csrf = csrf_of(token)

    def get(self, path: str, status: int = 200, part: bool = False) -> str:
        """The text of a page, or of its changing part."""
        answer = self.client.get(path, headers={"X-Part": "1"} if part else {})
        assert answer.status_code == status, f"{path}: {answer.status_code} {answer.text[:500]}"
        text: str = answer.text
        return text

    def post(self, path: str, status: int = 303, part: bool = False, **fields: Any) -> Response:
        """Send a form."""
        headers = {"X-Part": "1"} if part else {}
        answer: Response = self.client.post(path, data={"csrf": self.csrf, **fields}, headers=headers)
        assert answer.status_code == status, f"{path}: {answer.status_code} {told(answer.text)}"
        return answer


@cache
def _app() -> FastAPI:
    """One for all tests, for its first request takes half a second; whoever comes puts the centre in its place."""
    nowhere = Store.open("sqlite://")
    return make_app(nowhere, VAULT, lambda: 0, limits=Limits(of_an_address=Rate(1, 100_000)))


def told(page: str) -> str:
    """The words of a page, without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page)).strip()


def _signed_in(store: Store, role: str, name: str, now_ms: int, language: str, owner: dict[str, Any]) -> str:
    secret = name.encode().ljust(32, b".")[:32]
    with store.begin() as tx:
        made = accounts.create(tx, SYSTEM, name, role, secret, now_ms, **owner)
        credentials.give(tx, SYSTEM, made.id, name, "no password fits this", now_ms, language, verified=True)
        return sessions.begin(tx, made.id, now_ms, lambda count: secret[:count])
