"""One message at a time to a service of somebody's own choice, in a process of its own.

Apprise speaks to all kinds of services, and addresses come from strangers: so it runs where it can connect to public
addresses and do nothing else, see `apps_child`, and is ended when it takes too long.
"""

import json
import subprocess
import sys
from typing import Any

from sqlalchemy import Row

from hemlarm_cloud.notices import app_addresses
from hemlarm_cloud.notices.addresses import place_number
from hemlarm_cloud.notices.trouble import SendError
from hemlarm_cloud.store import Store
from hemlarm_cloud.vault import Vault, VaultError

PATIENCE_S = 20.0

_LATER = (408, 425, 429)


class AppsSender:
    """Sends notices to services of people's own choice; with `inward` also to private addresses."""

    def __init__(self, store: Store, vault: Vault, inward: bool = False, patience_s: float = PATIENCE_S) -> None:
        self._store = store
        self._vault = vault
        self._inward = inward
        self._patience_s = patience_s

    def send(self, notice: Row[Any]) -> None:
        """Send a notice, a row of that table. Raises SendError, whose text holds nothing of the address."""
        try:
            with self._store.read() as reading:
                address = app_addresses.opened(reading, self._vault, place_number(notice.recipient))
        except VaultError as error:
            raise SendError(str(error)) from None
        if address is None:
            raise SendError("the address has been removed", for_good=True)
        answer = self._ask({"address": address, "title": notice.subject, "body": notice.text, "inward": self._inward})
        if not answer.get("sent"):
            raise _trouble(answer)

    def _ask(self, order: dict[str, Any]) -> dict[str, Any]:
        command = [sys.executable, "-I", "-m", "hemlarm_cloud.notices.apps_child"]
        message = json.dumps(order).encode()
        patience_s = self._patience_s
        try:
            ended = subprocess.run(command, input=message, capture_output=True, timeout=patience_s, env={}, cwd="/")
            answer: dict[str, Any] = json.loads(ended.stdout)
        except subprocess.TimeoutExpired:
            raise SendError(f"the service did not answer within {patience_s:.0f} s") from None
        except (OSError, ValueError):
            raise SendError("the message could not be handed over; see the program's own log") from None
        return answer


def _trouble(answer: dict[str, Any]) -> SendError:
    status = answer.get("status")
    if answer.get("refused"):
        return SendError("the address leads to no public address; private_targets = 'yes' allows others", True)
    if isinstance(status, int):
        return SendError(f"the service answered {status}", 300 <= status < 500 and status not in _LATER)
    return SendError("the service is not reached, or did not take it")
