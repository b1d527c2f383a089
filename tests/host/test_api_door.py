"""The API's door: who comes in, how much at a time, and how trouble is told."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

import api_support
from api_support import MONITOR, NOW_MS, OPERATOR, SUPERVISOR, VAULT
from hemlarm_cloud.api.allowance import Rate
from hemlarm_cloud.api.app import make_app
from hemlarm_cloud.api.guard import Limits
from hemlarm_cloud.errors import CentreError, ConflictError, InvalidError, NotFoundError, RefusedError
from hemlarm_cloud.sites import accounts
from hemlarm_cloud.store import Store, StoreConflictError, StoreError

NO_STORE: Any = None
"""For an application that is asked for nothing of it."""


def with_token(store: Store, token: str, limits: Limits | None = None) -> TestClient:
    """A client that shows this token to an API which looks it up in the store."""
    app = make_app(store, VAULT, lambda: NOW_MS, limits=limits)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return TestClient(app, "http://test/api/v1", raise_server_exceptions=False, headers=headers)


def token_for(store: Store, role: str = "operator", **values: Any) -> str:
    """The token of a new account."""
    with store.begin() as tx:
        return accounts.create(tx, SUPERVISOR, f"new {role}", role, bytes(32), NOW_MS, **values).token


def test_a_token_opens_the_door_until_it_is_revoked(store: Store) -> None:
    token = token_for(store)
    with with_token(store, token) as client:
        assert client.get("/me").json()["name"] == "operator:new operator"
        with store.begin() as tx:
            accounts.revoke(tx, SUPERVISOR, 1, NOW_MS)
        assert client.get("/me").status_code == 401


@pytest.mark.parametrize("token", ["", "wrong", "hemlarm_" + "A" * 43, "x" * 5000, "\u00e5"])
def test_without_a_valid_token_nothing_is_told(store: Store, token: str) -> None:
    client = with_token(store, "")
    for path in ("/me", "/accounts", "/signals", "/signals/1", "/panels", "/state", "/metrics"):
        answer = client.get(path, headers={"Authorization": f"Bearer {token}".encode()} if token else {})
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert list(answer.json()) == ["detail"]


def test_no_route_but_the_health_is_open_to_strangers(store: Store) -> None:
    client = with_token(store, "")
    paths = client.get("/openapi.json").json()["paths"]
    open_paths = set()
    for path, methods in paths.items():
        for method in methods:
            url = path.removeprefix("/api/v1").replace("{panel_id}", "0" * 16)
            url = "".join("1" if part.startswith("{") else part for part in _parts(url))
            if client.request(method, url).status_code != 401:
                open_paths.add(path)
    assert open_paths == {"/api/v1/health"}


def _parts(url: str) -> Iterator[str]:
    for index, part in enumerate(url.split("/")):
        if index:
            yield "/"
        yield part


def test_a_monitor_changes_nothing(store: Store) -> None:
    client = api_support.client(store, MONITOR)
    assert client.get("/state").status_code == 200
    answer = client.post("/accounts", json={"name": "x", "role": "operator"})
    assert answer.status_code == 403
    assert "changes nothing" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFoundError("no site 7"), 404),
        (RefusedError("not you"), 403),
        (ConflictError("meanwhile"), 409),
        (InvalidError("no such value"), 422),
        (StoreConflictError("database x: secret"), 409),
        (StoreError("database x: secret"), 503),
        (ValueError("secret"), 500),
    ],
)
def test_each_trouble_has_its_status_and_says_no_secret(error: Exception, status: int) -> None:
    app = make_app(NO_STORE, VAULT, lambda: NOW_MS)

    @app.get("/api/v1/trouble")
    def trouble() -> None:
        raise error

    answer = TestClient(app, raise_server_exceptions=False).get("/api/v1/trouble")
    assert answer.status_code == status
    assert list(answer.json()) == ["detail"]
    assert "secret" not in answer.text
    if isinstance(error, CentreError):
        assert answer.json() == {"detail": str(error)}


def test_a_mistake_is_named_and_its_value_is_not_repeated(store: Store) -> None:
    client = api_support.client(store, SUPERVISOR)
    answer = client.post("/accounts", json={"name": "x", "role": "hunter2"})
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("body.role: ")
    assert "hunter2" not in answer.text


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'{"name": "\\ud800", "role": "operator"}',
        b'{"name": "a\\u0000b", "role": "operator"}',
        b'{"name": "x", "role": "operator", "person": 99999999999999999999}',
        b'{"name": "x", "role": "operator", "expires_ms": 1e400}',
        b'{"name": "x", "role": "operator", "more": 1}',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"name": ' + b"1" * 10_000 + b"}",
    ],
)
def test_what_cannot_be_is_refused_and_never_breaks_us(store: Store, body: bytes) -> None:
    client = api_support.client(store, SUPERVISOR)
    answer = client.post("/accounts", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422)
    assert list(answer.json()) == ["detail"]


def small(**values: Any) -> Limits:
    """Limits that a test reaches."""
    return Limits()._replace(**values)


def test_too_many_requests_of_one_token_wait(store: Store) -> None:
    token = token_for(store)
    client = with_token(store, token, small(of_a_token=Rate(0.5, 3)))
    assert [client.get("/me").status_code for _ in range(4)] == [200, 200, 200, 429]
    assert client.get("/me").headers["retry-after"] == "2"
    assert client.get("/health", headers={"Authorization": ""}).status_code == 200


def test_guessing_tokens_from_one_address_is_slow(store: Store) -> None:
    client = with_token(store, "", small(of_an_address=Rate(1, 5)))
    answers = [client.get("/me", headers={"Authorization": f"Bearer guess-{n}"}).status_code for n in range(7)]
    assert answers == [401] * 5 + [429] * 2


def test_a_body_that_is_too_large_is_not_read(store: Store) -> None:
    client = with_token(store, token_for(store, "supervisor"), small(body_bytes=100))
    body = json.dumps({"name": "x" * 200, "role": "operator"}).encode()

    def in_parts() -> Iterator[bytes]:
        yield body[:50]
        yield body[50:]

    for content in (body, in_parts()):
        answer = client.post("/accounts", content=content)
        assert answer.status_code == 413
        assert "100 bytes" in answer.json()["detail"]
    assert client.get("/me", headers={"Content-Length": "many"}).status_code == 413


def test_browsers_keep_nothing_and_run_nothing(store: Store) -> None:
    answer = api_support.client(store).get("/me")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def openapi() -> dict[str, Any]:
    """The description of the whole API."""
    return make_app(NO_STORE, VAULT, lambda: NOW_MS).openapi()


def test_every_operation_has_its_own_name_and_tells_its_errors() -> None:
    names = []
    for path, methods in openapi()["paths"].items():
        for method, operation in methods.items():
            names.append(operation["operationId"])
            assert operation["tags"], path
            assert operation.get("summary"), path
            missing = {"401", "403", "404", "409", "422", "429", "503"} - set(operation["responses"])
            assert not missing, f"{method} {path} does not tell of {missing}"
            assert operation["responses"]["422"]["content"]["application/json"]["schema"]["$ref"].endswith("/Problem")
    assert len(names) == len(set(names))


def test_accounts_are_for_supervisors(store: Store) -> None:
    client = api_support.client(store, OPERATOR)
    assert client.get("/accounts").status_code == 403
    assert client.post("/accounts", json={"name": "x", "role": "operator"}).status_code == 403
    assert client.post("/accounts/1/revoke").status_code == 403


def test_an_account_is_made_listed_renewed_and_revoked(store: Store) -> None:
    client = api_support.client(store, SUPERVISOR)
    made = client.post("/accounts", json={"name": "anna", "role": "operator"})
    assert made.status_code == 201
    account, token = made.json()["id"], made.json()["token"]
    assert with_token(store, token).get("/me").json()["name"] == "operator:anna"
    assert client.post("/accounts", json={"name": "anna", "role": "operator"}).status_code == 409
    assert [row["name"] for row in client.get("/accounts").json()] == ["anna"]
    assert token not in client.get("/accounts").text
    renewed = client.post(f"/accounts/{account}/token").json()["token"]
    assert with_token(store, token).get("/me").status_code == 401
    assert with_token(store, renewed).get("/me").status_code == 200
    assert client.post(f"/accounts/{account}/revoke").json()["revoked_ms"] == NOW_MS
    assert with_token(store, renewed).get("/me").status_code == 401
    assert client.post("/accounts/99/revoke").status_code == 404
