"""The modem's way up on both interpreters, against a modem that answers by a table. Time passes when nothing else does.

What the driver makes of a modem with a life of its own is tested against the simulated one (`tests/host`).
"""

import asyncio

from hemlarm_firmware.clock import Clock
from hemlarm_firmware.modem import quectel, simcom
from hemlarm_firmware.modem.driver import Driver
from modem_wire import Wire, settle
from session_support import Chance

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

OK = ["OK"]

COMMON = {
    "AT+CPIN?": ["+CPIN: READY", "OK"],
    "AT+CEREG?": ["+CEREG: 1,1", "OK"],
    "AT+COPS?": ['+COPS: 0,0,"Hemtel",7', "OK"],
    "AT+CGATT?": ["+CGATT: 1", "OK"],
    "AT+CSQ": ["+CSQ: 20,99", "OK"],
    "AT+CMGS=20": -1,
    "AT+NETCLOSE": ["+NETCLOSE: 2", "ERROR"],
}
QUECTEL = {
    "ATI": ["Quectel", "EG915U", "Revision: EG915UEUABR03A07M08", "OK"],
    "AT+QIACT?": ['+QIACT: 1,1,1,"10.64.0.2"', "OK"],
}
SIMCOM = {"ATI": ["Manufacturer: INCORPORATED", "Model: A7670E-FASE", "OK"], "AT+NETOPEN?": ["+NETOPEN: 1", "OK"]}


class VirtualPause:
    """A `Pause` that lets everybody else go on first, and then moves the bench's time."""

    def __init__(self, bench: "Bench") -> None:
        self._bench = bench
        self._ended = False

    def end(self) -> None:
        self._ended = True

    async def wait(self, limit_ms: int) -> None:
        self._ended = False
        until_ms = self._bench.ticks + limit_ms
        while not self._ended and self._bench.ticks < until_ms:
            await settle()
            if not self._ended:
                self._bench.ticks = min(until_ms, self._bench.ticks + 500)


class Power(Wire):
    """A modem with a key and a supply, which are noted among what was sent to it."""

    def power_key(self, pressed: bool) -> None:
        self.sent.append("key " + str(pressed))

    def supply(self, on: bool) -> None:
        self.sent.append("supply " + str(on))


class Bench:
    """A driver, and a modem with these answers; whatever else it is told it takes, or not, if it is `off`."""

    def __init__(self, *tables: "dict[str, Any]") -> None:
        self.ticks = 0
        self.off = False
        self.table: dict[str, Any] = {}
        for table in tables:
            self.table.update(table)
        self.told: list[tuple[Any, ...]] = []
        self.modem = Power(self._answer)
        settings = {"apn": "panels", "pin": ""}
        self.driver = Driver(self.modem, settings, Clock(self._now), Chance(5), self._hear)  # type: ignore[arg-type]
        for part in (self.driver, self.driver.at, self.driver._power):
            part._pause = VirtualPause(self)  # type: ignore[assignment]

    def _now(self) -> int:
        return self.ticks

    def _answer(self, command: "Any") -> "Any":
        if self.off:
            return None
        if isinstance(command, bytes):
            return ["+CMGS: 9", "OK"]
        return self.table.get(command, OK)

    def _hear(self, *what: "Any") -> None:
        self.told.append(what)

    async def until(self, condition: "Callable[[], object]") -> None:
        """Let all go on until it holds."""
        for _ in range(3_000):
            if condition():
                return
            await settle()
        raise AssertionError(str(self.told) + str(self.modem.sent[-9:]))

    def play(self, story: "Callable[[Bench], Coroutine[Any, Any, None]]") -> None:
        """Run the story beside the driver."""

        async def whole() -> None:
            running = asyncio.create_task(self.driver.run())
            try:
                await story(self)
            finally:
                running.cancel()
                await settle()

        asyncio.run(whole())


async def _ready(bench: Bench) -> None:
    await bench.until(lambda: bench.driver.ready_for_data)
    assert bench.told[:2] == [("texting", True), ("data", True)]


def test_a_modem_that_answers_is_asked_for_what_it_is_and_set_up_in_order() -> None:
    for family, table in ((quectel, QUECTEL), (simcom, SIMCOM)):
        bench = Bench(COMMON, table)
        bench.play(_ready)
        sent = bench.modem.sent
        assert sent[:6] == ["supply True", "AT", "ATE0", "AT+CMEE=1", "ATI", "AT+CPIN?"]
        assert bench.driver.profile is family
        order = [sent.index(each) for each in (family.CONTEXT_DOWN, "AT+CMGF=0", "AT+CEREG?", family.CONTEXT)]
        assert order == sorted(order)
        assert "key True" not in sent


def test_its_state_is_told_in_the_cloud_s_words() -> None:
    async def story(bench: Bench) -> None:
        await _ready(bench)
        await bench.until(lambda: bench.driver.status() == (1, 3, 73, 0))

    Bench(COMMON, QUECTEL).play(story)


def test_a_network_of_older_technology_is_asked_for_behind_lte() -> None:
    async def story(bench: Bench) -> None:
        await _ready(bench)
        assert bench.driver.status()[:2] == (5, 1)

    older = {"AT+CEREG?": ["+CEREG: 1,0", "OK"], "AT+CGREG?": ["+CGREG: 1,5", "OK"], "AT+COPS?": ["+COPS: 0", "OK"]}
    Bench(COMMON, QUECTEL, older).play(story)


def test_a_network_that_knows_the_modem_for_calls_only_takes_messages() -> None:
    async def story(bench: Bench) -> None:
        await bench.until(lambda: bench.driver.ready_for_sms)
        assert bench.driver.status()[0] == 7
        assert await bench.driver.send_sms("+46700000099", b"sealed") == 9
        assert bench.driver.air.totals(bench.ticks)[3] == 1
        assert bench.told == [("texting", True)]

    calls = {
        "AT+CEREG?": ["+CEREG: 1,2", "OK"],
        "AT+CGREG?": ["+CGREG: 1,3", "OK"],
        "AT+CREG?": ["+CREG: 1,5", "OK"],
    }
    Bench(COMMON, SIMCOM, calls).play(story)


def test_a_modem_that_restarts_is_told_of_and_set_up_again() -> None:
    async def story(bench: Bench) -> None:
        await _ready(bench)
        del bench.told[:]
        bench.modem.sent.clear()
        bench.modem.say("RDY", "+CFUN: 1", "+CPIN: READY")
        await bench.until(lambda: bench.driver.ready_for_data and bench.told)
        assert bench.told == [
            ("restarted",),
            ("data", False),
            ("texting", False),
            ("texting", True),
            ("data", True),
        ]
        assert bench.modem.sent[:3] == ["supply True", "AT", "ATE0"]

    Bench(COMMON, QUECTEL).play(story)


def test_a_restart_in_the_middle_of_a_command_costs_no_rung_of_the_ladder() -> None:
    async def story(bench: Bench) -> None:
        for times in range(1, 6):
            await bench.until(lambda times=times: bench.told.count(("restarted",)) == times)  # type: ignore[misc]
        bench.table["AT+CGATT?"] = ["+CGATT: 1", "OK"]
        await bench.until(lambda: bench.driver.ready_for_data)
        assert "AT+CFUN=1,1" not in bench.modem.sent
        assert "supply False" not in bench.modem.sent
        assert bench.driver.trouble == ""

    Bench(COMMON, QUECTEL, {"AT+CGATT?": ["RDY"]}).play(story)


def test_a_restart_between_two_commands_of_the_setting_up_begins_it_again() -> None:
    async def story(bench: Bench) -> None:
        await bench.until(lambda: ("restarted",) in bench.told)
        bench.table["AT+CMGF=0"] = OK
        await bench.until(lambda: bench.driver.ready_for_data)
        assert bench.modem.sent.count("AT+CMGF=0") == 2

    Bench(COMMON, QUECTEL, {"AT+CMGF=0": ["OK", "RDY"]}).play(story)


def test_a_modem_that_restarted_in_silence_is_known_by_its_echo() -> None:
    async def story(bench: Bench) -> None:
        await _ready(bench)
        bench.off = True
        await bench.until(lambda: bench.modem.sent[-2:] == ["AT", "AT"])
        bench.table["AT"] = ["AT", "OK"]
        bench.off = False
        await bench.until(lambda: ("restarted",) in bench.told)
        bench.table["AT"] = OK
        await bench.until(lambda: bench.driver.ready_for_data)

    Bench(COMMON, QUECTEL).play(story)


def test_a_garbled_answer_while_there_is_no_network_does_not_detach_the_modem() -> None:
    async def story(bench: Bench) -> None:
        await bench.until(lambda: bench.modem.sent.count("AT+CSQ") == 3)
        bench.table["AT+CSQ"] = ["+CSQ: 2", "O?"]
        await bench.until(lambda: bench.modem.sent.count("ATE0") == 2)
        bench.table["AT+CSQ"] = ["+CSQ: 20,99", "OK"]
        bench.table["AT+CEREG?"] = ["+CEREG: 1,1", "OK"]
        await _ready(bench)
        assert "AT+CGATT=0" not in bench.modem.sent

    searching = {name: [name[2:-1] + ": 1,2", "OK"] for name in ("AT+CEREG?", "AT+CGREG?", "AT+CREG?")}
    Bench(COMMON, QUECTEL, searching).play(story)


def test_one_garbled_answer_costs_nothing() -> None:
    async def story(bench: Bench) -> None:
        await _ready(bench)
        bench.table["AT+CSQ"] = ["+CSQ: 2", "O?"]
        asked = bench.modem.sent.count("ATE0")
        await bench.until(lambda: bench.modem.sent.count("ATE0") > asked)
        bench.table["AT+CSQ"] = ["+CSQ: 20,99", "OK"]
        await bench.until(lambda: bench.modem.sent[-1] == "AT+CSQ")
        assert bench.told == [("texting", True), ("data", True)]

    Bench(COMMON, QUECTEL).play(story)


def test_a_modem_that_is_silent_has_its_key_pressed_and_then_its_supply_cut() -> None:
    async def story(bench: Bench) -> None:
        bench.off = True
        await bench.until(lambda: "supply False" in bench.modem.sent)
        sent = bench.modem.sent
        assert sent[:7] == ["supply True", "AT", "AT", "AT", "AT", "key True", "key False"]
        assert 36_000 <= bench.ticks <= 37_000  # 34 s of asking, and 2.2 s of the key.
        bench.off = False
        await _ready(bench)
        assert sent[sent.index("supply False") + 1 :][:4] == ["supply True", "key True", "key False", "AT"]
        assert bench.ticks >= 48_000

    Bench(COMMON, QUECTEL).play(story)


def test_an_unknown_make_is_no_modem_of_ours() -> None:
    async def story(bench: Bench) -> None:
        await bench.until(lambda: bench.driver.trouble)
        assert bench.driver.trouble == "the modem is of no make that is known here"

    Bench(COMMON, {"ATI": ["Acme", "OK"]}).play(story)


def test_errors_of_the_card_are_told_apart() -> None:
    for said, problem in (
        ("+CPIN: SIM PIN", 11),
        ("+CPIN: SIM PUK", 12),
        ("+CME ERROR: 10", 10),
        ("+CME ERROR: 12", 12),
        ("+CME ERROR: 13", 13),
    ):

        async def story(bench: Bench, problem: int = problem) -> None:
            await bench.until(lambda: bench.driver.status()[3] == problem)
            await bench.until(lambda: bench.ticks > 120_000)
            assert [told for told in bench.told if told != ("restarted",)] == []
            # A reset may help against a bad contact, and never against what a person must put right.
            assert ("AT+CFUN=1,1" in bench.modem.sent) == (problem in (10, 13))

        Bench(COMMON, QUECTEL, {"AT+CPIN?": [said] if "ERROR" in said else [said, "OK"]}).play(story)
