"""Reports of a year of history against expected files that were written by hand, without the code under test.

The expected CSV files in tests/vectors/reports/ follow from the rules in `report_history` alone: January has its one
burglary alarm and the one of half past midnight, June its six and three tampers in service mode, and so on. The printed
text of each PDF stands beside them; it was read through once, and must hold each word of the hand-written file.
"""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pypdf
import pytest

from hemlarm_cloud.actor import SYSTEM
from hemlarm_cloud.reports import action_plans, billing, catalogue
from hemlarm_cloud.reports.model import Language
from hemlarm_cloud.store import Store
from report_history import MADE_MS, fill
from report_wishes import NAMES, PLANS, wished
from tool_loading import load_tool

VECTORS = Path(__file__).parents[1] / "vectors" / "reports"

HAND_WRITTEN = [(name, "sv") for name in NAMES] + [("ZR0001", "en"), ("ZR0034", "en")]


@pytest.fixture
def plans(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(action_plans, "PLANS", PLANS)


@pytest.fixture
def store(store: Store, plans: None) -> Store:
    fill(store)
    return store


@pytest.fixture(scope="module")
def memory() -> Iterator[Store]:
    """The same history for what no longer hangs on the kind of database."""
    opened = Store.open("sqlite://")
    fill(opened)
    yield opened
    opened.close()


def made(store: Store, name: str, language: Language, form: catalogue.Form) -> bytes:
    with store.read() as reading:
        return catalogue.rendered(wished(reading, name, language), form)


def by_hand(name: str, language: str) -> str:
    return (VECTORS / f"{name}-{language}.csv").read_text()


def printed_text(content: bytes) -> str:
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages]
    return "\n\f".join(pages) + "\n"


def words(text: str) -> str:
    """A text without its blanks and line breaks, which depend on how wide its column is."""
    return "".join(text.split())


@pytest.mark.parametrize(("name", "language"), HAND_WRITTEN)
def test_a_csv_file_is_the_one_reckoned_by_hand(store: Store, name: str, language: Language) -> None:
    text = made(store, name, language, "csv").decode()
    assert text.removeprefix("\ufeff").replace("\r\n", "\n") == by_hand(name, language)


@pytest.mark.parametrize("name", NAMES)
def test_a_csv_file_is_as_rfc_4180_and_excel_want_it(memory: Store, plans: None, name: str) -> None:
    content = made(memory, name, "sv", "csv")
    assert content.startswith("\ufeff".encode())
    assert content.count(b"\n") == content.count(b"\r\n")
    assert content.endswith(b"\r\n")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
    assert len({len(row) for row in rows}) == 1


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_the_text_of_a_pdf_is_the_one_that_was_read_through(
    memory: Store, plans: None, name: str, language: Language
) -> None:
    content = made(memory, name, language, "pdf")
    assert printed_text(content) == (VECTORS / f"{name}-{language}.txt").read_text()
    assert content == made(memory, name, language, "pdf"), "the same report gives the same bytes"


@pytest.mark.parametrize("name", NAMES)
def test_a_pdf_prints_each_word_of_the_file_reckoned_by_hand(memory: Store, plans: None, name: str) -> None:
    printed = words(printed_text(made(memory, name, "sv", "pdf")))
    _, *rows = csv.reader(io.StringIO(by_hand(name, "sv")))
    for row in rows:
        for cell in row:
            at = words(
                cell[:19].replace("T", " ") if "T" in cell and cell[:2] == "20" else cell.replace("..", "\u2013")
            )
            is_length = cell.isdigit() and int(cell) >= 60
            assert is_length or at in printed, cell


def test_the_billing_basis_holds_quarters_when_they_end(store: Store) -> None:
    with store.read() as reading:
        report = billing.make(reading, SYSTEM, "2026-12", "sv", MADE_MS)
    expected = by_hand("BILLING-december", "sv").replace("\n", "\r\n").encode("utf-8-sig")
    assert catalogue.rendered(report, "csv") == expected


def test_events_in_service_mode_are_not_billed(store: Store) -> None:
    """June has six burglary alarms, one of smoke, one power cut and three tampers in service: eight are included."""
    with store.read() as reading:
        report = billing.make(reading, SYSTEM, "2026-06", "sv", MADE_MS)
    assert report.sections[0].rows == ()
    assert [figure.value for figure in report.figures] == [2, 0, 0]


def test_the_examples_in_the_docs_are_current() -> None:
    assert load_tool("report_examples").main(["--check"]) == 0, "run python tools/report_examples.py"


def test_a_pdf_says_what_it_is_and_numbers_its_pages(memory: Store, plans: None) -> None:
    reader = pypdf.PdfReader(io.BytesIO(made(memory, "ZR0010", "sv", "pdf")))
    assert reader.metadata is not None
    assert reader.metadata.title == "ZR0010 Sammanställning jourtjänst"
    assert [f"Sida {number} av 2" in page.extract_text() for number, page in enumerate(reader.pages, 1)] == [True] * 2
    fonts = {str(font["/BaseFont"]) for page in reader.pages for font in _fonts(page)}
    assert fonts
    assert all("Roboto" in font for font in fonts), "no font is taken from the reader's machine"


def _fonts(page: pypdf.PageObject) -> list[dict[str, object]]:
    resources = page["/Resources"]
    found = resources["/Font"]  # type: ignore[index]
    return [font.get_object() for font in found.values()]
