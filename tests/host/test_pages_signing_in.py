"""Signing in and up as a browser does it, and what comes live to who is signed in."""

from pathlib import Path

import pytest
from starlette.websockets import WebSocketDisconnect

import centre_rows as rows
from access_support import (
    DAY_MS,
    HOUR_MS,
    MINUTE_MS,
    NUMBER,
    OTHER_PASSWORD,
    PASSWORD,
    PHONE,
    Clock,
    Surfer,
    add_family,
    add_login,
    last_code,
    last_link,
    letters,
    new_store,
)
from hemlarm_cloud.actor import SYSTEM
from hemlarm_cloud.api import live
from hemlarm_cloud.sites import audit
from hemlarm_cloud.store import Store

MAIL = "anna@example.se"
LIVE = "wss://larm.example.se/live"
ORIGIN = {"Origin": "https://larm.example.se"}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """One kind of database is enough for pages."""
    return new_store(tmp_path / "pages.db")


@pytest.fixture
def surfer(store: Store) -> Surfer:
    """A browser at a centre with one operator."""
    add_login(store, "operator", "anna")
    return Surfer(store, Clock())


def sign_up(surfer: Surfer, store: Store) -> None:
    """All the way, as the account holder does."""
    asked = surfer.post("/sign-up", "/sign-up", number=NUMBER, phone=PHONE)
    assert asked.status_code == 200
    proved = surfer.post("/sign-up/code", "/sign-up", number=NUMBER, phone=PHONE, code=last_code(store))
    key = proved.headers["location"].partition("key=")[2]
    fields = {"key": key, "mail": MAIL, "password": PASSWORD, "again": PASSWORD}
    assert surfer.post("/sign-up/finish", "/sign-up", **fields).status_code == 200
    link = last_link(store)
    assert MAIL in surfer.get(link).text
    assert surfer.post(link, "/sign-up").status_code == 200


def test_signing_up_leads_to_the_home(surfer: Surfer, store: Store) -> None:
    add_family(store)
    sign_up(surfer, store)
    answer = surfer.sign_in(MAIL)
    assert answer.headers["location"] == "/home"
    assert "Anna Berg" in surfer.get("/account").text


def test_a_stranger_sees_the_same_page_as_the_account_holder(surfer: Surfer, store: Store) -> None:
    add_family(store)
    known = surfer.post("/sign-up", "/sign-up", number=NUMBER, phone=PHONE)
    unknown = surfer.post("/sign-up", "/sign-up", number="9999", phone=PHONE)
    assert known.status_code == unknown.status_code == 200
    assert known.text.replace(NUMBER, "9999") == unknown.text
    known = surfer.post("/forgotten", "/forgotten", login="anna@example.se")
    unknown = surfer.post("/forgotten", "/forgotten", login="erik@example.se")
    assert known.text.replace("anna@", "erik@") == unknown.text


def test_what_is_wrong_stands_by_its_field_and_what_was_written_stays(surfer: Surfer, store: Store) -> None:
    add_family(store)
    answer = surfer.post("/sign-up", "/sign-up", number=NUMBER, phone="")
    assert (answer.status_code, f'value="{NUMBER}"' in answer.text) == (422, True)
    assert 'id="field-phone-error"' in answer.text
    surfer.post("/sign-up", "/sign-up", number=NUMBER, phone=PHONE)
    answer = surfer.post("/sign-up/code", "/sign-up", number=NUMBER, phone=PHONE, code="12")
    assert (answer.status_code, 'id="field-code-error"' in answer.text) == (422, True)
    answer = surfer.post("/sign-up/code", "/sign-up", number=NUMBER, phone=PHONE, code=last_code(store))
    key = answer.headers["location"].partition("key=")[2]
    for fields, field in (
        ({"mail": MAIL, "password": PASSWORD, "again": "other"}, "again"),
        ({"mail": MAIL, "password": "kort", "again": "kort"}, "password"),
        ({"mail": "x", "password": PASSWORD, "again": PASSWORD}, "mail"),
    ):
        answer = surfer.post("/sign-up/finish", "/sign-up", key=key, **fields)
        assert (answer.status_code, f'id="field-{field}-error"' in answer.text) == (422, True)
        assert PASSWORD not in answer.text


@pytest.mark.parametrize("path", ["/confirm/x", "/forgotten/x", "/invited/x", "/sign-up/finish?key=x"])
def test_an_old_link_says_so_and_where_to_get_another(surfer: Surfer, path: str) -> None:
    answer = surfer.get(path)
    assert (answer.status_code, "Länken gäller inte längre" in answer.text) == (404, True)


def test_a_forgotten_password_is_chosen_by_the_link_in_the_mail(surfer: Surfer, store: Store) -> None:
    add_family(store)
    sign_up(surfer, store)
    elsewhere = surfer.another()
    elsewhere.sign_in(MAIL)
    surfer.post("/forgotten", "/forgotten", login=MAIL)
    link = last_link(store)
    answer = surfer.post(link, "/forgotten", login=MAIL, password=OTHER_PASSWORD, again=OTHER_PASSWORD)
    assert answer.status_code == 200
    assert not elsewhere.is_signed_in()
    assert surfer.sign_in(MAIL).status_code == 403
    assert surfer.sign_in(MAIL, OTHER_PASSWORD).status_code == 303
    assert surfer.another().get(link).status_code == 404


def test_links_in_mail_lead_to_us_whatever_name_the_browser_used(store: Store) -> None:
    add_login(store, "operator", "anna@example.se")
    surfer = Surfer(store, Clock(), "evil.example")
    assert surfer.post("/forgotten", "/forgotten", login="anna@example.se").status_code == 200
    ((_, _, text),) = letters(store)
    assert "https://larm.example.se/forgotten/" in text
    assert "evil" not in text


def test_without_a_set_address_no_secret_goes_out_under_a_strangers_name(store: Store) -> None:
    from fastapi.testclient import TestClient

    from access_support import VAULT
    from hemlarm_cloud.api.app import make_app

    add_login(store, "operator", "anna@example.se")
    surfer = Surfer(store, Clock(), "evil.example")
    surfer.client = TestClient(make_app(store, VAULT, Clock()), "https://evil.example")
    answer = surfer.post("/forgotten", "/forgotten", login="anna@example.se")
    assert (answer.status_code, "pages_url" in answer.text) == (409, True)
    assert letters(store) == []


def test_the_lock_after_wrong_passwords_is_there_after_a_restart(surfer: Surfer, store: Store) -> None:
    for _ in range(5):
        assert surfer.sign_in("anna", "wrong wrong").status_code == 403
    restarted = Surfer(store, Clock())
    answer = restarted.sign_in("anna")
    assert (answer.status_code, "om 1 min" in answer.text) == (429, True)


def test_another_password_takes_the_one_of_today_and_signs_out_the_others(surfer: Surfer, store: Store) -> None:
    elsewhere = surfer.another()
    elsewhere.sign_in("anna")
    surfer.sign_in("anna")
    fields = {"password": OTHER_PASSWORD, "again": OTHER_PASSWORD}
    assert surfer.post("/account/password", "/account", now="wrong wrong", **fields).status_code == 422
    assert surfer.post("/account/password", "/account", now=PASSWORD, **fields).status_code == 303
    assert (surfer.is_signed_in(), elsewhere.is_signed_in()) == (True, False)
    with store.read() as reading:
        assert "change-password" in [row["action"] for row in audit.entries(reading, SYSTEM)]


def test_one_ends_ones_own_sessions_and_nobody_elses(surfer: Surfer, store: Store) -> None:
    add_login(store, "operator", "other")
    mine, also_mine, other = surfer.another(), surfer.another(), surfer.another()
    for browser, login in ((mine, "anna"), (also_mine, "anna"), (other, "other")):
        browser.sign_in(login)
    assert mine.post("/account/sessions/3/end", "/account").status_code == 404
    assert mine.post("/account/sessions/2/end", "/account").status_code == 303
    assert [browser.is_signed_in() for browser in (mine, also_mine, other)] == [True, False, True]


def test_staff_sign_in_anew_after_a_shift_and_customers_stay(surfer: Surfer, store: Store) -> None:
    family = add_family(store)
    clock = Clock()
    staff, home = Surfer(store, clock), Surfer(store, clock)
    add_login(store, "customer", MAIL, customer=family.customer, person=family.anna)
    staff.sign_in("anna")
    home.sign_in(MAIL)
    clock.now_ms += 13 * HOUR_MS
    assert (staff.is_signed_in(), home.is_signed_in()) == (False, True)
    clock.now_ms += 399 * DAY_MS
    assert home.is_signed_in()


def test_a_family_is_invited_and_taken_away_on_its_page(surfer: Surfer, store: Store) -> None:
    family = add_family(store)
    add_login(store, "customer", MAIL, customer=family.customer, person=family.anna)
    surfer.sign_in(MAIL)
    fields = {"name": "Moa", "email": "moa@example.se", "level": "C", "on": str(family.list), "language": "en"}
    assert surfer.post("/home/family", "/account", **(fields | {"email": "x"})).status_code == 422
    assert surfer.post("/home/family", "/account", **fields).headers["location"] == "/home/family?done=invited"
    moa = surfer.another()
    answer = moa.post(last_link(store), password=PASSWORD, again=PASSWORD, login="moa@example.se")
    assert answer.headers["location"] == "/home"
    assert "Moa" in surfer.get("/home/family").text
    assert moa.post("/home/family", "/account", **fields).status_code == 403
    answer = surfer.post(f"/home/family/{family.erik + 1}/remove", "/account")
    assert answer.headers["location"] == "/home/family?done=removed"
    assert not moa.is_signed_in()
    answer = surfer.post(f"/home/family/{family.anna}/remove", "/account")
    assert answer.status_code == 409


def test_what_comes_is_told_live_to_who_is_signed_in(surfer: Surfer, store: Store) -> None:
    tenant = rows.add_tenant(store, "north")
    surfer.sign_in("anna")
    with surfer.client.websocket_connect(LIVE, headers=ORIGIN) as session:
        assert session.receive_json()["type"] == "ready"
        number = rows.add_signal(store, tenant)
        assert session.receive_json()["id"] == number


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {}, {"Origin": "null"}])
def test_nothing_is_told_live_to_another_site(surfer: Surfer, headers: dict[str, str]) -> None:
    surfer.sign_in("anna")
    with pytest.raises(WebSocketDisconnect), surfer.client.websocket_connect(LIVE, headers=headers):
        pass


def test_nothing_is_told_live_to_who_is_not_signed_in_or_is_no_more(
    surfer: Surfer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody = surfer.client.websocket_connect(LIVE, headers=ORIGIN)
    with nobody as session, pytest.raises(WebSocketDisconnect) as left:
        session.receive_json()
    assert left.value.code == live.NOT_AUTHORISED
    monkeypatch.setattr(live, "LOOK_AGAIN_S", 0.0)
    surfer.sign_in("anna")
    with surfer.client.websocket_connect(LIVE, headers=ORIGIN) as session:
        session.receive_json()
        assert surfer.post("/logout", "/account").status_code == 303
        with pytest.raises(WebSocketDisconnect) as left:
            session.receive_json()
    assert left.value.code == live.NOT_AUTHORISED


def test_a_code_asked_for_too_often_takes_waiting(surfer: Surfer, store: Store) -> None:
    add_family(store)
    for _ in range(3):
        assert surfer.post("/sign-up", "/sign-up", number=NUMBER, phone=PHONE).status_code == 200
    answer = surfer.post("/sign-up", "/sign-up", number=NUMBER, phone=PHONE)
    assert (answer.status_code, f"om {MINUTE_MS // 60_000} min" in answer.text) == (429, True)
