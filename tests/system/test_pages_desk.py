"""The operators' desk in a real browser: what a person does there, mostly without a mouse."""

import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

import desk_scene
from browser import DESKTOP, PHONE, CloudPages, axe, cloud_pages, fresh_page
from desk_scene import Evening
from handled_site import COUNTER, PASSWORD, case_of, log_kinds, notices_of
from hemlarm_cloud.access import sessions
from hemlarm_cloud.handling import pictures
from hemlarm_cloud.store.schema_sites import account

JPEG = bytes.fromhex(
    "ffd8ffe000104a46494600010100000100010000ffdb004300" + "10" * 64 + "ffc0000b080001000101011100ffc40014000100000000"
    "00000000000000000000000009ffc40014100100000000000000000000000000000000ffda0008010100003f0054dfffd9"
)
"""One grey point: the smallest picture that a browser draws."""


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[CloudPages]:
    with cloud_pages(tmp_path) as opened:
        for role, name in (("operator", "anna"), ("operator", "bo"), ("supervisor", "sara")):
            opened.account(role, name)
        yield opened


@pytest.fixture
def page(browser: Browser, cloud: CloudPages) -> Iterator[Page]:
    """A page that is closed before its cloud is."""
    with fresh_page(browser) as opened:
        yield opened


@pytest.fixture
def evening(cloud: CloudPages) -> Evening:
    return desk_scene.evening(cloud.store, cloud.clock_ms())


@contextmanager
def at_desk(browser: Browser, cloud: CloudPages, name: str, allowed: tuple[str, ...] = ()) -> Iterator[Page]:
    """A page of somebody who has signed in."""
    with fresh_page(browser, allowed) as page:
        become(page, cloud, name)
        yield page


def become(page: Page, cloud: CloudPages, name: str) -> None:
    """Sign in without the form, which has its own tests."""
    with cloud.store.begin() as tx:
        account_id = tx.connection.execute(select(account.c.id).where(account.c.name == name)).scalar_one()
        token = sessions.begin(tx, account_id, cloud.clock_ms(), lambda count: name.encode().ljust(count, b"-"))
    page.context.add_cookies([{"name": "hemlarm", "value": token, "url": cloud.url, "httpOnly": True}])


def to_queue(page: Page, cloud: CloudPages) -> None:
    """Open the queue, and wait until it follows what comes."""
    page.goto(f"{cloud.url}/desk")
    expect(page.locator("html")).to_have_attribute("data-live-ready", "true")


def test_an_operator_answers_a_fire_from_the_queue_to_the_close_without_a_mouse(
    page: Page, cloud: CloudPages, evening: Evening
) -> None:
    become(page, cloud, "anna")
    to_queue(page, cloud)
    keys = page.keyboard
    keys.press("j")
    expect(page.locator("#cases .case-row").first.locator(".case-link")).to_be_focused()
    keys.press("Enter")
    page.wait_for_url(f"{cloud.url}/desk/cases/{evening.fire}")
    step = page.locator("#next-step h2")
    expect(step).to_have_text("Nästa steg: Se på bilder")
    keys.press("c")
    expect(page.get_by_text("Du har det")).to_be_visible()
    for digit, then in (("3", "Ring anläggningen, fråga lösenord"), ("3", "Ring brandgranne, ser utifrån")):
        keys.press(digit)
        expect(page.locator(f'[data-digit="{digit}"]')).to_be_focused()
        keys.press("Enter")
        expect(step).to_have_text(then)
    keys.press("1")
    keys.press("Enter")
    expect(step).to_have_text("Larma räddningstjänsten")
    keys.press("1")
    keys.press("Enter")
    expect(step).not_to_have_text("Larma räddningstjänsten")
    keys.press("p")
    keys.type(PASSWORD)
    keys.press("Enter")
    expect(page.get_by_text("Rätt lösenord.", exact=True)).to_be_visible()
    keys.press("Escape")
    keys.press("v")
    expect(page.get_by_text(COUNTER)).to_be_visible()
    keys.press("m")
    keys.type("Räddningstjänsten på plats")
    keys.press("Enter")
    expect(page.locator("#log")).to_contain_text("Räddningstjänsten på plats")
    expect(page.locator("#note")).to_have_value("")
    finish_tasks(page)
    keys.press("Escape")
    keys.press("x")
    expect(page.locator("#outcome")).to_be_focused()
    keys.press("Tab")
    keys.type("Torrkokning")
    keys.press("Enter")
    expect(page.locator("#case-head")).to_contain_text("Avslutat: Skarpt larm")
    assert case_of(cloud.store, evening.fire).outcome == "real"
    assert len(notices_of(cloud.store)) >= 1
    keys.press("q")
    page.wait_for_url(f"{cloud.url}/desk")
    expect(page.locator("#cases .case-row").first).to_contain_text("Inbrott")


def finish_tasks(page: Page) -> None:
    """What is left of the plan: call whoever is asked for, and write to the customer."""
    for _ in range(6):
        title = page.locator("#next-step h2").inner_text()
        if title == "Återkoppla till kunden":
            page.keyboard.press("Escape")
            page.keyboard.press("n")
            expect(page.locator("#next-step .feedback select")).to_be_focused()
            page.keyboard.press("Tab")
            page.keyboard.press("Enter")
            expect(page.get_by_text("Återkopplingen är på väg")).to_be_visible()
            return
        page.keyboard.press("1")
        page.keyboard.press("Enter")
        expect(page.locator("#next-step h2")).not_to_have_text(title)


def test_a_new_fire_appears_above_all_is_heard_and_is_told_to_who_cannot_see(
    page: Page, cloud: CloudPages, evening: Evening
) -> None:
    become(page, cloud, "anna")
    to_queue(page, cloud)
    house = desk_scene.house(cloud.store, "Farstugan", "Falun")
    house.case("fire", 1110, at_ms=cloud.clock_ms())
    first = page.locator("#cases .case-row")
    expect(first.nth(1)).to_contain_text("Farstugan")
    expect(first.nth(0)).to_contain_text("Villa Björk")
    expect(page.locator("html")).to_have_attribute("data-sounded", "1")
    expect(page.locator("#announce")).to_have_text("Nytt larm: Brand, Farstugan")
    page.keyboard.press("s")
    expect(page.locator("#desk-sound")).to_have_attribute("aria-pressed", "false")
    house.case("intrusion", 1130, at_ms=cloud.clock_ms())
    expect(page.locator("#cases")).to_contain_text("Inbrottslarm, Kök, rök")
    expect(page.locator("html")).to_have_attribute("data-sounded", "1")


def test_operators_see_at_once_what_the_others_take_and_who_was_faster(
    browser: Browser, cloud: CloudPages, evening: Evening
) -> None:
    with ExitStack() as desks:
        anna = desks.enter_context(at_desk(browser, cloud, "anna"))
        bo = desks.enter_context(at_desk(browser, cloud, "bo", allowed=("409",)))
        to_queue(bo, cloud)
        to_queue(anna, cloud)
        anna.locator(f'[data-case="{evening.fire}"]').get_by_role("button").click()
        anna.wait_for_url("**/desk/cases/*")
        expect(bo.locator(f'[data-case="{evening.fire}"] .case-who')).to_have_text("anna")
        bo.goto(f"{cloud.url}/desk/log")
        expect(bo.locator("html")).to_have_attribute("data-live-ready", "true")
        anna.locator("#note").fill("ringer nu")
        anna.keyboard.press("Enter")
        expect(bo.locator(".log li").first).to_contain_text("ringer nu")
        bo.route_web_socket("**/live", lambda _socket: None)  # So that the page stays as it was.
        bo.goto(f"{cloud.url}/desk/cases/{evening.intrusion}")
        anna.goto(f"{cloud.url}/desk/cases/{evening.intrusion}")
        anna.keyboard.press("c")
        expect(anna.get_by_text("Du har det")).to_be_visible()
        bo.keyboard.press("c")
        expect(bo.locator("#told")).to_contain_text("anna har ärendet. Be om en överlämning")
        expect(bo.locator("#case-head")).to_contain_text("anna har det")


def test_what_somebody_types_stays_while_others_work_on_the_case(
    browser: Browser, cloud: CloudPages, evening: Evening
) -> None:
    with ExitStack() as desks:
        bo = desks.enter_context(at_desk(browser, cloud, "bo"))
        anna = desks.enter_context(at_desk(browser, cloud, "anna"))
        for desk in (bo, anna):
            desk.goto(f"{cloud.url}/desk/cases/{evening.taken}")
            expect(desk.locator("html")).to_have_attribute("data-live-ready", "true")
        bo.locator("#spoken").press_sequentially("blå")
        anna.locator("#note").fill("kunden ringde upp")
        anna.keyboard.press("Enter")
        expect(bo.locator("#log")).to_contain_text("kunden ringde upp")
        expect(bo.locator("#spoken")).to_be_focused()
        bo.keyboard.type("sippa")
        expect(bo.locator("#spoken")).to_have_value(PASSWORD)


def test_what_nobody_takes_hangs_over_every_operators_pages_until_somebody_does(
    browser: Browser, cloud: CloudPages, evening: Evening
) -> None:
    with at_desk(browser, cloud, "anna") as page:
        page.goto(f"{cloud.url}/desk/reports")
        expect(page.locator("html")).to_have_attribute("data-live-ready", "true")
        desk_scene.escalate(cloud.store, cloud.clock_ms())
        banner = page.locator(".escalated")
        expect(banner).to_contain_text("Brand, Villa Björk")
        banner.get_by_role("link", name="Brand, Villa Björk").click()
        page.wait_for_url("**/desk/cases/*")
        page.keyboard.press("c")
        expect(banner).not_to_contain_text("Villa Björk")


def test_a_case_with_open_tasks_is_not_closed_and_says_what_is_left(
    browser: Browser, cloud: CloudPages, evening: Evening
) -> None:
    with at_desk(browser, cloud, "bo", allowed=("409",)) as page:
        page.goto(f"{cloud.url}/desk/cases/{evening.taken}")
        page.locator("#close button").click()
        expect(page.get_by_text("Det går inte att avsluta ännu")).to_be_visible()
        expect(page.locator("#told")).to_contain_text("Ring anläggningen, fråga lösenord")
        assert case_of(cloud.store, evening.taken).state == "claimed"


def test_a_caller_is_found_by_telephone_and_gets_service_mode(page: Page, cloud: CloudPages, evening: Evening) -> None:
    become(page, cloud, "anna")
    page.goto(f"{cloud.url}/desk")
    page.keyboard.press("/")
    page.keyboard.type("070-000 00 03")
    page.keyboard.press("Enter")
    found = page.locator(".found li")
    expect(found).to_have_count(3)
    expect(found.first).to_contain_text("funnen genom Lisa Lind")
    found.first.get_by_role("link").click()
    page.get_by_text("Beställ serviceläge").click()
    page.get_by_text("4 tim", exact=True).click()
    page.get_by_label("Skäl, brev eller e-post").fill("Byter fönster")
    page.get_by_role("button", name="Sätt i serviceläge").click()
    expect(page.locator("#service")).to_contain_text("Inbrottslarm")
    page.goto(f"{cloud.url}/desk/cases/{evening.fire}")
    expect(page.locator("#case-facts")).to_contain_text("Serviceläge")
    page.goto(f"{cloud.url}/desk/sites/{evening.house.site}")
    page.get_by_role("button", name="Avsluta nu").click()
    expect(page.locator("#service")).to_contain_text("Inget serviceläge")


def test_each_look_at_a_picture_is_logged_and_a_supervisor_keeps_and_hands_them_out(
    browser: Browser, cloud: CloudPages, evening: Evening
) -> None:
    with cloud.store.begin() as tx:
        pictures.attach_picture(tx, desk_scene.BO, evening.taken, JPEG, cloud.clock_ms())
    address = f"{cloud.url}/desk/cases/{evening.taken}"
    with at_desk(browser, cloud, "bo") as page:
        page.goto(address)
        expect(page.locator("#pictures img")).to_have_js_property("complete", True)
        expect(page.locator("#log")).to_contain_text("Bild visad")
        expect(page.get_by_text("Lämna ut till polisen")).to_have_count(0)
    assert log_kinds(cloud.store, evening.taken).count("picture-seen") == 1
    with at_desk(browser, cloud, "sara") as page:
        page.goto(address)
        page.locator("#pictures .leave-out summary").first.click()
        page.get_by_placeholder("Skäl").first.fill("K 123-27")
        page.keyboard.press("Enter")
        expect(page.locator("#pictures")).to_contain_text("K 123-27")
        page.get_by_text("Lämna ut till polisen").click()
        page.locator("#export-to").fill("Polisen Umeå, K 123-27")
        with page.expect_download() as download:
            page.keyboard.press("Enter")
        with zipfile.ZipFile(download.value.path()) as archive:
            assert "manifest.json" in archive.namelist()


def test_a_question_mark_lists_the_keys_and_each_page_of_the_desk_has_one(
    page: Page, cloud: CloudPages, evening: Evening
) -> None:
    become(page, cloud, "anna")
    page.goto(f"{cloud.url}/desk/cases/{evening.fire}")
    for key, path in (("l", "/desk/log"), ("r", "/desk/reports"), ("d", "/desk/duty"), ("q", "/desk")):
        page.keyboard.press(key)
        page.wait_for_url(cloud.url + path)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Kortkommandon")).to_contain_text("Ta ärendet")


def test_the_desk_is_usable_without_eyes_in_light_and_dark_and_fits_a_phone(
    page: Page, cloud: CloudPages, evening: Evening
) -> None:
    service = desk_scene.on_call(cloud.store, evening.house, cloud.clock_ms())
    desk_scene.escalate(cloud.store, cloud.clock_ms())
    both = ["/desk", f"/desk/cases/{evening.fire}", f"/desk/cases/{evening.taken}"]
    light = [f"/desk/sites/{evening.house.site}", "/desk/search?q=bj", "/desk/log", "/desk/reports"]
    light += ["/desk/duty", f"/desk/duty/{service}"]
    become(page, cloud, "sara")
    for theme, paths in (("dark", both), ("light", both + light)):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
        for path in paths:
            page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
            page.goto(cloud.url + path)
            assert axe(page) == [], path
            page.set_viewport_size(PHONE)  # type: ignore[arg-type]
            overflow = page.locator("html").evaluate("root => root.scrollWidth - root.clientWidth")
            assert overflow <= 0, f"{path} is wider than a phone by {overflow}"
