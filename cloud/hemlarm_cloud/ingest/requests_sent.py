"""Which commands and changes of the configuration to send now, measured on the steady clock.

The store keeps by the wall clock when a request was made and expires. That clock may be set meanwhile: a request is
repeated all the same, and lives no longer than whoever made it wanted.
"""

from collections.abc import Iterable
from typing import NamedTuple

from hemlarm_cloud.ingest.moment import Moment
from hemlarm_cloud.ingest.served_panels import ServedPanel
from hemlarm_cloud.store import Change, Command, CommandState
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_cloud.vault import Vault, VaultError
from hemlarm_protocol import household, messages

COMMAND_REPEAT_MS = 5_000
"""A command that was sent and not answered is sent again; the panel executes an id only once."""


CODE_PURPOSE = "command-code"
"""What the code of a command is sealed for; its owner is the command's id in hex."""


class _Known(NamedTuple):
    """A request that waits: when its life is over, and when it is to be sent again."""

    ends_ms: int
    again_ms: int


class RequestsSent:
    """The requests that this process has seen waiting. Those that wait no more are forgotten."""

    def __init__(self) -> None:
        self._known: dict[bytes, _Known] = {}

    def due(self, waiting: Iterable[Command | Change], now: Moment) -> list[Command | Change]:
        """Return those of all waiting requests that should be sent now."""
        before, self._known = self._known, {}
        due: list[Command | Change] = []
        for request in waiting:
            life_ms = request.expires_ms - request.created_ms
            known = before.get(request.id) or _Known(now.steady_ms + life_ms, now.steady_ms)
            self._known[request.id] = known
            if known.again_ms <= now.steady_ms < known.ends_ms:
                due.append(request)
        return due

    def sent(self, request_id: bytes, now: Moment) -> None:
        """It was sent."""
        self._known[request_id] = self._known[request_id]._replace(again_ms=now.steady_ms + COMMAND_REPEAT_MS)

    def outlived(self, now: Moment) -> list[bytes]:
        """Return those whose life is over by the steady clock, whatever the other one shows."""
        return [request_id for request_id, known in self._known.items() if known.ends_ms <= now.steady_ms]


def send(request: Command | Change, served: ServedPanel, now: Moment, vault: Vault) -> bool:
    """Send a request in the panel's session; returns False where there is none, or where its code does not open."""
    # By the clock the panel has from us, which may have been set since.
    expires_s = (request.expires_ms - now.unix_ms + served.time_ms(now)) // 1000
    if isinstance(request, Change):
        change = messages.Configure(request.id, request.base, request.user, expires_s, request.edits)
        return served.end.configure(change)
    fields = (request.id, request.verb, request.argument, request.user, expires_s)
    if request.code is None:
        return served.end.command(messages.Command(*fields))
    try:
        code = vault.open_sealed(CODE_PURPOSE, request.id.hex(), request.code)
        return served.end.command(household.CodedCommand(*fields, code))
    except (VaultError, ValueError):
        served.end.refusals.add("a command whose code does not open")
        return False


def set_state(tx: Transaction, request_id: bytes, state: CommandState, now_ms: int) -> None:
    """Move a command or a change on."""
    if not tx.set_command_state(request_id, state, now_ms):
        tx.set_change_state(request_id, state, now_ms)
