"""The card reader: PIN and PUK, and what the card says about itself."""

from collections.abc import Callable

from hemlarm_simulator.modem.command import LATER, Answer, Command, Handler, Refused, Reply, Speaker
from hemlarm_simulator.modem.family import Family
from hemlarm_simulator.modem.powered_clock import PoweredClock
from hemlarm_simulator.modem.sim_card import SimCard

_READING_MS = 1_500
"""From the modem's start until it has read the card: our choice."""

_VERIFYING_MS = 200

_NO_CARD, _PIN, _PUK, _DEAD, _BUSY, _WRONG = 10, 11, 12, 13, 14, 16
"""+CME ERROR numbers of 3GPP TS 27.007."""

_MESSAGE_CODES = {_NO_CARD: 310, _PIN: 311, _PUK: 316, _DEAD: 313, _BUSY: 314}
"""The same as +CMS ERROR numbers of 3GPP TS 27.005."""


class CardReader:
    """Reads the card at the start; `ready` is called when it may be used, `say` takes unsolicited lines."""

    def __init__(
        self,
        clock: PoweredClock,
        family: Family,
        card: SimCard,
        speaker: Speaker,
        ready: Callable[[], None],
    ) -> None:
        self._clock = clock
        self._family = family
        self._card = card
        self._speaker = speaker
        self._ready = ready
        self._read = False
        self._unlocked = False

    def begin(self) -> None:
        """The modem starts."""
        self._clock.call_in(_READING_MS, self._read_card)

    @property
    def usable(self) -> bool:
        """Whether the card has been read and is unlocked."""
        return self._refusal() == 0

    def need(self) -> None:
        """Raises Refused unless the card can be used."""
        if code := self._refusal():
            raise Refused("cme", code)

    def need_for_messages(self) -> None:
        """The same, as the commands for messages say it."""
        if code := self._refusal():
            raise Refused("cms", _MESSAGE_CODES[code])

    def handlers(self) -> dict[str, Handler]:
        """The commands."""
        names = {
            "+CPIN": self._cpin,
            "+CLCK": self._clck,
            "+CPWD": self._cpwd,
            "+CIMI": self._imsi,
            "+CNUM": self._cnum,
        }
        if self._family.quectel:
            return names | {"+QCCID": self._qccid, "+QPINC": self._qpinc, "+QSIMSTAT": self._qsimstat}
        return names | {"+CICCID": self._ciccid, "+SPIC": self._spic}

    def status(self) -> str:
        """What +CPIN says."""
        code = self._refusal()
        return {0: "READY", _PIN: "SIM PIN", _PUK: "SIM PUK"}.get(code, "NOT READY")

    def _refusal(self) -> int:
        if not self._card.inserted:
            return _NO_CARD
        if not self._read:
            return _BUSY
        if self._card.dead:
            return _DEAD
        if self._card.blocked:
            return _PUK
        return _PIN if self._card.asks_pin and not self._unlocked else 0

    def _read_card(self) -> None:
        self._read = True
        if not self._card.inserted:
            self._speaker.say("+CPIN: NOT INSERTED" if self._family.quectel else "+CPIN: SIM REMOVED")
            return
        self._speaker.say(f"+CPIN: {self.status()}")
        if self._family.quectel:
            self._speaker.say("+QUSIM: 1")
        if self.usable:
            self._ready()

    def _cpin(self, command: Command) -> Reply:
        code = self._refusal()
        if command.kind == "test":
            return Answer()
        if command.kind == "read":
            if code in (_NO_CARD, _BUSY, _DEAD):
                raise Refused("cme", code)
            return Answer([f"+CPIN: {self.status()}"])
        if code not in (_PIN, _PUK):
            raise Refused("cme", code or 3)
        self._clock.call_in(_VERIFYING_MS, lambda: self._verify(command, code))
        return LATER

    def _verify(self, command: Command, code: int) -> None:
        secret = command.word(0, "")
        new = command.word(1, "")
        if code == _PUK and not new:
            self._speaker.refuse(Refused("cme", _PUK))
            return
        right = self._card.unblock(secret, new) if code == _PUK else self._card.verify(secret)
        if not right:
            self._speaker.refuse(Refused("cme", _PUK if self._card.blocked and code == _PIN else _WRONG))
            return
        self._unlocked = True
        self._speaker.answer(Answer(then=self._unlocked_now))

    def _unlocked_now(self) -> None:
        self._speaker.say("+CPIN: READY")
        self._ready()

    def _clck(self, command: Command) -> Reply:
        if command.kind == "test":
            return Answer(['+CLCK: ("SC")'])
        if command.word(0) != "SC":
            raise Refused("cme", 4)
        self.need()
        mode = command.number(1, high=2)
        if mode == 2:
            return Answer([f"+CLCK: {int(self._card.asks_pin)}"])
        self._need_right(command.word(2))
        self._card.asks_pin = mode == 1
        return Answer()

    def _cpwd(self, command: Command) -> Reply:
        if command.word(0) != "SC":
            raise Refused("cme", 4)
        self.need()
        self._need_right(command.word(1))
        self._card.pin = command.word(2)
        return Answer()

    def _need_right(self, pin: str) -> None:
        if not self._card.verify(pin):
            raise Refused("cme", _PUK if self._card.blocked else _WRONG)

    def _imsi(self, _command: Command) -> Reply:
        self.need()
        return Answer([self._card.imsi])

    def _cnum(self, _command: Command) -> Reply:
        self.need()
        return Answer([f'+CNUM: "","{self._card.number}",145'])

    def _qccid(self, _command: Command) -> Reply:
        self.need()
        return Answer([f"+QCCID: {self._card.iccid}"])

    def _ciccid(self, _command: Command) -> Reply:
        self.need()
        return Answer([f"+ICCID: {self._card.iccid}"])

    def _qpinc(self, command: Command) -> Reply:
        if not self._card.inserted:
            raise Refused("cme", _NO_CARD)
        which = command.word(0, "SC")
        lines: list[str | bytes] = [f'+QPINC: "SC",{self._card.pin_attempts},{self._card.puk_attempts}']
        if command.kind == "read":
            lines.append('+QPINC: "P2",3,10')
        elif which != "SC":
            lines = ['+QPINC: "P2",3,10']
        return Answer(lines)

    def _spic(self, _command: Command) -> Reply:
        if not self._card.inserted:
            raise Refused("cme", _NO_CARD)
        return Answer([f"+SPIC: {self._card.pin_attempts},{self._card.puk_attempts},3,10"])

    def _qsimstat(self, _command: Command) -> Reply:
        return Answer([f"+QSIMSTAT: 0,{int(self._card.inserted)}"])
