"""What foreign transmitters say to our receivers: SOS Access as bytes, and both protocols up to the store.

Whatever comes, only what is stored is acknowledged, and what one input stored the next does not see.
"""

from contextlib import suppress
from functools import cache

from sqlalchemy import func, insert, select
from tools.fuzz_dc09 import KEY, hidden, wrapped
from tools.fuzz_targets import Target, pieces

from hemlarm_cloud.receive import accounts
from hemlarm_cloud.receive.accounts import Account, AccountSettings
from hemlarm_cloud.receive.core import Core, Refusal
from hemlarm_cloud.receive.dc09 import Dc09Core
from hemlarm_cloud.receive.sos_access import SosAccessCore
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.schema_cases import foreign_event
from hemlarm_cloud.store.schema_sites import site, transmitter
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_cloud.trade import dc09
from hemlarm_cloud.trade import sos_access as codec
from hemlarm_cloud.trade.errors import BadTelegram
from hemlarm_cloud.trade.sos_access_xml import Splitter
from hemlarm_cloud.vault import Vault

NOW_MS = 1_763_812_800_000
PASSWORD = "abcdefghijklmno"  # noqa: S105 - nobody's.
STREAM_MAX = 1_000
"""Bytes of a telegram that the splitter may hold here, so that short inputs reach its bounds."""

_ALARM = codec.encode(codec.AlarmRequest(PASSWORD, "R", "SV300", "IO1", "BA", detector="7", additional_info="a\nb"))
_TIMED = codec.encode(
    codec.AlarmRequest(PASSWORD, "R", "SV300", "IO1", "OP", codec.RESTORE, "r1", "2025-11-22 13:00:00.000")
)
_PING = codec.encode(codec.PingRequest(PASSWORD, "SV300", "IO1", "r1"))
_RENEWAL = codec.encode(codec.NewAuthenticationRequest(PASSWORD, "SV300", "IO1"))
_REQUESTS = (_ALARM, _TIMED, _PING, _RENEWAL)


def check_sos_access(data: bytes) -> None:
    """As a stream, cut by its first two bytes, and as a telegram; what is understood is written and read again."""
    _check_stream(data[2:], data[:2] or b"\x01")
    for telegram in (data, codec.HEADER.encode() + data):
        try:
            request = codec.parse_request(telegram)
        except BadTelegram as bad:
            _check_refusal(bad)
        else:
            assert codec.parse_request(codec.encode(request)) == request
            for name, text in vars(request).items():
                assert len(text) <= codec.LENGTHS[name][1], f"{name} is too long"
                assert codec.is_printable(text), f"{name} is not printable"
        with suppress(BadTelegram):
            response = codec.parse_response(telegram)
            assert codec.parse_response(codec.encode(response)) == response
    text = codec.fit(data.decode("utf-8", "replace"), 40)
    assert len(text) <= 40
    assert codec.is_printable(text)


def _check_refusal(bad: BadTelegram) -> None:
    assert bad.status in codec.STATUS, f"status {bad.status}"
    codec.encode(codec.Response(bad.kind or codec.ALARM_KIND, bad.status, str(bad), bad.reference))


def _check_stream(stream: bytes, sizes: bytes) -> None:
    whole, cut = Splitter(STREAM_MAX), Splitter(STREAM_MAX)
    found, again = whole.feed(stream), list[bytes]()
    for piece in pieces(stream, sizes):
        again += cut.feed(piece)
        assert cut.held <= STREAM_MAX, f"{cut.held} bytes are held"
    assert all(len(each) <= STREAM_MAX + 1 for each in found + again), "a telegram is too long"
    if not whole.broken:
        assert found == again, f"in pieces of {list(sizes)} {again}, in one {found}"


def check_receive(data: bytes) -> None:
    """By its first byte a telegram of SOS Access, or of DC-09, its body, or what is hidden in it; each comes twice."""
    kind, telegram = data[:1], data[1:]
    store, vault = _opened()
    sos_access = kind in (b"s", b"S")
    core: Core = SosAccessCore(vault, _chance) if sos_access else Dc09Core(vault, _chance)
    if kind == b"b":
        telegram = wrapped(telegram)
    elif kind == b"h":
        telegram = wrapped(b'"*ADM-CID"0012L0#BEEF[' + hidden(telegram))
    with suppress(_UndoneError), store.begin() as tx:
        answers = [_answer(core, tx, telegram, at_ms) for at_ms in (NOW_MS, NOW_MS + 5_000)]
        _check_answers(answers, tx, sos_access)
        raise _UndoneError


def _answer(core: Core, tx: Transaction, telegram: bytes, now_ms: int) -> bytes | None:
    said = core.read(telegram, now_ms)
    if isinstance(said, Refusal):
        return said.answer
    unable = core.unable(said, now_ms)
    assert unable is None or codec.parse_response(unable).status == codec.Status.NOT_TREATED_NOT_DISTRIBUTED
    return core.take(tx, said, now_ms)


def _check_answers(answers: list[bytes | None], tx: Transaction, sos_access: bool) -> None:
    stored = tx.connection.scalar(select(func.count()).select_from(foreign_event)) or 0
    if sos_access:
        said = [codec.parse_response(answer or b"") for answer in answers]
        taken = [each.kind == codec.ALARM_KIND and each.status == codec.Status.OK for each in said]
        assert stored == sum(taken), f"{taken} are acknowledged, and {stored} stored"
        return
    assert stored in (0, *range(1, 17)), f"{stored} events of one telegram"
    for answer in answers:
        assert answer is None or answer[9:].startswith((b'"ACK"', b'"*ACK"', b'"NAK"', b'"DUH"')), answer
        assert not stored or b"ACK" in (answer or b"ACK"), "an event is stored, and refused"


class _UndoneError(Exception):
    """Ends a transaction of which nothing shall remain."""


@cache
def _opened() -> tuple[Store, Vault]:
    """A store with a transmitter of each kind, and its vault."""
    store, vault = Store.open("sqlite://"), Vault(bytes(range(64)))
    secrets = {"sos:IO1": PASSWORD.encode(), "dc09:BEEF": KEY, "dc09:1234": None}
    with store.begin() as tx:
        place = {"number": "1", "name": "", "created_ms": 0}
        at = tx.connection.execute(insert(site).returning(site.c.id), place).scalar_one()
        for identity, secret in secrets.items():
            kind = accounts.SOS_ACCESS if identity.startswith("sos:") else accounts.DC_09
            row = {"id": identity, "kind": kind, "site": at, "added_ms": 0}
            tx.connection.execute(insert(transmitter), row)
            accounts.add(tx, vault, Account(identity, AccountSettings(), secret, None, 90, None, None, 0))
    return store, vault


def _chance(count: int) -> bytes:
    return bytes(range(count))


_TIME = b"_12:00:00,11-22-2025"

TARGETS = (
    Target(
        name="sos-access",
        modules=("hemlarm_cloud.trade.sos_access", "hemlarm_cloud.trade.sos_access_xml"),
        check=check_sos_access,
        words=(b"<?xml ", b"<pingrequest>", b"</pingrequest>", b"<![CDATA[", b"<!--", b"&amp;", b"<a>", b"</a>"),
        seeds=(
            *_REQUESTS,
            *(b"\x05\x11" + each for each in _REQUESTS),
            _ALARM.replace(b"<detector>", b"<position><pos>x1234567y1234567</pos></position><detector>"),
            _ALARM.replace(b"BA", b"B" * 30),
            _ALARM.replace(b"BA", b"B\x80"),
            _ALARM.replace(b">AL<", b">XX<"),
            _ALARM.replace(b"BA", b""),
            _ALARM.replace(b"BA", b"BA</eventcode><eventcode>"),
            _ALARM.replace(b"ISO-8859-1", b"UTF-8").replace(b"BA", b"\xc3"),
            _ALARM.replace(b"<detector>", b"<a/>" * 70 + b"<detector>"),
            b"\x01\x01" + _ALARM.replace(b"BA", b"B" * 1_200),
            b"\xff\xff" + _ALARM.replace(b"BA", b"B" * 1_200),
            b"\x01\x01<" + b" " * 1_000,
            b"\x01\x01x",
            codec.encode(codec.Response(codec.ALARM_KIND, 0, "OK", "r1", "2025-11-22 13:00:00.000")),
            codec.encode(codec.Response(codec.PING_KIND, 101, "OK")).replace(b"101", b"abc"),
            b"<other/>",
        ),
    ),
    Target(
        name="receive",
        modules=tuple(f"hemlarm_cloud.receive.{name}" for name in ("sos_access", "dc09", "dc09_tolerance", "times")),
        check=check_receive,
        words=(b'"ADM-CID"', b'"SIA-DCS"', b'"NULL"', b"#1234", b"#BEEF", b"|", b"]", b"/", _TIME, b"ri1", b"FA3"),
        seeds=(
            *(b"s" + each for each in _REQUESTS),
            b"s" + _PING.replace(b"IO1", b"IO2"),
            b"s" + _ALARM.replace(b"BA", b""),
            b'b"ADM-CID"0001L0#1234[#1234|1130 01 005]',
            b'b"ADM-CID"0001L0#1234[#1234|1401 01 005][H11:59:59,11-22-2025]' + _TIME,
            b'b"ADM-CID"000AL0#1234[#1234|1130 01 005]',
            b'b"ADM-CID"00zzL0#1234[#1234|1130 01 005]',
            b'b"ADM-CID"0001L0#1234[#1234|1130 01 005]_13:00:00,11-22-2025',
            b'b"ADM-CID"0001L0#1234[#1234|x][H99]',
            b'b"ADM-CID"0001L0#BEEF[#BEEF|1130 01 005]',
            b'b"ADM-CID"0001L0#9999[#9999|1130 01 005]',
            b'b"SIA-DCS"0001L0#1234[#1234|Nri1^a^id2FA3^b^/BA4|Atext]',
            b'b"SIA-DCS"0001L0#1234[#1234|N%%]',
            b'b"SIA-DCS"0001L0#1234[%%]',
            b'b"ACR-SF"0001L0#1234[x]',
            b'b"NULL"0000L0#1234[]',
            b'b"*NULL"0000L0#1234[00]',
            b"h|#BEEF|1130 01 005]" + _TIME,
            b"h\x01\x02|#BEEF|1130 01 005]" + _TIME,
            b"h\x01\x02|#BEEF|1130 01 005]",
            b"h#BEEF|1130 01 005]" + _TIME,
            b"hx",
            b'b"*ADM-CID"0001L0#BEEF[00]',
            b"d" + dc09.Frame(dc09.NULL, 1, "1234").pack(),
        ),
    ),
)
