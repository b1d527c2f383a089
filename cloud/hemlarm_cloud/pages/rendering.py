"""Pages from templates."""

from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, RedirectResponse

from hemlarm_cloud.pages import cookies, filters, look, navigation
from hemlarm_cloud.pages.depends import AccountVisit, GuestVisit
from hemlarm_cloud.pages.texts import text

TEMPLATES = Path(__file__).parent / "templates"


def page(visit: GuestVisit, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """Return a page, or a part of one, from a template and its values.

    Templates have `visit`, `t("key")`, `language`, `csrf`, `path`, `look("file")`, `menu`, `now_ms`, `errors` (texts by
    the field that they are about) and the filters of `filters.py`. A value that is missing is a mistake.
    """
    answer = HTMLResponse(render(visit, template, **values), status)
    if visit.form_key:
        cookies.keep_form_key(visit.request, answer, visit.form_key)
    return answer


def form_error(
    visit: GuestVisit, template: str, errors: Mapping[str, str] | Exception, status: int = 422, **values: Any
) -> HTMLResponse:
    """Return the page of a form again: with what the person wrote, in `values`, and the errors by their fields.

    An error of the domain goes to the field that its text begins with ("email: write ..."), else over the form, under
    the name "". A form's template shows them by `field(..., error=errors.name)` and `form_notice(errors)`.
    """
    return page(visit, template, status, errors=_by_field(errors, values), **values)


def redirect(path: str) -> RedirectResponse:
    """Return the answer that leads to another page after a form was taken: going back does not send it again."""
    return RedirectResponse(path, 303)


def render(visit: GuestVisit, template: str, **values: Any) -> str:
    """Return a page's text."""
    given = {**_common(visit), "errors": {}, **values}
    return environment(visit.language).get_template(template).render(given)


@cache
def environment(language: str) -> Environment:
    """Return the templates in a language."""
    found = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    found.globals |= {"t": partial(text, language), "language": language, "look": look.url}
    found.filters |= filters.filters(language)
    return found


def _common(visit: GuestVisit) -> dict[str, Any]:
    path = visit.request.url.path
    role = visit.actor.role if isinstance(visit, AccountVisit) else None
    menu = navigation.menu(role) if role else []
    return {
        "visit": visit,
        "csrf": visit.csrf,
        "theme": visit.theme,
        "path": path,
        "now_ms": visit.now_ms,
        "menu": menu,
        "here": navigation.current(menu, path),
        "banner": navigation.BANNERS.get(role) if role else None,
        "role": str(role or ""),
    }


def _by_field(errors: Mapping[str, str] | Exception, values: Mapping[str, Any]) -> dict[str, str]:
    if not isinstance(errors, Exception):
        return dict(errors)
    name, colon, told = str(errors).partition(": ")
    return {name: told} if colon and name in values else {"": str(errors)}
