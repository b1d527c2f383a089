"""A sender of forwarding and whatever receivers answer it: nothing is lost, doubled, overtaken or said to be there."""

from dataclasses import dataclass, field, replace

from tools.fuzz_targets import Target

from hemlarm_cloud.forward.facts import Delivered, NewPassword, PutOff, Refused
from hemlarm_cloud.forward.heartbeats import Heartbeats
from hemlarm_cloud.forward.outbox import Item
from hemlarm_cloud.forward.passwords import Passwords
from hemlarm_cloud.forward.receivers import Receivers
from hemlarm_cloud.forward.sender import Sender, Wanted
from hemlarm_cloud.forward.settings import DestinationSettings
from hemlarm_cloud.forward.speaking import Saying, Speaking
from hemlarm_cloud.forward.speaking_dc09 import SpeakingDc09
from hemlarm_cloud.forward.speaking_sos_access import SpeakingSosAccess
from hemlarm_cloud.forward.verdicts import Action, Verdict
from hemlarm_cloud.trade import dc09, sos_access
from hemlarm_cloud.trade.errors import BadTelegram

KEY, PASSWORD = b"sixteen bytes ok", b"passwordof15ch."
_WALL_MS = 1_763_812_800_000
_WAITS_MAX = 20
"""Waits in a row after which something must go out."""

_STATUSES = (0, 10, 3, 4, 5, 9, 98, 99, 101, 42)

_CODES = (1130, 3130, 1110, 3401, 1406, 6130)


def check_forward(data: bytes) -> None:
    """The first byte chooses the protocol and the receivers; the others are answers.

    0 to 9 is a right answer of some status, 10 to 15 none, and from 16 on so many of the next bytes are the answer.
    """
    chosen = data[0] if data else 0
    world = _World(bool(chosen & 1), bool(chosen & 2), bool(chosen & 4))
    rest = data[1:]
    while rest:
        first, rest = rest[0], rest[1:]
        raw = b""
        if first >= 16:
            raw, rest = rest[: first - 15], rest[first - 15 :]
        world.turn(first, raw)


@dataclass
class _World:
    """The outbox and the receivers, as far as a sender can tell."""

    is_sos: bool
    has_secondary: bool
    has_level: bool
    now_ms: int = 0
    passwords: set[bytes] = field(default_factory=lambda: {PASSWORD})
    waiting: dict[int, list[Item]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.secret = PASSWORD if self.is_sos else KEY
        self.speaking: Speaking = (
            SpeakingSosAccess(DestinationSettings("HEM1", receiver="ARC", transmitter_type="HEM"))
            if self.is_sos
            else SpeakingDc09(DestinationSettings("ABC1", form="SIA-DCS" if self.has_level else "ADM-CID"), bytes)
        )
        self.sender = Sender(
            self.speaking,
            Receivers(self.has_secondary, bytes),
            Passwords(self.secret, None, self.is_sos),
            Heartbeats(90_000 if self.has_level else None, 0),
        )
        self.waiting = {site: [_item(2 * turn + site, site) for turn in range(6)] for site in (1, 2)}

    def turn(self, first: int, raw: bytes) -> None:
        """One telegram goes out and is answered."""
        wanted = self._next()
        saying = self.sender.saying(wanted, wanted.item.id if wanted.item else 9_000, _WALL_MS + self.now_ms)
        try:
            sent = self.sender.telegram(wanted, saying)
        except BadTelegram as bad:
            facts = self.sender.unsayable(wanted, str(bad), self.now_ms)
        else:
            verdict = self._verdict(sent, saying, self._answer(sent, saying, first, raw))
            if verdict is None:
                facts = self.sender.unanswered(wanted, "nothing", self.now_ms)
            else:
                facts = self.sender.answered(wanted, saying, verdict, self.now_ms)
        for fact in facts:
            if isinstance(fact, (Delivered, Refused, PutOff)):
                self._dealt_with(fact, first, raw)
            elif isinstance(fact, NewPassword):
                assert self.is_sos, "DC-09 gives no passwords"

    def _next(self) -> Wanted:
        for _ in range(_WAITS_MAX):
            if self.sender.is_empty:
                self.sender.offer([*self.waiting[1], *self.waiting[2]])
            wanted = self.sender.next(self.now_ms)
            if wanted is not None:
                return wanted
            waits_ms = self.sender.wait_ms(self.now_ms)
            assert waits_ms > 0, "it waits for no time at all"
            self.now_ms += waits_ms
            self._refill()
        raise AssertionError("it wants nothing any more")

    def _refill(self) -> None:
        for site, items in self.waiting.items():
            if not items:
                items.extend(_item(100 + self.now_ms + 2 * turn + site, site) for turn in range(2))

    def _dealt_with(self, fact: Delivered | Refused | PutOff, first: int, raw: bytes) -> None:
        items = self.waiting[fact.item.site]
        assert items, "what was not waiting is dealt with"
        assert items[0].id == fact.item.id, f"{fact.item.id} overtook {items[0].id}"
        if isinstance(fact, PutOff):
            items[0] = items[0]._replace(tries=items[0].tries + 1)
            return
        items.pop(0)
        if isinstance(fact, Delivered):
            # A receiver whose clock is an hour late (8) is believed, as long as it said nothing newer.
            said = (0, 1) if self.is_sos else (0, 1, 8)
            assert first in said or b"ACK" in raw or b"sponse" in raw, "nobody said that it came"

    def _answer(self, sent: bytes, saying: Saying, first: int, raw: bytes) -> bytes:
        if first >= len(_STATUSES):
            return raw
        return _sos_answer(sent, first) if self.is_sos else _dc09_answer(sent, saying, first)

    def _verdict(self, sent: bytes, saying: Saying, answer: bytes) -> Verdict | None:
        for telegram in self.speaking.splitter().feed(answer):
            try:
                verdict = self.speaking.judge(sent, telegram, saying)
            except BadTelegram:
                return None
            if verdict.action is not Action.IGNORE:
                return verdict
        return None


def _item(number: int, site: int) -> Item:
    qcode, account = _CODES[number % len(_CODES)], "1234" if number % 7 else None
    place = ("S-1", "Villa Björk", "Gatan 1", "Lund", "Europe/Stockholm" if number % 2 else "Nowhere", "Köket")
    return Item(number % 9_999, site, None, 0, account, qcode, 1, 5, 3, "", _WALL_MS, "t", *place)


def _dc09_answer(sent: bytes, saying: Saying, first: int) -> bytes:
    frame, time_ms = dc09.parse(sent, KEY), saying.time_ms + (first % 3) * 90_000
    if first < 2:
        return dc09.reply(dc09.ACK, frame, KEY, time_ms)
    if first == 2:
        return dc09.reply(dc09.DUH, frame, None, time_ms)
    if first < 5:
        return dc09.reply(dc09.NAK, None, None, time_ms if first == 3 else 0)
    if first < 7:
        return dc09.reply(dc09.ACK, replace(frame, sequence=1 + frame.sequence % 9_999), KEY, time_ms)
    if first == 7:
        return dc09.reply(dc09.ACK, replace(frame, encrypted=False), None, time_ms)
    return dc09.reply(dc09.ACK, frame, KEY, time_ms - 3_600_000) if first == 8 else dc09.Frame("RSP", 1, "1").pack()


def _sos_answer(sent: bytes, first: int) -> bytes:
    request = sos_access.parse_request(sent)
    kind = sos_access.kind_of(request)
    following = "another15chars." if kind == sos_access.NEW_AUTHENTICATION_KIND and first == 0 else ""
    reference = "" if first == 9 else request.reference
    status = _STATUSES[first]
    return sos_access.encode(sos_access.Response(kind, status, "x", reference, new_authentication=following))


TARGETS = (
    Target(
        name="forward",
        modules=tuple(
            f"hemlarm_cloud.forward.{name}"
            for name in ("sender", "receivers", "passwords", "heartbeats", "speaking_dc09", "speaking_sos_access")
        ),
        check=check_forward,
        words=(
            *(bytes([number]) for number in range(11)),
            dc09.reply(dc09.NAK, None, None, _WALL_MS),
            dc09.Frame(dc09.ACK, 1, "1234").pack(),
            sos_access.encode(sos_access.Response("alarm", 0, "OK")),
        ),
        seeds=(
            *(bytes([4 + chosen]) + bytes([8, 5, 8, 10, 10, 0, 0, 42, 42]) for chosen in (0, 1)),
            *(bytes([chosen]) + bytes(range(11)) + bytes(12) for chosen in range(8)),
            *(bytes([chosen, 10, 10, 10, 10, 0, 0, 3, 3, 3, 0]) for chosen in range(8)),
            *(bytes([chosen, 4, 4, 4, 4, 0, 0, 8, 0, 5, 5, 5]) for chosen in range(8)),
            bytes([1, 0, 3, 0, 10, 0, 0]),
            bytes([7, *([10, 10] * 30), 0, 0]),
            bytes([3, *([4] * 40)]),
            bytes([5, 0, 0, 8, 8, 5, 5, *([8] * 30)]),
            bytes([1, *([6] * 120)]),
            bytes([0, 0, 16 + 20]) + dc09.reply(dc09.NAK, None, None, _WALL_MS),
        ),
    ),
)
