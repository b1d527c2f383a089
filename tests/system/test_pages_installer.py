"""The installer's pages in a real browser: find the site, check the file, enrol, walk, and hand over."""

import io
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader
from sqlalchemy import insert

from browser import PHONE, CloudPages, axe, cloud_pages, fresh_page, sign_in
from hemlarm_cloud.installer import walk
from hemlarm_cloud.store import Panel, PanelHealth, PathReport, schema
from hemlarm_cloud.store.schema_cases import signal
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_protocol import cbor
from registered_site import DAY_MS, PANEL, SUPERVISOR, Registered, list_version, register

CONFIG: dict[int | str, Any] = {
    "areas": [{"number": 1}],
    "zones": [
        {"number": 1, "type": "entry", "area": 1, "name": "Ytterdörr"},
        {"number": 2, "type": "instant", "area": 1, "name": "Kök", "radio": b"abcd"},
    ],
    "users": [{"number": 1, "role": "master", "code": True}],
    "language": "sv",
    "revision": 7,
}
FILE = """\
[panel]
language = "sv"

[[area]]
number = 1

[[zone]]
number = 1
name = "Ytterdörr"
type = "entry"
area = 1

[[zone]]
number = 2
name = "Köket"
type = "instant"
area = 1
radio = "61626364"
key = "000102030405060708090a0b0c0d0e0f"
"""


def at_work(cloud: CloudPages) -> Registered:
    """A site with a panel that has told everything, and a fitter with an account and valid papers."""
    there = register(cloud.store)
    now_ms = cloud.clock_ms()
    with cloud.store.begin() as tx:
        renew_papers(tx, there, now_ms)
        tx.add_panel(Panel(PANEL, PANEL[:2], b"wrapped", "1", now_ms))
        tx.expect_configuration(PANEL)
        tx.keep_configuration(PANEL, 7, cbor.encode(CONFIG), now_ms)
        tx.keep_path_report(PathReport(PANEL, 2, now_ms, 1, 1, 3, 87, 0, 0, 0, 0, 0, 0, 0))
        tx.keep_health(PanelHealth(PANEL, now_ms, 3, 0, 0, 90_000, 0, 6_000, 0, 0, 10, 0, 1, 13_650, 98, 60, 1))
    cloud.account("installer", "ivar@example.org", person=there.fitter, installer=there.company)
    return there


def renew_papers(tx: Transaction, there: Registered, now_ms: int) -> None:
    """The register's papers are of another year."""
    from hemlarm_cloud.sites import levels, lists

    seen = int(lists.expect(tx, SUPERVISOR, there.company).version)
    until = now_ms + 100 * DAY_MS
    seen = lists.change(tx, SUPERVISOR, there.company, "Larmfirman", until, seen, now_ms)
    levels.give(tx, SUPERVISOR, there.company, there.fitter, "I", seen, now_ms, police_approval_until_ms=until)


def report(cloud: CloudPages, there: Registered, qcode: int, zone: int) -> None:
    """A signal of the panel's, as case work makes it of an event."""
    at_ms = cloud.clock_ms()
    row = {"origin": "panel", "origin_id": at_ms, "transmitter": PANEL, "site": there.site, "qcode": qcode}
    row |= {"category": "test", "urgency": 7, "area": 1, "zone": zone, "user": 0, "dated_ms": at_ms}
    row |= {"order_key": str(at_ms), "received_ms": at_ms, "handling": "record"}
    with cloud.store.begin() as tx:
        tx.connection.execute(insert(signal).values(row))


def test_a_fitter_checks_the_file_sends_it_and_sees_the_panels_refusal(page: Page, tmp_path: Path) -> None:
    with cloud_pages(tmp_path) as cloud:
        there = at_work(cloud)
        sign_in(page, cloud, "ivar@example.org")
        page.get_by_role("link", name="Villa Berg").click()
        expect(page.get_by_text("Mobilnät")).to_be_visible()
        expect(page.get_by_text("-87 dBm")).to_be_visible()
        assert axe(page) == []

        page.get_by_role("link", name="Anläggningsfil Kontrollera").click()
        page.get_by_label("Filens innehåll").fill(FILE.replace('"instant"', '"instnat"'))
        page.get_by_role("button", name="Kontrollera").click()
        expect(page.get_by_role("row", name='zone 2 "Köket" type')).to_contain_text("16")

        page.get_by_label("Filens innehåll").fill(FILE)
        page.get_by_role("button", name="Kontrollera").click()
        expect(page.get_by_role("row", name="Sektion 2 Köket name")).to_contain_text("Kök")
        assert axe(page) == []
        page.get_by_role("button", name="Skicka till centralapparaten").click()
        expect(page.get_by_text("Väntar på centralapparaten")).to_be_visible()

        with cloud.store.begin() as tx:
            (change,) = tx.connection.execute(schema.configuration_change.select()).all()
            assert cbor.decode(change.edits) == [["zones", 2, {"name": "Köket"}]]
            tx.set_change_state(change.id, "failed", cloud.clock_ms(), 3, 0)
            tx.explain_change(change.id, PANEL, "zones[1].name: at the keypad only")
        report(cloud, there, 1306, 0)
        expect(page.get_by_text("Avvisad")).to_be_visible()
        expect(page.get_by_text("at the keypad only")).to_be_visible()


def test_a_walk_test_ticks_off_each_zone_as_somebody_passes(browser: Browser, tmp_path: Path) -> None:
    with cloud_pages(tmp_path) as cloud, fresh_page(browser, viewport=PHONE) as page:
        there = at_work(cloud)
        sign_in(page, cloud, "ivar@example.org")
        page.goto(f"{cloud.url}/installer/sites/{there.site}/panels/{PANEL}/walk")
        page.get_by_role("button", name="Starta gångtest").click()
        with cloud.store.read() as reading:
            (command,) = reading.connection.execute(schema.command.select()).all()
        assert (command.verb, command.argument, command.requested_by) == (9, 1, "installer:ivar@example.org")

        report(cloud, there, walk.BEGUN, 0)
        expect(page.get_by_text("0 av 2 provade")).to_be_visible()
        report(cloud, there, walk.TESTED, 2)
        expect(page.get_by_text("1 av 2 provade")).to_be_visible()
        expect(page.get_by_role("listitem").filter(has_text="Kök")).to_contain_text("Provad")
        expect(page.get_by_role("listitem").filter(has_text="Ytterdörr")).to_contain_text("Inte provad")
        assert axe(page) == []

        with page.expect_download() as downloading:
            page.goto(f"{cloud.url}/installer/sites/{there.site}")
            page.get_by_role("link", name="Överlämning").click()
        told = "".join(
            each.extract_text() for each in PdfReader(io.BytesIO(downloading.value.path().read_bytes())).pages
        )
        assert "Överlämning av larmanläggning" in told
        assert "1/2" in told


def test_a_sensor_is_enrolled_by_its_label_and_a_wrong_label_is_explained(browser: Browser, tmp_path: Path) -> None:
    allowed = ("422",)
    with cloud_pages(tmp_path) as cloud, fresh_page(browser, allowed) as page:
        there = at_work(cloud)
        sign_in(page, cloud, "ivar@example.org")
        page.goto(f"{cloud.url}/installer/sites/{there.site}/panels/{PANEL}/enrol")
        page.get_by_label("Etikett").fill("HL1:12")
        page.get_by_role("button", name="Lägg till").click()
        expect(page.get_by_role("alert")).to_contain_text("HL1:")
        expect(page.get_by_label("Etikett")).to_have_value("HL1:12")
        page.get_by_label("Etikett").fill("HL1:A1B2C3D4:000102030405060708090A0B0C0D0E0F")
        page.get_by_label("Namn på manöverpanelen").fill("Vind")
        assert axe(page) == []
        page.get_by_role("button", name="Lägg till").click()
        expect(page.get_by_text("Väntar på centralapparaten")).to_be_visible()
        with cloud.store.read() as reading:
            (change,) = reading.connection.execute(schema.configuration_change.select()).all()
        edits: Any = cbor.decode(change.edits)
        ((_, number, fields),) = edits
        assert (number, fields["name"], fields["radio"].hex()) == (3, "Vind", "a1b2c3d4")


def test_service_mode_begins_and_ends_at_the_site(page: Page, tmp_path: Path) -> None:
    with cloud_pages(tmp_path) as cloud:
        there = at_work(cloud)
        assert list_version(cloud.store, there.company) > 0
        sign_in(page, cloud, "ivar@example.org")
        page.goto(f"{cloud.url}/installer/sites/{there.site}")
        page.get_by_role("button", name="Sätt i serviceläge").click()
        expect(page.get_by_text("I serviceläge till")).to_be_visible()
        page.get_by_role("button", name="Avsluta serviceläget").click()
        expect(page.get_by_role("button", name="Sätt i serviceläge")).to_be_visible()
