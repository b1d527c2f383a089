"""A stand-in for TLS in virtual time: as many bytes and round trips as the real one takes here, and no secrets.

Nobody listens in virtual time, and the events within are sealed anyhow. Zeros for the
handshake, then records.
"""

import binascii

HANDSHAKE = (142, 753, 643, 51)
"""Bytes of the four flights, the panel's first: TLS 1.2 with certificates on both sides, between the firmware's mbedTLS
and the NATS broker. `tests/system/test_tls_stand_in.py` measures them."""

RECORD = 29
"""What a record of TLS 1.2 with AES-GCM adds: a header of 5, a nonce of 8 and a tag of 16 bytes."""

_HEADER = b"\x17\x03\x03"
_HEADER_BYTES = 5
_NONCE_BYTES, _TAG_BYTES = 8, 16


class NotTlsError(Exception):
    """What arrived is not what the other end of the stand-in sends: bytes were lost, changed, or in the wrong order."""


def record(number: int, data: bytes) -> bytes:
    """The record of that number, from 0 on: as the real one it notices whatever happens to it or to those before it."""
    nonce = number.to_bytes(_NONCE_BYTES, "big")
    tag = binascii.crc32(data).to_bytes(_TAG_BYTES, "big")
    return _HEADER + (_NONCE_BYTES + _TAG_BYTES + len(data)).to_bytes(2, "big") + nonce + tag + data


class ServerEnd:
    """The broker's end of one connection."""

    def __init__(self) -> None:
        self._in = b""
        self._awaited = [HANDSHAKE[0], HANDSHAKE[2]]
        self._answers = [bytes(HANDSHAKE[1]), bytes(HANDSHAKE[3])]
        self._sent = self._received = 0

    def wrapped(self, data: bytes) -> bytes:
        """What to send for `data`."""
        self._sent += 1
        return record(self._sent - 1, data)

    def received(self, data: bytes) -> tuple[bytes, bytes]:
        """Takes bytes; returns what to answer as it is, and what was in the records. Raises NotTlsError."""
        self._in += data
        answer = b""
        while self._awaited and len(self._in) >= self._awaited[0]:
            if self._take(self._awaited.pop(0)).strip(b"\0"):
                raise NotTlsError("the handshake was changed on its way")
            answer += self._answers.pop(0)
        return answer, b"" if self._awaited else self._plain()

    def _plain(self) -> bytes:
        plain = b""
        while len(self._in) >= _HEADER_BYTES:
            end = _HEADER_BYTES + int.from_bytes(self._in[len(_HEADER) : _HEADER_BYTES], "big")
            if len(self._in) < end:
                break
            whole = self._take(end)
            data = whole[RECORD:]
            if whole != record(self._received, data):
                raise NotTlsError(f"record {self._received} was changed on its way, or is not the next one")
            self._received += 1
            plain += data
        return plain

    def _take(self, count: int) -> bytes:
        taken, self._in = self._in[:count], self._in[count:]
        return taken
