"""SIA DC-09 as we speak it to a receiver.

Sequence numbers are kept over repetitions, so that a receiver knows one. An answer must have the number of what was
sent, and be encrypted if that was; its time may not go back, lest an old acknowledgement be played to us again.
"""

from hemlarm_cloud.forward.outbox import Item
from hemlarm_cloud.forward.settings import DestinationSettings
from hemlarm_cloud.forward.speaking import Random, Saying
from hemlarm_cloud.forward.verdicts import Action, Verdict
from hemlarm_cloud.trade import dc09, dc09_data, sia_codes
from hemlarm_cloud.trade.dc09 import Frame
from hemlarm_cloud.trade.errors import BadTelegram
from hemlarm_protocol.contact_id import split

OFFSET_MAX_MS = 24 * 3_600_000
"""A receiver whose clock differs by more is not believed."""

_FRESH_MS = 60_000
"""An acknowledgement's time may be so far from ours whatever came before; the standard's windows are shorter."""

_BACK_MS = 2_000
"""Whole seconds are told, and two answers may overtake each other in a receiver."""


class SpeakingDc09:
    """One destination's DC-09."""

    numbered = True
    can_renew = False

    def __init__(self, settings: DestinationSettings, random: Random) -> None:
        self._settings = settings
        self._random = random
        self._answered_ms = 0

    def event(self, item: Item, saying: Saying) -> bytes:
        """Return the telegram about a signal. Its time is when it is sent, which is what a receiver checks."""
        account = item.account or ""
        is_person = 400 <= split(item.qcode)[1] < 500
        number = item.user if is_person else item.zone
        if self._settings.form == dc09.ADM_CID:
            data = dc09_data.adm_cid(account, item.qcode, item.area, number)
        else:
            event = dc09_data.SiaEvent(sia_codes.sia_code(item.qcode), number, min(item.area, dc09_data.AREA_MAX))
            data = dc09_data.sia_dcs(account, event)
        return self._packed(self._settings.form, account, data, saying)

    def heartbeat(self, saying: Saying) -> bytes:
        """Return a link test."""
        return self._packed(dc09.NULL, self._settings.account, "", saying)

    def renewal(self, _saying: Saying) -> bytes:
        """Raise BadTelegram: keys are changed by people."""
        raise BadTelegram("DC-09 has no way to ask for a new key")

    def splitter(self) -> dc09.Splitter:
        """Return a new splitter for a connection's answers."""
        return dc09.Splitter()

    def judge(self, sent: bytes, answer: bytes, saying: Saying) -> Verdict:
        """Return what an answer means for the telegram that was sent. Raises BadTelegram for what is none."""
        question = dc09.parse(sent)
        frame = dc09.parse(answer, saying.secret, exact_length=False)
        if frame.kind == dc09.NAK:
            return self._judge_refusal(frame, saying.time_ms)
        if frame.sequence != question.sequence:
            return Verdict(Action.IGNORE, f"an answer to number {frame.sequence}")
        if frame.kind == dc09.DUH:
            return Verdict(Action.REFUSE, "DUH: the receiver cannot process it")
        if frame.kind != dc09.ACK or frame.encrypted != question.encrypted:
            raise BadTelegram(
                f"{frame.kind} {'' if frame.encrypted else 'not '}encrypted is no answer to this telegram"
            )
        return self._judge_acknowledgement(frame, saying.time_ms)

    def _judge_refusal(self, frame: Frame, time_ms: int) -> Verdict:
        if frame.time_ms is None or abs(frame.time_ms - time_ms) > OFFSET_MAX_MS:
            return Verdict(Action.AGAIN, "NAK, without a time that could be right")
        return Verdict(Action.CLOCK, "NAK", frame.time_ms)

    def _judge_acknowledgement(self, frame: Frame, time_ms: int) -> Verdict:
        told_ms = frame.time_ms
        if told_ms is not None:
            if told_ms < self._answered_ms - _BACK_MS and abs(told_ms - time_ms) > _FRESH_MS:
                return Verdict(Action.IGNORE, "an acknowledgement of long ago")
            self._answered_ms = told_ms
        return Verdict(Action.DONE)

    def _packed(self, kind: str, account: str, data: str, saying: Saying) -> bytes:
        settings, time_ms = self._settings, max(0, saying.time_ms)
        frame = Frame(
            kind, saying.sequence, account, data, receiver=settings.receiver, line=settings.line, time_ms=time_ms
        )
        return frame.pack(saying.secret, self._random)
