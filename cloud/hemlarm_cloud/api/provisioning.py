"""Bringing a new panel in: the cloud's half of the messages that an installer's tool carries to and fro.

The order, with what the panel prints (`hemlarm_firmware.provisioning`); everything in quotes is base64:

    POST /provisioning               {"m1": "...", "site": 7}                 -> 201 {"id": 12, "m2": "...", ...}
    POST /provisioning/12/root       {"m3": "...", "site_file": "TOML"}       -> state "code"
    POST /provisioning/12/code       {"code": "123456"}                       -> state "giving", or fewer tries left
    GET  /provisioning/12/given                                               -> {"pieces": ["...", ...]}: m4
    POST /provisioning/12/kept       {"proof": "..."}                         -> state "done": the panel is admitted

The code may come from elsewhere: from the page /installer/provisioning, where somebody types what the keypad shows. A
tool asks GET /provisioning/12 meanwhile. States: `root` (waits for m3), `code` (waits for the code), `giving` (m4 may
be fetched, as often as need be, and the proof is awaited for 30 days), `done`, `refused` (three wrong codes), `ended`
(not finished within 15 minutes, or begun anew). Repeating a step that was done changes nothing.

A panel that says it is kept while the tool has no id any more: GET /provisioning?panel=PANEL finds it.
"""

from base64 import b64decode, b64encode
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field, StringConstraints

from hemlarm_cloud.api.depends import ERRORS, After, Ctx, Limit, Lines, RowId, Wanted, WantedFor
from hemlarm_cloud.installer.site_file import TEXT_MAX
from hemlarm_cloud.provisioning import admission, looking, steps
from hemlarm_cloud.provisioning.means import means_of

router = APIRouter()

_BASE64 = r"^[A-Za-z0-9+/]+={0,2}$"
_State = Literal["root", "code", "giving", "done", "refused", "ended"]

Message = Annotated[str, StringConstraints(pattern=_BASE64, min_length=4, max_length=400)]
Proof = Annotated[str, StringConstraints(pattern=_BASE64, min_length=44, max_length=44)]
Code = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]


class Beginning(WantedFor):
    """A panel's first message, and the site that it is for. Only a supervisor may leave the site out."""

    m1: Message
    site: RowId | None = None


class RootWanted(WantedFor):
    """A panel's message with its root key; and how it shall be set, as a site file. Without one it has one area."""

    m3: Message
    site_file: Annotated[Lines, Field(max_length=TEXT_MAX)] = ""


class CodeWanted(WantedFor):
    """The six digits on the keypad."""

    code: Code


class ProofWanted(Wanted):
    """What the panel says when all is on its flash."""

    proof: Proof


class Shown(BaseModel):
    """A provisioning. `tries_left` are the codes that may still be wrong; `serial` is hexadecimal."""

    id: int
    state: _State
    panel: str
    site: int | None
    board: str
    firmware: int
    serial: str
    began_by: str
    began_ms: int
    expires_ms: int
    tries_left: int


class Begun(Shown):
    """A provisioning with the cloud's answer to the panel."""

    m2: str


class Given(BaseModel):
    """What the panel needs, sealed for it, in pieces of at most 1.4 kB of base64."""

    pieces: list[str]


@router.post("/provisioning", status_code=201, responses=ERRORS)
def begin(ctx: Ctx, wanted: Beginning) -> Begun:
    """Take a new panel's first message. What this account had begun for this site before, and not finished, ends."""
    means = means_of(ctx.provisioning)
    with ctx.store.begin() as tx:
        steps.clear(tx, ctx.now_ms)
        row, second = steps.begin(
            *(tx, ctx.vault, means, ctx.acting(wanted.on_behalf_of), wanted.site),
            *(_bytes(wanted.m1), ctx.now_ms, ctx.random),
        )
        return Begun(**_fields(row), m2=_text(second))


@router.post("/provisioning/{provisioning_id}/root", responses=ERRORS)
def take_root(ctx: Ctx, provisioning_id: RowId, wanted: RootWanted) -> Shown:
    """Take its root key. The keypad shows the code by now, and somebody has to type it."""
    means, actor = means_of(ctx.provisioning), ctx.acting(wanted.on_behalf_of)
    with ctx.store.begin() as tx:
        row = steps.take_root(
            *(tx, ctx.vault, means, actor, provisioning_id, _bytes(wanted.m3)),
            *(wanted.site_file, ctx.now_ms, ctx.random),
        )
        return Shown(**_fields(row))


@router.post("/provisioning/{provisioning_id}/code", responses=ERRORS)
def type_code(ctx: Ctx, provisioning_id: RowId, wanted: CodeWanted) -> Shown:
    """Compare the code that shows on the keypad. After three wrong ones this provisioning is over."""
    actor = ctx.acting(wanted.on_behalf_of)
    with ctx.store.begin() as tx:
        return Shown(**_fields(steps.type_code(tx, ctx.vault, actor, provisioning_id, wanted.code, ctx.now_ms)))


@router.get("/provisioning/{provisioning_id}/given", responses=ERRORS)
def show_given(ctx: Ctx, provisioning_id: RowId) -> Given:
    """Give out what the panel needs, after the right code."""
    with ctx.store.read() as reading:
        pieces = admission.given(reading, ctx.actor, provisioning_id, ctx.now_ms)
    return Given(pieces=[_text(piece) for piece in pieces])


@router.post("/provisioning/{provisioning_id}/kept", responses=ERRORS)
def take_proof(ctx: Ctx, provisioning_id: RowId, wanted: ProofWanted) -> Shown:
    """Admit the panel, which has all on its flash."""
    with ctx.store.begin() as tx:
        row = admission.admit(tx, ctx.vault, ctx.actor, provisioning_id, _bytes(wanted.proof), ctx.now_ms)
        return Shown(**_fields(row))


@router.get("/provisioning/{provisioning_id}", responses=ERRORS)
def show(ctx: Ctx, provisioning_id: RowId) -> Shown:
    """Show how far a provisioning is."""
    with ctx.store.read() as reading:
        return Shown(**_fields(looking.expect(reading, ctx.actor, provisioning_id, ctx.now_ms)))


@router.get("/provisioning", responses=ERRORS)
def list_provisionings(
    ctx: Ctx,
    site: Annotated[RowId | None, Query(description="Only this site's.")] = None,
    panel: Annotated[str | None, Query(pattern=r"^[0-9a-f]{16}$", description="Only this panel's.")] = None,
    after: After = 0,
    limit: Limit = 100,
) -> list[Shown]:
    """List provisionings, oldest first."""
    with ctx.store.read() as reading:
        found = looking.listed(reading, ctx.actor, ctx.now_ms, site, panel, after, limit)
        return [Shown(**_fields(row)) for row in found]


def _fields(row: looking.Provisioning) -> dict[str, Any]:
    told = {name: getattr(row, name) for name in Shown.model_fields if name != "tries_left"}
    return told | {"tries_left": steps.TRIES - row.tries}


def _bytes(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except ValueError:
        return b""  # Which no message is, and so refused like any other that is none.


def _text(data: bytes) -> str:
    return b64encode(data).decode()
