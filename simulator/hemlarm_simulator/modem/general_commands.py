"""Commands about the modem itself: manners, identification, clock, supply, and those that only need to be taken."""

from collections.abc import Callable
from datetime import UTC, datetime

from hemlarm_simulator.modem.at_machine import Manners
from hemlarm_simulator.modem.command import Answer, Command, Handler, Refused, Reply
from hemlarm_simulator.modem.family import Family
from hemlarm_simulator.modem.powered_clock import PoweredClock

_SUPPLY_MV = 3_900

_TAKEN = (
    *("+IPR", "+IFC", "+ICF", "+CLIP", "+CRC", "+CVHU", "+CSCLK", "+CUSD", "+CTZU", "+CTZR", "+CGEREP", "+CGSMS"),
    *("+CNMP", "+CMNB", "+QCFG", "+QURCCFG", "+QSCLK", "+QSIMDET", "+QICFG", "+CIPCCFG", "+CIPTIMEOUT", "+CIPHEAD"),
    *(
        "+CIPSRIP",
        "+CIPSENDMODE",
        "+CTCPKA",
        "+CGAUTH",
        "+QIDNSCFG",
        "&F",
        "&W",
        "&C",
        "&D",
        "H",
        "X",
        "S0",
        "S3",
        "S4",
    ),
    *("S5", "S7", "+CPMUTE", "+CSSN", "+COLP", "+CEER", "+CSTA", "+CMOD", "+CTZR", "+CCWA"),
)
"""What is taken with OK and has no effect here."""


class GeneralCommands:
    """The commands. `set_function(level, restart)` is CFUN's, `switch_off` and `restart` the makers' own."""

    def __init__(
        self,
        clock: PoweredClock,
        family: Family,
        manners: Manners,
        set_function: Callable[[int], None],
        switch_off: Callable[[], None],
        restart: Callable[[], None],
        names: Callable[[], list[str]],
    ) -> None:
        self.function = 1
        self._clock = clock
        self._family = family
        self._manners = manners
        self._set_function = set_function
        self._switch_off = switch_off
        self._restart = restart
        self._names = names
        self._alphabet = "GSM" if family.quectel else "IRA"

    @property
    def alphabet(self) -> str:
        """What AT+CSCS chose."""
        return self._alphabet

    def handlers(self) -> dict[str, Handler]:
        """The commands."""
        family = self._family
        named: dict[str, Handler] = dict.fromkeys(_TAKEN, _take)
        named |= {"E": self._echo, "V": self._verbose, "Q": self._quiet, "Z": self._reset, "D": _no_carrier}
        named |= {
            "+CMEE": self._cmee,
            "+CFUN": self._cfun,
            "+CSCS": self._cscs,
            "+CCLK": self._cclk,
            "+CLAC": self._clac,
        }
        named |= {name: _tell(family.maker) for name in ("+CGMI", "+GMI")}
        named |= {name: _tell(family.model) for name in ("+CGMM", "+GMM")}
        revision = family.revision if family.quectel else f"+CGMR: {family.revision}"
        named |= {name: _tell(revision) for name in ("+CGMR", "+GMR")}
        named |= {name: _tell(family.imei) for name in ("+CGSN", "+GSN")}
        named |= {"I": _tell(*family.identification), "+GCAP": _tell("+GCAP: +CGSM,+FCLASS,+DS")}
        named |= {"+CPAS": _tell("+CPAS: 0"), "+CLCC": _take, "+WS46": _tell("28"), "+CBC": self._cbc}
        named |= {"+QPOWD": self._off} if family.quectel else {"+CPOF": self._off, "+CRESET": self._crestart}
        return named

    def _echo(self, command: Command) -> Reply:
        self._manners.echo = bool(command.number(0, 0, high=1))
        return Answer()

    def _verbose(self, command: Command) -> Reply:
        self._manners.verbose = bool(command.number(0, 0, high=1))
        return Answer()

    def _quiet(self, command: Command) -> Reply:
        self._manners.quiet = bool(command.number(0, 0, high=1))
        return Answer()

    def _reset(self, _command: Command) -> Reply:
        self._manners.forget()
        return Answer()

    def _cmee(self, command: Command) -> Reply:
        if command.kind == "read":
            return Answer([f"+CMEE: {self._manners.errors}"])
        if command.kind == "test":
            return Answer(["+CMEE: (0-2)"])
        self._manners.errors = command.number(0, high=2)
        return Answer()

    def _cfun(self, command: Command) -> Reply:
        if command.kind == "read":
            return Answer([f"+CFUN: {self.function}"])
        if command.kind == "test":
            return Answer(["+CFUN: (0,1,4),(0,1)"])
        level = command.number(0)
        if level not in (0, 1, 4, 6):
            raise Refused("cme", 50)
        if command.number(1, 0, high=1) or level == 6:
            return Answer(then=self._restart)
        changed, self.function = level != self.function, level
        return Answer(then=(lambda: self._set_function(level)) if changed else None)

    def _cscs(self, command: Command) -> Reply:
        if command.kind == "read":
            return Answer([f'+CSCS: "{self._alphabet}"'])
        if command.kind == "test":
            return Answer(['+CSCS: ("GSM","IRA","UCS2")'])
        if command.word(0) not in ("GSM", "IRA", "UCS2"):
            raise Refused("cme", 50)
        self._alphabet = command.word(0)
        return Answer()

    def _cclk(self, command: Command) -> Reply:
        if command.kind != "read":
            return Answer()
        now = datetime.fromtimestamp(self._clock.unix_ms // 1000, UTC)
        return Answer([f'+CCLK: "{now:%y/%m/%d,%H:%M:%S}+00"'])

    def _cbc(self, _command: Command) -> Reply:
        volts = f"+CBC: 0,80,{_SUPPLY_MV}" if self._family.quectel else f"+CBC: {_SUPPLY_MV / 1000:.3f}V"
        return Answer([volts])

    def _clac(self, _command: Command) -> Reply:
        return Answer([f"AT{name}" for name in sorted(self._names())])

    def _off(self, _command: Command) -> Reply:
        return Answer(then=self._switch_off)

    def _crestart(self, _command: Command) -> Reply:
        return Answer(then=self._restart)


def _take(_command: Command) -> Reply:
    return Answer()


def _no_carrier(_command: Command) -> Reply:
    return Answer(result="NO CARRIER")


def _tell(*lines: str) -> Handler:
    return lambda _command: Answer(list(lines))
