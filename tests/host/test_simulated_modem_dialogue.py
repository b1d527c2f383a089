"""The simulated modem's manners: echo, results, errors, lines of several commands, prompts."""

import itertools

import pytest

from modem_dialogue import FAMILIES, NUMBER, Dialogue


def test_echo_comes_first_until_it_is_switched_off() -> None:
    dialogue = Dialogue(on=False)
    dialogue.modem.start()
    dialogue.wait(25_000)
    assert dialogue.type(b"AT\r") == b"AT\r\r\nOK\r\n"
    assert dialogue.type(b"ATE0\r") == b"ATE0\r\r\nOK\r\n"
    assert dialogue.type(b"AT\r") == b"\r\nOK\r\n"
    dialogue.modem.lose_echo()
    assert dialogue.type(b"AT\r") == b"AT\r\r\nOK\r\n"


def test_a_line_of_several_commands_ends_in_one_result() -> None:
    dialogue = Dialogue()
    assert dialogue.say("AT+CREG=1;+CGREG=1;+CEREG=1") == ["OK"]
    assert dialogue.say("AT+CEREG?;+CSQ") == ["+CEREG: 1,1", "+CSQ: 14,99", "OK"]
    assert dialogue.say("AT+CSQ;+NOSUCH;+CEREG?") == ["+CSQ: 14,99", "ERROR"]


def test_errors_are_plain_numbered_or_verbose() -> None:
    dialogue = Dialogue()
    dialogue.sim.inserted = False
    assert dialogue.say("AT+CPIN?") == ["+CME ERROR: 10"]
    assert dialogue.say("AT+CMGF=0") == ["+CMS ERROR: 310"]
    dialogue.say("AT+CMEE=2")
    assert dialogue.say("AT+CPIN?") == ["+CME ERROR: SIM not inserted"]
    dialogue.say("AT+CMEE=0")
    assert dialogue.say("AT+CPIN?") == ["ERROR"]


def test_numeric_results_and_silence_as_v250_has_them() -> None:
    dialogue = Dialogue()
    assert dialogue.type(b"ATV0\r") == b"0\r"
    assert dialogue.type(b"AT+NOSUCH\r") == b"4\r"
    assert dialogue.type(b"ATQ1\r") == b""


@pytest.mark.parametrize("line", ["", "HELLO", "OK", "\x00\xff"])
def test_what_has_no_at_in_it_is_not_answered(line: str) -> None:
    assert Dialogue().type(line.encode("latin-1") + b"\r") == b""


def test_a_line_beyond_all_bounds_is_an_error_and_the_next_one_works() -> None:
    dialogue = Dialogue()
    assert dialogue.say("AT+COPS=" + "9" * 5_000) == ["ERROR"]
    assert dialogue.say("AT") == ["OK"]


def test_commands_typed_while_one_is_worked_on_are_answered_in_order() -> None:
    dialogue = Dialogue()
    both = dialogue.type(b"AT+COPS=?\rAT+CSQ\r", 30_000)
    assert [line.partition(":")[0] for line in both.decode().split("\r\n") if line] == ["+COPS", "OK", "+CSQ", "OK"]


@pytest.mark.parametrize(("family", "maker", "model"), [("quectel", "Quectel", "EG9"), ("simcom", "INCORPOR", "A76")])
def test_each_family_says_who_it_is(family: str, maker: str, model: str) -> None:
    dialogue = Dialogue(family)
    assert dialogue.say("AT+CGMI")[0].startswith(maker)
    assert dialogue.say("AT+CGMM")[0].startswith(model)
    assert any(model in line for line in dialogue.say("ATI"))
    imei = dialogue.say("AT+CGSN")[0]
    assert len(imei) == 15
    assert imei.isdecimal()


@pytest.mark.parametrize("family", FAMILIES)
def test_unsolicited_lines_wait_while_a_prompt_stands(family: str) -> None:
    dialogue = Dialogue(family)
    dialogue.say("AT+CREG=1")
    assert dialogue.type(b"AT+CMGS=20\r") == b"\r\n> "
    dialogue.cell.lets_register = "none"
    assert dialogue.type(b"", 10_000) == b""
    assert dialogue.type(b"\x1b") == b"\r\nOK\r\n\r\n+CREG: 2\r\n"


@pytest.mark.parametrize("family", FAMILIES)
def test_a_flood_puts_lines_in_the_worst_places(family: str) -> None:
    dialogue = Dialogue(family)
    dialogue.modem.urc_flood = True
    said = dialogue.say("AT+CSQ")
    assert said.index("OK") - said.index("+CSQ: 14,99") == 2
    dialogue.type(b"AT+CMGS=20\r")
    assert not dialogue.output.endswith(b"> ")
    assert b"> " in dialogue.output


def test_split_lines_come_in_small_pieces_with_pauses_and_whole() -> None:
    dialogue = Dialogue()
    dialogue.modem.split_lines = True
    before = len(dialogue.pieces)
    assert dialogue.say("AT+CGMR", 5_000) == ["EG915UEUABR03A07M08", "OK"]
    pieces = dialogue.pieces[before:]
    assert all(len(data) <= 7 for _, data in pieces)
    assert all(later - earlier >= 30 for (earlier, _), (later, _) in itertools.pairwise(pieces))


def test_garbled_bytes_are_wrong_but_as_many() -> None:
    dialogue = Dialogue()
    clean = dialogue.type(b"ATI\r")
    dialogue.modem.garble_per_mille = 200
    bad = dialogue.type(b"ATI\r")
    assert len(bad) == len(clean)
    assert bad != clean
    dialogue.modem.garble_per_mille = 0
    assert dialogue.type(b"ATI\r") == clean


def test_the_same_seed_gives_the_same_run() -> None:
    def run(seed: int) -> list[tuple[int, bytes]]:
        dialogue = Dialogue(seed=seed)
        dialogue.modem.garble_per_mille = 50
        dialogue.modem.split_lines = dialogue.modem.urc_flood = True
        dialogue.say("AT+CMGF=1")
        dialogue.type(f'AT+CMGS="{NUMBER}"\r'.encode(), 5_000)
        dialogue.type(b"Hej\x1a", 60_000)
        return dialogue.pieces

    assert run(3) == run(3)
    assert run(3) != run(4)
