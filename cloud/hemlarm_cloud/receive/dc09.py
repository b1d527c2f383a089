"""The receiving end of SIA DC-09, without I/O: events are stored before they are acknowledged, a repetition once.

An account with a key takes encrypted telegrams only, and a telegram's time must lie within the window. Within it a
recorded telegram is a repetition; under another sequence number it is refused, for the number itself is not encrypted.
What cannot be read is not answered, lest a stranger use us to shout at somebody else. The standard's encryption has no
proof of who wrote a telegram, so whoever can change what is on the line can do harm that nobody here can see.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from hemlarm_cloud.receive import accounts, codes, dc09_tolerance, keeping, times
from hemlarm_cloud.receive.accounts import DC_09, Account
from hemlarm_cloud.receive.core import Refusal
from hemlarm_cloud.receive.dc09_tolerance import Heard
from hemlarm_cloud.receive.keeping import ForeignEvent
from hemlarm_cloud.receive.recordings import Recordings
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_cloud.trade import dc09 as codec
from hemlarm_cloud.trade import dc09_data
from hemlarm_cloud.trade.dc09 import Frame
from hemlarm_cloud.trade.errors import BadTelegram
from hemlarm_cloud.vault import Vault

OLD_MS, YOUNG_MS = 40_000, 20_000
"""How far a telegram's time may lie behind our clock, and before it: the standard's window."""

EVENT, REPETITION, HEARTBEAT = "event", "repetition", "heartbeat"
UNKNOWN, NO_KEY, NOT_ENCRYPTED = "unknown account", "encrypted without a key", "not encrypted"
UNTIMELY, REPLAYED = "outside the window", "replayed"
"""What a frame can be besides malformed, not understood and not stored."""

_ANSWERS = {EVENT: codec.ACK, REPETITION: codec.ACK, HEARTBEAT: codec.ACK, UNTIMELY: codec.NAK}
"""Everything else is refused."""

_OCCURRED = "H"
"""Begins the extended data that says when it happened, where that is not when it is told."""


class Dc09Core:
    """See `core.Core`."""

    def __init__(
        self, vault: Vault, random: Callable[[int], bytes], old_ms: int = OLD_MS, young_ms: int = YOUNG_MS
    ) -> None:
        """`random` gives bytes for padding."""
        assert old_ms + young_ms <= keeping.REPEATED_MS, "a recorded telegram would be an event of its own"
        self.counts: Counter[str] = Counter()
        self._vault = vault
        self._random = random
        self._window = (-old_ms, young_ms)
        self._recordings = Recordings(old_ms + young_ms)

    def read(self, data: bytes, now_ms: int) -> Heard | Refusal:  # noqa: ARG002 - other protocols tell the time.
        """Return the frame, still encrypted if it is."""
        try:
            heard = dc09_tolerance.read(data)
        except BadTelegram:
            heard = None
        if heard is None or not heard.frame.account:
            self.counts["malformed"] += 1
            return Refusal(None)
        return heard

    def take(self, tx: Transaction, said: Heard, now_ms: int) -> bytes:
        """Store what a frame says; returns ACK, NAK or DUH."""
        frame = said.frame
        account = accounts.find(tx, self._vault, accounts.transmitter_id(DC_09, frame.account.upper()))
        try:
            verdict = self._taken(tx, account, said, now_ms)
        except BadTelegram:
            verdict = "not understood"
        self.counts[verdict] += 1
        kind = _ANSWERS.get(verdict, codec.DUH)
        key = account.secret if account and kind == codec.ACK else None
        return said.numbered(codec.reply(kind, frame, key, now_ms, self._random))

    def unable(self, said: Heard, now_ms: int) -> None:  # noqa: ARG002 - see `core.Core`.
        """Say nothing, so that the transmitter tries again."""
        self.counts["not stored"] += 1

    def _taken(self, tx: Transaction, account: Account | None, said: Heard, now_ms: int) -> str:
        """Store what it says, and return what it was. Raises BadTelegram for what cannot be understood."""
        if account is None:
            return UNKNOWN
        if said.frame.encrypted is not (account.secret is not None):
            return NO_KEY if said.frame.encrypted else NOT_ENCRYPTED
        frame = said.frame if account.secret is None else dc09_tolerance.opened(said.frame, account.secret)
        if not self._is_timely(frame, now_ms):
            return UNTIMELY
        if not self._recordings.is_original(said, now_ms):
            return REPLAYED
        events = _events(account, frame, _plain(said, frame), now_ms)
        content = _content(said, frame)
        kept = [keeping.keep_once(tx, event, b"%d %s" % (at, content)) for at, event in enumerate(events)]
        accounts.hear(tx, account, now_ms)
        return HEARTBEAT if not events else EVENT if any(kept) else REPETITION

    def _is_timely(self, frame: Frame, now_ms: int) -> bool:
        oldest, youngest = self._window
        return frame.time_ms is None or oldest <= frame.time_ms - now_ms <= youngest


def _events(account: Account, frame: Frame, telegram: bytes, now_ms: int) -> list[ForeignEvent]:
    """What a frame tells of; a link test tells of nothing. Raises BadTelegram."""
    if frame.kind == codec.NULL:
        return []
    if frame.kind not in (codec.ADM_CID, codec.SIA_DCS):
        raise BadTelegram(f"no receiver of ours understands {frame.kind}")
    occurred = next((text[1:] for text in frame.extended if text.startswith(_OCCURRED)), "")
    told_ms = times.from_dc09(occurred)
    event = ForeignEvent(
        account.transmitter,
        telegram,
        "",
        0,
        now_ms,
        happened_ms=frame.time_ms if told_ms is None else told_ms,
    )
    if frame.kind == codec.ADM_CID:
        qcode, area, number = dc09_data.read_adm_cid(frame.data)
        zone, user = _zone_and_user(qcode, number)
        return [replace(event, code=f"{qcode:04}", qcode=qcode, area=area, zone=zone, user=user)]
    return [_sia_event(account, event, each) for each in dc09_data.read_sia_dcs(dc09_tolerance.separated(frame.data))]


def _sia_event(account: Account, event: ForeignEvent, told: dc09_data.SiaEvent) -> ForeignEvent:
    qcode = codes.qcode_of(told.code, own=account.settings.codes)
    zone, user = _zone_and_user(qcode, told.number)
    text = keeping.shown(told.text)
    return replace(event, code=told.code, qcode=qcode, area=told.area, zone=zone, user=user or told.user, text=text)


def _zone_and_user(qcode: int, number: int) -> tuple[int, int]:
    return (0, number) if codes.is_of_user(qcode) else (number, 0)


def _content(said: Heard, frame: Frame) -> bytes:
    """What a repetition has in common: all but the time and the padding."""
    return "\n".join((said.number.decode(), frame.kind, frame.data, *frame.extended)).encode()


def _plain(said: Heard, frame: Frame) -> bytes:
    """The telegram as it would have come without encryption."""
    return said.numbered(replace(frame, encrypted=False).pack())
