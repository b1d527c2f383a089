"""One AT command at a time, with unsolicited lines, echo, data and silence wherever a modem can put them."""

import asyncio

from hemlarm_firmware.modem.at import AtError, ModemSilentError, number
from modem_wire import Bench, run, settle

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

SOON_MS = 1
"""A timeout that the tests wait for."""


def _bench(answers: "dict[Any, Any]") -> Bench:
    """A modem with these answers, and silent to all else."""
    return Bench(lambda command: answers.get(command))


def _say(bench: Bench, *args: "Any", **named: "Any") -> "Any":
    """Give one command, and then AT if `then`; return the last one's answer, or the error."""
    then = named.pop("then", False)

    async def work() -> "Any":
        try:
            outcome: Any = await bench.at.command(*args, **named)
        except OSError as error:
            outcome = error
        if then:
            assert isinstance(outcome, then)
            outcome = await bench.at.command("AT")
        return outcome

    return run(bench, work)


def test_the_information_before_ok_is_the_answer() -> None:
    assert _say(_bench({"ATI": ["Quectel", "EG915U", "OK"]}), "ATI") == ["Quectel", "EG915U"]
    assert _say(_bench({"AT": ["OK"]}), "AT") == []


def test_errors_tell_their_kind_and_number_and_the_command_without_its_secrets() -> None:
    for said, kind, code in (
        ("ERROR", "error", -1),
        ("SEND FAIL", "error", -1),
        ("+CME ERROR: 10", "cme", 10),
        ("+CMS ERROR: 38", "cms", 38),
        ("+CME ERROR: SIM not inserted", "cme", -1),
    ):
        error = _say(_bench({'AT+CPIN="1234"': [said]}), 'AT+CPIN="1234"')
        assert isinstance(error, AtError)
        assert (error.kind, error.code) == (kind, code)
        assert str(error) == f"the modem refuses AT+CPIN: {kind} {code}"


def test_unsolicited_lines_go_to_their_subscriber_before_within_and_behind_an_answer() -> None:
    heard: list[str] = []
    bench = _bench({"AT+CSQ": ["+CEREG: 1", "+CSQ: 20,99", "RING", '+QIURC: "recv",0', "OK", "+CEREG: 5"]})
    bench.at.subscribe("+CEREG:", heard.append)
    bench.at.subscribe("+QIURC:", heard.append)

    async def work() -> "Any":
        answer = await bench.at.command("AT+CSQ", want="+CSQ:")
        await settle()
        return answer

    assert run(bench, work) == ["+CSQ: 20,99"]
    assert heard == ["+CEREG: 1", '+QIURC: "recv",0', "+CEREG: 5"]


def test_a_line_that_is_wanted_is_an_answer_even_if_it_is_subscribed_to() -> None:
    heard: list[str] = []
    bench = _bench({"AT+CEREG?": ["+CEREG: 5", "+CEREG: 1,5", "OK"]})
    bench.at.subscribe("+CEREG:", heard.append)
    answer = _say(bench, "AT+CEREG?", want="+CEREG:")
    assert answer == ["+CEREG: 5", "+CEREG: 1,5"]
    assert number(answer, 1) == 5
    assert heard == []


def test_a_later_subscription_takes_the_place_of_the_earlier() -> None:
    first: list[str] = []
    second: list[str] = []
    bench = _bench({"AT": ["RING", "OK"]})
    bench.at.subscribe("RING", first.append)
    bench.at.subscribe("RING", second.append)
    _say(bench, "AT")
    assert (first, second) == ([], ["RING"])


def test_a_garbled_unsolicited_line_does_no_harm() -> None:
    def cannot_read(line: str) -> None:
        raise ValueError(int(line.split(",")[7]))

    bench = _bench({"AT": ["+CMTI: x", "OK"]})
    bench.at.subscribe("+CMTI:", cannot_read)
    assert _say(bench, "AT") == []


def test_echo_is_no_answer_and_is_noted() -> None:
    bench = _bench({"ATI": ["ATI", "A7670E", "OK"]})
    assert not bench.at.echoes
    assert _say(bench, "ATI") == ["A7670E"]
    assert bench.at.echoes


def test_data_goes_behind_the_prompt_and_the_answer_behind_the_data() -> None:
    bench = _bench({"AT+CMGS=3": -1, b"abc\x1a": ["+CMGS: 7", "OK"]})
    assert _say(bench, "AT+CMGS=3", data=b"abc\x1a", want="+CMGS:") == ["+CMGS: 7"]
    bench = _bench({"AT+QISEND=0,3": 3, b"\n>\r": ["SEND OK"]})
    assert _say(bench, "AT+QISEND=0,3", data=b"\n>\r") == []


def test_an_ok_before_the_prompt_was_meant_for_an_earlier_command() -> None:
    bench = _bench({"AT+QISEND=0,1": [b"\r\nOK\r\n> "], b"x": None})

    async def work() -> "Any":
        sending = asyncio.create_task(bench.at.command("AT+QISEND=0,1", data=b"x"))
        await settle()
        assert not sending.done()
        bench.wire.say("SEND OK")
        return await sending

    assert run(bench, work) == []


def test_a_prompt_that_nobody_waits_for_is_left() -> None:
    bench = _bench({"AT": [b"> ", "OK"]})
    assert _say(bench, "AT") == []
    assert bench.wire._heard == b"\x1b"


def test_raw_data_stands_behind_its_line_whatever_it_holds() -> None:
    data = b"\r\nOK\r\n> +CME ERR\r\n" * 15
    bench = _bench({"AT+QIRD=0,512": ["+QIRD: 270", data, "OK"]})
    heard: list[str] = []
    bench.at.subscribe("+CME", heard.append)
    assert _say(bench, "AT+QIRD=0,512", want="+QIRD:", raw=_length) == ["+QIRD: 270", data]
    assert heard == []


def test_a_garbled_length_of_raw_data_costs_the_data_only() -> None:
    for wrong in ("?", "90000", "-1"):
        bench = _bench({"AT+QIRD=0,9": ["+QIRD: " + wrong, "abc", "OK"]})
        assert _say(bench, "AT+QIRD=0,9", want="+QIRD:", raw=_length) == ["+QIRD: " + wrong]


def _length(line: str) -> int:
    return int(line.split(":")[1])


def test_an_answer_without_end_is_cut() -> None:
    answer = _say(_bench({"ATI": ["line"] * 100 + ["OK"]}), "ATI")
    assert len(answer) == 16


def test_silence_is_an_error_and_is_told() -> None:
    silent: list[int] = []
    bench = _bench({})
    bench.at._silent = lambda: silent.append(1)
    error = _say(bench, "AT+CSQ", SOON_MS)
    assert isinstance(error, ModemSilentError)
    assert str(error) == "the modem gave no answer to AT+CSQ"
    assert silent == [1]


def test_data_that_is_still_awaited_when_a_modem_falls_silent_is_forgotten() -> None:
    bench = _bench({"AT+QIRD=0,9": [b"\r\n+QIRD: 9\r\nabc"], "AT": ["OK"]})
    assert _say(bench, "AT+QIRD=0,9", SOON_MS, want="+QIRD:", raw=_length, then=ModemSilentError) == []


def test_a_command_that_cannot_be_answered_any_more_fails_at_once() -> None:
    heard: list[str] = []
    bench = _bench({"AT+QIACT=1": ["RDY", "+CPIN: READY"]})
    bench.at.subscribe("RDY", lambda _line: bench.at.fail("restarted instead of answering"))
    bench.at.subscribe("+CPIN:", heard.append)
    error = _say(bench, "AT+QIACT=1", 100_000)
    assert heard == ["+CPIN: READY"]
    assert isinstance(error, ModemSilentError)
    assert str(error) == "the modem restarted instead of answering to AT+QIACT"


def test_commands_wait_for_each_other_in_turn() -> None:
    bench = _bench({})

    async def work() -> "Any":
        tasks = [asyncio.create_task(bench.at.command("AT+" + name)) for name in "ABC"]
        for name in "ABC":
            await settle()
            assert bench.wire.sent[-1] == "AT+" + name
            bench.wire.say("it is " + name, "OK")
            await settle()
        return await asyncio.gather(*tasks)

    assert run(bench, work) == [["it is A"], ["it is B"], ["it is C"]]


def _cancelled(bench: Bench, then: "Callable[[], None]", ms: int = 60_000, **named: "Any") -> "Any":
    """Cancel a command, give another one, let `then` happen, and return the other one's answer."""

    async def work() -> "Any":
        given_up = asyncio.create_task(bench.at.command("AT+OLD", ms, **named))
        await settle()
        given_up.cancel()
        await settle()
        other = asyncio.create_task(bench.at.command("AT+NEW"))
        await settle()
        assert bench.wire.sent == ["AT+OLD"]
        then()
        return await other

    return run(bench, work)


def test_a_command_that_was_given_up_is_played_to_its_end_before_the_next() -> None:
    bench = _bench({"AT+NEW": ["new", "OK"]})
    assert _cancelled(bench, lambda: bench.wire.say("old", "OK")) == ["new"]


def test_a_command_that_was_given_up_before_its_prompt_still_sends_its_data() -> None:
    bench = _bench({"AT+NEW": ["new", "OK"]})

    def prompt() -> None:
        bench.wire._data = 3
        bench.wire.answers = lambda item: ["SEND OK"] if item == b"abc" else ["new", "OK"]
        bench.wire.say(b"> ")

    assert _cancelled(bench, prompt, data=b"abc") == ["new"]
    assert bench.wire.sent == ["AT+OLD", b"abc", "AT+NEW"]


def test_a_command_that_was_given_up_and_finds_no_answer_holds_up_the_next_until_its_time_is_over() -> None:
    bench = _bench({"AT+NEW": ["new", "OK"]})

    def time_passes() -> None:
        bench.ticks = 60_000
        bench.at._pause.end()

    assert _cancelled(bench, time_passes) == ["new"]


def test_a_line_that_takes_no_more_fails_the_command() -> None:
    def full(_data: bytes) -> None:
        raise OSError("full")

    bench = _bench({"AT+QISEND=0,3": 3})
    write = bench.wire.write

    def full_behind_the_command(data: bytes) -> None:
        write(data)
        bench.wire.write = full  # type: ignore[assignment, method-assign]

    bench.wire.write = full_behind_the_command  # type: ignore[method-assign]
    assert str(_say(bench, "AT+QISEND=0,3", data=b"abc")) == "full"


def test_a_number_is_looked_for_in_the_last_line_that_has_it() -> None:
    assert number(["+CEREG: 1,2", "+CEREG: 1,5", "+CEREG: 1"], 1) == 5
    assert number(["+CSQ: ?,99", "nothing", ""], 0) == -1
    assert number([], 0) == -1
