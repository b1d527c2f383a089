"""New keys for the panel: the cloud changes its root key with it, or sends it a new certificate. Loaded for that alone.

**Root key.** Until the new one has proved itself the panel keeps both, and the old one is in use for all that is
journalled. `root_next` in the credentials is the new one, `rekey` the change's id, `rekey_public` the panel's answer.

    asked --> both kept --> greets under the new one --> session --> nothing waits --> the old one is gone
                              |          ^
                12 s unheard  v          |  asked again
                            greets under the old one --> session

A cut anywhere leaves a key that the cloud has too: it accepts both from the panel's answer on, until it has heard from
an incarnation under the new one. From the moment that the old key is gone until that incarnation is begun, `salt` names
the one before.

**Connection.** New ones are used at once, and the former are kept (`former`) until the broker has let the panel in; if
it does not within ten minutes, they are taken again.
"""

import asyncio

from hemlarm_firmware.memory import NUMBERS_RESERVED
from hemlarm_firmware.panel.config import forget
from hemlarm_firmware.settings import SettingsError
from hemlarm_protocol import cbor, keys, rekeying, upkeep, x25519
from hemlarm_protocol.errors import BadMessage
from hemlarm_protocol.panel_end import GREETING, OPEN

LOOK_S = 2
"""How often a change that is under way is looked at: a poll, but only for as long as it lasts."""

PATIENCE_MS = 12_000
"""How long a Hello under one key may stay without an answer: a Welcome is not taken after 10 s."""

CONNECTION_LIMIT_MS = 600_000
"""How long new credentials have for a connection, before the former are taken again."""

RENEWAL_BYTES_MAX = 1600
"""Of new credentials, so that with the former beside them they fit a half of the partition. A certificate has 500."""

_FIELDS = [("host", str), ("port", int), ("certificate", bytes), ("key", bytes), ("authority", bytes)]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from hemlarm_firmware.app import App

_pieces: "list[Any]" = [b"", b""]  # Whose they are, and what has come of them.


def take(app: "App", message: "Any") -> bool:
    """Do as a Rekey or a Credential says; returns whether this module is to stay, because more of the same comes."""
    if isinstance(message, upkeep.Rekey):
        _rekey(app, message)
        return False
    if isinstance(message, upkeep.Credential) and message.kind == upkeep.CONNECTION:
        return _take_piece(app, message)
    return False


def resume(app: "App", credentials: "dict[str, Any]") -> None:
    """Go on with what a restart has interrupted. Call it before anything is recorded."""
    if "resetting" in credentials:
        __import__("hemlarm_firmware.factory_reset", None, None, ("resume",)).resume(app)
        forget(["factory_reset"], "hemlarm_firmware")
    if "salt" in credentials:
        _begin_incarnation(app, credentials)
    if "root_next" in credentials:
        _watch(RootTrial(app))
    if "former" in credentials:
        _watch(ConnectionTrial(app))


def _watch(trial: "RootTrial | ConnectionTrial") -> None:
    asyncio.create_task(_look_again(trial))  # noqa: RUF006  The loop holds it.


async def _look_again(trial: "RootTrial | ConnectionTrial") -> None:
    over = False
    while not over:
        await asyncio.sleep(LOOK_S)  # Before the first look too: an answer goes out first.
        over = trial.look()


# The root key.


def _rekey(app: "App", asked: "Any") -> None:
    """Answer, and go over to the new key; a change that is known is answered as before."""
    credentials: Any = app.board.credentials()
    watched = "root_next" in credentials
    if credentials.get("rekey") != asked.id:
        if asked.expires <= (app.clock.time_s() or 0):
            return
        credentials = _with_next_root(app, credentials, asked)
        if credentials is None:
            return
    app.uplink.tell(upkeep.Rekeyed(asked.id, credentials["rekey_public"]))
    _greet_under(app, credentials["root_next"])
    if not watched:
        _watch(RootTrial(app))


def _with_next_root(app: "App", credentials: "dict[str, Any]", asked: "Any") -> "dict[str, Any] | None":
    """Return the credentials with the next root key, once they are kept; None where the flash or the cloud fails."""
    secret = app.board.random(x25519.KEY_BYTES)
    try:
        common = x25519.shared_secret(secret, asked.public)
    except BadMessage:
        return None
    root_key, panel = credentials["root_key"], credentials["panel"]
    kept = dict(credentials)
    kept["rekey"], kept["rekey_public"] = asked.id, x25519.public_key(secret)
    kept["root_next"] = rekeying.next_root(root_key, common, panel, asked.id)
    return kept if _keep(app, kept) else None


class RootTrial:
    """Until the new root key has proved itself, greets under each in turn where nobody answers under the other."""

    def __init__(self, app: "App") -> None:
        self._app = app
        self._since_ms: int | None = None

    def look(self) -> bool:
        """See how far it has come; returns whether it is over."""
        credentials: Any = self._app.board.credentials()
        if "root_next" not in credentials:
            return True
        end, now_ms = self._app.end, self._app.clock.uptime_ms()
        if end.state != GREETING:
            self._since_ms = None
            return end.state == OPEN and _promote(self._app, credentials)
        if self._since_ms is None:
            self._since_ms = now_ms
        elif now_ms - self._since_ms >= PATIENCE_MS:
            self._since_ms = None
            tried = rekeying.root_of(end) == credentials["root_next"]
            _greet_under(self._app, credentials["root_key" if tried else "root_next"])
        return False


def _promote(app: "App", credentials: "dict[str, Any]") -> bool:
    """Forget the old root key, if a session is open under the new one and nothing waits that it has sealed."""
    root_key = credentials["root_next"]
    if rekeying.root_of(app.end) != root_key or app.recorder.pending or app.recorder._voids:
        return False
    kept = dict(credentials)
    for name in ["root_next", "rekey", "rekey_public"]:
        del kept[name]
    kept["root_key"], kept["salt"] = root_key, app.memory.salts[0]
    if not _keep(app, kept):
        return False
    app.recorder._root_key = root_key
    _begin_incarnation(app, kept)
    if app.board.modem() is not None:
        _text_under(app, kept)
    _greet_under(app, root_key)  # So that the cloud learns of the incarnation.
    return True


def _begin_incarnation(app: "App", credentials: "dict[str, Any]") -> None:
    """Number events anew under the new root key. The salts of before belong to the old one, and nothing of it waits.

    The new salt is always a fresh one: numbers may have been used under one that a failing flash did not keep.
    """
    memory = app.memory
    if memory.salts[0] == credentials["salt"]:
        memory.salts = []
        memory.begin_incarnation(app.board.random(keys.SALT_BYTES))
        app.recorder._take_up()
        memory.reserved += NUMBERS_RESERVED
        try:
            memory.save()
        except (OSError, SettingsError):
            return  # The next save takes it along; until then `salt` stays, for the next start.
    kept = dict(credentials)
    del kept["salt"]
    _keep(app, kept)


def _greet_under(app: "App", root_key: bytes) -> None:
    rekeying.greet_under(app.end, root_key, app.clock.uptime_ms())
    app.uplink.poke()


def _text_under(app: "App", credentials: "dict[str, Any]") -> None:
    from hemlarm_protocol.sms_end import SmsEnd

    uplink: Any = app.uplink
    uplink._sms = SmsEnd(credentials["panel"], credentials["root_key"])


# The connection.


def _take_piece(app: "App", piece: "Any") -> bool:
    """Put a piece behind those before it, and say how far they reach; returns whether more are to come."""
    credentials: Any = app.board.credentials()
    got = piece.total
    if credentials.get("renewed") != piece.id:
        if _pieces[0] != piece.id:
            _pieces[:] = [piece.id, b""]
        if piece.offset == len(_pieces[1]) and piece.total <= RENEWAL_BYTES_MAX:
            _pieces[1] += piece.data
        got = len(_pieces[1])
        if got >= piece.total:
            got = piece.total if _renew(app, credentials, piece) else 0
            _pieces[1] = b""
    app.uplink.tell(upkeep.CredentialState(piece.id, got))
    return bool(got < piece.total)


def _renew(app: "App", credentials: "dict[str, Any]", piece: "Any") -> bool:
    """Keep the new credentials and those before them, and try the new ones. False for what are none, or not kept."""
    new = _checked(_pieces[1])
    if new is None:
        return False
    kept = dict(credentials)
    if "former" not in kept:
        kept["former"] = {name: credentials[name] for name in new}
    kept.update(new)
    kept["renewed"] = piece.id
    if not _keep(app, kept):
        return False
    _watch(ConnectionTrial(app))
    return True


def _checked(data: bytes) -> "dict[str, Any] | None":
    try:
        found: Any = cbor.decode(data)
    except BadMessage:
        return None
    if not isinstance(found, dict) or not found:
        return None
    known = dict(_FIELDS)
    for name, value in found.items():
        if name not in known or type(value) is not known[name]:
            return None
    return found


class ConnectionTrial:
    """Connects anew; where the broker lets the panel in, the former credentials go, and else they come back."""

    def __init__(self, app: "App") -> None:
        self._app = app
        self._before: list[Any] | None = None
        self._limit_ms = app.clock.uptime_ms() + CONNECTION_LIMIT_MS

    def look(self) -> bool:
        """See how far it has come; returns whether it is over."""
        uplink = self._app.uplink
        if self._before is None:
            self._before = _connect_anew(uplink)
        before = self._before
        opened = [each for each in uplink._connections if each is not None and each.is_open and each not in before]
        if not opened and self._app.clock.uptime_ms() < self._limit_ms:
            return False
        return self._end(bool(opened))

    def _end(self, proved: bool) -> bool:
        credentials: Any = self._app.board.credentials()
        kept = dict(credentials)
        former = kept.pop("former", {})
        offer = kept.get("renewed")
        if not proved:
            kept.update(former)
            kept.pop("renewed", None)
        if not _keep(self._app, kept):
            return False
        if not proved:
            self._app.uplink.tell(upkeep.CredentialState(offer, 0))
            _connect_anew(self._app.uplink)
        return True


def _connect_anew(uplink: "Any") -> "list[Any]":
    """Let go of the connections there are, and return them; the uplink opens others."""
    from hemlarm_firmware.link.connection import LinkDownError

    before = [each for each in uplink._connections if each is not None]
    for connection in before:
        uplink.ended(connection, LinkDownError("there are new credentials"))
    return before


def _keep(app: "App", credentials: "dict[str, Any]") -> bool:
    """Return whether these are kept; where the flash fails, the former ones are, and the cloud asks again."""
    try:
        app.board.keep_credentials(credentials)
    except (OSError, ValueError):
        return False
    return True
