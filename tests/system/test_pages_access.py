"""Signing up, in and out, the account and the family, as people do it in a real browser."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import insert

import access_support as people
import centre_rows
from browser import DESKTOP, PASSWORD, PHONE, CloudPages, axe, cloud_pages, fresh_page, sign_in
from hemlarm_cloud.store.schema_sites import authority_list_site, site

NEW_PASSWORD = "nio tysta vandrande renar"


def link_in_mail(cloud: CloudPages) -> str:
    """The link in the last mail; without a set address it leads to where the browser is."""
    found = re.search(r"http://\S+", people.letters(cloud.store)[-1][2])
    assert found is not None
    return found[0]


def test_somebody_signs_up_signs_in_and_invites(page: Page, browser: Browser, tmp_path: Path) -> None:
    with cloud_pages(tmp_path) as cloud:
        family = people.add_family(cloud.store)
        with cloud.store.begin() as tx:
            values = {"number": "S1", "name": "Villan", "customer": family.customer, "created_ms": cloud.clock_ms()}
            covered = {"list": family.list, "site": centre_rows.add(tx, site, **values)}
            tx.connection.execute(insert(authority_list_site), covered)
        page.goto(cloud.url)
        page.get_by_role("link", name="Skapa konto").click()
        page.get_by_label("Kundnummer").fill(people.NUMBER)
        page.get_by_label("Mobiltelefon").fill("070-123 45 67")
        page.get_by_role("button", name="Skicka kod").click()
        page.get_by_label("Sex siffror").fill(people.last_code(cloud.store))
        page.get_by_role("button", name="Fortsätt").click()
        page.get_by_label("E-post").fill("anna@example.se")
        page.get_by_label("Nytt lösenord").fill(PASSWORD)
        page.get_by_label("Lösenordet igen").fill(PASSWORD)
        page.get_by_role("button", name="Skapa konto").click()
        expect(page.get_by_role("heading", name="Titta i din e-post")).to_be_visible()
        page.goto(link_in_mail(cloud))
        page.get_by_role("button", name="Ja, bekräfta").click()
        page.get_by_role("link", name="Logga in").click()
        sign_in(page, cloud, "anna@example.se")
        page.goto(f"{cloud.url}/home/family")
        page.get_by_label("Namn").fill("Moa Berg")
        page.get_by_label("E-post").fill("moa@example.se")
        page.get_by_role("button", name="Skicka inbjudan").click()
        expect(page.get_by_role("status")).to_contain_text("Inbjudan är skickad")
        with fresh_page(browser, viewport=PHONE, color_scheme="dark") as moa:
            moa.goto(link_in_mail(cloud))
            moa.get_by_label("Nytt lösenord").fill(NEW_PASSWORD)
            moa.get_by_label("Lösenordet igen").fill(NEW_PASSWORD)
            moa.get_by_role("button", name="Spara lösenordet").click()
            moa.wait_for_url("**/home")
            page.reload()
            page.get_by_label("Ändra: Moa Berg").click()
            page.get_by_role("button", name="Ta bort").locator("visible=true").click()
            expect(page.get_by_role("status")).to_contain_text("utloggad överallt")
            moa.goto(f"{cloud.url}/account")
            expect(moa.get_by_role("heading", name="Logga in")).to_be_visible()


def test_the_account_page_changes_appearance_language_password_and_sessions(
    page: Page, browser: Browser, tmp_path: Path
) -> None:
    with cloud_pages(tmp_path) as cloud:
        cloud.account("monitor", "wall")
        cloud.account("installer", "ivar", installer=_company(cloud))
        sign_in(page, cloud, "ivar")
        with fresh_page(browser) as elsewhere:
            sign_in(elsewhere, cloud, "ivar")
            page.goto(f"{cloud.url}/account")
            main = page.locator("main")
            main.get_by_role("button", name="Mörkt").click()
            expect(page.locator("html")).to_have_attribute("data-theme", "dark")
            expect(main.get_by_role("button", name="Mörkt")).to_have_attribute("aria-pressed", "true")
            page.reload()
            expect(page.locator("html")).to_have_attribute("data-theme", "dark")
            main.get_by_role("button", name="English").click()
            expect(page.get_by_role("heading", name="My account")).to_be_visible()
            page.get_by_label("Today's password").fill(PASSWORD)
            page.get_by_label("New password").fill(NEW_PASSWORD)
            page.get_by_label("The password again").fill(NEW_PASSWORD)
            page.get_by_role("button", name="Change the password").click()
            expect(page.get_by_role("status")).to_contain_text("The password is changed")
            elsewhere.reload()
            expect(elsewhere.get_by_role("heading", name="Logga in")).to_be_visible()
        page.get_by_label("My account").locator("visible=true").first.click()
        page.get_by_role("button", name="Sign out").locator("visible=true").first.click()
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def _company(cloud: CloudPages) -> int:
    company = centre_rows.add_installer(cloud.store, "Ivars Larm").installer
    assert company is not None
    return company


def test_signing_in_works_by_keyboard_alone_and_without_script(browser: Browser, tmp_path: Path) -> None:
    with cloud_pages(tmp_path) as cloud:
        family = people.add_family(cloud.store)
        cloud.account("customer", "anna@example.se", customer=family.customer, person=family.anna)
        with fresh_page(browser, java_script_enabled=False) as page:
            page.goto(f"{cloud.url}/login?next=/account")
            page.keyboard.type("anna@example.se")
            page.keyboard.press("Tab")
            page.keyboard.type(PASSWORD)
            page.keyboard.press("Enter")
            expect(page.get_by_role("heading", name="Mitt konto")).to_be_visible()
            page.get_by_role("button", name="Ljust").last.click()
            expect(page.locator("html")).to_have_attribute("data-theme", "light")


@pytest.mark.parametrize(("size", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")], ids=["desktop", "phone"])
def test_everybody_can_use_these_pages(browser: Browser, tmp_path: Path, size: dict[str, int], scheme: str) -> None:
    with cloud_pages(tmp_path) as cloud:
        family = people.add_family(cloud.store)
        cloud.account("customer", "anna@example.se", customer=family.customer, person=family.anna)
        with fresh_page(browser, ("404", "422"), viewport=size, color_scheme=scheme) as page:
            for path in ("/login", "/sign-up", "/forgotten", "/confirm/old", "/nowhere"):
                page.goto(cloud.url + path)
                assert axe(page) == [], path
            page.goto(f"{cloud.url}/sign-up")
            page.locator("form").last.evaluate("form => { form.noValidate = true; form.requestSubmit(); }")
            expect(page.locator(".error").first).to_be_visible()
            assert axe(page) == []
            sign_in(page, cloud, "anna@example.se")
            for path in ("/account", "/home/family"):
                page.goto(cloud.url + path)
                assert axe(page) == [], path
                wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
                assert wide <= 0, f"{path} is wider than the screen"


def test_a_page_keeps_its_parts_as_they_are_now_and_says_when_it_cannot(page: Page, tmp_path: Path) -> None:
    """Typed text and focus outlive a refresh; a centre that is gone is told by a bar, until it is back."""
    with cloud_pages(tmp_path) as cloud:
        cloud.account("supervisor", "sara")
        sign_in(page, cloud, "sara")
        page.goto(f"{cloud.url}/account")
        page.evaluate(MORPHED)
        field = page.locator("#typed")
        field.fill("what I type")
        page.evaluate('window.morphTest(\'<p id="a">new</p><input id="typed" value=""><p id="b">more</p>\')')
        expect(page.locator("#a")).to_have_text("new")
        expect(page.locator("#b")).to_have_text("more")
        expect(field).to_have_value("what I type")
        expect(field).to_be_focused()


MORPHED = """async () => {
  const look = document.querySelector('script[src*="look.js"]').src.replace("look.js", "morph.js");
  const { morph } = await import(look);
  const part = document.createElement("div");
  part.innerHTML = '<p id="a">old</p><input id="typed" value="">';
  document.querySelector("main").append(part);
  window.morphTest = (html) => morph(part, html);
}"""
