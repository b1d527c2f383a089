"""`hemlarm install provision`: carries the messages between a new panel and its cloud, and asks for the code.

Neither can be read here, nor changed without its being found out: see docs/provisioning.md. What an attempt before has
done is found out from the panel: one that has everything on flash only has its word brought to the cloud.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from hemlarm_installer.board_line import BoardError, BoardLine, Progress, wait_for
from hemlarm_installer.cloud_api import CloudApi
from hemlarm_installer.errors import InstallError

_STARTS_S = 20.0
_STEPS = 7
_MARK = "hemlarm: "

_LOAD = """
from hemlarm_boot.loader import load
s=load()
from hemlarm_firmware.board_choice import this_board
from hemlarm_firmware import unprovisioned as u, provisioning as p
u.board=this_board(s)
if u.board.credentials() is None:
 import asyncio
 from hemlarm_firmware import factory_reset
 asyncio.run(factory_reset.erase_what_is_left(u.board))
"""
"""What `main.py` does, except that it runs nothing."""

AskCode = Callable[[int], str]
"""Asks a person for the code on the keypad, told how many tries are left; "" where it was typed on the cloud's page."""


class Site(NamedTuple):
    """Where the panel will be: the site's number in the API, None for none yet; and its site file's text, or ""."""

    id: int | None
    file: str


class Provisioned(NamedTuple):
    """The panel's id, and whether this attempt has made it new."""

    panel: str
    board: str
    new: bool


def provision(port: str, cloud: CloudApi, site: Site, ask_code: AskCode, progress: Progress) -> Provisioned:
    """Bring the panel at this port into the cloud, and start it. Raises InstallError; repeat it then."""
    with wait_for(port, _STARTS_S) as line:
        panel = _Panel(line)
        state = panel.where()
        new = state[1] == "new"
        if new:
            state = _exchange(panel, cloud, site, ask_code, progress)
        made = _bring_proof(cloud, *state[2:4])
        progress(_STEPS, _STEPS)
        line.leave("import machine\nmachine.reset()")
    return Provisioned(state[2], made, new)


class _Panel:
    """The functions of `hemlarm_firmware.provisioning`, called over the line."""

    def __init__(self, line: BoardLine) -> None:
        self._line = line
        try:
            line.run(_LOAD)
        except BoardError as error:
            raise InstallError(
                f"no firmware starts on this board ({error.last}): `hemlarm install flash` first"
            ) from None

    def where(self) -> list[str]:
        return self._asked("where()")

    def say(self, call: str) -> str:
        """Return the one thing that a function answers with."""
        return self._asked(call)[1]

    def finish(self) -> list[str]:
        return self._asked("finish()")

    def _asked(self, call: str) -> list[str]:
        printed = self._line.run(f"p.{call}")
        told = next((line for line in printed.splitlines() if line.startswith(_MARK)), "")
        words = told.removeprefix(_MARK).split()
        if words[:1] == ["error"]:
            raise InstallError(f"the panel says: {told.removeprefix(_MARK).removeprefix('error ')}")
        if len(words) < 2:
            raise InstallError(f"the panel did not answer to {call.partition('(')[0]}: repeat")
        return [*words, "", ""][:4]


def _exchange(panel: _Panel, cloud: CloudApi, site: Site, ask_code: AskCode, progress: Progress) -> list[str]:
    first = panel.say("begin()")
    progress(1, _STEPS)
    begun = cloud.post("/provisioning", {"m1": first} | ({"site": site.id} if site.id is not None else {}))
    path = f"/provisioning/{begun['id']}"
    third = panel.say(f"answer({begun['m2']!r})")
    progress(2, _STEPS)
    shown = cloud.post(f"{path}/root", {"m3": third, "site_file": site.file})
    progress(3, _STEPS)
    _await_code(cloud, path, shown, ask_code)
    progress(4, _STEPS)
    for piece in cloud.get(f"{path}/given")["pieces"]:
        panel.say(f"piece({piece!r})")
    progress(5, _STEPS)
    kept = panel.finish()
    progress(6, _STEPS)
    return kept


def _await_code(cloud: CloudApi, path: str, shown: Any, ask_code: AskCode) -> None:
    while shown["state"] == "code":
        code = ask_code(shown["tries_left"]).replace(" ", "")
        if not code:
            shown = cloud.get(path)
        elif len(code) == 6 and code.isascii() and code.isdigit():
            shown = cloud.post(f"{path}/code", {"code": code})
    if shown["state"] != "giving":
        raise InstallError(
            "the code was wrong too often, or the time for it ran out: repeat. If the codes on keypad and cloud differ "
            "again, somebody stands between them: use another computer"
        )


def _bring_proof(cloud: CloudApi, panel: str, proof: str) -> str:
    """Have the cloud admit the panel, unless it has; returns the kind of board it knows."""
    found = cloud.get("/provisioning", panel=panel)
    if not found:
        raise InstallError(
            f"this panel is installed as {panel}, and not for {cloud.url}: reset it at its keypad to install it anew"
        )
    last = found[-1]
    if last["state"] != "done":
        cloud.post(f"/provisioning/{last['id']}/kept", {"proof": proof})
    return str(last["board"])
