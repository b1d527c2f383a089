"""Commands for messages, in PDU and in text mode (3GPP TS 27.005)."""

import re
from collections.abc import Callable

from hemlarm_simulator.modem import sms_text
from hemlarm_simulator.modem.card_commands import CardReader
from hemlarm_simulator.modem.command import LATER, Answer, Command, Handler, Later, Prompt, Refused, Reply, Speaker
from hemlarm_simulator.modem.message_store import (
    REC_READ,
    REC_UNREAD,
    STO_SENT,
    STO_UNSENT,
    MessageStore,
    StoredMessage,
)
from hemlarm_simulator.modem.powered_clock import PoweredClock
from hemlarm_simulator.modem.registration import Registration
from hemlarm_simulator.modem.sim_card import SimCard
from hemlarm_simulator.modem.sms_centre import Report, SmsCentre
from hemlarm_simulator.modem.sms_inbox import Format, Inbox
from hemlarm_simulator.modem.tpdu import ShortMessage, Submit, TpduError, decode_submit, service_centre

_SUBMIT_MS = 1_500
_NO_ANSWER_MS = 10_000
"""Our choices for a network in good order, and for one that does not answer."""

_OUT_OF_ORDER, _NOT_SUPPORTED, _BAD_PDU, _BAD_INDEX, _FULL, _NO_NETWORK = 38, 303, 304, 321, 322, 331
_BAD_TEXT = 305
_NUMBER = re.compile(r"\+?[0-9]{1,20}", re.ASCII)
_ALL = 4
_PROMPT = b"\r\n> "
_REPORT_WANTED = 0x20

DELETE_ONE, DELETE_READ, DELETE_SENT, DELETE_DRAFTS, DELETE_ALL = range(5)
_DELETES = {
    DELETE_READ: (REC_READ,),
    DELETE_SENT: (REC_READ, STO_SENT),
    DELETE_DRAFTS: (REC_READ, STO_SENT, STO_UNSENT),
    DELETE_ALL: (REC_UNREAD, REC_READ, STO_SENT, STO_UNSENT),
}


class SmsService:
    """The commands, and what the SMS centre delivers."""

    def __init__(
        self,
        clock: PoweredClock,
        card_reader: CardReader,
        card: SimCard,
        centre: SmsCentre,
        registration: Registration,
        stores: dict[str, MessageStore],
        first_store: str,
        alphabet: Callable[[], str],
        speaker: Speaker,
        at_moment: Callable[[str], None],
    ) -> None:
        self._clock = clock
        self._card_reader = card_reader
        self._card = card
        self._centre = centre
        self._registration = registration
        self._stores = stores | {"SM": card.messages}
        self._chosen = [first_store] * 3
        self._format = Format(False, False, alphabet)
        self._inbox = Inbox(clock, self._stores, self._format, lambda: self._store(2), speaker.say, self._room_again)
        self._speaker = speaker
        self._at_moment = at_moment
        self._parameters = (17, 167, 0, 0)

    def take(self, message: ShortMessage, centre: str, sent_unix_ms: int) -> bool:
        """A message arrives; False while the modem is out of reach or full."""
        return self._listens and self._inbox.take(message, centre, sent_unix_ms)

    def take_report(self, report: Report) -> bool:
        """A status report arrives; False as above."""
        return self._listens and self._inbox.take_report(report, self._centre.number)

    def update(self) -> None:
        """The network is there again: what waited comes."""
        if self._listens:
            self._centre.reachable(self._card.number)

    def handlers(self) -> dict[str, Handler]:
        """The commands."""
        return {
            name: self._with_card(handler)
            for name, handler in (
                *(("+CMGF", self._cmgf), ("+CSMS", self._csms), ("+CPMS", self._cpms), ("+CSCA", self._csca)),
                *(("+CSMP", self._csmp), ("+CSDH", self._csdh), ("+CNMI", self._inbox.cnmi)),
                *(("+CNMA", self._inbox.cnma), ("+CMGS", self._cmgs), ("+CMGW", self._cmgw), ("+CMSS", self._cmss)),
                *(("+CMGR", self._cmgr), ("+CMGL", self._cmgl), ("+CMGD", self._cmgd), ("+CMMS", _take)),
                *(("+CSCB", _take), ("+CSAS", _take), ("+CRES", _take)),
            )
        }

    @property
    def _listens(self) -> bool:
        return self._registration.usable and self._card_reader.usable

    def _with_card(self, handler: Handler) -> Handler:
        def checked(command: Command) -> Reply:
            self._card_reader.need_for_messages()
            return handler(command)

        return checked

    def _store(self, use: int) -> MessageStore:
        return self._stores[self._chosen[use]]

    def _room_again(self) -> None:
        self._centre.reachable(self._card.number)

    def _cmgf(self, command: Command) -> Reply:
        if command.kind == "read":
            return Answer([f"+CMGF: {int(self._format.text)}"])
        if command.kind == "test":
            return Answer(["+CMGF: (0,1)"])
        self._format.text = bool(command.number(0, 0, high=1))
        return Answer()

    def _csms(self, command: Command) -> Reply:
        if command.kind == "read":
            return Answer([f"+CSMS: {int(self._inbox.phase_2_plus)},1,1,1"])
        if command.kind == "test":
            return Answer(["+CSMS: (0,1)"])
        self._inbox.phase_2_plus = bool(command.number(0, high=1))
        return Answer(["+CSMS: 1,1,1"])

    def _cpms(self, command: Command) -> Reply:
        if command.kind == "test":
            return Answer(['+CPMS: ("ME","MT","SM","SR"),("ME","MT","SM"),("ME","MT","SM")'])
        if command.kind == "read":
            shown = (f'"{self._chosen[use]}",{self._filled(use)}' for use in range(3))
            return Answer(["+CPMS: " + ",".join(shown)])
        chosen = [command.word(use, self._chosen[use]).replace("MT", "ME") for use in range(3)]
        if any(name not in self._stores for name in chosen) or "SR" in chosen[1:]:
            raise Refused("cms", _NOT_SUPPORTED)
        self._chosen = chosen
        return Answer(["+CPMS: " + ",".join(self._filled(use) for use in range(3))])

    def _filled(self, use: int) -> str:
        store = self._store(use)
        return f"{len(store.messages)},{store.capacity}"

    def _csca(self, command: Command) -> Reply:
        if command.kind == "read":
            return Answer([f'+CSCA: "{self._card.service_centre or self._centre.number}",145'])
        if command.kind == "set":
            self._card.service_centre = command.word(0)
        return Answer()

    def _csmp(self, command: Command) -> Reply:
        if command.kind == "read":
            return Answer(["+CSMP: " + ",".join(map(str, self._parameters))])
        if command.kind == "set":
            first, period, pid, dcs = (command.number(at, self._parameters[at], high=255) for at in range(4))
            self._parameters = (first, period, pid, dcs)
        return Answer()

    def _csdh(self, command: Command) -> Reply:
        if command.kind == "read":
            return Answer([f"+CSDH: {int(self._format.details)}"])
        if command.kind == "set":
            self._format.details = bool(command.number(0, 0, high=1))
        return Answer()

    def _cmgs(self, command: Command) -> Reply:
        if command.kind == "test":
            return Answer()
        return self._prompt(command, self._send)

    def _cmgw(self, command: Command) -> Reply:
        if command.kind == "test":
            return Answer()
        return self._prompt(command, self._keep)

    def _prompt(self, command: Command, then: Callable[[Submit], "Answer | Later"]) -> Reply:
        if self._format.text:
            receiver = self._receiver(command.word(0))
            return Prompt(_PROMPT, None, lambda data: then(self._typed(receiver, data)), ("sms-prompt", "sms-data"))
        length = command.number(0, high=164)
        return Prompt(_PROMPT, None, lambda data: then(self._pdu(length, data)), ("sms-prompt", "sms-data"))

    def _receiver(self, word: str) -> str:
        try:
            number = sms_text.typed_text(word.encode(), "UCS2") if self._format.alphabet() == "UCS2" else word
        except ValueError:
            number = ""
        if not _NUMBER.fullmatch(number):
            raise Refused("cms", _BAD_TEXT)
        return number

    def _typed(self, receiver: str, data: bytes) -> Submit:
        first, _, pid, dcs = self._parameters
        alphabet = self._format.alphabet()
        message = sms_text.written(data, alphabet, self._card.number, receiver, pid, dcs)
        return Submit(0, message, bool(first & _REPORT_WANTED))

    def _pdu(self, length: int, data: bytes) -> Submit:
        try:
            octets = bytes.fromhex(data.decode("ascii"))
            tpdu = octets[octets[0] + 1 :]
            if len(tpdu) != length:
                raise TpduError(f"{len(tpdu)} octets instead of {length}")
            return decode_submit(tpdu, self._card.number)
        except (ValueError, IndexError):
            raise Refused("cms", _BAD_PDU) from None

    def _send(self, submit: Submit) -> Later:
        if not self._registration.registered:
            self._clock.call_in(_SUBMIT_MS, lambda: self._speaker.refuse(Refused("cms", _NO_NETWORK)))
        elif not self._registration.usable or not self._centre.up:
            code = _OUT_OF_ORDER if self._registration.usable else _NO_NETWORK
            self._clock.call_in(_NO_ANSWER_MS, lambda: self._speaker.refuse(Refused("cms", code)))
        else:
            self._clock.call_in(_SUBMIT_MS, lambda: self._submitted(submit))
        return LATER

    def _submitted(self, submit: Submit) -> None:
        reference = self._card.last_reference = (self._card.last_reference + 1) % 256
        self._centre.submit(submit.message, reference, submit.report)
        self._at_moment("sms-sent")
        self._speaker.answer(Answer([f"+CMGS: {reference}"]))

    def _keep(self, submit: Submit) -> Answer:
        store = self._store(1)
        if store.full:
            raise Refused("cms", _FULL)
        # Of a stored draft only what text mode shows is kept; PDU mode shows it as it would be received.
        kept = StoredMessage(
            STO_UNSENT, submit.message.data, self._centre.number, submit.message, None, self._clock.unix_ms
        )
        return Answer([f"+CMGW: {store.add(kept)}"])

    def _cmss(self, command: Command) -> Reply:
        stored = self._store(1).messages.get(command.number(0))
        if stored is None or stored.message is None or stored.status < STO_UNSENT:
            raise Refused("cms", _BAD_INDEX)
        return self._send(Submit(0, stored.message, bool(self._parameters[0] & _REPORT_WANTED)))

    def _cmgr(self, command: Command) -> Reply:
        stored = self._store(0).messages.get(command.number(0))
        if stored is None:
            raise Refused("cms", _BAD_INDEX)
        shown = self._shown("+CMGR: ", stored)
        _mark_read(stored)
        return Answer([shown])

    def _cmgl(self, command: Command) -> Reply:
        if command.kind == "test":
            return Answer(["+CMGL: " + ('("REC UNREAD","REC READ","ALL")' if self._format.text else "(0-4)")])
        wanted = self._wanted(command)
        lines: list[str | bytes] = []
        for place, stored in self._store(0).in_order():
            if wanted in (_ALL, stored.status):
                lines.append(self._shown(f"+CMGL: {place},", stored))
                _mark_read(stored)
        return Answer(lines)

    def _wanted(self, command: Command) -> int:
        if not self._format.text:
            return command.number(0, REC_UNREAD, high=_ALL)
        word = command.word(0, "REC UNREAD").upper()
        if word == "ALL":
            return _ALL
        if word not in sms_text.STATUSES:
            raise Refused("cms", _BAD_TEXT)
        return sms_text.STATUSES.index(word)

    def _shown(self, begin: str, stored: StoredMessage) -> bytes:
        if not self._format.text:
            pdu = (service_centre(stored.centre) + stored.tpdu).hex().upper()
            return f"{begin}{stored.status},,{len(stored.tpdu)}\r\n{pdu}".encode()
        alphabet = self._format.alphabet()
        state = f'"{sms_text.STATUSES[stored.status]}",'
        head = (begin + state + sms_text.header(stored, alphabet, self._format.details)).encode()
        return head if stored.message is None else head + b"\r\n" + sms_text.shown(stored.message, alphabet)

    def _cmgd(self, command: Command) -> Reply:
        store = self._store(0)
        if command.kind == "test":
            places = ",".join(str(place) for place, _ in store.in_order())
            return Answer([f"+CMGD: ({places}),(0-4)"])
        flag = command.number(1, DELETE_ONE, high=DELETE_ALL)
        was_full = store.full
        if flag == DELETE_ONE:
            store.messages.pop(command.number(0, high=store.capacity), None)
        else:
            for place, stored in store.in_order():
                if stored.status in _DELETES[flag]:
                    del store.messages[place]
        return Answer(then=self._room_again if was_full else None)


def _mark_read(stored: StoredMessage) -> None:
    if stored.status == REC_UNREAD:
        stored.status = REC_READ


def _take(_command: Command) -> Reply:
    return Answer()
