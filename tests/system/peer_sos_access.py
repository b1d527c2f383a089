"""Drives the `sos-access` client, a transmitter that nobody here wrote, in a process that has its old packages.

    python peer_sos_access.py '{"port": 1, "secondary": 2, "tls": false, "code": ..., "password": ..., "steps": [...]}'

A step is [kind, event code or null, fields]. Prints what came of each as JSON: the response, or the error's name.
"""

import json
import ssl
import sys
from importlib import import_module
from typing import Any


class OlderTls:
    """The module `ssl` as the client knows it, from when a context of a server's could be used by a client too.

    It asks for one that checks no certificate, which is what it means by that.
    """

    Purpose = ssl.Purpose
    SSLError = ssl.SSLError

    @staticmethod
    def create_default_context(_purpose: ssl.Purpose) -> ssl.SSLContext:
        """A context that checks nothing."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context


def main() -> None:
    """Do the steps, one after the other."""
    wanted = json.loads(sys.argv[1])
    module = import_module("sos_access.client")
    module.ssl = OlderTls  # type: ignore[attr-defined]
    client = module.SOSAccessClient(
        transmitter_code=wanted["code"],
        transmitter_type="SV300",
        authentication=wanted["password"],
        receiver_id="HEMLARM",
        receiver_address=("127.0.0.1", wanted["port"]),
        secondary_receiver_address=("127.0.0.1", wanted.get("secondary", wanted["port"])),
        use_tls=wanted.get("tls", False),
    )
    print(json.dumps([_done(client, *step) for step in wanted["steps"]]))  # noqa: T201


def _done(client: Any, kind: str, code: str | None, fields: dict[str, Any]) -> dict[str, Any]:
    steps = {
        "alarm": lambda: client.send_alarm(code, **fields),
        "restore": lambda: client.restore_alarm(code, **fields),
        "ping": lambda: client.ping(**fields),
        "renew": lambda: client.request_new_auth(**fields),
    }
    try:
        response = steps[kind]()
    except Exception as error:  # noqa: BLE001 - what the peer says of it is what is tested.
        return {"error": type(error).__name__}
    following = getattr(response, "new_authentication", None)
    client.authentication = following or client.authentication
    arrived = response.arrival_time.isoformat()
    return {"status": response.status, "reference": response.reference, "arrived": arrived, "new": following}


if __name__ == "__main__":
    main()
