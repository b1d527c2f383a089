"""The simulated modem is a modem: programs that drive real ones run against its pseudo-terminal."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from queue import Queue
from typing import Any

import pytest
import serial  # type: ignore[import-untyped]
from gsmmodem.modem import GsmModem, Sms, StatusReport  # type: ignore[import-untyped]

from modem_front import LIMIT_S, NUMBER, OTHER, ServedModem, gammu

PROGRAM = Path(sys.executable).with_name("hemlarm")


@pytest.fixture(params=["quectel", "simcom"])
def served(request: pytest.FixtureRequest) -> Iterator[ServedModem]:
    with ServedModem(request.param) as served:
        yield served


def test_gammu_identifies_it_sends_a_text_and_reads_the_answer(served: ServedModem, tmp_path: Path) -> None:
    told = dict(line.split(":", 1) for line in gammu(served.path, tmp_path, "identify").splitlines() if ":" in line)
    fields = {name.strip(): value.strip() for name, value in told.items()}
    assert fields["Manufacturer"] in ("Quectel", "INCORPORATED")
    assert len(fields["IMEI"]) == 15
    assert fields["SIM IMSI"] == "240990000000001"
    said = gammu(served.path, tmp_path, "sendsms", "TEXT", OTHER, "-text", "Hej på dig")
    assert "message reference=1" in said
    assert served.got.get(timeout=LIMIT_S) == (NUMBER, "Hej på dig")

    # Gammu needs longer for its greeting than the phone's answer is on its way.
    listed = gammu(served.path, tmp_path, "getallsms")
    assert "Tack" in listed
    assert OTHER in listed


def test_python_gsmmodem_sends_with_a_delivery_report_and_receives(served: ServedModem) -> None:
    received: Queue[Any] = Queue()
    modem = GsmModem(served.path, 115_200, smsReceivedCallbackFunc=received.put)
    modem.connect()
    try:
        assert modem.waitForNetworkCoverage(LIMIT_S) == 14
        assert modem.networkName == "Hemtel"
        assert modem.ownNumber == NUMBER
        sent = modem.sendSms(OTHER, "Hej på dig", waitForDeliveryReport=True, deliveryTimeout=LIMIT_S)
        assert sent.report.deliveryStatus == StatusReport.DELIVERED
        assert served.got.get(timeout=LIMIT_S) == (NUMBER, "Hej på dig")
        answer = received.get(timeout=LIMIT_S)
        assert (answer.number, answer.text) == (OTHER, "Tack")
        assert answer.status == Sms.STATUS_RECEIVED_UNREAD
    finally:
        modem.close()


def test_the_command_offers_a_modem_until_it_is_interrupted() -> None:
    command = [str(PROGRAM), "sim", "modem", "--family", "simcom", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        told = json.loads(running.stdout.readline())
        assert told["family"] == "simcom"
        try:
            with serial.Serial(told["path"], 115_200, timeout=LIMIT_S) as line:
                line.write(b"ATE0+CGMM\r")
                assert b"A7670E" in line.read_until(b"OK\r\n")
        finally:
            running.send_signal(signal.SIGINT)
        assert running.stdout.read() == ""
        assert running.wait(LIMIT_S) == 0


def test_the_command_refuses_a_family_that_there_is_not() -> None:
    run = subprocess.run([PROGRAM, "sim", "modem", "--family", "nokia"], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr == "no modem family is called 'nokia'; there are quectel, simcom\n"
