"""A real browser before real pages, for the fixtures `browser` (one a file) and `page` (a fresh one each test).

    def test_a_story(page: Page, tmp_path: Path) -> None:
        with cloud_pages(tmp_path) as cloud:
            with cloud.store.begin() as tx: ...            # rows
            cloud.account("operator", "anna")              # may sign in with PASSWORD
            sign_in(page, cloud, "anna")
            page.goto(cloud.url + "/desk")
            expect(page.get_by_role("heading", name="...")).to_be_visible()
            assert axe(page) == []

A page that complains on its console, fails, or asks another host for anything fails its test.
"""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from hemlarm_cloud.access import credentials, passwords
from hemlarm_cloud.actor import SYSTEM
from hemlarm_cloud.api.app import make_app
from hemlarm_cloud.api.service import ApiService
from hemlarm_cloud.sites import accounts
from hemlarm_cloud.store import Store
from hemlarm_cloud.vault import Vault

PASSWORD = "fyra glada sjungande grodor"

BEGAN_MS = 1_800_000_000_000
"""When a cloud for tests begins, on a clock that goes on from there at its usual pace."""

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}

_HASHES: dict[str, str] = {}


@contextmanager
def running_browser() -> Iterator[Browser]:
    """Chromium as the system has it; a test that needs it is skipped where there is none."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("chromium is not installed")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield started
        started.close()


@contextmanager
def fresh_page(browser: Browser, allowed: tuple[str, ...] = (), **options: object) -> Iterator[Page]:
    """A page with these options of Playwright's contexts, for tests with several people or sizes.

    Fails at the end for whatever was wrong, but for complaints that hold one of the texts `allowed`: a browser puts
    each answer of 400 and above on the console.
    """
    settings: dict[str, object] = {"viewport": DESKTOP, "locale": "sv-SE", "timezone_id": "Europe/Stockholm"}
    context: BrowserContext = browser.new_context(**(settings | options))  # type: ignore[arg-type]
    context.set_default_timeout(8_000)
    opened = context.new_page()
    complaints = _watch(context, opened)
    try:
        yield opened
    finally:
        context.close()
    left = [complaint for complaint in complaints if not any(text in complaint for text in allowed)]
    assert not left, "\n".join(left)


def _watch(context: BrowserContext, opened: Page) -> list[str]:
    complaints: list[str] = []

    def on_console(message: object) -> None:
        if message.type in ("error", "warning"):  # type: ignore[attr-defined]
            complaints.append(f"console: {message.text} {message.location['url']}")  # type: ignore[attr-defined]

    def on_request(request: object) -> None:
        address = urlsplit(request.url)  # type: ignore[attr-defined]
        if address.scheme not in ("data", "blob", "about") and address.hostname not in ("127.0.0.1", "localhost"):
            complaints.append(f"asked another host: {request.url}")  # type: ignore[attr-defined]

    context.on("console", on_console)
    context.on("request", on_request)
    context.on("weberror", lambda error: complaints.append(f"script: {error.error}"))
    return complaints


@dataclass
class CloudPages:
    """A cloud that serves its pages. `url` is where, without a slash; `clock_ms` tells its time."""

    store: Store
    vault: Vault
    url: str
    clock: "PassingClock" = field(repr=False)

    def clock_ms(self) -> int:
        """The cloud's time, in milliseconds since 1970."""
        return self.clock.now_ms()

    def account(self, role: str, login: str, language: str = "sv", **owner: int | None) -> int:
        """Add somebody who signs in with PASSWORD: of the centre, or with customer=, installer= and person=."""
        return add_account(self.store, role, login, self.clock_ms(), language, **owner)


class PassingClock:
    """Begins at BEGAN_MS and goes on by itself; tests may put it forward."""

    def __init__(self) -> None:
        self._ahead_ms = BEGAN_MS - time.monotonic_ns() // 1_000_000

    def now_ms(self) -> int:
        """The time."""
        return self._ahead_ms + time.monotonic_ns() // 1_000_000

    def advance(self, ms: int) -> None:
        """Let so much time pass at once."""
        self._ahead_ms += ms


@contextmanager
def cloud_pages(tmp_path: Path) -> Iterator[CloudPages]:
    """A cloud with an empty store that serves API and pages on a free port of this machine."""
    store = Store.open(f"sqlite:///{tmp_path / 'pages.db'}")
    vault, clock = Vault(bytes(range(64))), PassingClock()
    service = ApiService(make_app(store, vault, clock.now_ms), ("127.0.0.1", 0))
    service.start()
    try:
        yield CloudPages(store, vault, f"http://127.0.0.1:{service.port}", clock)
    finally:
        service.stop()
        store.close()


def add_account(store: Store, role: str, login: str, now_ms: int, language: str = "sv", **owner: int | None) -> int:
    """Add an account that signs in with this login and PASSWORD, and return its id."""
    if PASSWORD not in _HASHES:
        _HASHES[PASSWORD] = passwords.hashed(PASSWORD)
    with store.begin() as tx:
        made = accounts.create(tx, SYSTEM, login[:40], role, login.encode()[:32].ljust(32, b"."), now_ms, **owner)
        credentials.give(tx, SYSTEM, made.id, login, _HASHES[PASSWORD], now_ms, language, verified=True)
    return made.id


def sign_in(page: Page, cloud: CloudPages, login: str, password: str = PASSWORD) -> None:
    """Sign in as a person does; leads to where that person begins."""
    page.goto(f"{cloud.url}/login")
    page.locator("#field-login").fill(login)
    page.locator("#field-password").fill(password)
    page.locator("main button[type=submit]").click()
    page.wait_for_url(lambda url: "/login" not in url, wait_until="domcontentloaded")


def axe(page: Page) -> list[str]:
    """What is hard to use on this page without eyes, hands or colours: rules that are broken, and where."""
    found = Axe().run(page, options={"resultTypes": ["violations"], "preload": False}).response["violations"]
    return [
        f"{rule['id']}: {rule['help']}: {', '.join(str(node['target']) for node in rule['nodes'][:4])}"
        for rule in found
    ]


def shoot(page: Page, file: Path, full: bool = False) -> None:
    """Take a picture of the page. Playwright would still it by an inline style, which our policy refuses."""
    page.emulate_media(reduced_motion="reduce")
    page.screenshot(path=str(file), full_page=full, animations="allow", caret="initial")
