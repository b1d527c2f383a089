"""The live feed: who sees what, in which order, from where on, and who is cut off."""

import itertools
from contextlib import AbstractContextManager
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.testclient import WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

import api_support
import centre_rows as rows
from hemlarm_cloud.actor import Actor
from hemlarm_cloud.api import live
from hemlarm_cloud.store import Store

URL = "/api/v1/live"


def connected(store: Store, actor: Actor = api_support.OPERATOR) -> AbstractContextManager[WebSocketTestSession]:
    """A client that has not said anything yet."""
    client = api_support.client(store, actor)
    return client.websocket_connect(URL)


def ready(session: WebSocketTestSession, **hello: Any) -> dict[str, Any]:
    """Says hello and returns the answer."""
    session.send_json(hello)
    answer: dict[str, Any] = session.receive_json()
    assert answer["type"] == "ready"
    return answer


def test_what_is_committed_comes_at_once(store: Store) -> None:
    tenant = rows.add_tenant(store, "north")
    with connected(store) as session:
        ready(session)
        case = rows.add_case(store, tenant)
        number = rows.add_signal(store, tenant, case)
        told = session.receive_json()
        assert (told["type"], told["id"], told["case"], told["qcode"]) == ("signal", number, case, 1130)
        entry = rows.add_log(store, tenant, case, "claimed", '{"why": "call"}')
        told = session.receive_json()
        assert (told["type"], told["id"], told["state"], told["detail"]) == ("case", entry, "new", {"why": "call"})


def test_who_was_cut_off_goes_on_behind_the_last_ids(store: Store) -> None:
    tenant = rows.add_tenant(store, "north")
    numbers = [rows.add_signal(store, tenant) for _ in range(5)]
    with connected(store) as session:
        ready(session, after={"signal": numbers[1], "log": 0})
        assert [session.receive_json()["id"] for _ in range(3)] == numbers[2:]
        later = rows.add_signal(store, tenant)
        assert session.receive_json()["id"] == later


def test_more_than_a_page_comes_whole_and_in_order(store: Store) -> None:
    tenant = rows.add_tenant(store, "north")
    first = rows.add_signal(store, tenant)
    with connected(store) as session, pytest.MonkeyPatch.context() as patch:
        patch.setattr("hemlarm_cloud.api.feed.PAGE", 3)
        patch.setattr("hemlarm_cloud.api.feed.SPAN", 4)
        numbers = [rows.add_signal(store, tenant) for _ in range(10)]
        ready(session, after={"signal": first, "log": 0})
        assert [session.receive_json()["id"] for _ in range(10)] == numbers


def test_a_position_from_another_life_of_the_database_hides_nothing(store: Store) -> None:
    tenant = rows.add_tenant(store, "north")
    with connected(store) as session:
        assert ready(session, after={"signal": 10**9, "log": 10**9})["signal"] == 0
        number = rows.add_signal(store, tenant)
        assert session.receive_json()["id"] == number


def test_a_customer_sees_only_its_own_sites(store: Store) -> None:
    mine, other = rows.add_tenant(store, "north"), rows.add_tenant(store, "south")
    with connected(store, mine.actor) as session:
        ready(session)
        rows.add_log(store, other, rows.add_case(store, other))
        rows.add_log(store, None, rows.add_case(store, None))
        rows.add_signal(store, other)
        number = rows.add_signal(store, mine)
        assert session.receive_json()["id"] == number


def test_an_installer_sees_the_sites_on_the_companys_list(store: Store) -> None:
    listed, other = rows.add_tenant(store, "north"), rows.add_tenant(store, "south")
    with connected(store, rows.add_installer(store, "Lås AB", listed.site)) as session:
        ready(session)
        rows.add_signal(store, other)
        number = rows.add_signal(store, listed)
        assert session.receive_json()["id"] == number


def test_a_customer_sees_neither_notes_nor_pictures(store: Store) -> None:
    tenant = rows.add_tenant(store, "north")
    case = rows.add_case(store, tenant)
    with connected(store, tenant.actor) as session:
        ready(session)
        for kind in ("picture-attached", "note", "password-wrong", "counter-shown"):
            rows.add_log(store, tenant, case, kind)
        rows.add_log(store, tenant, case, "wait", '{"why": "calls the wife"}')
        told = session.receive_json()
        assert told["kind"] == "wait"
        assert "detail" not in told
        assert "actor" not in told


def test_a_hold_up_stays_silent_on_the_customers_telephone(store: Store) -> None:
    tenant = rows.add_tenant(store, "north")
    hold_up = rows.add_case(store, tenant, category="hold-up", urgency=1)
    with connected(store, tenant.actor) as session:
        ready(session)
        rows.add_signal(store, tenant, hold_up, category="hold-up", qcode=1121)
        rows.add_log(store, tenant, hold_up)
        number = rows.add_signal(store, tenant)
        assert session.receive_json()["id"] == number


def closed_with(session: WebSocketTestSession) -> int:
    """The code that the server closes with."""
    with pytest.raises(WebSocketDisconnect) as closed:
        session.receive_json()
    return closed.value.code


def stranger(store: Store, known: list[str], step_ms: int = 0) -> TestClient:
    """A client without Authorization, at an API that takes these tokens and whose clock goes on with each look."""
    client = api_support.client(store)
    moments = itertools.count(api_support.NOW_MS, step_ms)
    app: Any = client.app
    app.state.centre = api_support.centre(
        store, lambda _reading, token, _now_ms: api_support.OPERATOR if token in known else None, lambda: next(moments)
    )
    del client.headers["Authorization"]
    return client


def test_the_token_comes_in_the_first_message(store: Store) -> None:
    client = stranger(store, ["right"])
    with client.websocket_connect(URL) as session:
        ready(session, token="right")
    for hello in ({"token": "wrong"}, {}):
        with client.websocket_connect(URL) as session:
            session.send_json(hello)
            assert closed_with(session) == live.NOT_AUTHORISED


def test_a_revoked_token_is_cut_off(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "LOOK_AGAIN_S", 0.05)
    known = ["right"]
    client = stranger(store, known, step_ms=1000)
    with client.websocket_connect(URL) as session:
        ready(session, token="right")
        known.clear()
        assert closed_with(session) == live.NOT_AUTHORISED


@pytest.mark.parametrize(
    "text", ["", "no JSON", "[]", '{"token": 1}', '{"after": {"signal": -1, "log": 0}}', "x" * 2000]
)
def test_a_first_message_that_is_none_ends_the_connection(store: Store, text: str) -> None:
    with connected(store) as session:
        session.send_text(text)
        assert closed_with(session) == live.BAD_MESSAGE


def test_bytes_are_no_first_message(store: Store) -> None:
    with connected(store) as session:
        session.send_bytes(b"{}")
        assert closed_with(session) == live.BAD_MESSAGE


def test_a_second_message_ends_the_connection(store: Store) -> None:
    with connected(store) as session:
        ready(session)
        session.send_text("more")
        assert closed_with(session) == live.BAD_MESSAGE


def test_who_says_nothing_is_cut_off(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "FIRST_MESSAGE_S", 0.01)
    with connected(store) as session:
        assert closed_with(session) == live.TOO_SLOW


def test_too_many_clients_are_sent_away(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "CLIENTS_MAX", 0)
    with connected(store) as session:
        assert closed_with(session) == live.TRY_LATER
