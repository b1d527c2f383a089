"""Takes the pictures of docs/pages.md: every page at desktop and phone width, in light and in dark.

`python tools/screenshots.py` plays an evening in a simulated house, with the real firmware and the embedded cloud, and
visits the pages of whoever sees something of it; `python tools/screenshots.py desk home` takes only those whose names
begin so. It needs Chromium, and no network. `--list` only writes the page's table of them.
"""

import io
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from hemlarm_simulator.description import load_house
from hemlarm_simulator.page.cloud_side import PASSWORD
from hemlarm_simulator.page.opening import Opened, Wanted, opened

# The tools are found from the repository's root, as those of others are.
sys.path.insert(0, str(Path(__file__).parents[1]))
from tools.screenshot_evening import EVENING, HOUSE, live_through

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "screens"
DOCUMENT = ROOT / "docs" / "pages.md"
BEGIN, END = "<!-- listed: screens -->", "<!-- end: screens -->"

SIZES = {"desktop": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 844}}
THEMES = ("light", "dark")

PEOPLE = {"": "anybody", "house": "who simulates", "olle": "an operator", "ivar": "an installer"}
"""Who is who in the table; everybody else lives in the house."""

COLOURS = 128
"""Enough for flat pages, and a third of the bytes."""

FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]


@dataclass(frozen=True)
class Shot:
    """One page: its name, who looks at it ("" for nobody, "house" for the simulator's page), and where it is.

    `open_first` is the name of a link, or of several with ">" between, that leads on from there.
    """

    name: str
    what: str
    who: str
    path: str
    open_first: str = ""


SHOTS = (
    Shot("house", "The house", "house", "/"),
    Shot("sign-in", "Signing in", "", "/login"),
    Shot("sign-up", "Signing up", "", "/sign-up"),
    Shot("desk-queue", "The queue", "olle", "/desk"),
    Shot("desk-case", "A case", "olle", "/desk", "case"),
    Shot("desk-site", "A site at the desk", "olle", "/desk", "site"),
    Shot("desk-search", "Search", "olle", "/desk/search"),
    Shot("desk-reports", "Reports", "olle", "/desk/reports"),
    Shot("desk-log", "The log of everybody", "olle", "/desk/log"),
    Shot("desk-releases", "Releases of firmware", "olle", "/desk/releases"),
    Shot("home-status", "Home", "anna@example.org", "/home"),
    Shot("home-history", "History", "anna@example.org", "/home/history"),
    Shot("home-climate", "Temperatures, plugs, lock", "anna@example.org", "/home/climate"),
    Shot("home-notices", "Notices", "anna@example.org", "/home/notices"),
    Shot("home-family", "Family", "anna@example.org", "/home/family"),
    Shot("home-contacts", "Contacts", "anna@example.org", "/home/contacts"),
    Shot("home-plan", "Action plan", "anna@example.org", "/home/plan"),
    Shot("home-passwords", "Passwords", "anna@example.org", "/home/passwords"),
    Shot("home-settings", "Settings", "anna@example.org", "/home/settings"),
    Shot("account", "Account", "anna@example.org", "/account"),
    Shot("installer-sites", "Sites", "ivar", "/installer"),
    Shot("installer-site", "A site", "ivar", "/installer", "Villa Berg"),
    Shot("installer-walk", "Walk test", "ivar", "/installer", "Villa Berg > walk"),
    Shot("installer-file", "Site file", "ivar", "/installer/check"),
    Shot("installer-provisioning", "Taking a panel in", "ivar", "/installer/provisioning"),
)


def relisted(document: str) -> str:
    """The document with the table of pictures made anew. Raises ValueError when it lacks the place of it."""
    before, found, rest = document.partition(BEGIN)
    _, closed, after = rest.partition(END)
    if not found or not closed:
        raise ValueError(f"docs/pages.md needs the lines {BEGIN} and {END} around the table")
    rows = [
        f"| {shot.what} | {PEOPLE.get(shot.who, 'a customer')} | {_links(shot, 'desktop')} | {_links(shot, 'phone')} |"
        for shot in SHOTS
    ]
    table = "\n".join(["| page | who | desktop | telephone |", "|---|---|---|---|", *rows])
    return f"{before}{BEGIN}\n\n{table}\n\n{END}{after}"


def _links(shot: Shot, size: str) -> str:
    """The light picture, and links to both."""
    names = {theme: f"screens/{shot.name}-{size}-{theme}.png" for theme in THEMES}
    width = 320 if size == "desktop" else 120
    shown = f'<img src="{names["light"]}" width="{width}" alt="{shot.what}, {size}, light">'
    return f"{shown}<br>[light]({names['light']}), [dark]({names['dark']})"


def main(arguments: list[str]) -> int:
    """Take the pictures whose names begin with one of the arguments, or all; returns the exit code."""
    DOCUMENT.write_text(relisted(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")
    if arguments == ["--list"]:
        return 0
    program = shutil.which("chromium")
    if program is None:
        sys.stderr.write("there is no chromium here: apt-get install chromium\n")
        return 2
    wanted = [shot for shot in SHOTS if not arguments or shot.name.startswith(tuple(arguments))]
    FOLDER.mkdir(exist_ok=True)
    with opened(Wanted([load_house(HOUSE)])) as addresses, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        live_through(EVENING, addresses.page)
        for size in SIZES:
            for theme in THEMES:
                _visit(browser, addresses, wanted, size, theme)
        browser.close()
    return 0


def _visit(browser: Browser, addresses: Opened, wanted: list[Shot], size: str, theme: str) -> None:
    contexts: dict[str, BrowserContext] = {}
    for shot in wanted:
        if shot.who not in contexts:
            contexts[shot.who] = _signed_in(browser, addresses, shot.who, size, theme)
        with _page(contexts[shot.who]) as page:
            page.goto((addresses.page if shot.who == "house" else addresses.cloud) + shot.path)
            for step in filter(None, (each.strip() for each in shot.open_first.split(">"))):
                _go_on(page, step)
            page.wait_for_timeout(1_500 if shot.who == "house" else 400)
            _keep(page, FOLDER / f"{shot.name}-{size}-{theme}.png")
        sys.stderr.write(f"{shot.name} {size} {theme}\n")
    for context in contexts.values():
        context.close()


def _signed_in(browser: Browser, addresses: Opened, who: str, size: str, theme: str) -> BrowserContext:
    options = {"viewport": SIZES[size], "color_scheme": theme, "locale": "en-GB", "timezone_id": "Europe/Stockholm"}
    context = browser.new_context(**options, device_scale_factor=1, reduced_motion="reduce")  # type: ignore[arg-type]
    if who in ("", "house"):
        return context
    with _page(context) as page:
        page.goto(addresses.cloud + "/login")
        page.locator("#field-login").fill(who)
        page.locator("#field-password").fill(PASSWORD)
        page.locator("main button[type=submit]").click()
        page.wait_for_url(lambda url: "/login" not in url)
        page.locator(".top-account summary").click()
        page.locator(".top-account button[lang=en]").click()
        page.wait_for_load_state()
    return context


@contextmanager
def _page(context: BrowserContext) -> Iterator[Page]:
    page = context.new_page()
    yield page
    page.close()


def _go_on(page: Page, step: str) -> None:
    """Follow a link: the first case, the site, the walk test, or the link with that name."""
    selectors = {
        "case": "main a[href*='/desk/cases/']",
        "site": "main a[href*='/desk/sites/']",
        "walk": "main a[href$='/walk']",
    }
    if step == "site" and page.locator(selectors[step]).count() == 0:
        page.locator(selectors["case"]).first.click()
        page.wait_for_load_state()
    page.locator(selectors[step]).first.click() if step in selectors else page.get_by_role("link", name=step).click()
    page.wait_for_load_state()


def _keep(page: Page, file: Path) -> None:
    taken = Image.open(io.BytesIO(page.screenshot(animations="allow", caret="initial"))).convert("RGB")
    taken.quantize(COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
