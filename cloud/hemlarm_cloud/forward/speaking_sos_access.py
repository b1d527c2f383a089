"""SOS Access v4 as we speak it to a receiver: we are one transmitter, and each site is an area of it."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from hemlarm_cloud.forward.outbox import Item
from hemlarm_cloud.forward.settings import DestinationSettings
from hemlarm_cloud.forward.speaking import Saying
from hemlarm_cloud.forward.verdicts import Action, Verdict, sos_access
from hemlarm_cloud.trade import sia_codes
from hemlarm_cloud.trade.errors import BadTelegram
from hemlarm_cloud.trade.sos_access import (
    ALARM,
    NEW_AUTHENTICATION_KIND,
    PING_KIND,
    RESTORE,
    AlarmRequest,
    NewAuthenticationRequest,
    PingRequest,
    Request,
    Response,
    encode,
    fit,
    kind_of,
    parse_request,
    parse_response,
)
from hemlarm_cloud.trade.sos_access_xml import Splitter
from hemlarm_protocol import contact_id_names
from hemlarm_protocol.contact_id import split

ANSWER_MAX = 10_000
"""Bytes of an answer; the longest that the protocol knows has some 600."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class SpeakingSosAccess:
    """One destination's SOS Access."""

    numbered = False
    can_renew = True

    def __init__(self, settings: DestinationSettings) -> None:
        self._settings = settings

    def event(self, item: Item, saying: Saying) -> bytes:
        """Return the telegram about a signal; its reference is the same each time, so a repetition is known."""
        settings, restore = self._settings, sia_codes.is_restore(item.qcode)
        code = 1000 + split(item.qcode)[1] if restore else item.qcode
        return encode(
            AlarmRequest(
                _password(saying.secret),
                settings.receiver,
                settings.transmitter_type,
                settings.account,
                sia_codes.sia_code(code),
                RESTORE if restore else ALARM,
                reference=f"H{item.id}",
                transmitter_time=_time_text(item.dated_ms, item.time_zone),
                transmitter_area=item.account or "",
                section=_short(item.area),
                section_text=fit(item.site_name, 40),
                detector=_short(item.zone),
                detector_text=fit(item.zone_name or "", 40),
                additional_info=_told(item),
            )
        )

    def heartbeat(self, saying: Saying) -> bytes:
        """Return a heartbeat."""
        settings = self._settings
        return encode(PingRequest(_password(saying.secret), settings.transmitter_type, settings.account))

    def renewal(self, saying: Saying) -> bytes:
        """Return the question for a new password."""
        settings = self._settings
        return encode(NewAuthenticationRequest(_password(saying.secret), settings.transmitter_type, settings.account))

    def splitter(self) -> Splitter:
        """Return a new splitter for a connection's answers."""
        return Splitter(ANSWER_MAX)

    def judge(self, sent: bytes, answer: bytes, _saying: Saying) -> Verdict:
        """Return what an answer means for the telegram that was sent. Raises BadTelegram for what is none."""
        question, response = parse_request(sent), parse_response(answer)
        kind = kind_of(question)
        if response.kind != kind or _is_of_another(question, response):
            return Verdict(Action.IGNORE, f"an answer to another {response.kind}")
        verdict = sos_access(response.status, response.info, kind == PING_KIND)
        if kind != NEW_AUTHENTICATION_KIND or verdict.action is not Action.DONE:
            return verdict
        if not response.new_authentication:
            raise BadTelegram("no new password in the answer to the question for one")
        return Verdict(Action.DONE, verdict.text, password=response.new_authentication)


def _is_of_another(question: Request, response: Response) -> bool:
    """An answer without a reference is taken: it comes on the connection of its question."""
    return bool(response.reference) and response.reference != question.reference


def _password(secret: bytes | None) -> str:
    if secret is None:
        raise BadTelegram("no password is set; SOS Access cannot do without")
    return secret.decode("iso-8859-1")


def _short(number: int) -> str:
    return str(number) if 0 < number <= 99_999 else ""


def _told(item: Item) -> str:
    lines = (
        contact_id_names.describe(item.qcode),
        f"Site {item.site_number}: {item.site_name}",
        ", ".join(part for part in (item.address, item.town) if part),
        f"User {item.user}" if item.user else "",
        item.text,
    )
    return fit("\n".join(line for line in lines if line), 2000)


def _time_text(time_ms: int, time_zone: str) -> str:
    """When it happened, by the site's clock."""
    zone: tzinfo = UTC
    with suppress(ZoneInfoNotFoundError, ValueError, OSError):
        zone = ZoneInfo(time_zone)
    try:
        moment = (_EPOCH + timedelta(milliseconds=time_ms)).astimezone(zone)
    except OverflowError:
        return ""
    return f"{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond // 1000:03}"
