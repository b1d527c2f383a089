"""The pages, added to the application that serves the API."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from fastapi import FastAPI, Request
from starlette.responses import Response
from starlette.types import Scope

from hemlarm_cloud.api.errors import problem
from hemlarm_cloud.pages import look, trouble
from hemlarm_cloud.pages.depends import SignInFirstError, login_path
from hemlarm_cloud.pages.headers import API_PREFIX
from hemlarm_cloud.pages.rendering import redirect
from hemlarm_cloud.pages.routers import PAGES

Handler = Callable[[Request, Any], Awaitable[Response]]


def add_pages(app: FastAPI) -> None:
    """Serve the pages too. Trouble at their paths is told by a page, as the API tells it at its own."""
    for kind, handler in list(app.exception_handlers.items()):
        app.exception_handlers[kind] = _as_page(handler)
    app.exception_handler(SignInFirstError)(_sign_in_first)
    for _, router in PAGES:
        app.include_router(router, include_in_schema=False)
    app.router.routes.extend(look.routes())


def _as_page(handler: Any) -> Handler:
    async def told(request: Request, error: Any) -> Response:
        answer: Response = await handler(request, error)
        if request.scope["type"] != "http" or request.url.path.startswith(API_PREFIX):
            return answer
        detail = json.loads(bytes(answer.body)).get("detail", "")
        return trouble.page_of(request, answer.status_code, str(detail), answer.headers)

    return told


def tell(scope: Scope, status: int, detail: str, headers: Mapping[str, str]) -> Response:
    """Return the answer that tells of trouble at this path: a page, or what the API tells."""
    if str(scope["path"]).startswith(API_PREFIX):
        return problem(status, detail, headers)
    return trouble.page_of(Request(scope), status, detail, headers)


async def _sign_in_first(_request: Request, error: SignInFirstError) -> Response:
    return redirect(login_path(error.next))
