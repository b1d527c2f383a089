"""The signed claims of NATS's authorisation callout: the server's question and our answer to it.

Claims are JSON web tokens signed with NATS's Ed25519 keys. Only the fields that we use are read and written.
"""

import base64
import binascii
import json
import os
from dataclasses import dataclass
from typing import Any

import nkeys  # type: ignore[import-untyped]
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from hemlarm_cloud.broker.admission import Admission

ACCOUNT = "HEMLARM"
"""The NATS account, a namespace of its own for subjects, in which panels and cloud meet."""

REQUEST_SIZE_MAX = 65536
"""Bytes of one question. A chain of two certificates makes 3 KB."""

SUBSCRIPTIONS_MAX = 64
"""Subscriptions of one client: a panel needs one, a worker two for each of some shards."""


class ClaimsError(ValueError):
    """A question from the server that we cannot read."""


@dataclass(frozen=True)
class Question:
    """A connection that the server asks about, with the certificate that its TLS layer verified (DER)."""

    server_id: str
    user_key: str
    client_id: str
    certificate: bytes | None


class KeyPair:
    """An Ed25519 key in NATS's own notation."""

    def __init__(self, seed: str) -> None:
        """Take a seed that starts with SA (account) or SU (user). Raises ValueError for any other text."""
        try:
            self._pair = nkeys.from_seed(seed.encode())
        except nkeys.NkeysError as error:
            raise ValueError("not a NATS key seed") from error
        self.seed = seed

    @classmethod
    def new_account(cls) -> "KeyPair":
        """Draw a key that can sign users."""
        return cls(nkeys.encode_seed(os.urandom(32), nkeys.PREFIX_BYTE_ACCOUNT).decode())

    @classmethod
    def new_user(cls) -> "KeyPair":
        """Draw a key with which a client proves who it is."""
        return cls(nkeys.encode_seed(os.urandom(32), nkeys.PREFIX_BYTE_USER).decode())

    @property
    def public(self) -> str:
        """The public key, as it stands in the server's configuration."""
        return str(self._pair.public_key.decode())

    def sign(self, claims: dict[str, Any]) -> str:
        """Return `claims` as a signed token, this key being the issuer."""
        head = _part({"typ": "JWT", "alg": "ed25519-nkey"})
        signed = f"{head}.{_part({'iss': self.public, **claims})}"
        return f"{signed}.{_unpadded(self._pair.sign(signed.encode()))}"


def read_question(token: bytes) -> Question:
    """Read the server's question. Raises ClaimsError.

    Its signature is not checked: only the server can publish in the account where it asks.
    """
    try:
        if len(token) > REQUEST_SIZE_MAX:
            raise ClaimsError(f"a question of {len(token)} bytes")
        body = token.split(b".")[1]
        asked = json.loads(base64.urlsafe_b64decode(body + b"=" * (-len(body) % 4)))["nats"]
        chains = asked.get("client_tls", {}).get("verified_chains") or [[]]
        return Question(
            server_id=_text(asked["server_id"]["id"]),
            user_key=_text(asked["user_nkey"]),
            client_id=_text(asked["client_info"].get("mqtt_id", "")),
            certificate=_der(chains[0][0]) if chains[0] else None,
        )
    except (AttributeError, binascii.Error, IndexError, KeyError, TypeError, ValueError) as error:
        raise ClaimsError(f"unreadable authorisation request: {error!r}") from error


def grant(issuer: KeyPair, question: Question, admission: Admission, now_s: int) -> bytes:
    """Answer `question`: admitted, over MQTT only, with these topics. Without an end: a date never cuts a panel."""
    user = issuer.sign(
        {
            "sub": question.user_key,
            "aud": ACCOUNT,
            "name": admission.name,
            "iat": now_s,
            "nats": {
                "type": "user",
                "version": 2,
                "pub": {"allow": [subject(each) for each in admission.publish]},
                "sub": {"allow": [subject(each) for each in admission.subscribe]},
                "subs": SUBSCRIPTIONS_MAX,
                "data": -1,
                "payload": -1,
                "allowed_connection_types": ["MQTT"],
            },
        }
    )
    return _answer(issuer, question, {"jwt": user}, now_s)


def refusal(issuer: KeyPair, question: Question, why: str, now_s: int) -> bytes:
    """Answer `question`: not admitted. The server writes `why` to its log."""
    return _answer(issuer, question, {"error": why}, now_s)


def subject(topic_filter: str) -> str:
    """Return the NATS subject of an MQTT topic filter of ours, which has no dots and no `#`."""
    return topic_filter.replace("/", ".").replace("+", "*")


def _answer(issuer: KeyPair, question: Question, fields: dict[str, str], now_s: int) -> bytes:
    claims = {
        "sub": question.user_key,
        "aud": question.server_id,
        "iat": now_s,
        "nats": {"type": "authorization_response", "version": 2, **fields},
    }
    return issuer.sign(claims).encode()


def _part(value: dict[str, Any]) -> str:
    return _unpadded(json.dumps(value, separators=(",", ":")).encode())


def _unpadded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ClaimsError(f"expected text, got {value!r}")
    return value


def _der(pem: str) -> bytes:
    return x509.load_pem_x509_certificate(pem.encode()).public_bytes(serialization.Encoding.DER)
