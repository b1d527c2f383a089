"""The simulated modem's power key, start, restarts, and the moments when a reset hurts most."""

import pytest

from hemlarm_simulator.modem.simulated_modem import MOMENTS
from modem_dialogue import FAMILIES, NUMBER, OTHER, Dialogue

KEY_ON_MS = {"quectel": 2_000, "simcom": 500}
KEY_OFF_MS = {"quectel": 3_000, "simcom": 2_500}
READY = {"quectel": "RDY", "simcom": "*ATREADY: 1"}
OPEN = {
    "quectel": ['AT+QICSGP=1,1,"net"', "AT+QIACT=1", 'AT+QIOPEN=1,0,"TCP","broker",8883'],
    "simcom": ["AT+NETOPEN", 'AT+CIPOPEN=0,"TCP","broker",8883'],
}
SEND = {"quectel": "AT+QISEND=0,4", "simcom": "AT+CIPSEND=0,4"}


def press(dialogue: Dialogue, ms: int) -> None:
    dialogue.modem.power_key(True)
    dialogue.wait(ms)
    dialogue.modem.power_key(False)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_power_key_starts_it_and_it_says_so(family: str) -> None:
    dialogue = Dialogue(family, on=False)
    assert dialogue.type(b"AT\r", 60_000) == b""
    press(dialogue, KEY_ON_MS[family])
    said = dialogue.heard(25_000)
    assert said[0] == READY[family]
    assert said[-1].endswith("PB DONE")
    assert "+CPIN: READY" in said


def test_too_short_a_press_does_nothing() -> None:
    dialogue = Dialogue("quectel", on=False)
    press(dialogue, 1_900)
    assert dialogue.heard(60_000) == []
    assert not dialogue.modem.running


@pytest.mark.parametrize("family", FAMILIES)
def test_a_press_as_for_switching_on_leaves_a_running_modem_on(family: str) -> None:
    dialogue = Dialogue(family)
    press(dialogue, KEY_ON_MS[family])
    dialogue.wait(10_000)
    assert dialogue.say("AT") == ["OK"]


@pytest.mark.parametrize("family", FAMILIES)
def test_a_long_press_switches_it_off(family: str) -> None:
    dialogue = Dialogue(family)
    press(dialogue, KEY_OFF_MS[family])
    dialogue.wait(5_000)
    assert b"POWER" in dialogue.output
    assert not dialogue.modem.running
    assert dialogue.say("AT") == []


def test_what_is_typed_before_it_has_started_is_lost() -> None:
    dialogue = Dialogue(on=False)
    dialogue.modem.start()
    dialogue.modem.receive(b"AT+CSQ\r")
    assert not any(line.startswith("+CSQ") for line in dialogue.heard(25_000))


def test_without_supply_the_key_does_nothing_and_the_supply_alone_starts_nothing() -> None:
    dialogue = Dialogue()
    dialogue.modem.supply(False)
    assert dialogue.say("AT") == []
    press(dialogue, 5_000)
    dialogue.modem.supply(True)
    assert dialogue.heard(60_000) == []
    press(dialogue, 2_000)
    assert dialogue.heard(25_000)[0] == "RDY"


def test_a_reset_forgets_settings_and_the_other_side_is_not_told() -> None:
    dialogue = Dialogue()
    for line in OPEN["quectel"]:
        dialogue.say(line, 2_000)
    dialogue.modem.reset("brown-out")
    said = dialogue.heard(25_000)
    assert said[0] == "RDY"
    assert dialogue.modem.restarts == {"brown-out": 1}
    assert dialogue.internet.connections[0].end == "lost"
    assert dialogue.type(b"AT+QIACT?\r") == b"AT+QIACT?\r\r\nOK\r\n"


@pytest.mark.parametrize("line", ["AT+CFUN=1,1", "AT+CRESET"])
def test_it_restarts_when_told_to(line: str) -> None:
    dialogue = Dialogue("simcom")
    said = dialogue.say(line, 25_000)
    assert said[:2] == ["OK", "*ATREADY: 1"]
    assert dialogue.modem.restarts == {}


def test_a_hung_modem_says_nothing_until_its_supply_is_cut() -> None:
    dialogue = Dialogue()
    dialogue.modem.hang()
    dialogue.cell.lets_register = "none"
    press(dialogue, 10_000)
    assert dialogue.say("AT", 60_000) == []
    dialogue.modem.supply(False)
    dialogue.modem.supply(True)
    press(dialogue, 2_000)
    assert dialogue.heard(25_000)[0] == "RDY"


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_reset_comes_at_the_very_moment_it_was_ordered_for(family: str, moment: str) -> None:
    dialogue = Dialogue(family, on=moment != "registration")
    dialogue.modem.reset_at(moment)
    if moment == "registration":
        dialogue.modem.start()
    elif moment.startswith("sms"):
        text_oneself(dialogue)
    else:
        for line in OPEN[family]:
            dialogue.say(line, 2_000)
        dialogue.say(SEND[family])
        dialogue.type(b"data")
    dialogue.wait(60_000)
    assert dialogue.modem.restarts == {f"at {moment}": 1}
    arrived = [far.received for far in dialogue.internet.connections]
    assert arrived == {"connect": [], "prompt": [b""], "data": [b""], "send-ok": [b"data"]}.get(moment, [])
    taken = [message.receiver for _, what, message in dialogue.centre.log if what == "taken"]
    assert taken == ([OTHER] if moment == "sms-sent" else [])


def test_a_reset_as_the_first_data_comes_keeps_no_draft() -> None:
    dialogue = Dialogue()
    dialogue.modem.reset_at("sms-data")
    dialogue.say("AT+CMGF=1")
    dialogue.type(f'AT+CMGW="{OTHER}"\r'.encode())
    dialogue.type(b"Hej\x1a", 30_000)
    assert dialogue.say("AT+CPMS?")[-2].startswith('+CPMS: "ME",0,')


def text_oneself(dialogue: Dialogue) -> None:
    dialogue.say("AT+CMGF=1")
    if b"> " in dialogue.type(f'AT+CMGS="{OTHER}"\r'.encode()):
        dialogue.wait(1_000)
        dialogue.type(b"Hej\x1a", 2_000)


def test_an_unknown_moment_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="no moment is called 'dinner'; there are connect"):
        Dialogue(on=False).modem.reset_at("dinner")


def test_an_unknown_family_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="no modem family is called 'nokia'; there are quectel, simcom"):
        Dialogue("nokia", on=False)


def test_a_pin_outlives_the_power_and_its_attempts_too() -> None:
    dialogue = Dialogue(pin="4711")
    assert dialogue.say('AT+CPIN="0000"', 1_000) == ["+CME ERROR: 16"]
    dialogue.modem.reset()
    dialogue.wait(25_000)
    dialogue.say("ATE0")
    assert dialogue.say('AT+QPINC="SC"') == ['+QPINC: "SC",2,10', "OK"]


def test_its_number_is_the_cards() -> None:
    assert f'"{NUMBER}"' in Dialogue().say("AT+CNUM")[0]
