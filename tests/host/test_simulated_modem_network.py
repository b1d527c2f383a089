"""SIM card, registration, signal and jamming of the simulated modem."""

import pytest

from modem_dialogue import FAMILIES, Dialogue


@pytest.mark.parametrize("family", FAMILIES)
def test_three_wrong_pins_lock_the_card_and_the_puk_opens_it(family: str) -> None:
    dialogue = Dialogue(family, pin="4711")
    attempts = {"quectel": "AT+QPINC?", "simcom": "AT+SPIC"}[family]
    assert dialogue.say("AT+CPIN?") == ["+CPIN: SIM PIN", "OK"]
    assert dialogue.say("AT+COPS?") == ["+CME ERROR: 11"]
    for _ in range(2):
        assert dialogue.say('AT+CPIN="1111"', 1_000) == ["+CME ERROR: 16"]
    assert "1,10" in dialogue.say(attempts)[0]
    assert dialogue.say('AT+CPIN="1111"', 1_000) == ["+CME ERROR: 12"]
    assert dialogue.say("AT+CPIN?") == ["+CPIN: SIM PUK", "OK"]
    assert dialogue.say('AT+CPIN="4711"', 1_000) == ["+CME ERROR: 12"]
    assert dialogue.say('AT+CPIN="00000000","1234"', 1_000) == ["+CME ERROR: 16"]
    assert dialogue.say('AT+CPIN="12345678","1234"', 1_000) == ["OK", "+CPIN: READY"]
    assert "3,10" in dialogue.say(attempts)[0]


def test_ten_wrong_puks_end_the_card() -> None:
    dialogue = Dialogue(pin="4711")
    for _ in range(3):
        dialogue.say("AT+CPIN=1111", 1_000)
    for _ in range(10):
        dialogue.say("AT+CPIN=00000000,1234", 1_000)
    assert dialogue.say("AT+CPIN?") == ["+CME ERROR: 13"]


def test_the_right_pin_lets_it_register() -> None:
    dialogue = Dialogue(pin="4711")
    assert dialogue.say("AT+CEREG?") == ["+CEREG: 0,0", "OK"]
    dialogue.say("AT+CEREG=1")
    assert dialogue.say("AT+CPIN=4711", 20_000) == ["OK", "+CPIN: READY", "+CEREG: 2", "+CEREG: 1"]


def test_the_pin_can_be_switched_off() -> None:
    dialogue = Dialogue(pin="4711")
    dialogue.say("AT+CPIN=4711", 1_000)
    assert dialogue.say('AT+CLCK="SC",2') == ["+CLCK: 1", "OK"]
    assert dialogue.say('AT+CLCK="SC",0,"1111"') == ["+CME ERROR: 16"]
    assert dialogue.say('AT+CLCK="SC",0,"4711"') == ["OK"]
    dialogue.modem.reset()
    dialogue.wait(25_000)
    dialogue.say("ATE0")
    assert dialogue.say("AT+CPIN?") == ["+CPIN: READY", "OK"]


@pytest.mark.parametrize(
    ("technology", "lets", "stats"),
    [
        ("LTE", "home", (1, 1, 1)),
        ("LTE", "roaming", (5, 5, 5)),
        ("LTE", "denied", (3, 3, 3)),
        ("LTE", "none", (2, 2, 2)),
        ("LTE", "sms-only", (6, 0, 6)),
        ("GSM", "home", (1, 1, 0)),
        ("GSM", "roaming", (5, 5, 0)),
        ("GSM", "sms-only", (1, 3, 0)),
    ],
)
def test_registration_says_what_the_cell_allows(technology: str, lets: str, stats: tuple[int, ...]) -> None:
    dialogue = Dialogue(on=False)
    dialogue.cell.technology, dialogue.cell.lets_register = technology, lets
    dialogue.modem.start()
    dialogue.wait(30_000)
    dialogue.say("ATE0")
    assert dialogue.say("AT+CREG?;+CGREG?;+CEREG?") == [
        *(f"+{name}: 0,{stat}" for name, stat in zip(("CREG", "CGREG", "CEREG"), stats, strict=True)),
        "OK",
    ]


def test_registration_is_told_as_often_and_as_fully_as_asked() -> None:
    dialogue = Dialogue()
    dialogue.say("AT+CREG=1;+CEREG=2;+CGREG=0")
    dialogue.cell.lets_register = "none"
    assert dialogue.heard(5_000) == ["+CREG: 2", "+CEREG: 2"]
    dialogue.cell.lets_register = "roaming"
    assert dialogue.heard(7_900) == []
    assert dialogue.heard(1_000) == ["+CREG: 5", '+CEREG: 5,"1A2B","00123ABC",7']


def test_a_short_fade_goes_unnoticed() -> None:
    dialogue = Dialogue()
    dialogue.say("AT+CEREG=1")
    dialogue.cell.lets_register = "none"
    dialogue.wait(1_500)
    dialogue.cell.lets_register = "home"
    assert dialogue.heard(60_000) == []


def test_the_radio_can_be_switched_off_and_on() -> None:
    dialogue = Dialogue()
    dialogue.say("AT+CEREG=1")
    assert dialogue.say("AT+CFUN=4", 1_000) == ["OK", "+CEREG: 0"]
    assert dialogue.say("AT+CFUN=1", 20_000) == ["OK", "+CEREG: 2", "+CPIN: READY", "+CEREG: 1"]


def test_the_operator_is_named() -> None:
    dialogue = Dialogue()
    assert dialogue.say("AT+COPS?") == ['+COPS: 0,0,"Hemtel",7', "OK"]
    assert dialogue.say("AT+COPS=3,2") == ["OK"]
    assert dialogue.say("AT+COPS?") == ['+COPS: 0,2,"24099",7', "OK"]
    assert dialogue.say("AT+COPS=?", 30_000) == ['+COPS: (2,"Hemtel","Hemtel","24099",7),,(0-4),(0-2)', "OK"]
    assert dialogue.say('AT+COPS=1,2,"24001"') == ["+CME ERROR: 30"]


@pytest.mark.parametrize(("dbm", "csq"), [(-113, 0), (-111, 1), (-85, 14), (-53, 30), (-40, 31), (-130, 99)])
def test_signal_is_told_in_the_scale_of_the_standard(dbm: int, csq: int) -> None:
    dialogue = Dialogue()
    dialogue.cell.signal_dbm = dbm
    assert dialogue.say("AT+CSQ")[0] == f"+CSQ: {csq},99"


def test_signal_is_told_in_the_makers_words_too() -> None:
    dialogue = Dialogue("quectel")
    assert dialogue.say("AT+CESQ")[0] == "+CESQ: 99,99,255,255,20,32"
    assert dialogue.say("AT+QCSQ")[0] == '+QCSQ: "LTE",-85,-109,160,-10'
    assert dialogue.say("AT+QNWINFO")[0] == '+QNWINFO: "FDD LTE","24099","LTE BAND 3",1300'
    dialogue.cell.technology = "GSM"
    dialogue.wait(2_000)
    assert dialogue.say("AT+CESQ")[0] == "+CESQ: 26,99,255,255,255,255"
    simcom = Dialogue("simcom")
    assert simcom.say("AT+CPSI?")[0].startswith("+CPSI: LTE,Online,240-99,0x1A2B,")
    simcom.cell.lets_register = "none"
    simcom.wait(5_000)
    assert simcom.say("AT+CPSI?")[0] == "+CPSI: NO SERVICE,Online"


def test_a_jammer_is_a_strong_signal_without_a_network() -> None:
    dialogue = Dialogue("simcom")
    dialogue.say("AT+CEREG=1")
    dialogue.cell.jammed = True
    assert dialogue.heard(5_000) == ["+CEREG: 2"]
    assert dialogue.say("AT+CSQ")[0] == "+CSQ: 31,99"
    assert dialogue.say("AT+QJDR=1") == ["ERROR"]


def test_quectel_reports_jamming_once_as_it_begins_and_ends() -> None:
    dialogue = Dialogue("quectel")
    assert dialogue.say('AT+QJDCFG="urc",1') == ["OK"]
    assert dialogue.say("AT+QJDR=1") == ["OK"]
    dialogue.cell.jammed = True
    assert dialogue.heard(30_000) == ["+QJDR: JAMMED"]
    dialogue.cell.jammed = False
    assert dialogue.heard(30_000) == ["+QJDR: NOJAMMING"]


def test_quectel_says_nothing_of_jamming_unasked() -> None:
    dialogue = Dialogue("quectel")
    dialogue.say("AT+QJDR=1")
    dialogue.cell.jammed = True
    assert dialogue.heard(30_000) == []


def test_it_can_be_told_to_leave_the_network_and_to_come_back() -> None:
    dialogue = Dialogue()
    assert dialogue.say("AT+COPS=2") == ["OK"]
    assert dialogue.say("AT+CREG?") == ["+CREG: 0,0", "OK"]
    dialogue.say("AT+CFUN=4")
    dialogue.say("AT+COPS=0", 20_000)
    assert dialogue.say("AT+CREG?") == ["+CREG: 0,0", "OK"]
    dialogue.say("AT+CFUN=1", 20_000)
    assert dialogue.say("AT+CREG?") == ["+CREG: 0,1", "OK"]
