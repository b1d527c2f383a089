"""The customer's pages in a real browser: arm and disarm, an alarm, history, readings, and what one decides oneself."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from sqlalchemy import select, update

from browser import BEGAN_MS, DESKTOP, PHONE, CloudPages, axe, cloud_pages, fresh_page, sign_in
from hemlarm_cloud.actor import SYSTEM
from hemlarm_cloud.homes import commands
from hemlarm_cloud.sites import lists
from hemlarm_cloud.store import schema
from hemlarm_cloud.store.schema_access import notice_choice
from hemlarm_cloud.store.schema_sites import person
from hemlarm_protocol import cbor, household
from home_support import Home, degrees, stored_command
from registered_site import PANEL, SUPERVISOR

PAGES = (
    *("/home", "/home/history", "/home/climate", "/home/notices", "/home/contacts", "/home/plan", "/home/plan/fire"),
    *("/home/passwords", "/home/settings", "/home/cases"),
)


class Lived(Home):
    """A home with a cloud that serves its pages, and what its panel does while somebody looks."""

    def __init__(self, cloud: CloudPages, **changed: object) -> None:
        super().__init__(cloud.store, BEGAN_MS, **changed)
        self.cloud = cloud
        for name, who in (("anna", self.ids.a), ("bo", self.ids.b), ("cia", self.ids.c)):
            cloud.account("customer", name, customer=self.ids.customer, person=who)
        with cloud.store.begin() as tx:
            reached = {"phone": "+46701234567", "email": "anna@example.se"}
            tx.connection.execute(update(person).where(person.c.id == self.ids.a).values(reached))

    def asked(self, verb: int) -> bytes:
        """Wait for what somebody asked of the panel, which takes it now."""
        query = select(schema.command.c.id).where(schema.command.c.verb == verb, schema.command.c.state == "queued")
        until_s = time.monotonic() + 5
        while time.monotonic() < until_s:
            with self.store.read() as reading:
                found = reading.connection.scalar(query)
            if found is not None:
                with self.store.begin() as tx:
                    tx.set_command_state(found, "sent", self.cloud.clock_ms())
                return bytes(found)
        raise AssertionError("nothing was asked of the panel")

    def now_s(self) -> float:
        """How long the cloud has run."""
        self.now_ms = self.cloud.clock_ms()
        return (self.now_ms - BEGAN_MS) / 1000

    def say(self, qcode: int, **fields: int) -> None:
        """The panel tells of something that happens now."""
        self.tell(qcode, at_s=self.now_s(), **fields)


@contextmanager
def lived_in(tmp_path: Path, **changed: object) -> Iterator[Lived]:
    """A home whose pages are served."""
    with cloud_pages(tmp_path) as cloud:
        yield Lived(cloud, **changed)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Lived]:
    """A home whose pages are served."""
    with lived_in(tmp_path) as lived:
        yield lived


def test_somebody_arms_on_the_telephone_and_sees_it_within_a_second(home: Lived, browser: Browser) -> None:
    home.tell(1401, at_s=-60, user=2, source=1)
    with fresh_page(browser, viewport=PHONE, has_touch=True) as phone:
        sign_in(phone, home.cloud, "anna")
        expect(phone.get_by_role("heading", name="Larmet är av")).to_be_visible()
        phone.get_by_role("button", name="Larma borta").tap()
        expect(phone.get_by_text("Väntar på svar från hemmet")).to_be_visible()
        home.answer(home.asked(commands.ARM_AWAY), True)
        home.say(3401, user=1, source=2)
        expect(phone.get_by_role("heading", name="Larmat borta")).to_be_visible(timeout=1000)
        expect(phone.get_by_text("Väntar på svar från hemmet")).to_be_hidden()
        expect(phone.locator(".state")).to_contain_text("Anna Berg")
        assert axe(phone) == []
        phone.get_by_role("button", name="Larma av").tap()
        home.answer(home.asked(commands.DISARM), True)
        home.say(1401, user=1, source=2)
        expect(phone.get_by_role("heading", name="Larmet är av")).to_be_visible(timeout=1000)


def test_an_open_window_refuses_and_is_named(home: Lived, page: Page) -> None:
    home.tell(1401, at_s=-60)
    sign_in(page, home.cloud, "anna")
    page.get_by_role("button", name="Natt").click()
    home.now_s()
    home.answer(home.asked(commands.ARM_NIGHT), False, 2)
    expect(page.get_by_text("Köksfönster är öppen eller har ett fel")).to_be_visible()


def test_where_disarming_takes_a_code_it_is_asked_for_checked_by_the_panel_and_not_kept(
    tmp_path: Path, browser: Browser
) -> None:
    with lived_in(tmp_path, remote_disarm="code") as home, fresh_page(browser, ("422",)) as page:
        home.tell(3401, at_s=-60)
        sign_in(page, home.cloud, "bo")
        page.get_by_role("button", name="Larma av").click()
        expect(page.get_by_text("Skriv din kod: 4 till 6 siffror.")).to_be_visible()
        page.get_by_label("Din kod på manöverpanelen").fill("1111")
        page.get_by_role("button", name="Larma av").click()
        asked = home.asked(commands.DISARM)
        assert b"1111" not in stored_command(home.store, asked).code
        expect(page.get_by_label("Din kod på manöverpanelen")).to_have_value("")
        home.answer(asked, False, 3)
        expect(page.get_by_text("Koden var fel.")).to_be_visible()


def test_what_comes_late_never_wipes_off_what_was_said_to_a_person(tmp_path: Path, browser: Browser) -> None:
    with lived_in(tmp_path, remote_disarm="code") as home, fresh_page(browser, ("422",)) as page:
        home.tell(3401, at_s=-60)
        held: list[Route] = []
        page.route("**/home/status/part", lambda route: held.append(route))
        with page.expect_request("**/home/status/part"):
            sign_in(page, home.cloud, "bo")
        page.get_by_role("button", name="Larma av").click()
        expect(page.get_by_text("Skriv din kod: 4 till 6 siffror.")).to_be_visible()
        with page.expect_response("**/home/status/part?wrong=*"), page.expect_response("**/home/status/part"):
            held[0].continue_()
        expect(page.get_by_text("Skriv din kod: 4 till 6 siffror.")).to_be_visible()


def test_where_the_household_never_disarms_from_afar_the_page_says_so(tmp_path: Path, browser: Browser) -> None:
    with lived_in(tmp_path, remote_disarm="never") as home, fresh_page(browser) as page:
        home.tell(3401, at_s=-60)
        sign_in(page, home.cloud, "anna")
        expect(page.get_by_text("Ert hem larmas av på manöverpanelen.")).to_be_visible()
        expect(page.get_by_role("button", name="Larma av")).to_have_count(0)


def test_a_c_is_offered_arming_and_nothing_that_opens(home: Lived, page: Page) -> None:
    home.measure((2, 1, 1), (3, 2, household.LOCKED))
    sign_in(page, home.cloud, "cia")
    expect(page.get_by_role("button", name="Larma borta")).to_be_visible()
    expect(page.get_by_text("Med din behörighet larmar du av på manöverpanelen.")).to_be_visible()
    page.goto(f"{home.cloud.url}/home/climate")
    expect(page.get_by_text("Din behörighet låser inte upp.")).to_be_visible()
    expect(page.locator("main button")).to_have_count(0)
    page.goto(f"{home.cloud.url}/home/settings")
    expect(page.get_by_role("button", name="Spara")).to_have_count(0)


def test_an_alarm_shows_at_once_on_every_page_with_112_and_what_to_do(home: Lived, browser: Browser) -> None:
    home.tell(3401, at_s=-60)
    with fresh_page(browser, viewport=PHONE) as phone:
        sign_in(phone, home.cloud, "bo")
        home.say(1110, zone=1)
        alarm = phone.get_by_role("alert").filter(has_text="Brandlarm")
        expect(alarm).to_be_visible(timeout=1000)
        expect(alarm).to_contain_text("Gå ut och varna de andra")
        expect(alarm.get_by_role("link", name="Ring 112")).to_have_attribute("href", "tel:112")
        assert axe(phone) == []
        phone.goto(f"{home.cloud.url}/home/contacts")
        expect(phone.get_by_role("link", name=re.compile("Brandlarm"))).to_be_visible()
        expect(phone.locator("footer").get_by_role("link", name="112")).to_be_visible()


def test_a_hold_up_alarm_shows_nowhere_while_it_lasts(home: Lived, page: Page) -> None:
    home.tell(1401, at_s=-60)
    sign_in(page, home.cloud, "anna")
    home.say(1120, zone=1)
    home.say(3401)
    expect(page.get_by_role("heading", name="Larmat borta")).to_be_visible()
    for path in PAGES:
        page.goto(home.cloud.url + path)
        if not path.startswith("/home/plan"):
            assert not re.search("överfall|hold-up", page.content(), re.IGNORECASE), path


def test_history_names_who_did_it_with_which_tag_and_filters(home: Lived, page: Page) -> None:
    home.tell(3401, at_s=-90, user=1, source=17)
    home.tell(1301, at_s=-50)
    home.tell(1130, at_s=-40, zone=2)
    sign_in(page, home.cloud, "anna")
    page.get_by_role("link", name="Historik", exact=True).click()
    first = page.get_by_role("listitem").filter(has_text="Larmat borta")
    expect(first).to_contain_text("Anna Berg, med tagg 2")
    expect(page.get_by_role("listitem").filter(has_text="Inbrottslarm")).to_contain_text("Köksfönster")
    page.get_by_role("link", name="Ström", exact=True).click()
    expect(page.get_by_text("Strömmen gick, batteriet tog över")).to_be_visible()
    expect(page.get_by_text("Larmat borta")).to_have_count(0)
    home.say(3301)
    expect(page.get_by_text("Strömmen är tillbaka")).to_be_visible(timeout=1000)


def test_temperatures_plugs_and_the_lock_are_used_and_are_honestly_not_available_on_mobile(
    home: Lived, browser: Browser
) -> None:
    home.now_s()
    home.measure((1, 7, degrees(-35)), (2, 1, 0), (3, 2, household.LOCKED))
    with fresh_page(browser, ("422",), viewport=PHONE) as phone:
        sign_in(phone, home.cloud, "anna")
        phone.get_by_role("link", name="Klimat").click()
        expect(phone.get_by_role("region", name="Källare")).to_contain_text("3,5°C")
        phone.get_by_role("switch", name="Slå på eller av Kaffebryggare").click()
        home.now_s()
        home.answer(home.asked(commands.ON), True)
        home.measure((2, 1, 1))
        expect(phone.get_by_role("switch")).to_have_attribute("aria-checked", "true")
        phone.get_by_label("Din kod på manöverpanelen").fill("2580")
        phone.get_by_role("button", name="Lås upp").click()
        home.answer(home.asked(commands.UNLOCK), True)
        home.measure((3, 2, household.UNLOCKED))
        expect(phone.get_by_text("Olåst")).to_be_visible()
        home.say(1350)
        expect(phone.get_by_text("Larmet går via mobilnätet")).to_be_visible(timeout=1000)
        expect(phone.get_by_text("Olåst")).to_have_count(0)
        expect(phone.get_by_role("switch")).to_be_disabled()
        assert axe(phone) == []


def test_an_a_orders_contacts_plan_and_passwords_and_a_b_reads_them(home: Lived, browser: Browser) -> None:
    with fresh_page(browser, ("422",)) as page:
        sign_in(page, home.cloud, "anna")
        page.goto(f"{home.cloud.url}/home/contacts")
        for name, phone in (("Gun Granne", "0701"), ("Gun Granne", "+46701111111"), ("Kim Kusin", "+46702222222")):
            page.get_by_label("Namn").fill(name)
            page.get_by_label("Telefon").fill(phone)
            page.get_by_role("button", name="Lägg till").last.click()
            if phone == "0701":
                expect(page.get_by_text("Skriv + och landsnumret")).to_be_visible()
        page.get_by_role("button", name="Ring Kim Kusin tidigare").click()
        expect(page.locator(".contacts li").first).to_contain_text("Kim Kusin")
        page.goto(f"{home.cloud.url}/home/plan/water")
        page.get_by_label("Vem").nth(1).select_option(label="Kim Kusin")
        page.get_by_role("button", name="Spara").click()
        expect(page.locator("#plan-water")).to_contain_text("Kim Kusin")
        expect(page.locator("#plan-water")).to_contain_text("Egen")
        page.goto(f"{home.cloud.url}/home/passwords")
        page.locator("#new-password").fill("solros")
        page.get_by_role("button", name="Spara").first.click()
        expect(page.get_by_text("Sparat.")).to_be_visible()
        page.locator("#new-counter_password").fill("Solros")
        page.get_by_role("button", name="Spara").last.click()
        expect(page.get_by_text("De två lösenorden ska vara olika.")).to_be_visible()
        assert "solros" not in page.content()
    with fresh_page(browser) as page:
        sign_in(page, home.cloud, "bo")
        for path in ("/home/contacts", "/home/plan", "/home/passwords", "/home/settings"):
            page.goto(home.cloud.url + path)
            expect(page.get_by_text("Bara den som har behörighet A kan ändra det här.")).to_be_visible()


def test_settings_are_asked_of_the_panel_within_the_limits_and_its_no_is_told_with_its_reason(
    home: Lived, browser: Browser
) -> None:
    with fresh_page(browser, ("422",)) as page:
        sign_in(page, home.cloud, "anna")
        page.get_by_role("link", name="Inställningar").click()
        page.get_by_label("Inpasseringstid, sekunder").fill("300")
        page.get_by_role("button", name="Spara").click()
        expect(page.get_by_text("Skriv ett helt tal från 10 till 60.")).to_be_visible()
        page.get_by_label("Inpasseringstid, sekunder").fill("45")
        page.get_by_label("Sektion 2").fill("Köket")
        assert page.get_by_label("Låsa upp på avstånd").locator("option").all_inner_texts() == [
            "Aldrig",
            "Bara med kod",
        ]
        page.get_by_label("Låsa upp på avstånd").select_option("never")
        page.get_by_role("button", name="Spara").click()
        expect(page.get_by_text("Skickat till hemmet, väntar på svar")).to_be_visible()
        with home.store.begin() as tx:
            (change,) = tx.due_changes(home.cloud.clock_ms())
            assert cbor.decode(change.edits) == [
                ["panel", 0, {"remote_unlock": "never"}],
                ["areas", 1, {"entry_s": 45}],
                ["zones", 2, {"name": "Köket"}],
            ]
            tx.explain_change(change.id, PANEL, "areas[0].entry_s: too long")
            tx.set_change_state(change.id, "failed", home.cloud.clock_ms(), 3, 0, PANEL)
        expect(page.get_by_text("Hemmet sa nej till ändringen. areas[0].entry_s: too long")).to_be_visible()


def test_everybody_chooses_their_own_messages(home: Lived, page: Page) -> None:
    sign_in(page, home.cloud, "anna")
    page.get_by_role("link", name="Notiser").click()
    page.get_by_label("Ström: SMS").check()
    expect(page.get_by_label("Ström: Push")).to_be_disabled()
    page.get_by_role("button", name="Spara").click()
    expect(page.get_by_text("Sparat.")).to_be_visible()
    expect(page.get_by_label("Ström: SMS")).to_be_checked()
    with home.store.read() as reading:
        rows = reading.connection.execute(select(notice_choice.c.kind, notice_choice.c.channel)).all()
    assert [tuple(row) for row in rows] == [("power", "sms")]


def test_who_has_two_homes_chooses_between_them(home: Lived, page: Page) -> None:
    with home.store.begin() as tx:
        version = lists.expect(tx, SYSTEM, home.ids.list).version
        lists.cover(tx, SUPERVISOR, home.ids.list, home.ids.second_site, version, home.now_ms)
    sign_in(page, home.cloud, "anna")
    page.locator(".sites summary").click()
    page.get_by_role("button", name="Sommarstugan").click()
    expect(page.get_by_text("Ingen centralapparat än")).to_be_visible()


def test_every_page_is_usable_in_both_languages_at_both_sizes_light_and_dark(home: Lived, browser: Browser) -> None:
    home.tell(3441, at_s=-9, user=1, source=1)
    home.tell(1384, at_s=-8, zone=2)
    # What axe looks for is the same at both sizes but for the colours, and pages share what they are made of.
    looks = ((PHONE, "light", "en", PAGES), (DESKTOP, "dark", "sv", ("/home", "/home/settings", "/home/cases/1")))
    for size, scheme, language, looked_through in looks:
        with fresh_page(browser, viewport=size, color_scheme=scheme) as page:
            sign_in(page, home.cloud, "anna")
            page.locator(".top-account summary").click()
            page.get_by_role("button", name={"en": "English", "sv": "Svenska"}[language]).click()
            for path in (*PAGES, "/home/cases/1"):
                page.goto(home.cloud.url + path)
                assert page.locator("html").get_attribute("lang") == language
                assert path not in looked_through or axe(page) == [], path
                width = page.evaluate("document.documentElement.scrollWidth")
                assert width <= size["width"], f"{path} is {width} wide"
                expect(page.locator("footer")).to_contain_text("112")


def test_the_pages_work_without_a_script(home: Lived, browser: Browser) -> None:
    home.tell(1401, at_s=-60)
    with fresh_page(browser, java_script_enabled=False) as page:
        sign_in(page, home.cloud, "anna")
        page.get_by_role("button", name="Hemma").click()
        expect(page.get_by_text("Väntar på svar från hemmet")).to_be_visible()
        home.asked(commands.ARM_HOME)
