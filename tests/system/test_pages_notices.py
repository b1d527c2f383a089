"""Devices and apps in a real browser: where messages go, and the worker that shows them while no page is open."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import insert, select

from browser import PHONE, CloudPages, axe, cloud_pages, fresh_page, sign_in
from hemlarm_cloud.store.schema_access import push_key, push_subscription
from hemlarm_cloud.store.schema_centre import notice
from registered_site import register

ENDPOINT = "https://updates.push.services.mozilla.com/wpush/v2/abc"


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[CloudPages]:
    """A cloud with Anna's account."""
    with cloud_pages(tmp_path) as made:
        ids = register(made.store)
        made.account("customer", "anna@example.se", customer=ids.customer, person=ids.a)
        yield made


def rows(cloud: CloudPages, table: Any) -> list[Any]:
    with cloud.store.read() as reading:
        return list(reading.connection.execute(select(table)))


def opened(page: Page, cloud: CloudPages) -> None:
    sign_in(page, cloud, "anna@example.se")
    page.goto(f"{cloud.url}/account/notices")


def test_a_service_is_connected_tried_and_removed(page: Page, cloud: CloudPages) -> None:
    opened(page, cloud)
    page.get_by_label("Namn").fill("Familjens chatt")
    page.get_by_label("Adress").fill("ntfys://familjen-berg")
    page.get_by_role("button", name="Anslut").click()
    expect(page.get_by_text("Tjänsten är ansluten.")).to_be_visible()
    assert "familjen-berg" not in page.content()
    assert axe(page) == []
    page.get_by_role("button", name="Skicka ett prov").click()
    expect(page.get_by_text("Provet är på väg.")).to_be_visible()
    (put,) = rows(cloud, notice)
    assert (put.channel, put.subject) == ("apps", "Prov från Hemlarm")
    page.get_by_role("button", name="Ta bort Familjens chatt").click()
    expect(page.get_by_text("Borttagen.")).to_be_visible()
    expect(page.get_by_text("Familjens chatt")).to_have_count(0)


def test_what_is_no_service_is_refused_and_not_shown_again(browser: Browser, cloud: CloudPages) -> None:
    with fresh_page(browser, allowed=("422",), viewport=PHONE, color_scheme="dark") as page:
        opened(page, cloud)
        page.get_by_label("Namn").fill("Hemma")
        page.get_by_label("Adress").fill("jsons://192.168.1.20/hemligt")
        page.get_by_role("button", name="Anslut").click()
        expect(page.locator(".error")).to_contain_text("not public")
        expect(page.get_by_label("Namn")).to_have_value("Hemma")
        assert "hemligt" not in page.content()
        assert axe(page) == []


def test_a_device_is_listed_and_turned_off(page: Page, cloud: CloudPages) -> None:
    opened(page, cloud)
    expect(page.get_by_role("heading", name="Enheter och appar")).to_be_visible()
    assert len(rows(cloud, push_key)) == 1
    with cloud.store.begin() as tx:
        values = {"account": 1, "endpoint": ENDPOINT, "public_key": bytes(65), "secret": bytes(16), "created_ms": 0}
        tx.connection.execute(insert(push_subscription).values(**values))
    page.reload()
    assert axe(page) == []
    page.get_by_role("button", name="Stäng av Firefox").click()
    expect(page.get_by_text("Ingen enhet tar emot meddelanden än")).to_be_visible()
    assert rows(cloud, push_subscription) == []


def test_the_worker_shows_what_is_pushed_while_it_serves_every_page(browser: Browser, cloud: CloudPages) -> None:
    with fresh_page(browser, permissions=["notifications"]) as page:
        session = page.context.new_cdp_session(page)
        found: dict[str, str] = {}

        def on_registrations(told: dict[str, Any]) -> None:
            for each in told["registrations"]:
                found[each["scopeURL"]] = each["registrationId"]

        session.on("ServiceWorker.workerRegistrationUpdated", on_registrations)
        session.send("ServiceWorker.enable")
        opened(page, cloud)
        expect(page.get_by_role("button", name="Slå på här")).to_be_visible()
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        (scope,) = found
        assert scope == f"{cloud.url}/"
        told = {"title": "Villa Berg: larmet tillkopplat", "body": "Av Anna kl 08:12.", "tag": "notice-1", "at_ms": 1}
        worker = page.context.service_workers[0]
        # What the screen of a telephone would show: a browser without a screen has no place for it.
        worker.evaluate("self.registration.showNotification = async (...shown) => { self.shown = shown; }")
        message = {"origin": cloud.url, "registrationId": found[scope], "data": json.dumps(told)}
        session.send("ServiceWorker.deliverPushMessage", message)
        title, shown = worker.evaluate(
            """async () => {
              for (let n = 0; n < 250 && !self.shown; n++) await new Promise((done) => setTimeout(done, 20));
              return self.shown ?? ["nothing", {}];
            }"""
        )
        assert (title, shown["body"], shown["tag"]) == (told["title"], told["body"], told["tag"])
