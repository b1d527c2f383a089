"""Binary SMS through the modem: sent with a status report asked for, received as they come, and never left on the SIM.

What comes is passed on at once and not stored (AT+CNMI), so no SIM card fills. What the network has stored on it all
the same is read and deleted, and whatever lies there when the modem starts is deleted unread: the cloud says it again.
"""

import asyncio

from hemlarm_firmware.modem import pdu
from hemlarm_firmware.modem.at import AtError
from hemlarm_protocol.constant import const

SEND_MS = 60_000
"""For the network to take an SMS; the makers' manuals allow two minutes, which no alarm has."""

SETUP = [
    "AT+CMGF=0",
    "AT+CSMS=0",
    'AT+CPMS="SM","SM","SM"',
    "AT+CNMI=2,2,0,1,0",
    "AT+CMGD=1,4",
]
"""Said once the SIM card is ready, whatever the modem answers: PDUs instead of text; nobody confirms what is passed on;
one store, from which everything is passed on at once, reports too; and that is emptied."""

_FETCH_MS = const(30_000)
_STORED_MAX = const(8)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from hemlarm_firmware.modem.at import AtChannel


async def send(at: "AtChannel", number: str, octets: bytes) -> int:
    """Send 1 to 140 octets; return the reference that the status report will have. Raises OSError."""
    try:
        length, text = pdu.submit(number, octets, True)
        answer = await at.command(f"AT+CMGS={length}", SEND_MS, data=text.encode() + b"\x1a", want="+CMGS:")
        return int(answer[0][6:])
    except (ValueError, IndexError) as error:
        raise OSError("no SMS was sent: " + str(error)) from None


class Inbox:
    """`told("sms", octets, sender)` for each SMS of 8-bit data, and `told("sms-report", reference, delivered)`.

    For the life of the AT channel.
    """

    def __init__(self, at: "AtChannel", told: "Callable[..., object]") -> None:
        self._at = at
        self._told = told
        self._take: Callable[[str], None] | None = None
        self._stored: list[str] = []
        self._fetching: Any = None
        at.subscribe("+CMT:", self._sms_follows)
        at.subscribe("+CDS:", self._report_follows)
        at.subscribe("+CMTI:", self._is_stored)
        # A PDU has a line of its own, which begins with the length of the service centre's address: at most 12.
        at.subscribe("0", self._pdu)

    def _sms_follows(self, _line: str) -> None:
        self._take = self._received

    def _report_follows(self, _line: str) -> None:
        self._take = self._reported

    def _pdu(self, line: str) -> None:
        take, self._take = self._take, None
        if take is not None:
            take(line)  # A PduError is a ValueError: to the channel the line is garbled, and nothing comes of it.

    def _received(self, text: str) -> None:
        sender, octets = pdu.deliver(text)
        self._told("sms", octets, sender)

    def _reported(self, text: str) -> None:
        reference, delivered = pdu.status_report(text)
        if delivered is not None:
            self._told("sms-report", reference, delivered)

    def _is_stored(self, line: str) -> None:
        if len(self._stored) < _STORED_MAX:
            self._stored.append(str(int(line.split(",")[1])))
        if self._fetching is None:
            self._fetching = asyncio.create_task(self._fetch())

    async def _fetch(self) -> None:
        """Take what is stored, and delete it; where the modem falls silent, `SETUP` does."""
        try:
            while self._stored:
                place = self._stored.pop(0)
                for command in ("AT+CMGR=", "AT+CMGD="):
                    try:
                        self._take = self._received
                        await self._at.command(command + place, _FETCH_MS, want="+CMGR:")
                    except AtError:
                        pass  # An empty place.
        except OSError:
            self._stored = []
        finally:
            self._fetching = None
