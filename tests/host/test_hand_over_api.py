"""The hand-over by the API, as `hemlarm install handover` fetches it."""

import io
from pathlib import Path

from pypdf import PdfReader

from api_support import SUPERVISOR, client
from hemlarm_cloud.store import Store
from registered_site import PANEL
from test_installer_work import at_work


def _text(data: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)


def test_the_hand_over_comes_in_both_languages_and_for_known_panels_only(tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path / 'store.db'}")
    there = at_work(store)
    api = client(store, SUPERVISOR)
    panels = f"/sites/{there.site}/panels"
    place = f"{panels}/{PANEL}/hand-over"
    swedish, english = api.get(place), api.get(place, params={"language": "en"})
    assert swedish.headers["content-type"] == "application/pdf"
    assert "Ytterdörr" in _text(swedish.content)
    assert _text(swedish.content) != _text(english.content)
    assert api.get(place, params={"language": "de"}).status_code == 422
    assert api.get(f"{panels}/{'0' * 16}/hand-over").status_code == 404
    store.close()
