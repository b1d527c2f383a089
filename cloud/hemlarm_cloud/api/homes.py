"""Homes as their people see them: what is armed and measured, and what is asked of their panels."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from hemlarm_cloud.api.depends import ERRORS, Ctx, Limit, Line, RowId, WantedFor
from hemlarm_cloud.homes import arming, commands, readings
from hemlarm_protocol import household, message_names

router = APIRouter()

PanelId = Annotated[Line, Field(pattern=r"^[0-9a-f]{16}$")]
Code = Annotated[
    Line, Field(pattern=rf"^[0-9]{{{household.CODE_DIGITS_MIN},{household.CODE_DIGITS_MAX}}}$", description="Digits.")
]
CommandId = Annotated[str, Path(pattern=r"^[0-9a-f]{16}$")]

State = Literal["disarmed", "away", "home", "night"]
Verb = Literal[
    "disarm", "arm-away", "arm-home", "arm-night", "silence", "bypass", "unbypass", "walk-test", "chime", "status",
    "on", "off", "lock", "unlock", "picture", "restart",
]  # fmt: skip

_NUMBERS = {name: number for number, name in message_names.VERBS.items()}
_KINDS = {household.TEMPERATURE: "temperature", household.PLUG: "plug", household.LOCK: "lock"}


class Area(BaseModel):
    """An area; its state is null where nothing has told it yet."""

    transmitter: str
    area: int
    state: State | None
    user: int
    person: str
    dated_ms: int | None
    phase: str = Field(description="exit, entry or alarm while such a time runs")


class Reading(BaseModel):
    """What is measured or switched: tenths of a degree, 0 or 1, or 0 unlocked, 1 locked, 2 moving, 3 jammed."""

    panel: str
    kind: str
    number: int
    name: str
    value: int | None
    told_ms: int | None


class Readings(BaseModel):
    """All of a site's. Where they are not available, `why` is mobile, no-contact or nothing."""

    available: bool
    why: str
    items: list[Reading]


class NewCommand(WantedFor):
    """What a panel is asked for. `argument` is an area, a zone, an output, or 1 and 0 for on and off."""

    panel: PanelId
    verb: Verb
    argument: Annotated[int, Field(ge=0, le=999)] = 0
    code: Code | None = Field(None, description="A user's code at the keypad, where the household wants one.")


class Queued(BaseModel):
    """A command's id, in hexadecimal."""

    id: str


class Outcome(BaseModel):
    """What became of a command. A refusal's `why` is zone, then `detail` is the zone, or panel."""

    id: str
    panel: str
    verb: int
    argument: int
    state: Literal["waiting", "done", "refused", "no-answer"]
    why: str
    detail: int
    name: str


class Asked(BaseModel):
    """A command in the log of a site."""

    id: str
    panel: str
    verb: int
    argument: int
    who: str
    created_ms: int
    state: Literal["waiting", "done", "refused", "no-answer"]


@router.get("/sites/{site_id}/arming", responses=ERRORS)
def list_areas(ctx: Ctx, site_id: RowId) -> list[Area]:
    """List a site's areas and who armed or disarmed them."""
    with ctx.store.read() as reading:
        return [Area.model_validate(each._asdict()) for each in arming.states(reading, ctx.actor, site_id)]


@router.get("/sites/{site_id}/readings", responses=ERRORS)
def show_readings(ctx: Ctx, site_id: RowId) -> Readings:
    """Show temperatures, plugs and locks, while they are known to be so now."""
    with ctx.store.read() as reading:
        found = readings.reading(reading, ctx.actor, site_id, ctx.now_ms)
    items = [Reading(**(each._asdict() | {"kind": _KINDS[each.kind]})) for each in found.items]
    return Readings(available=found.available, why=found.why, items=items)


@router.get("/sites/{site_id}/commands", responses=ERRORS)
def list_commands(ctx: Ctx, site_id: RowId, limit: Limit = 50) -> list[Asked]:
    """List what was last asked of a site's panels, newest first."""
    with ctx.store.read() as reading:
        found = commands.history(reading, ctx.actor, site_id, limit)
    return [Asked.model_validate(each._asdict()) for each in found]


@router.post("/sites/{site_id}/commands", status_code=201, responses=ERRORS)
def ask(ctx: Ctx, site_id: RowId, wanted: NewCommand) -> Queued:
    """Ask a panel for something: it answers within a minute, or does not do it."""
    actor = ctx.acting(wanted.on_behalf_of)
    asked = (wanted.panel, _NUMBERS[wanted.verb], wanted.argument, ctx.now_ms, ctx.random, wanted.code)
    with ctx.store.begin() as tx:
        return Queued(id=commands.ask(tx, ctx.vault, actor, None, site_id, *asked).hex())


@router.get("/commands/{command_id}", responses=ERRORS)
def show_command(ctx: Ctx, command_id: CommandId) -> Outcome:
    """Show what became of a command."""
    with ctx.store.read() as reading:
        found = commands.outcome(reading, ctx.actor, bytes.fromhex(command_id), ctx.now_ms)
    return Outcome.model_validate(found._asdict())
