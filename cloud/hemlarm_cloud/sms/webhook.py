"""The gateway's side of HTTP: SMS come as requests, and go as requests.

In: POST /sms with `Authorization: Bearer TOKEN` and {"from": "+46701234567", "data": "HEX"}. 202 means that
it was dealt with, and what is authentic in it is stored. Every other answer means that it was not, and that the sender
may try again (503) or had better not. The token keeps strangers from costing us work; it protects no content, for what
an SMS holds is sealed.
"""

import hmac
from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import FastAPI, Request, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hemlarm_cloud.sms.envelope import OCTETS_MAX, SENDER_MAX

BODY_MAX = 1_024
"""Bytes of a request: number and 280 hexadecimal digits take some 330."""

ACCEPTED, BAD, UNAUTHORISED, TOO_LARGE, NOT_NOW = 202, 422, 401, 413, 503

Accept = Callable[[str, bytes], Awaitable[bool]]
"""Takes (sender, octets); returns whether the ingest has dealt with it."""


class IncomingSms(BaseModel):
    """One SMS with 8-bit data, as it is posted. Other fields are left alone."""

    model_config = ConfigDict(hide_input_in_errors=True)

    sender: Annotated[str, Field(alias="from", max_length=SENDER_MAX)]
    data: Annotated[str, Field(pattern=r"^([0-9A-Fa-f]{2})+$", max_length=2 * OCTETS_MAX)]


def make_app(token: str, accept: Accept) -> FastAPI:
    """Return the application that gives each SMS to `accept`."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)

    @app.post("/sms")
    async def receive(request: Request) -> Response:
        if not _is_authorised(request.headers.get("authorization", ""), token):
            return Response(status_code=UNAUTHORISED)
        body = await _body(request)
        if body is None:
            return Response(status_code=TOO_LARGE)
        try:
            sms = IncomingSms.model_validate_json(body)
        except ValidationError:
            return Response(status_code=BAD)
        stored = await accept(sms.sender, bytes.fromhex(sms.data))
        return Response(status_code=ACCEPTED if stored else NOT_NOW)

    return app


def _is_authorised(header: str, token: str) -> bool:
    kind, _, given = header.partition(" ")
    return kind.lower() == "bearer" and hmac.compare_digest(given.encode(), token.encode())


async def _body(request: Request) -> bytes | None:
    """Return the request's body, or None once it is too large; the rest is not read then."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > BODY_MAX:
            return None
    return body
