"""One message at a time to a browser, by way of its push service (RFC 8030), which cannot read it (RFC 8291).

We identify ourselves by our key (VAPID, RFC 8292).
"""

import json
import ssl
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_private_key
from py_vapid import Vapid02  # type: ignore[import-untyped]
from pywebpush import WebPusher  # type: ignore[import-untyped]
from sqlalchemy import Row, delete, select

from hemlarm_cloud.notices import outward
from hemlarm_cloud.notices.addresses import place_number
from hemlarm_cloud.notices.browsers import OWNER, PURPOSE, to_base64
from hemlarm_cloud.notices.sending import OWN_GIVEN_UP_MS
from hemlarm_cloud.notices.trouble import SendError
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.schema_access import push_key, push_subscription
from hemlarm_cloud.vault import Vault, VaultError

TEXT_OCTETS_MAX = 2_500
"""Of subject and text together: every push service takes 4096 octets (RFC 8030), of which the sealing needs some."""

TOKEN_S = 3_600
"""How long the token that names us holds."""

_GONE = (404, 410)
_LATER = (408, 425, 429)


class PushSender:
    """Sends notices by push. `contact` is whom a push service may turn to: a mail address, or "" for none."""

    def __init__(
        self,
        store: Store,
        vault: Vault,
        contact: str,
        clock_ms: Callable[[], int],
        inward: bool = False,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self._store = store
        self._vault = vault
        self._contact = f"mailto:{contact}" if contact else "https://hemlarm.invalid"
        self._clock_ms = clock_ms
        self._inward = inward
        self._context = context

    def send(self, notice: Row[Any]) -> None:
        """Send a notice, a row of that table. Raises SendError. A browser that is gone is forgotten."""
        browser, key = self._find(notice.recipient)
        body = WebPusher(_told_by(browser)).encode(payload(notice), content_encoding="aes128gcm")["body"]
        headers = {
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(OWN_GIVEN_UP_MS // 1000),
            "Urgency": "high",
            **self._identity(key, browser.endpoint),
        }
        status = outward.post(browser.endpoint, headers, bytes(body), self._inward, self._context)
        if 200 <= status < 300:
            return
        if status in _GONE:
            with self._store.begin() as tx:
                tx.connection.execute(delete(push_subscription).where(push_subscription.c.id == browser.id))
            raise SendError("the browser takes no messages any more, and is forgotten", for_good=True)
        host = urlsplit(browser.endpoint).hostname
        raise SendError(f"{host} answered {status}", 300 <= status < 500 and status not in _LATER)

    def _find(self, recipient: str) -> tuple[Row[Any], ec.EllipticCurvePrivateKey]:
        with self._store.read() as reading:
            this = push_subscription.c.id == place_number(recipient)
            browser = reading.connection.execute(select(push_subscription).where(this)).one_or_none()
            sealed = reading.connection.scalar(select(push_key.c.private_key))
        if browser is None or sealed is None:
            raise SendError("the browser takes no messages any more", for_good=True)
        try:
            key = load_der_private_key(self._vault.open_sealed(PURPOSE, OWNER, sealed), None)
        except VaultError as error:
            raise SendError(str(error)) from None
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        return browser, key

    def _identity(self, key: ec.EllipticCurvePrivateKey, endpoint: str) -> dict[str, str]:
        parts = urlsplit(endpoint)
        claims = {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "exp": self._clock_ms() // 1000 + TOKEN_S,
            "sub": self._contact,
        }
        signed: dict[str, str] = Vapid02(key).sign(claims)
        return signed


def payload(notice: Row[Any]) -> bytes:
    """Return what the browser is told: a JSON object, which `pages/look/worker.js` shows.

    `tag` is the same at each try, so that a message which comes twice is shown once.
    """
    text = notice.text.encode()[: TEXT_OCTETS_MAX - len(notice.subject.encode())].decode(errors="ignore")
    told = {
        "title": notice.subject,
        "body": text,
        "tag": f"notice-{notice.id}",
        "at_ms": notice.created_ms,
        "site": notice.site,
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def _told_by(browser: Row[Any]) -> dict[str, Any]:
    keys = {"p256dh": to_base64(bytes(browser.public_key)), "auth": to_base64(bytes(browser.secret))}
    return {"endpoint": browser.endpoint, "keys": keys}
