"""Quectel's TCP commands (QIACT, QIOPEN, QISEND, QIRD, QICLOSE), after the TCP/IP manual of the EC2x and EG915 series.

Only TCP clients in buffer mode (0) and direct push mode (1); transparent mode is refused.
"""

from hemlarm_simulator.modem.command import LATER, Answer, Command, Handler, Prompt, Refused, Reply
from hemlarm_simulator.modem.internet import Event
from hemlarm_simulator.modem.link import Link
from hemlarm_simulator.modem.packet_service import ADDRESS
from hemlarm_simulator.modem.socket_commands import SocketCommands

_LINKS = 12
_SEND_MAX, _READ_MAX = 1_460, 1_500
_CLOSE_MS = 300
_BUFFER, _PUSH = 0, 1

_DONE, _UNKNOWN, _INVALID, _NO_CONTEXT, _IN_USE, _NO_DNS, _NOT_CONNECTED, _NOT_OPEN = (
    0,
    550,
    552,
    561,
    563,
    565,
    566,
    567,
)
"""<err> of the manual's summary of error codes."""

_ERROR_TEXTS = {
    _DONE: "operate successfully",
    _UNKNOWN: "unknown error",
    _INVALID: "invalid parameters",
    _NO_CONTEXT: "open PDP context failed",
    _IN_USE: "socket identity has been used",
    _NO_DNS: "DNS parse failed",
    _NOT_CONNECTED: "socket connect failed",
    _NOT_OPEN: "socket has been closed",
}
_REASONS = {"dns": _NO_DNS, "refused": _NOT_CONNECTED, "unreachable": _NOT_CONNECTED, "timeout": _NOT_CONNECTED}
_STATES = {"opening": 1, "open": 2, "closed": 4}


class QuectelSockets(SocketCommands):
    """The commands and their unsolicited lines."""

    def _begin(self) -> None:
        self._modes: dict[int, int] = {}
        self._echo_data = True
        self._error = _DONE

    def handlers(self) -> dict[str, Handler]:
        """The commands."""
        return {
            **{"+QICSGP": self._qicsgp, "+QIACT": self._qiact, "+QIDEACT": self._qideact, "+QIOPEN": self._qiopen},
            **{"+QISEND": self._qisend, "+QIRD": self._qird, "+QICLOSE": self._qiclose, "+QISTATE": self._qistate},
            **{"+QIGETERROR": self._qigeterror, "+QISDE": self._qisde},
        }

    def contexts_dropped(self, cids: list[int]) -> None:
        """The network took contexts: their connections are gone, though not freed until they are closed."""
        for link in self._links.values():
            link.lose()
        for cid in cids:
            self._speaker.say(f'+QIURC: "pdpdeact",{cid}')

    def _qicsgp(self, command: Command) -> Reply:
        if command.kind == "test":
            return Answer(["+QICSGP: (1-15),(1-3),<APN>,<username>,<password>,(0-3)"])
        cid = command.number(0, low=1, high=15)
        if len(command.arguments) == 1:
            return Answer([f'+QICSGP: 1,"{self._packet.names.get(cid, "")}","","",0'])
        self._packet.names[cid] = command.word(2, "")
        return Answer()

    def _qiact(self, command: Command) -> Reply:
        if command.kind == "read":
            return Answer([f'+QIACT: {cid},1,1,"{ADDRESS}"' for cid in sorted(self._packet.active)])
        if command.kind == "test":
            return Answer(["+QIACT: (1-15)"])
        cid = command.number(0, low=1, high=15)

        def decided(granted: bool) -> None:
            if granted:
                self._speaker.answer(Answer())
            else:
                self._error = _NO_CONTEXT
                self._speaker.refuse(Refused())

        if cid in self._packet.active:
            self._error = _NO_CONTEXT
            raise Refused
        self._packet.activate(cid, decided)
        return LATER

    def _qideact(self, command: Command) -> Reply:
        self._packet.deactivate(command.number(0, low=1, high=15))
        for number in list(self._links):
            self._links.pop(number).close()
        self._clock.call_in(_CLOSE_MS, lambda: self._speaker.answer(Answer()))
        return LATER

    def _qiopen(self, command: Command) -> Reply:
        if command.kind == "test":
            return Answer(['+QIOPEN: (1-15),(0-11),"TCP",<host>,(0-65535),(0-65535),(0-2)'])
        cid, number = command.number(0, low=1, high=15), command.number(1, high=_LINKS - 1)
        host, port, mode = command.word(3), command.number(4, high=65_535), command.number(6, _BUFFER, high=2)
        if command.word(2) != "TCP" or mode not in (_BUFFER, _PUSH) or not host:
            self._error = _INVALID
            raise Refused
        return Answer(then=lambda: self._open(cid, number, host, port, mode))

    def _open(self, cid: int, number: int, host: str, port: int, mode: int) -> None:
        if number in self._links or cid not in self._packet.active:
            self._opened(number, _IN_USE if number in self._links else _NO_CONTEXT)
            return
        self._at_moment("connect")
        if not self._clock.on:
            return
        link = Link(self._clock, self._internet, self._packet, lambda link, event: self._event(number, link, event))
        self._links[number], self._modes[number] = link, mode
        self._told.discard(number)
        link.open(host, port)

    def _opened(self, number: int, error: int) -> None:
        self._error = error
        self._speaker.say(f"+QIOPEN: {number},{error}")

    def _event(self, number: int, link: Link, event: Event) -> None:
        if self._links.get(number) is not link:
            return
        if event[0] == "connected":
            self._opened(number, _DONE)
        elif event[0] == "failed":
            # The manual asks for QICLOSE here too; firmware in the field frees the number by itself or not, ours not.
            self._opened(number, _REASONS.get(event[1], _NOT_CONNECTED))
        elif event[0] == "closed":
            self._speaker.say(f'+QIURC: "closed",{number}')
        elif self._modes[number] == _PUSH:
            data = link.take(len(link.unread))
            self._speaker.say(f'+QIURC: "recv",{number},{len(data)}\r\n'.encode() + data)
        elif number not in self._told:
            self._told.add(number)
            self._speaker.say(f'+QIURC: "recv",{number}')

    def _qisend(self, command: Command) -> Reply:
        if command.kind == "test":
            return Answer([f"+QISEND: (0-11),(0-{_SEND_MAX})"])
        number = command.number(0, high=_LINKS - 1)
        link = self._links.get(number)
        if link is None or (link.state != "open" and command.word(1, "") != "0"):
            self._error = _NOT_OPEN
            raise Refused
        length = command.number(1, high=_SEND_MAX) if len(command.arguments) > 1 else None
        if length == 0:
            return Answer([f"+QISEND: {link.sent},{link.sent - link.unsent},{link.unsent}"])
        return Prompt(self._prompt, length, lambda data: self._send(link, data), ("prompt", "data"), self._echo_data)

    def _send(self, link: Link, data: bytes) -> Answer:
        if link.state != "open":
            self._error = _NOT_OPEN
            raise Refused
        taken = link.send(data[:_SEND_MAX])
        self._at_moment("send-ok")
        return Answer(result="SEND OK" if taken else "SEND FAIL")

    def _qird(self, command: Command) -> Reply:
        if command.kind == "test":
            return Answer([f"+QIRD: (0-11),(0-{_READ_MAX})"])
        number = command.number(0, high=_LINKS - 1)
        link = self._links.get(number)
        if link is None or (link.state == "closed" and not link.unread):
            self._error = _NOT_OPEN
            raise Refused
        most = command.number(1, _READ_MAX, high=_READ_MAX)
        if most == 0:
            return Answer([f"+QIRD: {link.read + len(link.unread)},{link.read},{len(link.unread)}"])
        data = link.take(most)
        if not link.unread:
            self._told.discard(number)
        return Answer([f"+QIRD: {len(data)}".encode() + (b"\r\n" + data if data else b"")])

    def _qiclose(self, command: Command) -> Reply:
        link = self._links.pop(command.number(0, high=_LINKS - 1), None)
        if link is not None:
            link.close()
        self._clock.call_in(_CLOSE_MS, lambda: self._speaker.answer(Answer()))
        return LATER

    def _qistate(self, command: Command) -> Reply:
        chosen = sorted(self._links)
        if command.kind == "set" and command.number(0, high=1) == 1:
            chosen = [each for each in chosen if each == command.number(1)]
        return Answer([self._state(number, self._links[number]) for number in chosen])

    def _state(self, number: int, link: Link) -> str:
        where = f'"{link.host}",{link.port},0,{_STATES[link.state]}'
        return f'+QISTATE: {number},"TCP",{where},1,{number},{self._modes[number]},"uart1"'

    def _qigeterror(self, _command: Command) -> Reply:
        return Answer([f"+QIGETERROR: {self._error},{_ERROR_TEXTS[self._error]}"])

    def _qisde(self, command: Command) -> Reply:
        if command.kind == "read":
            return Answer([f"+QISDE: {int(self._echo_data)}"])
        self._echo_data = bool(command.number(0, high=1))
        return Answer()
