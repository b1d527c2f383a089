"""TCP over the simulated modem, in both makers' words."""

import pytest

from modem_dialogue import FAMILIES, Dialogue, Far

CONNECT = {
    "quectel": ['AT+QICSGP=1,1,"net"', "AT+QIACT=1", 'AT+QIOPEN=1,0,"TCP","broker.example",8883,0,0'],
    "simcom": ["AT+CIPRXGET=1", "AT+NETOPEN", 'AT+CIPOPEN=0,"TCP","broker.example",8883'],
}
SEND = {"quectel": "AT+QISEND=0,", "simcom": "AT+CIPSEND=0,"}
SENT = {"quectel": b"\r\nSEND OK\r\n", "simcom": b"\r\nOK\r\n\r\n+CIPSEND: 0,%d,%d\r\n"}
ARRIVED = {"quectel": '+QIURC: "recv",0', "simcom": "+CIPRXGET: 1,0"}
PROMPT = {"quectel": b"\r\n> ", "simcom": b"\r\n>"}


def connected(family: str) -> tuple[Dialogue, Far]:
    dialogue = Dialogue(family)
    said = [line for command in CONNECT[family] for line in dialogue.say(command, 2_000)]
    assert said[-1] in ("+QIOPEN: 0,0", "+CIPOPEN: 0,0")
    return dialogue, dialogue.internet.connections[0]


def send(dialogue: Dialogue, data: bytes) -> bytes:
    family = dialogue.modem.family.name
    assert dialogue.type(f"{SEND[family]}{len(data)}\r".encode()) == PROMPT[family]
    return dialogue.type(data)


def read(dialogue: Dialogue, most: int) -> bytes:
    if dialogue.modem.family.quectel:
        return dialogue.type(f"AT+QIRD=0,{most}\r".encode())
    return dialogue.type(f"AT+CIPRXGET=2,0,{most}\r".encode())


@pytest.mark.parametrize("family", FAMILIES)
def test_octets_of_every_value_pass_both_ways(family: str) -> None:
    dialogue, far = connected(family)
    assert far.where == ("broker.example", 8883)
    octets = bytes(range(256)) + b"OK\r\n\x1a\x1b> "
    sent = SENT[family] % (len(octets), len(octets)) if family == "simcom" else SENT[family]
    assert send(dialogue, octets) == sent
    assert far.received == octets
    far.tell(("data", octets))
    assert dialogue.heard(100) == [ARRIVED[family]]
    head = {"quectel": b"\r\n+QIRD: 264\r\n", "simcom": b"\r\n+CIPRXGET: 2,0,264,0\r\n"}[family]
    assert read(dialogue, 1_500) == head + octets + b"\r\n\r\nOK\r\n"


@pytest.mark.parametrize("family", FAMILIES)
def test_arrival_is_told_again_only_once_all_was_read(family: str) -> None:
    dialogue, far = connected(family)
    far.tell(("data", b"first"))
    assert dialogue.heard(100) == [ARRIVED[family]]
    far.tell(("data", b"second"))
    assert dialogue.heard(100) == []
    assert b"firstse" in read(dialogue, 7)
    far.tell(("data", b"third"))
    assert dialogue.heard(100) == []
    assert b"condthird" in read(dialogue, 100)
    far.tell(("data", b"fourth"))
    assert dialogue.heard(100) == [ARRIVED[family]]


def test_reading_nothing_is_an_empty_answer_or_an_error() -> None:
    quectel, _ = connected("quectel")
    assert read(quectel, 100) == b"\r\n+QIRD: 0\r\n\r\nOK\r\n"
    simcom, _ = connected("simcom")
    assert read(simcom, 100) == b"\r\n+IP ERROR: No data\r\n\r\nERROR\r\n"


def test_pushed_data_comes_whole_and_by_itself() -> None:
    dialogue = Dialogue("quectel")
    for line in ("AT+QIACT=1", 'AT+QIOPEN=1,0,"TCP","broker.example",8883,0,1'):
        dialogue.say(line, 2_000)
    dialogue.output.clear()
    dialogue.internet.connections[0].tell(("data", b"a\r\nb"))
    dialogue.wait(100)
    assert dialogue.output == b'\r\n+QIURC: "recv",0,4\r\na\r\nb\r\n'


def test_the_amounts_are_told() -> None:
    dialogue, far = connected("quectel")
    send(dialogue, b"12345")
    assert dialogue.say("AT+QISEND=0,0") == ["+QISEND: 5,5,0", "OK"]
    far.tell(("data", b"abc"))
    assert dialogue.say("AT+QIRD=0,0")[-2:] == ["+QIRD: 3,0,3", "OK"]
    read(dialogue, 2)
    assert dialogue.say("AT+QIRD=0,0") == ["+QIRD: 3,2,1", "OK"]


@pytest.mark.parametrize("family", FAMILIES)
def test_the_other_side_closing_is_told(family: str) -> None:
    dialogue, far = connected(family)
    far.tell(("closed",))
    assert dialogue.heard(100) == [{"quectel": '+QIURC: "closed",0', "simcom": "+IPCLOSE: 0,1"}[family]]
    said = dialogue.say(SEND[family] + "5")
    assert said == {"quectel": ["ERROR"], "simcom": ["+CIPERROR: 4", "ERROR"]}[family]


def test_quectel_keeps_a_number_until_it_is_closed() -> None:
    dialogue, far = connected("quectel")
    far.tell(("closed",))
    dialogue.wait(100)
    again = 'AT+QIOPEN=1,0,"TCP","broker.example",8883,0,0'
    assert dialogue.say(again) == ["OK", "+QIOPEN: 0,563"]
    assert dialogue.say("AT+QICLOSE=0", 1_000) == ["OK"]
    assert dialogue.say(again) == ["OK", "+QIOPEN: 0,0"]


@pytest.mark.parametrize("family", FAMILIES)
def test_closing_tells_the_other_side(family: str) -> None:
    dialogue, far = connected(family)
    said = dialogue.say({"quectel": "AT+QICLOSE=0", "simcom": "AT+CIPCLOSE=0"}[family], 1_000)
    assert said == {"quectel": ["OK"], "simcom": ["OK", "+CIPCLOSE: 0,0"]}[family]
    assert far.end == "closed"


@pytest.mark.parametrize(
    ("family", "reason", "told"),
    [
        ("quectel", "dns", "+QIOPEN: 0,565"),
        ("quectel", "refused", "+QIOPEN: 0,566"),
        ("simcom", "dns", "+CIPOPEN: 0,11"),
        ("simcom", "refused", "+CIPOPEN: 0,1"),
    ],
)
def test_a_failed_connection_says_why(family: str, reason: str, told: str) -> None:
    dialogue = Dialogue(family)
    dialogue.internet.answer = ("failed", reason)
    for line in CONNECT[family][:-1]:
        dialogue.say(line, 2_000)
    assert dialogue.say(CONNECT[family][-1], 1_000) == ["OK", told]
    if family == "quectel":
        assert dialogue.say("AT+QIGETERROR")[0].startswith(f"+QIGETERROR: {told[-3:]},")


@pytest.mark.parametrize("family", FAMILIES)
def test_a_black_hole_ends_in_a_timeout(family: str) -> None:
    dialogue = Dialogue(family)
    dialogue.internet.answer = None
    for line in CONNECT[family][:-1]:
        dialogue.say(line, 2_000)
    assert dialogue.say(CONNECT[family][-1], 100_000) == ["OK"]
    assert dialogue.heard(30_000) == [{"quectel": "+QIOPEN: 0,566", "simcom": "+CIPOPEN: 0,10"}[family]]
    assert dialogue.internet.connections[0].end == "closed"


@pytest.mark.parametrize("family", FAMILIES)
def test_without_service_bytes_wait_in_both_directions_and_arrive_in_order(family: str) -> None:
    dialogue, far = connected(family)
    dialogue.cell.jammed = True
    send(dialogue, b"one")
    send(dialogue, b"two")
    far.tell(("data", b"back"))
    assert dialogue.heard(20_000) == []
    assert far.received == b""
    dialogue.cell.jammed = False
    assert dialogue.heard(20_000) == [ARRIVED[family]]
    assert far.received == b"onetwo"


@pytest.mark.parametrize("family", FAMILIES)
def test_a_full_send_buffer_refuses(family: str) -> None:
    dialogue, _ = connected(family)
    dialogue.cell.jammed = True
    for _ in range(10):
        send(dialogue, bytes(1_000))
    refused = send(dialogue, bytes(1_000))
    assert refused == {"quectel": b"\r\nSEND FAIL\r\n", "simcom": b"\r\n+CIPERROR: 8\r\n\r\nERROR\r\n"}[family]


@pytest.mark.parametrize("family", FAMILIES)
def test_a_long_outage_takes_the_context_and_the_connections(family: str) -> None:
    dialogue, far = connected(family)
    dialogue.cell.lets_register = "none"
    said = dialogue.heard(90_000)
    assert said == [{"quectel": '+QIURC: "pdpdeact",1', "simcom": "+CIPEVENT: NETWORK CLOSED UNEXPECTEDLY"}[family]]
    assert far.end == "lost"
    question = {"quectel": "AT+QIACT?", "simcom": "AT+NETOPEN?"}[family]
    assert dialogue.say(question) == {"quectel": ["OK"], "simcom": ["+NETOPEN: 0", "OK"]}[family]


@pytest.mark.parametrize("family", FAMILIES)
def test_a_context_needs_packet_service_and_the_right_name(family: str) -> None:
    ask = {"quectel": "AT+QIACT=1", "simcom": "AT+NETOPEN"}[family]
    no = {"quectel": ["ERROR"], "simcom": ["OK", "+NETOPEN: 1"]}[family]
    yes = {"quectel": ["OK"], "simcom": ["OK", "+NETOPEN: 0"]}[family]
    dialogue = Dialogue(family)
    dialogue.cell.packet_service = False
    assert dialogue.say(ask, 10_000) == no
    dialogue.cell.packet_service = True
    dialogue.cell.apn = "right.net"
    assert dialogue.say(ask, 10_000) == no
    assert dialogue.say('AT+CGDCONT=1,"IP","right.net"') == ["OK"]
    assert dialogue.say(ask, 10_000) == yes


def test_a_prompt_with_a_length_waits_for_ever_for_the_rest() -> None:
    dialogue, far = connected("quectel")
    dialogue.say("AT+QISEND=0,10")
    assert dialogue.type(b"12345", 600_000) == b""
    # What was meant as a command is taken as data.
    assert dialogue.type(b"AT+CS") == b"\r\nSEND OK\r\n"
    assert far.received == b"12345AT+CS"


def test_sent_data_is_echoed_unless_that_is_switched_off() -> None:
    dialogue, _ = connected("quectel")
    dialogue.modem.lose_echo()
    dialogue.say("AT+QISEND=0,3")
    assert dialogue.type(b"abc") == b"abc\r\nSEND OK\r\n"
    dialogue.say("AT+QISDE=0")
    dialogue.say("AT+QISEND=0,3")
    assert dialogue.type(b"abc") == b"\r\nSEND OK\r\n"
