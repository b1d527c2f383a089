"""Signing up and a forgotten password: codes by SMS, links by mail, and nothing told to strangers."""

import pytest
from sqlalchemy import select

from access_support import (
    CHANCES,
    DAY_MS,
    MINUTE_MS,
    NOW_MS,
    NUMBER,
    OTHER_PASSWORD,
    PASSWORD,
    PHONE,
    URL,
    Family,
    add_family,
    add_login,
    last_code,
    last_link,
    letters,
)
from hemlarm_cloud.access import codes, forgetting, own_account, recovery, sessions, sign_up, signing_in
from hemlarm_cloud.access.attempts import LockedError
from hemlarm_cloud.access.codes import OldLinkError
from hemlarm_cloud.access.sessions import Session
from hemlarm_cloud.access.sign_up import WrongCodeError
from hemlarm_cloud.access.signing_in import NotVerifiedError, WrongLoginError
from hemlarm_cloud.actor import SYSTEM, Role
from hemlarm_cloud.errors import InvalidError
from hemlarm_cloud.notices import outbox
from hemlarm_cloud.notices.sending import POLL_S, Sender
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.schema_sites import person

MAIL = "anna@example.se"


def ask(store: Store, number: str = NUMBER, phone: str = PHONE, now_ms: int = NOW_MS, address: str = "a") -> None:
    sign_up.ask_code(store, number, phone, address, now_ms, CHANCES)


def prove(store: Store, code: str, now_ms: int = NOW_MS, phone: str = PHONE) -> str:
    return sign_up.prove_phone(store, NUMBER, phone, code, "a", now_ms, CHANCES)


def finish(store: Store, key: str, mail: str = MAIL, password: str = PASSWORD, now_ms: int = NOW_MS) -> str:
    return sign_up.finish(store, key, mail, password, URL, "sv", now_ms, CHANCES)


def signed_up(store: Store) -> Family:
    """A family whose Anna has signed up all the way."""
    family = add_family(store)
    ask(store)
    finish(store, prove(store, last_code(store)))
    sign_up.confirm(store, last_link(store).removeprefix("/confirm/"), NOW_MS, CHANCES)
    return family


def session(store: Store, password: str = PASSWORD, now_ms: int = NOW_MS) -> Session:
    token = signing_in.sign_in(store, MAIL, password, "a", "b", now_ms, CHANCES).token
    with store.read() as reading:
        found = sessions.find(reading, token, now_ms)
    assert found is not None
    return found


def test_customer_number_and_phone_lead_to_an_account_step_by_step(store: Store) -> None:
    family = add_family(store)
    ask(store, phone="070-123 45 67")
    ((channel, recipient, text),) = letters(store)
    assert (channel, recipient) == ("sms", PHONE)
    assert "10 minuter" in text
    key = prove(store, f" {last_code(store)[:3]} {last_code(store)[3:]} ")
    assert finish(store, key, "Anna@Example.SE") == MAIL
    with pytest.raises(NotVerifiedError):
        session(store)
    link = last_link(store)
    assert sign_up.confirm(store, link.removeprefix("/confirm/"), NOW_MS, CHANCES) == MAIL
    found = session(store)
    assert (found.actor.role, found.actor.customer, found.actor.person) == (Role.CUSTOMER, family.customer, family.anna)
    with store.read() as reading:
        assert reading.connection.scalar(select(person.c.email).where(person.c.id == family.anna)) == MAIL


def test_the_code_is_sent_within_thirty_seconds(store: Store) -> None:
    add_family(store)
    ask(store)
    # It waits in the outbox when the request is answered, and the sender looks there each second.
    sent: list[str] = []
    sender = Sender(store, "sms", lambda row: sent.append(row.text))
    assert sender.send_due(NOW_MS + round(POLL_S * 1000))
    assert last_code_in(sent[0])
    assert POLL_S < 30


def last_code_in(text: str) -> bool:
    return any(word.isdigit() and len(word) == 6 for word in text.split())


def test_codes_and_links_are_shown_to_nobody_and_gone_once_sent(store: Store) -> None:
    add_family(store)
    ask(store)
    with store.read() as reading:
        (shown,) = outbox.notices(reading, SYSTEM)
    assert shown.text == ""
    Sender(store, "sms", lambda row: None).send_due(NOW_MS)
    assert [text for _, _, text in letters(store)] == [""]


@pytest.mark.parametrize(("number", "phone"), [("9999", PHONE), (NUMBER, "+46709999999"), ("", ""), (NUMBER, "x")])
def test_a_stranger_gets_no_code_and_learns_nothing(store: Store, number: str, phone: str) -> None:
    add_family(store)
    ask(store, number, phone)
    assert letters(store) == []
    for code in ("000000", "", "1" * 500):
        with pytest.raises(WrongCodeError):
            sign_up.prove_phone(store, number, phone, code, "a", NOW_MS, CHANCES)


def test_who_has_only_b_is_invited_by_an_a_and_cannot_sign_up(store: Store) -> None:
    family = add_family(store)
    with store.begin() as tx:
        tx.connection.execute(person.update().where(person.c.id == family.erik).values(phone="+46705555555"))
    ask(store, phone="+46705555555")
    assert letters(store) == []


def test_five_wrong_codes_and_the_right_one_is_good_no_more(store: Store) -> None:
    add_family(store)
    ask(store)
    code = last_code(store)
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(codes.TRIES_MAX):
        with pytest.raises(WrongCodeError):
            prove(store, wrong)
    with pytest.raises(WrongCodeError):
        prove(store, code)


def test_a_code_is_good_for_ten_minutes_once_and_only_the_last_one(store: Store) -> None:
    add_family(store)
    ask(store)
    first = last_code(store)
    with pytest.raises(WrongCodeError):
        prove(store, first, NOW_MS + 10 * MINUTE_MS)
    ask(store, now_ms=NOW_MS + 1)
    second = last_code(store)
    assert first != second
    with pytest.raises(WrongCodeError):
        prove(store, first, NOW_MS + 2)
    assert prove(store, second, NOW_MS + 2)
    with pytest.raises(WrongCodeError):
        prove(store, second, NOW_MS + 2)


@pytest.mark.parametrize("phone", [PHONE, "+46709999999"])
def test_asking_for_code_after_code_takes_waiting_whether_there_is_a_customer_or_not(store: Store, phone: str) -> None:
    add_family(store)
    for _ in range(sign_up.ASKED_FREE):
        ask(store, phone=phone)
    with pytest.raises(LockedError):
        ask(store, phone=phone, address="another")
    ask(store, phone=phone, now_ms=NOW_MS + MINUTE_MS)


def test_who_has_an_account_is_told_so_by_sms_and_gets_no_second_one(store: Store) -> None:
    signed_up(store)
    ask(store, now_ms=NOW_MS + DAY_MS)
    assert "redan ett konto" in letters(store)[-1][2]
    with pytest.raises(WrongCodeError):
        prove(store, "000000", NOW_MS + DAY_MS)


def test_a_mistyped_mail_address_is_mended_by_signing_up_again(store: Store) -> None:
    add_family(store)
    ask(store)
    finish(store, prove(store, last_code(store)), "typo@example.se")
    ask(store)
    finish(store, prove(store, last_code(store)))
    sign_up.confirm(store, last_link(store).removeprefix("/confirm/"), NOW_MS, CHANCES)
    assert session(store).login == MAIL


def test_an_address_that_somebody_claimed_and_never_confirmed_stays_free(store: Store) -> None:
    add_family(store, "1002", "+46702222222")
    sign_up.ask_code(store, "1002", "+46702222222", "a", NOW_MS, CHANCES)
    key = sign_up.prove_phone(store, "1002", "+46702222222", last_code(store), "a", NOW_MS, CHANCES)
    finish(store, key)
    stolen = last_link(store)
    signed_up(store)
    assert session(store).name == "Anna Berg"
    with pytest.raises((OldLinkError, InvalidError)):
        sign_up.confirm(store, stolen.removeprefix("/confirm/"), NOW_MS, CHANCES)


def test_an_address_in_use_and_a_weak_password_leave_the_step_open(store: Store) -> None:
    add_login(store, "operator", MAIL)
    add_family(store)
    ask(store)
    key = prove(store, last_code(store))
    with pytest.raises(InvalidError, match=r"^mail: "):
        finish(store, key)
    with pytest.raises(InvalidError, match=r"^password: "):
        finish(store, key, "other@example.se", "short")
    with pytest.raises(InvalidError, match=r"^mail: "):
        finish(store, key, "no address")
    finish(store, key, "other@example.se")
    with pytest.raises(OldLinkError):
        finish(store, key, "third@example.se")


def test_a_forgotten_password_is_chosen_anew_by_a_link_that_is_good_once(store: Store) -> None:
    signed_up(store)
    old = session(store)
    for _ in range(5):
        with pytest.raises(WrongLoginError):
            session(store, "wrong wrong wrong")
    recovery.ask(store, f" {MAIL.upper()} ", "a", URL, NOW_MS, CHANCES)
    key = last_link(store).removeprefix("/forgotten/")
    with pytest.raises(InvalidError):
        recovery.choose(store, key, "kort", NOW_MS, CHANCES)
    assert recovery.choose(store, key, OTHER_PASSWORD, NOW_MS, CHANCES) == MAIL
    with pytest.raises(OldLinkError):
        recovery.choose(store, key, PASSWORD, NOW_MS, CHANCES)
    assert session(store, OTHER_PASSWORD).account == old.account
    with store.read() as reading:
        assert [row.id for row in sessions.open_ones(reading, old.account, NOW_MS)] == [old.id + 1]
    assert "ändrat" in letters(store)[-1][2]


def test_a_link_for_a_new_password_ends_after_half_an_hour(store: Store) -> None:
    signed_up(store)
    recovery.ask(store, MAIL, "a", URL, NOW_MS, CHANCES)
    key = last_link(store).removeprefix("/forgotten/")
    with pytest.raises(OldLinkError):
        recovery.choose(store, key, OTHER_PASSWORD, NOW_MS + 30 * MINUTE_MS, CHANCES)


def test_who_is_not_known_gets_no_link(store: Store) -> None:
    add_login(store, "operator", "anna")
    for login in ("nobody@example.se", "anna", "x" * 400):
        recovery.ask(store, login, "a", URL, NOW_MS, CHANCES)
    assert letters(store) == []


def test_another_mail_address_counts_when_its_link_is_opened(store: Store) -> None:
    signed_up(store)
    mine = session(store)
    with pytest.raises(WrongLoginError):
        own_account.change_mail(store, mine, "wrong wrong", "new@example.se", URL, NOW_MS, CHANCES)
    own_account.change_mail(store, mine, PASSWORD, "new@example.se", URL, NOW_MS, CHANCES)
    assert session(store).login == MAIL
    sign_up.confirm(store, last_link(store).removeprefix("/confirm/"), NOW_MS, CHANCES)
    with pytest.raises(WrongLoginError):
        session(store)
    assert signing_in.sign_in(store, "new@example.se", PASSWORD, "a", "b", NOW_MS, CHANCES)
    assert letters(store)[-1][1] == MAIL


def test_what_was_sent_is_forgotten_after_a_week(store: Store) -> None:
    add_family(store)
    ask(store)
    with store.begin() as tx:
        assert codes.forget_old(tx, NOW_MS + 7 * DAY_MS) == 0
    with store.read() as reading:
        assert reading.connection.execute(codes.old(NOW_MS + 8 * DAY_MS)).all() == [(1,)]
    forgetting.step(store, NOW_MS + 8 * DAY_MS)
    with store.begin() as tx:
        assert codes.forget_old(tx, NOW_MS + 8 * DAY_MS) == 0


def test_every_letter_says_the_same_in_both_languages() -> None:
    import string

    from hemlarm_cloud.access.letters import TEXTS

    for topic, texts in TEXTS.items():
        named = {
            language: {name for text in pair for _, name, _, _ in string.Formatter().parse(text) if name}
            for language, pair in texts.items()
        }
        assert named["sv"] == named["en"], topic
