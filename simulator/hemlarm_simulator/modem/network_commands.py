"""Commands about the network: registration, operator, signal, contexts, jamming."""

from hemlarm_simulator.clock import Timer
from hemlarm_simulator.modem import signal_reports
from hemlarm_simulator.modem.card_commands import CardReader
from hemlarm_simulator.modem.cell import MobileCell
from hemlarm_simulator.modem.command import LATER, Answer, Command, Handler, Refused, Reply, Speaker
from hemlarm_simulator.modem.family import Family
from hemlarm_simulator.modem.packet_service import ADDRESS, PacketService
from hemlarm_simulator.modem.powered_clock import PoweredClock
from hemlarm_simulator.modem.registration import Registration

_ACT = {"GSM": 0, "UMTS": 2, "LTE": 7}
"""<AcT> of 3GPP TS 27.007."""

_QNW = {"GSM": '"GSM"', "UMTS": '"WCDMA"', "LTE": '"FDD LTE"'}
_BANDS = {"GSM": '"GSM 900",27', "UMTS": '"WCDMA 900",3050', "LTE": '"LTE BAND 3",1300'}

_SCAN_MS = 25_000
_JAMMING_FOUND_MS = 8_000
"""How long Quectel's detection takes: our choice, its application note leaves it to settings."""

_NO_NETWORK, _NO_PACKETS = 30, 107


class NetworkCommands:
    """The commands, and the unsolicited lines of registration and jamming."""

    def __init__(
        self,
        clock: PoweredClock,
        family: Family,
        cell: MobileCell,
        registration: Registration,
        packet: PacketService,
        card: CardReader,
        speaker: Speaker,
    ) -> None:
        self._clock = clock
        self._family = family
        self._cell = cell
        self._registration = registration
        self._packet = packet
        self._card = card
        self._speaker = speaker
        self._modes = {"+CREG": 0, "+CGREG": 0, "+CEREG": 0}
        self._told: dict[str, str] = {}
        self._operator_format = 0
        self._operator_mode = 0
        self._jamming_report = False
        self._jamming_urc = False
        self._jammed_told = False
        self._jamming_timer: Timer | None = None

    def handlers(self) -> dict[str, Handler]:
        """The commands."""
        named: dict[str, Handler] = dict.fromkeys(self._modes, self._reg)
        named |= {"+COPS": self._cops, "+CSQ": self._csq, "+CESQ": self._cesq, "+CGATT": self._cgatt}
        named |= {"+CGDCONT": self._cgdcont, "+CGACT": self._cgact, "+CGPADDR": self._cgpaddr}
        if self._family.quectel:
            own = {"+QCSQ": self._qcsq, "+QNWINFO": self._qnwinfo, "+QJDR": self._qjdr, "+QJDCFG": self._qjdcfg}
            return named | own
        return named | {"+CPSI": self._cpsi}

    def update(self) -> None:
        """Registration or cell have changed: tells those who asked for it."""
        for name, mode in self._modes.items():
            told = self._place(name, mode)
            if mode and told != self._told.get(name):
                self._told[name] = told
                self._speaker.say(f"{name}: {told}")
        self._watch_jamming()

    def _place(self, name: str, mode: int) -> str:
        stat = self._registration.stats()[list(self._modes).index(name)]
        if mode < 2 or stat in (0, 2, 3):
            return str(stat)
        act = _ACT[self._registration.technology]
        return f'{stat},"{self._cell.area:04X}","{self._cell.cell_id:08X}",{act}'

    def _reg(self, command: Command) -> Reply:
        mode = self._modes[command.name]
        if command.kind == "read":
            return Answer([f"{command.name}: {mode},{self._place(command.name, mode)}"])
        if command.kind == "test":
            return Answer([f"{command.name}: (0-2)"])
        self._modes[command.name] = command.number(0, high=2)
        self._told[command.name] = self._place(command.name, self._modes[command.name])
        return Answer()

    def _cops(self, command: Command) -> Reply:
        self._card.need()
        if command.kind == "test":
            self._clock.call_in(_SCAN_MS, self._scanned)
            return LATER
        if command.kind == "read":
            return Answer([self._operator()])
        mode = command.number(0, high=4)
        if mode == 3:
            self._operator_format = command.number(1, high=2)
            return Answer()
        if mode in (1, 4) and command.word(2) not in (self._cell.operator, self._cell.operator_code):
            raise Refused("cme", _NO_NETWORK)
        self._operator_mode = mode
        return Answer(then=lambda: self._registration.want(mode != 2))

    def _operator(self) -> str:
        if not self._registration.registered:
            return f"+COPS: {self._operator_mode}"
        name = self._cell.operator_code if self._operator_format == 2 else self._cell.operator
        act = _ACT[self._registration.technology]
        return f'+COPS: {self._operator_mode},{self._operator_format},"{name}",{act}'

    def _scanned(self) -> None:
        if not self._cell.reachable:
            self._speaker.refuse(Refused("cme", _NO_NETWORK))
            return
        cell = self._cell
        found = f'(2,"{cell.operator}","{cell.operator}","{cell.operator_code}",{_ACT[cell.technology]})'
        self._speaker.answer(Answer([f"+COPS: {found},,(0-4),(0-2)"]))

    def _csq(self, command: Command) -> Reply:
        if command.kind == "test":
            return Answer(["+CSQ: (0-31,99),(0-7,99)"])
        return Answer([f"+CSQ: {signal_reports.csq(self._cell)},99"])

    def _cesq(self, _command: Command) -> Reply:
        return Answer([f"+CESQ: {signal_reports.cesq(self._cell, self._registration)}"])

    def _qcsq(self, _command: Command) -> Reply:
        return Answer([f"+QCSQ: {signal_reports.qcsq(self._cell, self._registration)}"])

    def _cpsi(self, command: Command) -> Reply:
        if command.kind == "set":
            return Answer()
        return Answer([f"+CPSI: {signal_reports.cpsi(self._cell, self._registration)}"])

    def _qnwinfo(self, _command: Command) -> Reply:
        if not self._registration.registered:
            return Answer(["+QNWINFO: No Service"])
        act = self._registration.technology
        return Answer([f'+QNWINFO: {_QNW[act]},"{self._cell.operator_code}",{_BANDS[act]}'])

    def _cgatt(self, command: Command) -> Reply:
        self._card.need()
        if command.kind == "read":
            return Answer([f"+CGATT: {int(self._packet.attached)}"])
        if command.kind == "test":
            return Answer(["+CGATT: (0,1)"])
        self._packet.wanted = bool(command.number(0, high=1))
        if self._packet.wanted and not self._packet.attached:
            raise Refused("cme", _NO_PACKETS if self._registration.registered else _NO_NETWORK)
        return Answer(then=self._packet.update)

    def _cgdcont(self, command: Command) -> Reply:
        if command.kind == "test":
            return Answer(['+CGDCONT: (1-15),"IP",,,(0),(0)'])
        if command.kind == "read":
            named = sorted(self._packet.names.items())
            return Answer([f'+CGDCONT: {cid},"IP","{name}","0.0.0.0",0,0' for cid, name in named])
        self._packet.names[command.number(0, low=1, high=15)] = command.word(2, "")
        return Answer()

    def _cgact(self, command: Command) -> Reply:
        if command.kind == "read":
            names = sorted(self._packet.names)
            return Answer([f"+CGACT: {cid},{int(cid in self._packet.active)}" for cid in names])
        wanted, cid = command.number(0, high=1), command.number(1, 1, 1, 15)
        if not wanted:
            self._packet.deactivate(cid)
            return Answer()

        def decided(granted: bool) -> None:
            if granted:
                self._speaker.answer(Answer())
            else:
                self._speaker.refuse(Refused("cme", _NO_PACKETS if self._registration.registered else _NO_NETWORK))

        self._packet.activate(cid, decided)
        return LATER

    def _cgpaddr(self, _command: Command) -> Reply:
        active = sorted(self._packet.active)
        return Answer([f'+CGPADDR: {cid},"{ADDRESS}"' for cid in active])

    def _qjdr(self, command: Command) -> Reply:
        if command.kind == "read":
            return Answer([f"+QJDR: {int(self._jamming_report)}"])
        if command.kind == "test":
            return Answer(["+QJDR: (0,1)"])
        self._jamming_report = bool(command.number(0, high=1))
        self._jammed_told = False
        return Answer(then=self._watch_jamming)

    def _qjdcfg(self, command: Command) -> Reply:
        """Only "urc" has an effect here, which Quectel's note on jamming detection leaves off from the start."""
        if command.kind == "set" and command.word(0) == "urc":
            self._jamming_urc = bool(command.number(1, high=1))
        return Answer()

    def _watch_jamming(self) -> None:
        if self._cell.jammed == self._jammed_told or not self._jamming_report:
            if self._jamming_timer is not None:
                self._jamming_timer.cancel()
                self._jamming_timer = None
        elif self._jamming_timer is None:
            self._jamming_timer = self._clock.call_in(_JAMMING_FOUND_MS, self._tell_jamming)

    def _tell_jamming(self) -> None:
        self._jamming_timer = None
        self._jammed_told = self._cell.jammed
        if self._jamming_urc:
            self._speaker.say("+QJDR: JAMMED" if self._jammed_told else "+QJDR: NOJAMMING")
