"""SIMCom's TCP commands (NETOPEN, CIPOPEN, CIPSEND, CIPRXGET, CIPCLOSE), after the manual of the A76xx series.

Only TCP clients; transparent mode is refused. Without AT+CIPRXGET=1 the modem pushes what comes, as `+IPD`.
"""

from hemlarm_simulator.modem.command import Answer, Command, Handler, Prompt, Refused, Reply
from hemlarm_simulator.modem.internet import Event
from hemlarm_simulator.modem.link import Link
from hemlarm_simulator.modem.packet_service import ADDRESS
from hemlarm_simulator.modem.socket_commands import SocketCommands

_LINKS = 10
_SEND_MAX, _READ_MAX = 1_500, 1_500
_CLOSE_MS = 300
_CONTEXT = 1

_DONE, _NETWORK_FAILURE, _NOT_OPENED, _WRONG, _NOT_SUPPORTED, _BUSY, _TIMEOUT, _NO_DNS = 0, 1, 2, 3, 4, 8, 10, 11
"""<err> of the manual's summary of TCP/IP error codes."""

_REASONS = {"dns": _NO_DNS, "refused": _NETWORK_FAILURE, "unreachable": _NETWORK_FAILURE, "timeout": _TIMEOUT}
_CLOSED_BY_PEER = 1


class SimcomSockets(SocketCommands):
    """The commands and their unsolicited lines."""

    def _begin(self) -> None:
        self._opened = False
        self._opening = False
        self._manual = False

    def handlers(self) -> dict[str, Handler]:
        """The commands."""
        return {
            **{"+NETOPEN": self._netopen, "+NETCLOSE": self._netclose, "+IPADDR": self._ipaddr},
            **{"+CIPOPEN": self._cipopen, "+CIPSEND": self._cipsend, "+CIPRXGET": self._ciprxget},
            **{"+CIPCLOSE": self._cipclose, "+CIPMODE": self._cipmode, "+CIPACK": self._cipack},
        }

    def contexts_dropped(self, cids: list[int]) -> None:
        """The network took the context: everything is closed."""
        if _CONTEXT not in cids or not self._opened:
            return
        self.lost_power()
        self._links.clear()
        self._opened = False
        self._speaker.say("+CIPEVENT: NETWORK CLOSED UNEXPECTEDLY")

    def _netopen(self, command: Command) -> Reply:
        if command.kind == "read":
            return Answer([f"+NETOPEN: {int(self._opened)}"])
        if command.kind == "test":
            return Answer()
        if self._opened:
            raise Refused(lines=["+IP ERROR: Network is already opened"])
        if self._opening:
            raise Refused
        self._opening = True
        return Answer(then=lambda: self._packet.activate(_CONTEXT, self._net_opened))

    def _net_opened(self, granted: bool) -> None:
        self._opening, self._opened = False, granted
        self._speaker.say(f"+NETOPEN: {_DONE if granted else _NETWORK_FAILURE}")

    def _netclose(self, command: Command) -> Reply:
        if command.kind == "test":
            return Answer()
        if not self._opened:
            raise Refused(lines=[f"+NETCLOSE: {_NOT_OPENED}"])
        return Answer(then=lambda: self._clock.call_in(_CLOSE_MS, self._net_closed))

    def _net_closed(self) -> None:
        for number in list(self._links):
            self._links.pop(number).close()
        self._opened = False
        self._packet.deactivate(_CONTEXT)
        self._speaker.say(f"+NETCLOSE: {_DONE}")

    def _ipaddr(self, _command: Command) -> Reply:
        if not self._opened:
            raise Refused(lines=["+IP ERROR: Network not opened"])
        return Answer([f"+IPADDR: {ADDRESS}"])

    def _cipopen(self, command: Command) -> Reply:
        if command.kind == "read":
            return Answer([self._state(number) for number in range(_LINKS)])
        if command.kind == "test":
            return Answer(['+CIPOPEN: (0-9),("TCP","UDP")'])
        number = command.number(0, high=_LINKS - 1)
        if command.word(1) != "TCP":
            raise Refused(lines=[f"+CIPOPEN: {number},{_NOT_SUPPORTED}"])
        host, port = command.word(2), command.number(3, high=65_535)
        if not self._opened:
            raise Refused(lines=[f"+CIPOPEN: {number},{_NOT_OPENED}"])
        if number in self._links:
            raise Refused(lines=[f"+CIPOPEN: {number},{_NOT_SUPPORTED}"])
        return Answer(then=lambda: self._open(number, host, port))

    def _open(self, number: int, host: str, port: int) -> None:
        self._at_moment("connect")
        if not self._clock.on:
            return
        link = Link(self._clock, self._internet, self._packet, lambda link, event: self._event(number, link, event))
        self._links[number] = link
        self._told.discard(number)
        link.open(host, port)

    def _event(self, number: int, link: Link, event: Event) -> None:
        if self._links.get(number) is not link:
            return
        if event[0] == "connected":
            self._speaker.say(f"+CIPOPEN: {number},{_DONE}")
        elif event[0] == "failed":
            del self._links[number]
            self._speaker.say(f"+CIPOPEN: {number},{_REASONS.get(event[1], _NETWORK_FAILURE)}")
        elif event[0] == "closed":
            # What was not read is lost with the link, as the modem frees it by itself.
            del self._links[number]
            self._speaker.say(f"+IPCLOSE: {number},{_CLOSED_BY_PEER}")
        elif not self._manual:
            data = link.take(len(link.unread))
            head = f"RECV FROM:{link.host}:{link.port}\r\n+IPD{len(data)}\r\n"
            self._speaker.say(head.encode() + data)
        elif number not in self._told:
            self._told.add(number)
            self._speaker.say(f"+CIPRXGET: 1,{number}")

    def _cipsend(self, command: Command) -> Reply:
        if command.kind == "test":
            return Answer([f"+CIPSEND: (0-9),(1-{_SEND_MAX})"])
        number = command.number(0, high=_LINKS - 1)
        if not self._opened:
            raise Refused(lines=[f"+CIPERROR: {_NOT_OPENED}"])
        link = self._links.get(number)
        if link is None or link.state != "open":
            raise Refused(lines=[f"+CIPERROR: {_NOT_SUPPORTED}"])
        length = None if command.word(1, "") == "" else command.number(1, low=1, high=_SEND_MAX)
        return Prompt(self._prompt, length, lambda data: self._send(number, link, data), ("prompt", "data"))

    def _send(self, number: int, link: Link, data: bytes) -> Answer:
        if link.state != "open":
            raise Refused(lines=[f"+CIPERROR: {_NOT_SUPPORTED}"])
        if not link.send(data[:_SEND_MAX]):
            raise Refused(lines=[f"+CIPERROR: {_BUSY}"])
        self._at_moment("send-ok")
        return Answer(then=lambda: self._speaker.say(f"+CIPSEND: {number},{len(data)},{len(data)}"))

    def _ciprxget(self, command: Command) -> Reply:
        if command.kind == "read":
            return Answer([f"+CIPRXGET: {int(self._manual)}"])
        if command.kind == "test":
            return Answer(["+CIPRXGET: (0-4),(0-9),(1-1500)"])
        mode = command.number(0, high=4)
        if mode < 2:
            self._manual = mode == 1
            return Answer()
        number = command.number(1, high=_LINKS - 1)
        if not self._manual or number not in self._links:
            raise Refused(lines=["+IP ERROR: Operation not supported" if not self._manual else "+IP ERROR: No data"])
        return self._read(mode, number, self._links[number], command.number(2, _READ_MAX, 1, _READ_MAX))

    def _read(self, mode: int, number: int, link: Link, most: int) -> Reply:
        if mode == 4:
            return Answer([f"+CIPRXGET: 4,{number},{len(link.unread)}"])
        if not link.unread:
            raise Refused(lines=["+IP ERROR: No data"])
        data = link.take(most if mode == 2 else most // 2)
        if not link.unread:
            self._told.discard(number)
        head = f"+CIPRXGET: {mode},{number},{len(data)},{len(link.unread)}\r\n"
        return Answer([head.encode() + (data if mode == 2 else data.hex().upper().encode())])

    def _cipclose(self, command: Command) -> Reply:
        if command.kind == "read":
            return Answer(["+CIPCLOSE: " + ",".join(str(int(each in self._links)) for each in range(_LINKS))])
        if command.kind == "test":
            return Answer(["+CIPCLOSE: (0-9)"])
        number = command.number(0, high=_LINKS - 1)
        link = self._links.pop(number, None)
        if link is None:
            raise Refused(lines=[f"+CIPCLOSE: {number},{_NOT_SUPPORTED}"])
        link.close()

        def closed() -> None:
            self._speaker.say(f"+CIPCLOSE: {number},{_DONE}")

        return Answer(then=lambda: self._clock.call_in(_CLOSE_MS, closed))

    def _cipmode(self, command: Command) -> Reply:
        if command.kind == "read":
            return Answer(["+CIPMODE: 0"])
        if command.kind == "set" and command.number(0, high=1):
            raise Refused
        return Answer()

    def _cipack(self, command: Command) -> Reply:
        link = self._links.get(command.number(0, high=_LINKS - 1))
        if link is None:
            raise Refused(lines=[f"+CIPERROR: {_WRONG}"])
        return Answer([f"+CIPACK: {link.sent},{link.sent - link.unsent},{link.unsent}"])

    def _state(self, number: int) -> str:
        link = self._links.get(number)
        return f"+CIPOPEN: {number}" + (f',"TCP","{link.host}",{link.port},-1' if link else "")
