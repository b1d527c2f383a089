"""A modem with sockets of its own for tests, of both families, and one peer at the far end of whatever it opens."""

from hemlarm_firmware.modem import quectel
from hemlarm_firmware.modem.socket import Sockets
from modem_wire import Bench

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Peer(Bench):
    """`peer` is what the peer got, `inbox` what it sent and nobody fetched yet.

    `outcome` is what the modem says of opening, if it `opens` at all, `takes` how much it takes at a time, if it does
    not refuse to, and `stuck` a command that it does not answer.
    """

    def __init__(self, family: "Any") -> None:
        super().__init__(self._answer)
        self.family = family
        self._is_quectel = family is quectel
        self.peer = bytearray()
        self.inbox = b""
        self.outcome = 0
        self.opens = True
        self.takes = 10_000
        self.stuck = ""
        self.refuses = False
        self.sockets = Sockets(self.at, family, self.clock, self.air)
        self.number = 0

    def come(self, data: bytes) -> None:
        """The peer sends."""
        if not self.inbox or not self._is_quectel:
            self.wire.say(f"{self.family.ARRIVED}{self.number}")
        self.inbox += data

    def part(self) -> None:
        """The peer closes the connection."""
        self.refuses = True
        self.wire.say(f"{self.family.CLOSED}{self.number}" + ("" if self._is_quectel else ",1"))

    def _answer(self, command: "Any") -> "Any":
        if isinstance(command, bytes):
            return self._took(command)
        name = command.split("=")[0]
        if name == self.stuck:
            return []
        numbers = [int(field) for field in command.split("=")[1].split(",") if field.isdigit()]
        if name == self.family.OPEN.split("=")[0]:
            self.number = numbers[1] if self._is_quectel else numbers[0]
            return ["OK", f"{self.family.OPENED}{self.number},{self.outcome}"] if self.opens else ["OK"]
        if name == self.family.SEND.split("=")[0]:
            return ["ERROR"] if self.refuses else numbers[1]
        return self._give(numbers[-1]) if name == self.family.READ.split("=")[0] else ["OK"]

    def _took(self, data: bytes) -> "list[str]":
        taken = min(self.takes, len(data))
        self.peer += data[: max(0, taken)]
        return ["SEND OK"] if self._is_quectel else ["OK", f"+CIPSEND: {self.number},{len(data)},{taken}"]

    def _give(self, most: int) -> "list[Any]":
        data, self.inbox = self.inbox[:most], self.inbox[most:]
        if self._is_quectel:
            return [f"+QIRD: {len(data)}", data, "OK"]
        if not data:
            return ["+IP ERROR: No data", "ERROR"]
        return [f"+CIPRXGET: 2,{self.number},{len(data)},{len(self.inbox)}", data, "OK"]
