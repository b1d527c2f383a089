"""The API for tests: a client that speaks to it in this process, as whoever it is told to be."""

from collections.abc import Callable

from fastapi.testclient import TestClient

from hemlarm_cloud.actor import Actor, Role
from hemlarm_cloud.api.app import make_app
from hemlarm_cloud.api.depends import Centre, Find
from hemlarm_cloud.store import Store
from hemlarm_cloud.vault import Vault

NOW_MS = 1_800_000_000_000

VAULT = Vault(bytes(range(64)))

SUPERVISOR = Actor("supervisor:sara", Role.SUPERVISOR)
OPERATOR = Actor("operator:anna", Role.OPERATOR)
MONITOR = Actor("monitor:wall", Role.MONITOR)


def centre(store: Store, find: Find, clock_ms: Callable[[], int] = lambda: NOW_MS) -> Centre:
    """What an application works with, for tests that put another in its place."""
    return Centre(store, VAULT, clock_ms, lambda count: bytes(count), find)


def client(
    store: Store, actor: Actor = OPERATOR, clock_ms: Callable[[], int] = lambda: NOW_MS, vault: Vault = VAULT
) -> TestClient:
    """A client whose every request is this actor's. Paths begin at /api/v1, as in `get("/me")`.

    A fault of the API's comes as its 500, not as an exception.
    """
    app = make_app(store, vault, clock_ms, find=lambda _reading, _token, _now_ms: actor)
    headers = {"Authorization": "Bearer whoever-the-test-says"}
    return TestClient(app, "http://test/api/v1", raise_server_exceptions=False, headers=headers)
