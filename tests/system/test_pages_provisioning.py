"""The page for new panels in a real browser: somebody types what the keypad shows, and sees the panel come in."""

from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser, expect

from browser import PHONE, CloudPages, axe, cloud_pages, fresh_page, sign_in
from hemlarm_cloud.actor import SYSTEM, Actor
from hemlarm_cloud.authority import Authority
from hemlarm_cloud.provisioning import admission, steps
from hemlarm_cloud.provisioning.key import ProvisioningKey
from hemlarm_cloud.provisioning.means import Means
from hemlarm_cloud.sites import lists
from hemlarm_protocol import provisioning as protocol
from hemlarm_protocol import x25519
from registered_site import Registered
from session_support import Chance
from test_pages_installer import at_work

SECRET = b"\x07" * 32


class Arrival:
    """A new panel that waits for its code, brought by the fitter's tool."""

    def __init__(self, cloud: CloudPages, there: Registered, folder: Path) -> None:
        self.cloud = cloud
        self.actor: Actor = there.installers_account()
        now_ms = cloud.clock_ms()
        authority = Authority.create(folder / "authority", datetime.fromtimestamp(now_ms / 1000, UTC))
        means = Means(authority, ProvisioningKey(SECRET, x25519.public_key(SECRET)), "alarm.example", 8883)
        facts = protocol.Facts(b"\xa1\xb2\xc3\xd4\x05\x06\x07\x08", "esp32-s3", 1005, b"\x7c\xdf\xa1\x00\x2b\x10")
        self.panel = protocol.NewPanel(Chance(1), means.key.public, facts)
        common = (cloud.vault, means, self.actor)
        with cloud.store.begin() as tx:
            begun, second = steps.begin(tx, *common, there.site, self.panel.hello(), now_ms, Chance(2))
            third = self.panel.root(second)
            self.id = steps.take_root(tx, *common, begun.id, third, "", now_ms, Chance(3)).id

    def prove(self) -> None:
        """The panel has all on its flash."""
        with self.cloud.store.begin() as tx:
            admission.admit(tx, self.cloud.vault, self.actor, self.id, self.panel.proof, self.cloud.clock_ms())


def test_the_installer_types_the_keypads_code_and_sees_the_panel_come_in(tmp_path: Path, browser: Browser) -> None:
    with cloud_pages(tmp_path) as cloud, fresh_page(browser, viewport=PHONE) as page:
        arrived = Arrival(cloud, at_work(cloud), tmp_path)
        code = arrived.panel.code
        sign_in(page, cloud, "ivar@example.org")
        page.goto(cloud.url + "/installer")
        page.get_by_role("link", name="Nya paneler").click()
        card = page.locator(f"#provisioning-{arrived.id}")
        expect(card.get_by_text("Väntar på koden")).to_be_visible()
        assert code not in page.content()
        assert axe(page) == []
        field = card.get_by_label("Koden på manöverpanelen")
        field.fill(f"{(int(code) + 1) % 10**6:06}")
        card.get_by_role("button", name="Godkänn").click()
        expect(card.get_by_text("Koden stämmer inte. 2 försök kvar.")).to_be_visible()
        page.reload()
        expect(card.get_by_text("Koden stämmer inte. 2 försök kvar.")).to_be_visible()
        field.fill(code[:3] + " " + code[3:])
        card.get_by_role("button", name="Godkänn").click()
        expect(card.get_by_text("Lämnar över nycklarna")).to_be_visible()
        arrived.prove()
        expect(card.get_by_text("Installerad", exact=True)).to_be_visible()
        assert axe(page) == []


def test_who_has_nothing_to_do_with_the_site_sees_no_panel_of_it(tmp_path: Path, browser: Browser) -> None:
    with cloud_pages(tmp_path) as cloud, fresh_page(browser) as page:
        Arrival(cloud, at_work(cloud), tmp_path)
        with cloud.store.begin() as tx:
            company = lists.add(tx, SYSTEM, "Andra firman", cloud.clock_ms())
        cloud.account("installer", "other@example.org", "en", installer=company)
        sign_in(page, cloud, "other@example.org")
        page.goto(cloud.url + "/installer/provisioning")
        expect(page.get_by_text("No panel is being installed now")).to_be_visible()
