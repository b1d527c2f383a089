"""How reports look: texts of any length on pages of one size, and files that a spreadsheet cannot run."""

import io
from dataclasses import replace
from zoneinfo import ZoneInfo

import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemlarm_cloud.reports import csv_form, event_names, pdf_form, pdf_type
from hemlarm_cloud.reports.model import Column, Figure, Report, Section
from hemlarm_cloud.reports.pdf_widths import Need, share_out
from hemlarm_cloud.reports.vocabulary import NAMES, TEXTS
from hemlarm_protocol import contact_id_names

ZONE = ZoneInfo("Europe/Stockholm")
LATIN_2 = bytes(range(0xA1, 0x100)).decode("iso8859-2").replace("\xad", "")


def report_of(*sections: Section, **more: object) -> Report:
    plain = Report(
        code="ZR0001", title="Titel", subject="Hus", facts=(), period="2026", language="sv", zone=ZONE, made_ms=0,
        sections=sections,
    )  # fmt: skip
    return replace(plain, **more)  # type: ignore[arg-type]


def table(*rows: tuple[str | int | None, ...], kinds: str = "text") -> Section:
    columns = tuple(Column(f"K{place}", "number" if kinds == "number" else "text") for place in range(len(rows[0])))
    return Section("Tabell", columns, rows)


def pages(report: Report) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf_form.render(report))).pages]


def test_a_long_table_goes_on_with_its_heading_and_every_page_is_numbered() -> None:
    found = pages(report_of(table(*((f"rad {place}", place) for place in range(200)))))
    assert len(found) > 3
    for number, text in enumerate(found, 1):
        assert f"Sida {number} av {len(found)}" in text
        assert "K0\nK1\n" in text
    together = "\n".join(found)
    assert all(f"rad {place}\n" in together for place in range(200))


def test_totals_never_stand_alone_on_a_page() -> None:
    for count in range(30, 60):
        section = replace(table(*((f"rad {place}", place) for place in range(count))), totals=("Totalt", 1))
        last = pages(report_of(section))[-1]
        assert f"rad {count - 1}" in last


def test_swedish_and_central_european_letters_are_printed() -> None:
    (text,) = pages(report_of(table((f"åäöÅÄÖéüÉ {LATIN_2}", "Łódź"))))
    assert "åäöÅÄÖéüÉ" in text
    assert "Łódź" in text
    assert set(LATIN_2) <= set(text)


def test_a_letter_that_the_typeface_lacks_becomes_a_question_mark() -> None:
    (text,) = pages(report_of(table(("Пожар \N{FIRE}", "b"))))
    assert "????? ?" in text


@given(st.text(st.characters(codec="iso8859-2", exclude_categories=["Cc"]), max_size=600))
def test_any_text_fits_its_column(text: str) -> None:
    pdf_type.load()
    shown = pdf_type.drawable(text)
    lines = pdf_type.wrapped(shown, pdf_type.REGULAR, 8.4, 60.0)
    assert "".join(lines).replace(" ", "") == shown.replace(" ", "")
    assert all(pdf_type.width(line, pdf_type.REGULAR, 8.4) <= 60.0 for line in lines)


@given(st.lists(st.tuples(st.floats(1, 300), st.floats(0, 300)), min_size=1, max_size=15), st.floats(100, 800))
def test_columns_fill_the_page_and_nobody_loses_a_word_for_anothers_comfort(
    sizes: list[tuple[float, float]], room: float
) -> None:
    needs = [Need(least, least + more) for least, more in sizes]
    widths = share_out(needs, room)
    assert sum(widths) == pytest.approx(room)
    if sum(need.least for need in needs) <= room:
        assert all(width >= need.least - 1e-6 for width, need in zip(widths, needs, strict=True))


def test_a_wide_table_turns_the_page() -> None:
    wide = table(tuple(f"ganska bred spalt {place}" for place in range(9)))
    for report, across in ((report_of(table(("a", "b"))), False), (report_of(wide), True)):
        box = pypdf.PdfReader(io.BytesIO(pdf_form.render(report))).pages[0].mediabox
        assert (box.width > box.height) is across


def test_what_is_left_out_of_print_is_said_and_stands_in_the_csv_file() -> None:
    rows = tuple((f"rad {place}", place) for place in range(pdf_form.ROWS_MAX + 1))
    report = report_of(table(*rows))
    assert "Endast de första 2 000 raderna" in " ".join(pages(report)[-1].split())
    assert len(csv_form.render(report).splitlines()) == len(rows) + 1


def test_a_cut_report_says_so_in_every_form() -> None:
    report = report_of(table(("a", "b")), cut="Rapporten är avkortad.")
    assert csv_form.render(report).decode().splitlines()[-1] == "Rapporten är avkortad.,"
    assert "Rapporten är avkortad." in pages(report)[-1]


def test_an_empty_report_says_that_there_is_nothing() -> None:
    empty = Section("Tabell", (Column("A"), Column("B", optional=True)), ())
    (text,) = pages(report_of(empty, figures=(Figure("samtal", 0), Figure("längst", None, "seconds"))))
    assert "Inget att redovisa." in text
    assert csv_form.render(report_of(empty)) == "\ufeffA,B\r\n".encode()


@pytest.mark.parametrize("text", ["=1+1", "+1+1", "-1", "@SUM(A1)", "\tx", "\rx", "  =1", '=HYPERLINK("x")', "+46-1=1"])
def test_no_spreadsheet_runs_what_somebody_wrote(text: str) -> None:
    assert csv_form._guarded(text) == "'" + text


@pytest.mark.parametrize("text", ["+46701234567", "+46 70 123 45 67", "Villa", "", "3-4", "a=b"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert csv_form._guarded(text) == text


def test_hours_that_come_twice_differ_in_a_csv_file() -> None:
    times = tuple((moment,) for moment in (1_792_888_200_000, 1_792_891_800_000))
    lines = csv_form.render(report_of(Section("", (Column("Tid", "time"),), times))).decode("utf-8-sig").split()
    assert lines == ["Tid", "2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00"]


def test_every_event_has_a_name_in_both_languages() -> None:
    for code in contact_id_names.CODES:
        for qualifier in contact_id_names.QUALIFIERS:
            qcode = qualifier * 1000 + code
            swedish, english = (event_names.describe(qcode, language) for language in ("sv", "en"))
            assert "Okänd" not in swedish
            assert "Unknown" not in english
    assert set(event_names._SWEDISH_SPECIAL) == set(contact_id_names.SPECIAL)
    assert event_names.describe(1999, "sv") == "Okänd händelse 1999"


def test_every_text_is_there_in_both_languages_with_the_same_values() -> None:
    for key, pair in [*TEXTS.items(), *((word, pair) for group in NAMES.values() for word, pair in group.items())]:
        swedish, english = pair
        assert swedish, key
        assert english, key
        assert _values(swedish) == _values(english), key


def _values(text: str) -> set[str]:
    return {part.partition("}")[0] for part in text.split("{")[1:]}
