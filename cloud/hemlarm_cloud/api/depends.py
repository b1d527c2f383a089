"""What every route is given, and the types of what it takes.

A route of a domain reads:

    @router.post("/sites/{site_id}/contacts", responses=ERRORS)
    def replace_contacts(ctx: Ctx, site_id: RowId, wanted: Contacts) -> ContactsShown:
        with ctx.store.begin() as tx:
            return shown(contacts.replace(tx, ctx.acting(wanted.on_behalf_of), site_id, ..., ctx.now_ms))
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from annotated_types import Ge, Le
from fastapi import Depends, HTTPException, Query, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, ConfigDict, StringConstraints
from sqlalchemy import select

from hemlarm_cloud.actor import Actor, Role
from hemlarm_cloud.errors import NotFoundError, RefusedError
from hemlarm_cloud.provisioning.means import Means
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_sites import person
from hemlarm_cloud.vault import Vault

INT64_MAX = (1 << 63) - 1
INT32_MAX = (1 << 31) - 1

MS_MAX = 7_258_118_400_000
"""The year 2200: no date of ours lies behind it, and every calendar can reckon with it."""

TOKEN_CHARACTERS_MAX = 200

RowId = Annotated[int, Ge(1), Le(INT64_MAX)]
"""The id of a row, in paths, queries and bodies."""

Version = Annotated[int, Ge(0), Le(INT32_MAX)]
"""The version of what somebody changes, as they saw it."""

Ms = Annotated[int, Ge(0), Le(MS_MAX)]
"""A moment, in milliseconds since 1970."""

Limit = Annotated[int, Query(ge=1, le=500, description="At most so many.")]
After = Annotated[
    int, Query(ge=0, le=INT64_MAX, description="Only what has a higher id: the last one of the page before.")
]

Line = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f-\x9f]*$")]
"""A line of text, without control characters. Bound its length: `Annotated[Line, Field(max_length=80)]`."""

Lines = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x09\x0b-\x1f\x7f-\x9f]*$")]
"""Text of several lines; bound its length as that of a line."""


class Problem(BaseModel):
    """What was wrong with a request, and what to do about it."""

    detail: str


class Wanted(BaseModel):
    """Base of what is posted: unknown fields are mistakes, and values never come back in an error."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class WantedFor(Wanted):
    """Base of what an operator may post on behalf of a person, with that person's authority."""

    on_behalf_of: RowId | None = None


ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "description": description}
    for status, description in (
        (400, "The request cannot be read."),
        (401, "No token, or one that is not valid: send `Authorization: Bearer TOKEN`."),
        (403, "The account, or the person on whose behalf it acts, lacks the authority."),
        (404, "There is no such thing, or none that this account may know of."),
        (409, "Somebody else changed it meanwhile, or its state does not allow this: look again."),
        (413, "The body is too large."),
        (422, "A value that cannot be; the text names it."),
        (429, "Too many requests: wait as many seconds as `Retry-After` says."),
        (503, "The store cannot be reached: try again."),
    )
}
"""What any route may answer besides its result; for `responses=`."""

Find = Callable[[Queries, str, int], Actor | None]
"""Whose token this is, at this moment; None for one that is unknown, expired or revoked."""


@dataclass(frozen=True)
class Centre:
    """What the whole API works with. `clock_ms` tells the time, `random` gives bytes fit for tokens.

    `pages_url` is where browsers find the pages, without a slash at its end, or nothing if that was not set.
    """

    store: Store
    vault: Vault
    clock_ms: Callable[[], int]
    random: Callable[[int], bytes]
    find: Find
    pages_url: str = ""
    provisioning: Means | None = None


@dataclass(frozen=True)
class Context:
    """One request: who asks, when, and what to answer from."""

    store: Store
    vault: Vault
    now_ms: int
    actor: Actor
    random: Callable[[int], bytes]
    provisioning: Means | None = None

    def acting(self, on_behalf_of: int | None) -> Actor:
        """Return who acts: the account, or an operator or supervisor on behalf of this person.

        Raises RefusedError for any other account, NotFoundError for a person who is not there.
        """
        if on_behalf_of is None:
            return self.actor
        if self.actor.role not in (Role.OPERATOR, Role.SUPERVISOR):
            raise RefusedError("only operators and supervisors act on behalf of somebody: leave on_behalf_of out")
        with self.store.read() as reading:
            known = reading.connection.scalar(select(person.c.id).where(person.c.id == on_behalf_of))
        if known is None:
            raise NotFoundError(f"no person {on_behalf_of} here: register whoever asked first")
        return self.actor.on_behalf_of(on_behalf_of)

    def expect_role(self, *roles: Role) -> None:
        """Raise RefusedError unless the account has one of these roles."""
        if self.actor.role not in roles:
            raise RefusedError(f"this needs an account that is {' or '.join(roles)}")


def centre_of(app: Any) -> Centre:
    """Return what this application works with."""
    centre: Centre = app.state.centre
    return centre


_bearer = HTTPBearer(auto_error=False, description="An account's token; `hemlarm cloud account add` makes one.")


def _context(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Context:
    centre = centre_of(request.app)
    now_ms = centre.clock_ms()
    actor = identify(centre, credentials.credentials if credentials else "", now_ms)
    if actor is None:
        raise HTTPException(401, "no token, or one that is not valid", {"WWW-Authenticate": "Bearer"})
    request.state.actor = actor.name
    if actor.role is Role.MONITOR and request.method not in ("GET", "HEAD"):
        raise RefusedError("a monitor's account changes nothing")
    return Context(centre.store, centre.vault, now_ms, actor, centre.random, centre.provisioning)


def identify(centre: Centre, token: str, now_ms: int) -> Actor | None:
    """Return whose token this is, or None."""
    if not token or len(token) > TOKEN_CHARACTERS_MAX or not token.isascii():
        return None
    with centre.store.read() as reading:
        return centre.find(reading, token, now_ms)


Ctx = Annotated[Context, Depends(_context)]
"""Give a route its context; answers 401 in the route's place to who has no valid token."""
