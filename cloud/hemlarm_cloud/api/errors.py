"""How trouble is told over HTTP: always {"detail": TEXT}, never with what was sent, for that may be a secret."""

import logging
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from hemlarm_cloud.errors import CentreError, ConflictError, InvalidError, NotFoundError, RefusedError
from hemlarm_cloud.store import StoreConflictError, StoreError

STATUSES: dict[type[CentreError], int] = {NotFoundError: 404, RefusedError: 403, ConflictError: 409, InvalidError: 422}

_TOLD_MAX = 5
"""Mistakes told at a time: who sends a thousand learns nothing from the others."""

_log = logging.getLogger(__name__)


def add_to(app: FastAPI) -> None:
    """Answer each kind of trouble with its status."""
    for kind in STATUSES:
        app.exception_handler(kind)(_refused)
    app.exception_handler(RequestValidationError)(_invalid)
    app.exception_handler(HTTPException)(_http)
    app.exception_handler(StoreConflictError)(_clashing)
    app.exception_handler(StoreError)(_unreachable)
    app.exception_handler(Exception)(_broken)


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """Return the answer that tells of trouble."""
    return JSONResponse({"detail": detail}, status, headers)


async def _refused(_request: Request, error: CentreError) -> JSONResponse:
    status = next(status for kind, status in STATUSES.items() if isinstance(error, kind))
    return problem(status, str(error))


async def _http(_request: Request, error: HTTPException) -> JSONResponse:
    return problem(error.status_code, str(error.detail), error.headers)


async def _invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
    return problem(422, "; ".join(_mistake(found) for found in error.errors()[:_TOLD_MAX]))


def _mistake(found: Mapping[str, Any]) -> str:
    place = ".".join(str(part)[:40] for part in found["loc"][:6])
    text = f"{place}: {found['msg']}"
    return text.encode(errors="replace").decode()


async def _clashing(request: Request, error: StoreConflictError) -> JSONResponse:
    _log.warning("%s %s: %s", request.method, _route(request), error)
    return problem(409, "this clashes with what is stored, or names what is not there: look again")


async def _unreachable(request: Request, error: StoreError) -> JSONResponse:
    _log.error("%s %s: %s", request.method, _route(request), error)
    return problem(503, "the store cannot be reached: try again")


async def _broken(request: Request, error: Exception) -> JSONResponse:
    _log.error("%s %s failed", request.method, _route(request), exc_info=error)
    return problem(500, "this is a fault of ours; it is in the log")


def _route(request: Request) -> str:
    """The route's pattern, without what a person asked for."""
    return str(getattr(request.scope.get("route"), "path", "unknown route"))
