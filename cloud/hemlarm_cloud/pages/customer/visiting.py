"""Which of their homes a customer's page is about, and what every such page is given."""

from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends
from sqlalchemy import Row, select
from starlette.responses import HTMLResponse, Response

from hemlarm_cloud.actor import Role
from hemlarm_cloud.errors import NotFoundError, RefusedError
from hemlarm_cloud.pages import rendering
from hemlarm_cloud.pages.customer import wording
from hemlarm_cloud.pages.depends import AccountVisit, Visit
from hemlarm_cloud.scope import visible
from hemlarm_cloud.sites import authority
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_sites import site

SITE_COOKIE = "hemlarm-site"

SITES_MAX = 100
"""Homes to choose from."""

PART_HEADER = "x-part"
"""Sent by a script that wants a part of the page alone."""


class NoHomeError(NotFoundError):
    """Somebody who has an account and no home."""


@dataclass(frozen=True)
class HomeVisit:
    """A customer's visit to one of their homes."""

    visit: AccountVisit
    site: Row[Any]
    sites: list[Row[Any]]

    @property
    def now_ms(self) -> int:
        """When it is, in ms since 1970."""
        return self.visit.now_ms

    def text(self, key: str, **values: object) -> str:
        """Return a text in the visitor's language."""
        return self.visit.text(key, **values)

    def may(self, reading: Queries, action: str) -> bool:
        """Tell whether the visitor may do this here: what a page offers."""
        try:
            authority.expect(reading, self.visit.actor, self.site.id, action, self.now_ms)
        except RefusedError:
            return False
        return True

    def page(self, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        """Return a page of this home."""
        return rendering.page(self.visit, template, status, **self._with(values))

    def form_error(self, template: str, errors: dict[str, str], **values: Any) -> HTMLResponse:
        """Return the page of a form again, with what is wrong by its field."""
        return rendering.form_error(self.visit, template, errors, **self._with(values))

    def part(self, page: str, part: str, path: str, wrong: str, values: dict[str, Any]) -> HTMLResponse:
        """Return a part of a page, at this path; after a form with a mistake and without a script the whole page.

        A script is told where the part with its mistake is, so that what comes live does not wipe it off.
        """
        sent = self.visit.request.method == "POST"
        alone = not sent or not wrong or PART_HEADER in self.visit.request.headers
        answer = self.page(part if alone else page, 422 if sent and wrong else 200, **values)
        answer.headers["X-Live"] = f"{path}?wrong={quote(wrong)}" if wrong else path
        return answer

    def answer(self, path: str, part: Response | None = None) -> Response:
        """Return what follows a form: the part of the page to a script that asked for it, else the way to the page."""
        if part is not None and PART_HEADER in self.visit.request.headers:
            return part
        return rendering.redirect(path)

    def _with(self, values: dict[str, Any]) -> dict[str, Any]:
        words = wording.words(self.visit.language, self.site.time_zone, self.now_ms)
        return {"site": self.site, "sites": self.sites, "zone": self.site.time_zone, **words, **values}


def _home(visit: Visit) -> HomeVisit:
    visit.expect_role(Role.CUSTOMER)
    with visit.store.read() as reading:
        query = select(site).where(visible(visit.actor), site.c.ended_ms.is_(None)).order_by(site.c.id)
        found = _seen(reading, visit, list(reading.connection.execute(query.limit(SITES_MAX))))
    if not found:
        raise NoHomeError("your account has no home yet: your installer or the receiving centre registers it")
    chosen = visit.request.cookies.get(SITE_COOKIE, "")
    return HomeVisit(visit, next((each for each in found if str(each.id) == chosen), found[0]), found)


def _seen(reading: Queries, visit: AccountVisit, rows: list[Row[Any]]) -> list[Row[Any]]:
    """Keep the homes that this person has authority to see: of a family not everybody sees everything."""
    person = visit.actor.person
    if person is None:
        return []
    found = authority.standings(reading, visit.actor, person, [row.id for row in rows])
    return [row for row in rows if authority.may("see-site", found.get(row.id, ()), visit.now_ms)]


Home = Annotated[HomeVisit, Depends(_home)]
"""Give a route the customer's visit; other roles find no such page."""
