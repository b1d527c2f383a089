"""`hemlarm sim modem`: a simulated modem for other programs to try themselves on."""

import json
import signal
from types import FrameType
from typing import Annotated

import typer

from hemlarm_simulator.modem.family import FAMILIES
from hemlarm_simulator.modem.pty_front import PtyFront
from hemlarm_simulator.modem.sim_card import SimCard

_BAD_USAGE = 2


def sim_modem(
    family: Annotated[str, typer.Option(help=f"Which makers' modem: {' or '.join(sorted(FAMILIES))}.")] = "quectel",
    number: Annotated[str, typer.Option(help="The card's number; messages sent to it come back.")] = "+46700000001",
    pin: Annotated[str, typer.Option(help="The card's PIN, if it is to ask for one.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Offer a simulated mobile modem on a pseudo-terminal, until interrupted."""
    if family not in FAMILIES:
        typer.echo(f"no modem family is called {family!r}; there are {', '.join(sorted(FAMILIES))}", err=True)
        raise typer.Exit(_BAD_USAGE)
    asked_to_stop = False

    def stop(_number: int, _frame: FrameType | None) -> None:
        nonlocal asked_to_stop
        asked_to_stop = True

    before = {each: signal.signal(each, stop) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        with PtyFront(family, SimCard(number, pin)) as front:
            told = {"path": front.path, "family": family, "number": number, "sms_centre": front.centre.number}
            typer.echo(json.dumps(told) if as_json else f"{front.path}: a {family} modem with the number {number}")
            front.run(lambda: asked_to_stop)
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
