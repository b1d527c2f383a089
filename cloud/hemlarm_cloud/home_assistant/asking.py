"""What a Home Assistant asks for: understood without trust, and asked of the panel by one account's authority."""

import json
from collections.abc import Callable
from typing import NamedTuple

from hemlarm_cloud.actor import Actor
from hemlarm_cloud.home_assistant.connections import Kept, whose
from hemlarm_cloud.home_assistant.discovery import ARMING_ACTIONS, base_topic, slug
from hemlarm_cloud.home_assistant.house import House
from hemlarm_cloud.homes import commands
from hemlarm_cloud.homes.panels import CODE
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_cloud.vault import Vault

PAYLOAD_MAX = 256
"""Octets: many times the longest that Home Assistant sends."""

_AREA = {action: commands.ARMING[state] for state, action in ARMING_ACTIONS.items()} | {"DISARM": commands.DISARM}
_PLUG = {"ON": commands.ON, "OFF": commands.OFF}
_LOCK = {"LOCK": commands.LOCK, "UNLOCK": commands.UNLOCK}
_ACTIONS = {"area": _AREA, "plug": _PLUG, "lock": _LOCK}

_CODED = {commands.DISARM: "disarm", commands.UNLOCK: "unlock"}
"""What a household may want a code with, and the panel's limit that says so."""


class Asked(NamedTuple):
    """One thing that is asked of a panel."""

    panel: str
    verb: int
    number: int
    code: str | None


def understood(house: House, topic: str, payload: bytes) -> Asked | None:
    """Return what a message asks for, None for what is no such thing, whatever it holds."""
    if not house.commands or len(payload) > PAYLOAD_MAX:
        return None
    start = base_topic(house.site) + "/"
    parts = topic.removeprefix(start).split("/") if topic.startswith(start) else []
    if len(parts) != 3 or parts[2] != "set":
        return None
    panel = next((each for each in house.panels if slug(each.id) == parts[0]), None)
    kind = parts[1].rstrip("0123456789")
    digits = parts[1][len(kind) :]
    if panel is None or kind not in _ACTIONS or not digits.isascii() or not 1 <= len(digits) <= 3:
        return None
    action, code = _read(payload)
    verb = _ACTIONS[kind].get(action)
    if verb is None:
        return None
    wanted = verb in _CODED and getattr(panel, _CODED[verb]) == CODE
    return Asked(panel.id, verb, int(digits), code if wanted else None)


def ask(tx: Transaction, vault: Vault, kept: Kept, asked: Asked, now_ms: int, random: Callable[[int], bytes]) -> None:
    """Ask the panel. Raises RefusedError, NotFoundError, InvalidError or ConflictError, and nothing is asked."""
    actor: Actor = whose(tx, kept, now_ms)
    commands.ask(
        tx, vault, actor, kept.account, kept.site, asked.panel, asked.verb, asked.number, now_ms, random, asked.code
    )


def _read(payload: bytes) -> tuple[str, str | None]:
    """Return action and code of {"action": ..., "code": ...}, or of a plain word."""
    try:
        text = payload.decode("ascii")
        told = json.loads(text) if text.startswith("{") else {"action": text}
    except (ValueError, RecursionError):
        return "", None
    action, code = told.get("action"), told.get("code")
    return action if isinstance(action, str) else "", code if isinstance(code, str) and code else None
