"""Pages that tell of trouble. They need no store, for that may be what is amiss."""

from collections.abc import Mapping

from fastapi import Request
from starlette.responses import HTMLResponse, Response

from hemlarm_cloud.pages import cookies
from hemlarm_cloud.pages.depends import language_of, theme_of
from hemlarm_cloud.pages.rendering import environment
from hemlarm_cloud.pages.texts import TEXTS

_KEPT = ("allow", "connection", "retry-after")


def page_of(request: Request, status: int, detail: str, headers: Mapping[str, str]) -> Response:
    """Return the page for this status; `detail` says what was wrong, in English. Of the headers some are kept."""
    known = status if f"trouble.title-{status}" in TEXTS else 500 if status >= 500 else 400
    shown = environment(language_of(request)).get_template("trouble.html")
    values = {"status": known, "detail": detail, "theme": theme_of(request), "signed": cookies.session_token(request)}
    kept = {name: value for name, value in headers.items() if name.lower() in _KEPT}
    return HTMLResponse(shown.render(values), status, kept)
