"""What signals become in each protocol, and how answers are read."""

from dataclasses import replace

import pytest
from pysiaalarm.data.sia_codes import SIA_CODES

from forward_bench import item
from forward_support import DC09_WISH, KEY, NOW_MS, PASSWORD, SOS_WISH, zeros
from hemlarm_cloud.forward.outbox import Item
from hemlarm_cloud.forward.speaking import Saying
from hemlarm_cloud.forward.speaking_dc09 import SpeakingDc09
from hemlarm_cloud.forward.speaking_sos_access import SpeakingSosAccess
from hemlarm_cloud.forward.verdicts import Action
from hemlarm_cloud.trade import dc09, sia_codes, sos_access
from hemlarm_cloud.trade.errors import BadTelegram
from hemlarm_cloud.trade.sos_access import AlarmRequest, PingRequest, Response, encode, parse_request
from hemlarm_protocol.contact_id_names import CODES

SAYING = Saying(7, None, NOW_MS)
HIDDEN = Saying(7, KEY, NOW_MS)
SPOKEN = Saying(0, PASSWORD.encode(), NOW_MS)

ALARM = item(12)._replace(
    area=2, zone=5, user=3, dated_ms=NOW_MS, zone_name="Köket", site_name="Villa Björk", time_zone="Europe/Stockholm"
)


def dc(form: str = dc09.ADM_CID) -> SpeakingDc09:
    return SpeakingDc09(replace(DC09_WISH.settings, form=form, receiver="5", line="A"), zeros)


def sos() -> SpeakingSosAccess:
    return SpeakingSosAccess(SOS_WISH.settings)


@pytest.mark.parametrize(
    ("qcode", "contact_id", "sia"),
    [
        (1130, "1130 02 005", "Nri02/BA005"),
        (3130, "3130 02 005", "Nri02/BR005"),
        (1110, "1110 02 005", "Nri02/FA005"),
        (3401, "3401 02 003", "Nri02/CL003"),
        (1406, "1406 02 003", "Nri02/BC003"),
    ],
)
def test_a_signal_is_said_in_contact_id_and_in_sia_codes(qcode: int, contact_id: str, sia: str) -> None:
    signal = ALARM._replace(qcode=qcode)
    for form, said in ((dc09.ADM_CID, contact_id), (dc09.SIA_DCS, sia)):
        frame = dc09.parse(dc(form).event(signal, HIDDEN), KEY)
        assert (frame.kind, frame.sequence, frame.account) == (form, 7, "1234")
        assert (frame.receiver, frame.line, frame.time_ms, frame.encrypted) == ("5", "A", NOW_MS, True)
        assert frame.data == f"#1234|{said}"


def test_a_heartbeat_in_dc09_is_a_link_test_of_our_own_account() -> None:
    frame = dc09.parse(dc().heartbeat(SAYING))
    assert (frame.kind, frame.account, frame.data, frame.encrypted) == (dc09.NULL, "ABC1", "", False)


def test_no_new_key_can_be_asked_for() -> None:
    with pytest.raises(BadTelegram):
        dc().renewal(SAYING)


@pytest.mark.parametrize("saying", [SAYING, HIDDEN])
def test_answers_in_dc09_are_read(saying: Saying) -> None:
    speaking = dc()
    sent = speaking.event(ALARM, saying)
    frame = dc09.parse(sent, saying.secret)
    ack = dc09.reply(dc09.ACK, frame, saying.secret, NOW_MS)
    assert speaking.judge(sent, ack, saying).action is Action.DONE
    assert speaking.judge(sent, dc09.reply(dc09.DUH, frame, None, NOW_MS), saying).action is Action.REFUSE
    nak = speaking.judge(sent, dc09.reply(dc09.NAK, None, None, NOW_MS + 90_000), saying)
    assert (nak.action, nak.time_ms) == (Action.CLOCK, NOW_MS + 90_000)
    assert speaking.judge(sent, dc09.reply(dc09.NAK, None, None, NOW_MS * 2), saying).action is Action.AGAIN
    other = dc09.reply(dc09.ACK, replace(frame, sequence=6), saying.secret, NOW_MS)
    assert speaking.judge(sent, other, saying).action is Action.IGNORE


def test_an_answer_in_the_clear_to_what_was_encrypted_is_none() -> None:
    speaking = dc()
    sent = speaking.event(ALARM, HIDDEN)
    for answer in (
        dc09.Frame(dc09.ACK, 7, "1234").pack(),
        dc09.Frame(dc09.ACK, 7, "1234", time_ms=NOW_MS).pack(b"another key of16"),
        dc09.Frame("RSP", 7, "1234", time_ms=NOW_MS).pack(KEY),
    ):
        with pytest.raises(BadTelegram):
            speaking.judge(sent, answer, HIDDEN)


def test_an_old_acknowledgement_is_not_taken_again() -> None:
    speaking = dc()
    sent = speaking.event(ALARM, HIDDEN)
    frame = dc09.parse(sent, KEY)
    old = dc09.reply(dc09.ACK, frame, KEY, NOW_MS - 3_600_000)
    assert speaking.judge(sent, dc09.reply(dc09.ACK, frame, KEY, NOW_MS), HIDDEN).action is Action.DONE
    assert speaking.judge(sent, old, HIDDEN).action is Action.IGNORE
    # A receiver whose clock is wrong all along is believed: it has nothing newer to say.
    assert dc().judge(sent, old, HIDDEN).action is Action.DONE


# SOS Access.


def said(signal: Item = ALARM) -> AlarmRequest:
    request = parse_request(sos().event(signal, SPOKEN))
    assert isinstance(request, AlarmRequest)
    return request


def test_a_signal_is_said_in_sos_access_with_its_place_and_time() -> None:
    request = said()
    assert (request.authentication, request.transmitter_code, request.transmitter_type) == (PASSWORD, "HEM1", "HEM")
    assert (request.event_code, request.alarm_type, request.transmitter_area) == ("BA", "AL", "1234")
    assert (request.section, request.section_text, request.detector, request.detector_text) == (
        "2",
        "Villa Björk",
        "5",
        "Köket",
    )
    assert request.transmitter_time == "2025-11-22 13:00:00.000"
    assert request.additional_info == "Burglary alarm\nSite S-1: Villa Björk\nUser 3"


def test_a_restore_has_the_code_of_its_alarm_and_an_arming_its_own() -> None:
    told = [(each.event_code, each.alarm_type) for each in (said(ALARM._replace(qcode=q)) for q in (3130, 3301, 3401))]
    assert told == [("BA", "RE"), ("AT", "RE"), ("CL", "AL")]


def test_a_repetition_has_the_same_reference_and_another_signal_another() -> None:
    assert said().reference == said(ALARM._replace(tries=3)).reference
    assert said().reference != said(ALARM._replace(id=13)).reference


def test_names_that_the_protocol_cannot_write_are_written_as_well_as_can_be() -> None:
    request = said(ALARM._replace(site_name="Łódź " * 20, zone_name="厨房", text="x" * 200, zone=123_456))
    assert request.section_text == ("?ód? " * 20)[:40]
    assert (request.detector, request.detector_text) == ("", "??")


@pytest.mark.parametrize("time_zone", ["Nowhere/None", "", "../etc/passwd", "\0"])
def test_an_unknown_time_zone_costs_nothing_but_the_local_time(time_zone: str) -> None:
    assert said(ALARM._replace(time_zone=time_zone)).transmitter_time == "2025-11-22 12:00:00.000"


def test_without_a_password_nothing_is_said() -> None:
    with pytest.raises(BadTelegram):
        sos().event(ALARM, SAYING)


def test_answers_in_sos_access_are_read() -> None:
    speaking = sos()
    sent, pulse = speaking.event(ALARM, SPOKEN), speaking.heartbeat(SPOKEN)
    assert isinstance(parse_request(pulse), PingRequest)
    ok = encode(Response("alarm", 0, "OK", "H12"))
    assert speaking.judge(sent, ok, SPOKEN).action is Action.DONE
    assert speaking.judge(sent, encode(Response("alarm", 0, "OK")), SPOKEN).action is Action.DONE
    assert speaking.judge(sent, encode(Response("alarm", 0, "OK", "H11")), SPOKEN).action is Action.IGNORE
    assert speaking.judge(sent, encode(Response("ping", 0, "OK")), SPOKEN).action is Action.IGNORE
    assert speaking.judge(pulse, encode(Response("ping", 101, "often")), SPOKEN).action is Action.SLOWER
    with pytest.raises(BadTelegram):
        speaking.judge(sent, b"<?xml version='1.0'?><x/>", SPOKEN)


def test_a_new_password_is_read() -> None:
    speaking = sos()
    sent = speaking.renewal(SPOKEN)
    given = encode(Response("new-authentication", 0, "OK", new_authentication="abcdefghijklmno"))
    assert speaking.judge(sent, given, SPOKEN).password == "abcdefghijklmno"
    assert speaking.judge(sent, encode(Response("new-authentication", 4, "no")), SPOKEN).action is Action.PASSWORD
    with pytest.raises(BadTelegram):
        speaking.judge(sent, encode(Response("new-authentication", 0, "OK")), SPOKEN)


# Codes.


def test_every_code_of_ours_has_a_sia_code_that_the_peer_knows() -> None:
    for code in CODES:
        for qualifier in (1, 3, 6):
            assert sia_codes.sia_code(1000 * qualifier + code) in SIA_CODES, (qualifier, code)


def test_unlisted_codes_are_said_as_what_they_are_about() -> None:
    assert [sia_codes.sia_code(qcode) for qcode in (1199, 3199, 1399, 3399, 1999, 6130)] == [
        "UA",
        "UR",
        "UT",
        "UJ",
        "YY",
        "YY",
    ]


def test_only_ends_of_alarms_and_faults_are_restores() -> None:
    assert [qcode for qcode in (1130, 3130, 3301, 3401, 3570, 3601, 6130) if sia_codes.is_restore(qcode)] == [
        3130,
        3301,
        3570,
    ]


def test_the_codec_of_sos_access_is_the_receivers_own() -> None:
    assert sos_access.parse_request(sos().heartbeat(SPOKEN)) == PingRequest(PASSWORD, "HEM", "HEM1")
