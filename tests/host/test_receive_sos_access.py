"""The receiving end of SOS Access: who may report, what is stored, and what is answered."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from hemlarm_cloud.cases.categories import ALARMS, category
from hemlarm_cloud.receive import codes
from hemlarm_cloud.receive.accounts import AccountSettings
from hemlarm_cloud.receive.core import Refusal
from hemlarm_cloud.receive.keeping import REPEATED_MS
from hemlarm_cloud.receive.sos_access import SosAccessCore
from hemlarm_cloud.store import Store
from hemlarm_cloud.trade import sos_access as codec
from hemlarm_cloud.trade.sia_codes import sia_code
from hemlarm_cloud.trade.sos_access import NewAuthenticationRequest, Request, Response, Status
from receive_support import (
    CODE,
    NOW_MS,
    PASSWORD,
    SOS,
    add_account,
    alarm,
    events,
    found,
    memory,
    noise,
    ping,
    vault,
)

CET = "2026-09-21 16:13:20.000"
"""NOW_MS in Stockholm's summer."""


class Receiver:
    """A core on a store, with a clock in the hands of the test."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.core = SosAccessCore(vault(), noise)
        self.now_ms = NOW_MS

    def answer(self, request: Request) -> Response:
        """What a transmitter gets, after the commit."""
        said = self.core.read(codec.encode(request), self.now_ms)
        assert not isinstance(said, Refusal)
        with self.store.begin() as tx:
            answer = self.core.take(tx, said, self.now_ms)
        return codec.parse_response(answer)

    def status(self, request: Request) -> int:
        """The status alone."""
        return self.answer(request).status


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with memory() as store:
        add_account(store)
        yield Receiver(store)


@pytest.fixture
def each_receiver(store: Store) -> Receiver:
    """On each kind of database."""
    add_account(store)
    return Receiver(store)


def renewal(authentication: str = PASSWORD) -> NewAuthenticationRequest:
    return NewAuthenticationRequest(authentication, "SV300", CODE)


def test_an_alarm_is_stored_with_all_it_tells(each_receiver: Receiver) -> None:
    request = alarm(
        "FA",
        reference="r7",
        transmitter_time="2026-09-21 16:13:10.500",
        transmitter_area="2",
        detector="7",
        section_text="Plan 1",
        detector_text="kök",
        additional_info="rad 1\nrad 2",
    )
    assert each_receiver.answer(request) == Response(codec.ALARM_KIND, Status.OK, "OK", "r7", CET)
    (event,) = events(each_receiver.store)
    assert (event.transmitter, event.code, event.qcode) == (SOS, "FA", 1110)
    assert (event.area, event.zone, event.user) == (2, 7, 0)
    assert event.text == "Plan 1, kök, rad 1 rad 2"
    assert (event.happened_ms, event.received_ms) == (NOW_MS - 9_500, NOW_MS)
    assert PASSWORD.encode() not in event.telegram
    assert b"<detectortext>k\xf6k</detectortext>" in event.telegram


@pytest.mark.parametrize(
    ("code", "kind", "qcode"),
    [
        ("BA", codec.ALARM, 1130),
        ("BA", codec.RESTORE, 3130),
        ("BR", codec.ALARM, 3130),
        ("fr", codec.ALARM, 3110),
        ("CL", codec.ALARM, 3401),
        ("301", codec.RESTORE, 3301),
        ("Brand", codec.ALARM, 1110),
        ("LARM 7", codec.ALARM, 1154),
        ("LARM 7", codec.RESTORE, 3154),
        ("nobody knows it", codec.ALARM, 1140),
        ("nobody knows it", codec.RESTORE, 3140),
    ],
)
def test_every_code_becomes_something_that_cases_are_made_of(code: str, kind: str, qcode: int) -> None:
    with memory() as store:
        add_account(store, settings=AccountSettings(codes=(("LARM 7", 1154),)))
        assert Receiver(store).status(alarm(code, alarm_type=kind)) == Status.OK
        assert [event.qcode for event in events(store)] == [qcode]


def test_what_we_forward_is_the_same_alarm_to_us_when_it_comes_back() -> None:
    """But for calls for help, for which no code of their own is sent; faults stay faults."""
    for qcode in (*range(1110, 1462), *range(3110, 3462), 1570, 3570, 1602, 1607, 1627):
        code = sia_code(qcode)
        assert code in codes.SIA
        came, went = category(codes.qcode_of(code)), category(qcode)
        assert (came == went) or not {came, went} & set(ALARMS) or code == "YY", f"{qcode} is sent as {code}"


def test_a_user_is_no_zone(receiver: Receiver) -> None:
    receiver.answer(alarm("OP", detector="4"))
    assert [(event.zone, event.user) for event in events(receiver.store)] == [(0, 4)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"authentication": PASSWORD[:-1] + "X"},
        {"transmitter_code": "SOMEBODY"},
        {"transmitter_code": CODE.lower()},
        {"authentication": "*" * 15},
    ],
)
def test_who_is_not_known_or_does_not_know_the_password_is_refused_alike(
    receiver: Receiver, wrong: dict[str, Any]
) -> None:
    assert receiver.answer(alarm(**wrong)) == Response(codec.ALARM_KIND, 4, "NOT_AUTHORIZED", "", CET)
    assert events(receiver.store) == []
    assert found(receiver.store).heard_ms is None
    assert receiver.core.counts == {"not authorised": 1}


def test_an_account_may_ask_for_a_type() -> None:
    with memory() as store:
        add_account(store, settings=AccountSettings(type="SV301"))
        assert Receiver(store).status(alarm()) == Status.NOT_AUTHORIZED
        assert Receiver(store).status(alarm(transmitter_type="SV301")) == Status.OK


def test_a_repetition_is_told_to_be_one_and_stored_once(each_receiver: Receiver) -> None:
    for more in ({}, {"transmitter_time": CET}):
        assert each_receiver.status(alarm(**more)) == Status.OK
        each_receiver.now_ms += 5_000
        assert each_receiver.status(alarm(**more)) == Status.DUPLICATED_ALARM
    assert len(events(each_receiver.store)) == 2


def test_the_same_again_after_its_restore_is_another_alarm(each_receiver: Receiver) -> None:
    for kind in (codec.ALARM, codec.RESTORE, codec.ALARM):
        assert each_receiver.status(alarm(alarm_type=kind)) == Status.OK
        each_receiver.now_ms += 1_000
    assert [event.qcode for event in events(each_receiver.store)] == [1130, 3130, 1130]


def test_the_same_again_later_is_another_alarm(receiver: Receiver) -> None:
    for more in ({}, {"transmitter_time": CET}):
        assert receiver.status(alarm(**more)) == Status.OK
        receiver.now_ms += REPEATED_MS + 1
        assert receiver.status(alarm(**more)) == Status.OK
        receiver.now_ms += 1
    assert len(events(receiver.store)) == 4


def test_a_repetition_is_known_after_a_restart_too(receiver: Receiver) -> None:
    receiver.answer(alarm())
    assert Receiver(receiver.store).status(alarm()) == Status.DUPLICATED_ALARM


def test_a_heartbeat_is_heard(receiver: Receiver) -> None:
    answer = receiver.answer(ping())
    assert answer == Response(codec.PING_KIND, Status.OK, "OK", "", CET)
    assert found(receiver.store).heard_ms == NOW_MS


def test_that_it_was_heard_is_written_now_and_then(each_receiver: Receiver) -> None:
    for wait_ms, written_ms in ((0, NOW_MS), (4_000, NOW_MS), (1_000, NOW_MS + 5_000), (-60_000, NOW_MS - 55_000)):
        each_receiver.now_ms += wait_ms
        each_receiver.answer(ping())
        assert found(each_receiver.store).heard_ms == written_ms


def test_one_that_was_missed_is_heard_at_once(receiver: Receiver) -> None:
    receiver.answer(ping())
    with receiver.store.begin() as tx:
        tx.connection.exec_driver_sql("UPDATE foreign_account SET silent_ms = 1")
    receiver.now_ms += 1_000
    receiver.answer(ping())
    assert found(receiver.store).heard_ms == NOW_MS + 1_000


def test_heartbeats_may_not_come_too_often(receiver: Receiver) -> None:
    statuses = Counter[int]()
    for _ in range(90):
        statuses[receiver.status(ping())] += 1
        receiver.now_ms += 1_000
    assert statuses[Status.OK] == 12 + 3 - 1
    assert statuses[Status.PING_TO_OFTEN] == 90 - 14
    assert found(receiver.store).heard_ms is not None


@pytest.mark.parametrize("times_per_level", [2, 3, 6])
def test_heartbeats_as_they_are_recommended_are_never_too_often(receiver: Receiver, times_per_level: int) -> None:
    for _ in range(50):
        assert receiver.status(ping()) == Status.OK
        receiver.now_ms += 90_000 // times_per_level


def test_a_clock_that_is_set_back_does_not_shut_heartbeats_out(receiver: Receiver) -> None:
    receiver.answer(ping())
    receiver.now_ms -= 10 * 86_400_000
    receiver.answer(ping())
    receiver.now_ms += 90_000
    assert receiver.status(ping()) == Status.OK


def test_heartbeats_need_a_level() -> None:
    with memory() as store:
        add_account(store, level_s=None)
        assert Receiver(store).status(ping()) == Status.SERVICE_UNAVAILABLE


def test_a_new_password_holds_beside_the_old_one_until_it_is_used(each_receiver: Receiver) -> None:
    new = each_receiver.answer(renewal()).new_authentication
    assert len(new) == 15
    assert new != PASSWORD
    assert each_receiver.status(alarm("FA")) == Status.OK
    assert each_receiver.status(alarm("BA", authentication=new)) == Status.OK
    assert each_receiver.status(alarm("TA")) == Status.NOT_AUTHORIZED
    assert each_receiver.status(alarm("TA", authentication=new)) == Status.OK


def test_of_two_new_passwords_the_last_one_holds(receiver: Receiver) -> None:
    first = receiver.answer(renewal()).new_authentication
    receiver.core._random = lambda count: bytes(range(100, 100 + count))
    second = receiver.answer(renewal()).new_authentication
    assert first != second
    assert receiver.status(ping(first)) == Status.NOT_AUTHORIZED
    assert receiver.status(ping(second)) == Status.OK
    third = receiver.answer(renewal(second)).new_authentication
    assert receiver.status(ping(third)) == Status.OK


def test_secrets_are_stored_sealed(receiver: Receiver) -> None:
    new = receiver.answer(renewal()).new_authentication
    with receiver.store.read() as reading:
        row = reading.connection.exec_driver_sql("SELECT secret, next_secret FROM foreign_account").one()
    assert all(word.encode() not in bytes(sealed) for sealed in row for word in (PASSWORD, new))


def test_what_is_malformed_is_answered_without_a_look_at_the_store() -> None:
    core = SosAccessCore(vault(), noise)
    said = core.read(codec.encode(alarm()).replace(b"BA", b""), NOW_MS)
    assert isinstance(said, Refusal)
    assert said.answer is not None
    answer = codec.parse_response(said.answer)
    assert (answer.kind, answer.status) == (codec.ALARM_KIND, Status.MANDATORY_DATA_MISSING)


def test_what_cannot_be_stored_sends_the_transmitter_to_its_other_receiver() -> None:
    core = SosAccessCore(vault(), noise)
    answer = codec.parse_response(core.unable(alarm(reference="r7"), NOW_MS))
    assert (answer.status, answer.reference) == (Status.NOT_TREATED_NOT_DISTRIBUTED, "r7")
