"""The receiving end of SOS Access v4, without I/O: who may report is asked first, and everything is stored before it is
answered.

An alarm that comes again because its answer was lost is told to be a duplicate, and stored once. A new password holds
beside the old one until it is first used. A heartbeat needs an account with a level, and may not come too often.
"""

import hmac
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from hemlarm_cloud.receive import accounts, codes, keeping, times
from hemlarm_cloud.receive.accounts import SOS_ACCESS, Account, AccountSettings
from hemlarm_cloud.receive.core import Refusal
from hemlarm_cloud.receive.keeping import ForeignEvent
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_cloud.trade import sos_access as codec
from hemlarm_cloud.trade.errors import BadTelegram
from hemlarm_cloud.trade.sos_access import AlarmRequest, NewAuthenticationRequest, PingRequest, Request, Status
from hemlarm_cloud.vault import Vault

PINGS_PER_LEVEL = 12
"""Heartbeats within the longest silence that are not too often: twice as many as the most that are recommended."""

PINGS_AT_ONCE = 3

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
"""Of the passwords that we give out, 64 of them: 15 make 90 bits."""

_HIDDEN = "*" * codec.AUTHENTICATION_LENGTH
_NO_INFORMATION = "None"
"""What a client of the trade sends for no information at all."""
_NOBODY = "nobody"
_DEFAULT_ZONE = AccountSettings().time_zone


class SosAccessCore:
    """See `core.Core`."""

    def __init__(self, vault: Vault, random: Callable[[int], bytes]) -> None:
        """`random` gives bytes fit for passwords."""
        self.counts: Counter[str] = Counter()
        self._vault = vault
        self._random = random
        self._paces: dict[str, int] = {}
        nobody = new_password(random).encode()
        self._nobody = Account(_NOBODY, AccountSettings(), nobody, None, None, None, None, 0)

    def read(self, data: bytes, now_ms: int) -> Request | Refusal:
        """Return the request in a telegram."""
        try:
            return codec.parse_request(data)
        except BadTelegram as bad:
            self.counts["malformed"] += 1
            status = Status(bad.status) if bad.status in codec.STATUS else Status.OTHER_ERROR
            info = codec.fit(f"{status.name}: {bad}", codec.INFO_MAX)
            arrived = times.to_sos_access(now_ms, _DEFAULT_ZONE)
            kind = bad.kind or codec.ALARM_KIND
            return Refusal(codec.encode(codec.Response(kind, status, info, bad.reference, arrived)))

    def take(self, tx: Transaction, said: Request, now_ms: int) -> bytes:
        """Store what a request says; returns the response."""
        account = self._authenticated(tx, said)
        if account is None:
            self.counts["not authorised"] += 1
            return _response(said, Status.NOT_AUTHORIZED, now_ms)
        accounts.hear(tx, account, now_ms)
        if isinstance(said, PingRequest):
            status, following = self._ping(account, now_ms), ""
        elif isinstance(said, NewAuthenticationRequest):
            status, following = Status.OK, self._renew(tx, account)
        else:
            status, following = self._alarm(tx, account, said, now_ms), ""
        self.counts[f"{codec.kind_of(said)}: {status.name}"] += 1
        return _response(said, status, now_ms, account.settings.time_zone, following)

    def unable(self, said: Request, now_ms: int) -> bytes:
        """Send the transmitter to its other receiver."""
        self.counts["not stored"] += 1
        return _response(said, Status.NOT_TREATED_NOT_DISTRIBUTED, now_ms)

    def _authenticated(self, tx: Transaction, said: Request) -> Account | None:
        """The account, if the password is right; all that is compared takes the same time, whoever asks."""
        transmitter = accounts.transmitter_id(SOS_ACCESS, said.transmitter_code)
        account = accounts.find(tx, self._vault, transmitter) or self._nobody
        given = said.authentication.encode()
        is_old = hmac.compare_digest(given, account.secret or b"")
        is_new = hmac.compare_digest(given, account.next_secret or b"")
        is_type = account.settings.type in ("", said.transmitter_type)
        if account is self._nobody or not is_type or not (is_old or is_new):
            return None
        return accounts.take_over(tx, self._vault, account) if is_new else account

    def _ping(self, account: Account, now_ms: int) -> Status:
        if account.level_s is None:
            return Status.SERVICE_UNAVAILABLE
        step_ms = account.level_s * 1000 // PINGS_PER_LEVEL
        next_ms = max(self._paces.get(account.transmitter, now_ms), now_ms)
        if next_ms - now_ms > (PINGS_AT_ONCE - 1) * step_ms:
            # A clock that was set back makes a wait without end of this, so it never lasts longer than one level.
            self._paces[account.transmitter] = min(next_ms, now_ms + PINGS_PER_LEVEL * step_ms)
            return Status.PING_TO_OFTEN
        self._paces[account.transmitter] = next_ms + step_ms
        return Status.OK

    def _renew(self, tx: Transaction, account: Account) -> str:
        following = new_password(self._random)
        accounts.offer_secret(tx, self._vault, account.transmitter, following.encode())
        return following

    def _alarm(self, tx: Transaction, account: Account, said: AlarmRequest, now_ms: int) -> Status:
        telegram = codec.encode(replace(said, authentication=_HIDDEN))
        event = _event(account, said, telegram, now_ms)
        if said.transmitter_time:
            is_new = keeping.keep_once(tx, event, telegram)
        else:
            is_new = keeping.keep_next(tx, event, telegram, account.sequence)
            if is_new:
                accounts.count(tx, account, account.sequence + 1, now_ms)
        return Status.OK if is_new else Status.DUPLICATED_ALARM


def new_password(random: Callable[[int], bytes]) -> str:
    """Return a password that nobody knows yet."""
    return "".join(_LETTERS[byte % len(_LETTERS)] for byte in random(codec.AUTHENTICATION_LENGTH))


def _event(account: Account, said: AlarmRequest, telegram: bytes, now_ms: int) -> ForeignEvent:
    qcode = codes.qcode_of(said.event_code, said.alarm_type == codec.RESTORE, account.settings.codes)
    number = _number(said.detector) or _number(said.section)
    is_user = codes.is_of_user(qcode)
    more = "" if said.additional_info == _NO_INFORMATION else said.additional_info
    told = (said.section_text, said.detector_text, more)
    return ForeignEvent(
        account.transmitter,
        telegram,
        said.event_code,
        qcode,
        now_ms,
        area=_number(said.transmitter_area),
        zone=0 if is_user else number,
        user=number if is_user else 0,
        text=keeping.shown(", ".join(text for text in told if text)),
        happened_ms=times.from_sos_access(said.transmitter_time, account.settings.time_zone),
    )


def _number(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() else 0
    return number if number <= keeping.NUMBER_MAX else 0


def _response(said: Request, status: Status, now_ms: int, time_zone: str = _DEFAULT_ZONE, following: str = "") -> bytes:
    arrived = times.to_sos_access(now_ms, time_zone)
    return codec.encode(codec.Response(codec.kind_of(said), status, status.name, said.reference, arrived, following))
