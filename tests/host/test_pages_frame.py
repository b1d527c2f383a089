"""What all pages stand in: texts in both languages, templates without inline style, the look's files, trouble."""

import re
import string
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from access_support import NOW_MS, VAULT, Clock, Surfer, add_login, new_store
from hemlarm_cloud.api.allowance import Rate
from hemlarm_cloud.api.app import make_app
from hemlarm_cloud.api.guard import Limits
from hemlarm_cloud.pages import filters, look, navigation
from hemlarm_cloud.pages.access.browsers import browser_name
from hemlarm_cloud.pages.rendering import TEMPLATES
from hemlarm_cloud.pages.texts import TEXTS, text
from hemlarm_cloud.store import Store, StoreError

PAGES = Path(navigation.__file__).parent
SOURCES = {path.relative_to(PAGES).as_posix(): path.read_text() for path in PAGES.rglob("*.py")}
MARKUP = {path.relative_to(TEMPLATES).as_posix(): path.read_text() for path in TEMPLATES.rglob("*.html")}

MINUTE_MS, DAY_MS = 60_000, 86_400_000


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """One kind of database is enough for pages."""
    return new_store(tmp_path / "pages.db")


def test_every_text_is_there_in_both_languages_with_the_same_values() -> None:
    for key, (swedish, english) in TEXTS.items():
        assert swedish.strip(), key
        assert english.strip(), key
        fields = [{name for _, name, _, _ in string.Formatter().parse(found) if name} for found in (swedish, english)]
        assert fields[0] == fields[1], key


def test_every_text_that_a_page_names_is_there() -> None:
    named = {key for found in MARKUP.values() for key in re.findall(r"""\bt\("([a-z][\w.-]*)"[,)]""", found)}
    named |= {key for found in SOURCES.values() for key in re.findall(r"""\.text\("([a-z][\w.-]*)"[,)]""", found)}
    named |= {entry.text for entry in navigation.MENU}
    assert len(named) > 100
    assert sorted(named - set(TEXTS)) == []


@pytest.mark.parametrize("name", sorted(MARKUP))
def test_a_template_has_nothing_that_the_policy_forbids(name: str) -> None:
    found = MARKUP[name]
    assert not re.search(r"\bstyle\s*=", found), "an inline style"
    assert not re.search(r"\son[a-z]+\s*=", found), "an inline handler"
    assert not re.search(r"<style|<script(?![^>]*\bsrc=)", found), "an inline style sheet or script"
    assert not re.search(r"""(?:src|href)\s*=\s*["'](?:https?:)?//""", found), "something from elsewhere"
    assert "|safe" not in found.replace(" ", ""), "text that is not escaped"


def test_every_form_that_changes_something_brings_its_token() -> None:
    for name, found in MARKUP.items():
        for form in re.findall(r"<form\b[^>]*method=\"post\".*?</form>", found, re.DOTALL):
            assert "csrf" in form or "_fields(" in form, f"{name}: {form[:80]}"


def test_every_icon_and_file_that_a_template_names_is_there() -> None:
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', (look.LOOK / "icons.svg").read_text()))
    for name, found in MARKUP.items():
        icons = set(re.findall(r"""\bicon\("([\w-]+)\"""", found)) | set(re.findall(r'icon_name="([\w-]+)"', found))
        assert sorted(icons - drawn) == [], name
        for file in re.findall(r"""\blook\("([\w.-]+)"\)""", found):
            assert look.url(file)
    assert sorted({entry.icon for entry in navigation.MENU} - drawn) == []
    assert "http" not in re.sub(r'xmlns="[^"]+"', "", (look.LOOK / "icons.svg").read_text())


def test_style_and_script_are_short_and_ask_nobody_else() -> None:
    for file in look.LOOK.iterdir():
        if file.suffix in (".css", ".js"):
            found = file.read_text()
            assert len(found.splitlines()) < 400, file.name
            assert not re.search(r"""url\(\s*["']?(?:https?:)?//|@import\s+["'](?:https?:)?//""", found), file.name


def test_the_look_is_kept_for_ever_under_its_version_and_never_under_another(store: Store) -> None:
    client = TestClient(make_app(store, VAULT, lambda: NOW_MS), "http://test")
    own = client.get(look.url("look.css"))
    assert own.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert own.headers["content-type"] == "text/css; charset=utf-8"
    assert client.get("/look/000000000000/look.css").headers["cache-control"] == "no-cache"
    for name in ("nothing.css", "__init__.py", "..%2f__init__.py", "%2e%2e/app.py"):
        assert client.get(f"/look/x/{name}").status_code == 404
    with pytest.raises(KeyError):
        look.url("nothing.css")


@pytest.mark.parametrize(
    ("path", "status", "told"), [("/nowhere", 404, "Sidan finns inte"), ("/login?next=" + "x" * 600, 422, "stämmer")]
)
def test_trouble_is_told_by_a_page(store: Store, path: str, status: int, told: str) -> None:
    answer = Surfer(store, Clock()).get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")
    assert told in answer.text
    assert "112" in answer.text


def test_a_store_that_cannot_be_reached_and_a_fault_of_ours_are_pages_without_secrets(store: Store) -> None:
    surfer = Surfer(store, Clock())

    @surfer.app.get("/broken/{kind}")
    def broken(kind: str) -> None:
        raise StoreError("database x: secret") if kind == "store" else ValueError("secret")

    for kind, status in (("store", 503), ("other", 500)):
        answer = surfer.get(f"/broken/{kind}")
        assert (answer.status_code, "secret" in answer.text) == (status, False)
        assert answer.headers["content-type"].startswith("text/html")


def test_too_many_requests_are_told_by_a_page_too(store: Store) -> None:
    surfer = Surfer(store, Clock(), limits=Limits(of_an_address=Rate(0.1, 2)))
    answer = [surfer.get("/login") for _ in range(3)][-1]
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "10")
    assert "Vänta lite" in answer.text


def test_pages_speak_the_visitors_language_and_keep_the_one_that_was_chosen(store: Store) -> None:
    add_login(store, "operator", "anna")
    surfer = Surfer(store, Clock())
    assert 'lang="sv"' in surfer.get("/login").text
    assert 'lang="en"' in surfer.client.get("/login", headers={"Accept-Language": "en-GB,sv;q=0.5"}).text
    assert surfer.post("/language", language="en", next="/sign-up").headers["location"] == "/sign-up"
    assert "Create an account" in surfer.get("/sign-up").text
    surfer.sign_in("anna")
    assert surfer.post("/language", "/account", language="sv", next="/account").status_code == 303
    other = surfer.another()
    other.sign_in("anna")
    assert "Mitt konto" in other.get("/account").text


def test_dark_and_light_are_kept_by_the_browser(store: Store) -> None:
    surfer = Surfer(store, Clock())
    assert 'data-theme="auto"' in surfer.get("/login").text
    surfer.post("/theme", theme="dark")
    assert 'data-theme="dark"' in surfer.get("/login").text
    surfer.post("/theme", theme='"><script>')
    assert 'data-theme="dark"' in surfer.get("/nowhere").text


def test_times_and_numbers_are_written_as_people_do() -> None:
    swedish, english = filters.filters("sv"), filters.filters("en")
    assert (swedish["date"](NOW_MS), english["date"](NOW_MS)) == ("15 jan 2027", "15 Jan 2027")
    assert (swedish["day"](NOW_MS), swedish["time"](NOW_MS)) == ("fredag 15 jan", "09:00")
    assert swedish["time"](NOW_MS, "UTC") == "08:00"
    assert swedish["iso"](NOW_MS) == "2027-01-15T08:00:00+00:00"
    agos = [swedish["ago"](NOW_MS - past, NOW_MS) for past in (0, 5 * MINUTE_MS, 3 * 60 * MINUTE_MS, 3 * DAY_MS)]
    assert agos == ["nyss", "5 min sedan", "3 tim sedan", "3 dygn sedan"]
    assert (swedish["tenths"](215), english["tenths"](-5)) == ("21,5", "\N{MINUS SIGN}0.5")
    assert text("en", "ago.minutes", n=3) == "3 min ago"


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/129.0.0.0 Mobile Safari/537.36", "Chrome, Android"),
        ("curl/8", ""),
    ],
)
def test_browsers_are_named_as_people_know_them(agent: str, name: str) -> None:
    assert browser_name(agent) == name
