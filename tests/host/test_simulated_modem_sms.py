"""Messages over the simulated modem: PDU and text mode, storage, reports, and the SMS centre's delays and losses."""

import pytest

from hemlarm_simulator.modem.sms_centre import DELIVERED, NO_SUCH_NUMBER, Subscriber
from modem_dialogue import FAMILIES, NUMBER, OTHER, Dialogue

SUBMIT = "0011000B916407111111F10004AA03010203"
"""To +46701111111, 8-bit data 01 02 03, valid for four days; 17 octets behind the empty service centre address."""


def with_phone(dialogue: Dialogue) -> tuple[Subscriber, list[tuple[str, bytes]]]:
    got: list[tuple[str, bytes]] = []
    phone = dialogue.centre.subscriber(OTHER, lambda sender, octets: got.append((sender, octets)))
    return phone, got


def submit(dialogue: Dialogue, pdu: str = SUBMIT, wait_ms: int = 5_000) -> list[str]:
    assert dialogue.type(f"AT+CMGS={len(pdu) // 2 - 1}\r".encode()) == b"\r\n> "
    dialogue.type(pdu.encode() + b"\x1a", wait_ms)
    return [line for line in dialogue.output.decode().split("\r\n") if line]


@pytest.mark.parametrize("family", FAMILIES)
def test_octets_go_out_in_a_pdu(family: str) -> None:
    dialogue = Dialogue(family)
    _, got = with_phone(dialogue)
    assert submit(dialogue) == ["+CMGS: 1", "OK"]
    assert submit(dialogue) == ["+CMGS: 2", "OK"]
    dialogue.wait(10_000)
    assert got == [(NUMBER, b"\x01\x02\x03")] * 2


@pytest.mark.parametrize(
    "pdu",
    [
        SUBMIT[:-2],
        SUBMIT + "00",
        SUBMIT.replace("0011", "0010", 1),
        "00" + "11",
        SUBMIT.replace("0B91", "0091", 1),
        "ZZ" * 18,
    ],
)
def test_a_bad_pdu_is_refused(pdu: str) -> None:
    dialogue = Dialogue()
    assert submit(dialogue, pdu) == ["+CMS ERROR: 304"]
    assert dialogue.say("AT") == ["OK"]
    assert not dialogue.centre.log


def test_escape_gives_up_a_message() -> None:
    dialogue = Dialogue()
    dialogue.type(b"AT+CMGS=17\r")
    assert dialogue.type(SUBMIT.encode() + b"\x1b", 10_000) == b"\r\nOK\r\n"
    assert not dialogue.centre.log


def test_a_received_message_is_announced_read_and_deleted() -> None:
    dialogue = Dialogue()
    phone, _ = with_phone(dialogue)
    assert dialogue.say("AT+CNMI=2,1,0,0,0") == ["OK"]
    phone.send(NUMBER, bytes(range(10)))
    assert dialogue.heard(10_000) == ['+CMTI: "ME",0']
    head, pdu, result = dialogue.say("AT+CMGR=0")
    assert head == "+CMGR: 0,,29"
    assert pdu.startswith("07916407058099F9" + "04" + "0B916407111111F1" + "0004")
    assert pdu.endswith("0A00010203040506070809")
    assert result == "OK"
    assert dialogue.say("AT+CMGR=0")[0] == "+CMGR: 1,,29"
    assert dialogue.say("AT+CMGL=4")[0] == "+CMGL: 0,1,,29"
    assert dialogue.say("AT+CMGD=0") == ["OK"]
    assert dialogue.say("AT+CMGR=0") == ["+CMS ERROR: 321"]


def test_a_message_can_be_handed_over_at_once() -> None:
    dialogue = Dialogue()
    phone, _ = with_phone(dialogue)
    dialogue.say("AT+CNMI=2,2,0,0,0")
    phone.send(NUMBER, b"\xff")
    head, pdu = dialogue.heard(10_000)
    assert head == "+CMT: ,20"
    assert pdu.endswith("01FF")
    assert dialogue.say("AT+CMGL=4") == ["OK"]
    assert dialogue.say("AT+CNMA") == ["+CMS ERROR: 340"]


def test_what_is_handed_over_must_be_acknowledged_where_the_phase_asks_for_it() -> None:
    dialogue = Dialogue()
    phone, _ = with_phone(dialogue)
    dialogue.say("AT+CSMS=1")
    dialogue.say("AT+CNMI=2,2,0,1,0")
    phone.send(NUMBER, b"1")
    phone.send(NUMBER, b"2")
    assert [line for line in dialogue.heard(10_000) if line.startswith("+CMT")] == ["+CMT: ,20"]
    assert dialogue.say("AT+CNMA") == ["OK"]
    assert [line for line in dialogue.heard(5_000) if line.startswith("+CMT")] == ["+CMT: ,20"]
    dialogue.wait(20_000)
    assert dialogue.say("AT+CNMI?") == ["+CNMI: 2,0,0,0,0", "OK"]
    assert len(dialogue.say("AT+CMGL=4")) == 3


def test_a_status_report_comes_when_the_message_was_delivered() -> None:
    dialogue = Dialogue()
    phone, got = with_phone(dialogue)
    dialogue.say("AT+CNMI=2,1,0,1,0")
    phone.reachable = False
    assert submit(dialogue, SUBMIT.replace("0011", "0031", 1)) == ["+CMGS: 1", "OK"]
    assert dialogue.heard(300_000) == []
    phone.come_back()
    head, pdu = dialogue.heard(20_000)
    assert head == "+CDS: 25"
    assert pdu[16:36] == "0601" + "0B916407111111F1"
    assert pdu.endswith("00")
    assert got == [(NUMBER, b"\x01\x02\x03")]


def test_a_status_report_can_be_stored() -> None:
    dialogue = Dialogue()
    with_phone(dialogue)
    dialogue.say("AT+CNMI=2,1,0,2,0")
    submit(dialogue, SUBMIT.replace("0011", "0031", 1))
    assert dialogue.heard(20_000) == ['+CDSI: "SR",0']
    assert dialogue.say('AT+CPMS="SR"')[0] == "+CPMS: 1,50,0,50,0,50"
    assert dialogue.say("AT+CMGR=0")[0] == "+CMGR: 0,,25"


def test_a_number_that_nobody_has_is_reported() -> None:
    dialogue = Dialogue()
    phone, _ = with_phone(dialogue)
    phone.send("+46709999999", b"?", report=True)
    phone.send(NUMBER, b"!", report=True)
    dialogue.wait(30_000)
    assert sorted((report.reference, report.status) for report in phone.reports) == [
        (1, NO_SUCH_NUMBER),
        (2, DELIVERED),
    ]


@pytest.mark.parametrize("alphabet", ["GSM", "IRA", "UCS2"])
def test_text_mode_sends_and_shows_texts(alphabet: str) -> None:
    dialogue = Dialogue()
    phone, got = with_phone(dialogue)
    dialogue.say(f'AT+CMGF=1;+CSCS="{alphabet}"')

    def coded(text: str) -> str:
        return text.encode("utf-16-be").hex().upper() if alphabet == "UCS2" else text

    dialogue.type(f'AT+CMGS="{coded(OTHER)}"\r'.encode())
    dialogue.type(coded("Hej du").encode() + b"\x1a", 20_000)
    assert got == [(NUMBER, b"Hej du")]
    phone.send_text(NUMBER, "Tack")
    dialogue.wait(20_000)
    head, text, _ = dialogue.say("AT+CMGR=0")
    assert head.startswith(f'+CMGR: "REC UNREAD","{coded(OTHER)}",,"27/01/01,')
    assert text == coded("Tack")
    dialogue.say("AT+CSDH=1")
    assert dialogue.say('AT+CMGL="ALL"')[0].endswith(',145,4,0,0,"+46705008999",145,4')


@pytest.mark.parametrize("receiver", ["", "anna", "+", "+4670x"])
def test_text_mode_refuses_what_is_no_number(receiver: str) -> None:
    dialogue = Dialogue()
    dialogue.say("AT+CMGF=1")
    assert dialogue.say(f'AT+CMGS="{receiver}"') == ["+CMS ERROR: 305"]


def test_text_mode_shows_octets_in_hexadecimal() -> None:
    dialogue = Dialogue()
    phone, _ = with_phone(dialogue)
    dialogue.say("AT+CMGF=1")
    phone.send(NUMBER, b"\x00\xab")
    dialogue.wait(10_000)
    assert dialogue.say("AT+CMGR=0")[1] == "00AB"


def test_a_draft_is_kept_and_sent() -> None:
    dialogue = Dialogue()
    _, got = with_phone(dialogue)
    dialogue.type(b"AT+CMGW=17\r")
    assert b"+CMGW: 0" in dialogue.type(SUBMIT.encode() + b"\x1a")
    assert dialogue.say("AT+CMSS=0", 20_000)[0] == "+CMGS: 1"
    assert got == [(NUMBER, b"\x01\x02\x03")]


def test_a_full_store_leaves_messages_with_the_network_until_there_is_room() -> None:
    dialogue = Dialogue("simcom")
    phone, _ = with_phone(dialogue)
    for index in range(32):
        phone.send(NUMBER, bytes([index]))
    dialogue.wait(60_000)
    assert dialogue.say("AT+CPMS?")[0].startswith('+CPMS: "SM",30,30,')
    dialogue.say("AT+CMGD=0,4")
    dialogue.wait(10_000)
    assert dialogue.say("AT+CPMS?")[0].startswith('+CPMS: "SM",2,30,')


def test_messages_wait_while_the_modem_is_off_and_outlive_its_power_once_stored() -> None:
    dialogue = Dialogue(on=False)
    phone, _ = with_phone(dialogue)
    phone.send(NUMBER, b"early")
    dialogue.wait(60_000)
    dialogue.modem.start()
    dialogue.wait(30_000)
    dialogue.modem.reset()
    dialogue.wait(30_000)
    dialogue.say("ATE0")
    assert dialogue.say("AT+CMGL=4")[0] == "+CMGL: 0,0,,24"


def test_without_a_network_sending_fails_with_its_reason() -> None:
    dialogue = Dialogue()
    dialogue.centre.up = False
    assert submit(dialogue, wait_ms=15_000) == ["+CMS ERROR: 38"]
    dialogue.cell.lets_register = "none"
    dialogue.wait(5_000)
    assert submit(dialogue) == ["+CMS ERROR: 331"]
    dialogue.cell.lets_register, dialogue.centre.up = "sms-only", True
    dialogue.wait(20_000)
    assert submit(dialogue) == ["+CMGS: 1", "OK"]


def test_the_centre_delays_and_loses() -> None:
    dialogue = Dialogue()
    _, got = with_phone(dialogue)
    dialogue.centre.delay_ms = 100_000
    submit(dialogue)
    dialogue.wait(90_000)
    assert got == []
    dialogue.wait(15_000)
    assert len(got) == 1
    dialogue.centre.loss_per_mille = 1_000
    assert submit(dialogue) == ["+CMGS: 2", "OK"]
    dialogue.wait(600_000)
    assert len(got) == 1
    assert [what for _, what, _ in dialogue.centre.log] == ["taken", "delivered", "taken", "lost"]


def test_a_centre_that_returns_delivers_what_waited() -> None:
    dialogue = Dialogue()
    _, got = with_phone(dialogue)
    submit(dialogue)
    dialogue.centre.up = False
    dialogue.wait(100_000)
    assert got == []
    dialogue.centre.up = True
    dialogue.wait(5_000)
    assert len(got) == 1


def test_what_waits_too_long_expires() -> None:
    dialogue = Dialogue()
    phone, got = with_phone(dialogue)
    phone.reachable = False
    submit(dialogue)
    dialogue.wait(25 * 3_600_000)
    phone.come_back()
    dialogue.wait(60_000)
    assert got == []
    assert dialogue.centre.log[-1][1] == "expired"
