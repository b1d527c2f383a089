"""Texting through a modem: sending, reports, what comes at any moment, and a SIM card that never fills."""

import asyncio

from hemlarm_firmware.modem import pdu, sms
from hemlarm_firmware.modem.at import AtError
from modem_wire import Bench, run, settle

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# A DELIVER of three octets from +46708251358, and a status report about reference 42: see `test_modem_pdu.py`.
RECEIVED = "07916407058099F9040B916407281553F80004621122010203400300FF1A"
TOLD = "07916407058099F9062A0B916407281553F86211220102034062112201020340"


class Site(Bench):
    """A bench with an inbox on it; `told` is what it told. `special` are answers to commands with these beginnings."""

    def __init__(self) -> None:
        super().__init__(self._answer)
        self.told: list[tuple[Any, ...]] = []
        self.special: dict[str, Any] = {}
        self.inbox = sms.Inbox(self.at, self._tell)

    def _tell(self, *what: "Any") -> None:
        self.told.append(what)

    def _answer(self, command: "Any") -> "Any":
        if isinstance(command, bytes):
            return self.special.get("data", ["+CMGS: 42", "OK"])
        for start, answer in self.special.items():
            if command.startswith(start):
                return answer
        return -1 if command.startswith("AT+CMGS=") else ["OK"]


def _failure(site: Site, number: str = "+46708251358", octets: bytes = b"x") -> str:
    async def work() -> str:
        try:
            await sms.send(site.at, number, octets)
        except OSError as error:
            return str(error)
        return ""

    text: str = run(site, work)
    return text


def test_an_sms_goes_behind_the_prompt() -> None:
    site = Site()
    length, text = pdu.submit("+46708251358", b"\x1a\x00", True)

    async def work() -> int:
        return await sms.send(site.at, "+46708251358", b"\x1a\x00")

    assert run(site, work) == 42
    assert site.wire.sent == [f"AT+CMGS={length}", text.encode() + b"\x1a"]


def test_what_the_network_does_not_take_is_an_error() -> None:
    site = Site()
    site.special["data"] = ["+CMS ERROR: 38"]
    assert "cms 38" in _failure(site)
    site = Site()
    site.special["AT+CMGS"] = ["ERROR"]
    assert "error" in _failure(site)


def test_an_answer_without_a_reference_is_an_error() -> None:
    for answer in (["OK"], ["+CMGS: x", "OK"], ["+CMGS:", "OK"]):
        site = Site()
        site.special["data"] = answer
        assert _failure(site)


def test_what_no_sms_can_hold_is_an_error_and_not_sent() -> None:
    site = Site()
    assert _failure(site, "nobody")
    assert _failure(site, octets=bytes(141))
    assert site.wire.sent == []


def test_an_sms_that_comes_is_told() -> None:
    site = Site()

    async def work() -> None:
        site.wire.say('+CMT: "",27', RECEIVED)
        await settle()

    run(site, work)
    assert site.told == [("sms", b"\x00\xff\x1a", "+46708251358")]


def test_what_comes_between_a_command_and_its_answer_is_told() -> None:
    site = Site()
    site.special["data"] = ['+CMT: "",27', RECEIVED, "+CMGS: 7", "+CDS: 25", TOLD + "00", "OK"]

    async def work() -> int:
        return await sms.send(site.at, "+46708251358", b"x")

    assert run(site, work) == 7
    assert site.told == [("sms", b"\x00\xff\x1a", "+46708251358"), ("sms-report", 42, True)]


def test_a_report_says_whether_an_sms_was_delivered() -> None:
    site = Site()

    async def work() -> None:
        for status in ("00", "30", "46"):
            site.wire.say("+CDS: 25", TOLD + status)
        await settle()

    run(site, work)
    assert site.told == [("sms-report", 42, True), ("sms-report", 42, False)], "0x30: the centre is still trying"


def test_garbled_news_are_nothing() -> None:
    site = Site()

    async def work() -> None:
        site.wire.say('+CMT: "",27', RECEIVED[:-2], '+CMT: "",27', "0x", "+CDS: 25", RECEIVED, RECEIVED, "0", "+CMTI:")
        site.wire.say("+CMTI: x,y", '+CMTI: "SM"')
        await settle()

    run(site, work)
    assert site.told == []
    assert site.wire.sent == []


def test_what_is_stored_is_read_and_deleted() -> None:
    site = Site()
    site.special["AT+CMGR=3"] = ["+CMGR: 0,,27", RECEIVED, "OK"]
    site.special["AT+CMGR=4"] = ["+CMS ERROR: 321"]

    async def work() -> None:
        site.wire.say('+CMTI: "SM",3', '+CMTI: "SM",4')
        await settle()
        await settle()

    run(site, work)
    assert site.told == [("sms", b"\x00\xff\x1a", "+46708251358")]
    assert site.wire.sent == ["AT+CMGR=3", "AT+CMGD=3", "AT+CMGR=4", "AT+CMGD=4"]


def test_a_flood_of_stored_messages_is_bounded() -> None:
    site = Site()
    site.special["AT+CMGR=0"] = []

    async def work() -> None:
        for place in range(100):
            site.wire.say(f'+CMTI: "SM",{place}')
        await settle()
        site.wire.say("OK")
        for _ in range(5):
            await settle()

    run(site, work)
    assert [command for command in site.wire.sent if "CMGR" in command] == [f"AT+CMGR={place}" for place in range(8)]


def test_a_modem_that_restarts_is_not_asked_for_what_it_had_stored() -> None:
    site = Site()
    site.special["AT+CMGR=0"] = []

    async def work() -> None:
        site.wire.say('+CMTI: "SM",0', '+CMTI: "SM",1')
        await settle()
        site.at.fail("restarted")
        await settle()
        site.wire.say('+CMTI: "SM",7')
        await settle()

    run(site, work)
    assert site.wire.sent == ["AT+CMGR=0", "AT+CMGR=7", "AT+CMGD=7"]


def test_a_cancelled_send_leaves_a_modem_that_can_send() -> None:
    site = Site()

    async def work() -> int:
        task = asyncio.create_task(sms.send(site.at, "+46708251358", b"first"))
        await asyncio.sleep(0)
        task.cancel()
        return await sms.send(site.at, "+46708251358", b"second")

    try:
        assert run(site, work) == 42
    except AtError:
        raise AssertionError("the second SMS got the first one's answer") from None
    assert site.wire.sent[-1] == pdu.submit("+46708251358", b"second", True)[1].encode() + b"\x1a"
