"""The panel's last resort: what goes by SMS, when it goes again, what it costs, and whose acknowledgement counts."""

from hemlarm_protocol import keys, messages, sealing, sms_end
from hemlarm_protocol.sms_end import SmsEnd
from session_support import PANEL, ROOT_KEY, Chance, Panel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from session_support import Record

FIRE, INTRUSION, TAMPER, FAULT, OPEN_CLOSE = 0, 2, 3, 4, 5
MINUTE = 60_000
DAY = 86_400_000


def _begun(*urgencies: int) -> "tuple[SmsEnd, list[Record]]":
    """An end, and events of these urgencies that it sees at the time 0."""
    panel = Panel()
    records = [panel.event(urgency) for urgency in urgencies]
    end = SmsEnd(PANEL, ROOT_KEY)
    end.wake(0, records)
    return end, records


def _event(urgency: int, number: int = 1000) -> "Record":
    """An event of this number, later than those of `_begun`."""
    panel = Panel()
    panel.next_number = number
    return panel.event(urgency)


def _sent(end: SmsEnd, records: "list[Record]", now_ms: int) -> "list[bytes]":
    """All SMS that go at this time."""
    end.wake(now_ms, records)
    out: list[bytes] = []
    while True:
        more = end.to_send()
        if not more:
            return out
        out += more


def _frame(record: "Record") -> bytes:
    return record.kid + record.sealed


def _until(end: SmsEnd, records: "list[Record]", last_ms: int) -> "list[int]":
    """The moments, up to a last one, at which something goes, when the end is woken at its deadlines."""
    moments: list[int] = []
    for _ in range(1000):
        due_ms = end.deadline_ms()
        if due_ms is None or due_ms > last_ms:
            return moments
        moments += [due_ms] * len(_sent(end, records, due_ms))
    raise AssertionError("the end never rests")


def _acknowledgement(records: "list[Record]", root: bytes = ROOT_KEY, panel: bytes = PANEL) -> bytes:
    acks: list[object] = []
    for record in records:
        acks += [record.number, sealing.short_tag(record.sealed)]
    message = messages.Acknowledgement(records[0].kid, tuple(acks))
    key = keys.sms_key(root, panel)
    return sealing.frame(key, sealing.seal_random(key, Chance(3)(13), messages.encode(message)))


# When.


def test_an_alarm_waits_for_another_path_first() -> None:
    end, records = _begun(INTRUSION)
    assert end.to_send() == []
    assert end.deadline_ms() == sms_end.LAST_RESORT_MS
    assert _sent(end, records, sms_end.LAST_RESORT_MS - 1) == []
    assert _sent(end, records, sms_end.LAST_RESORT_MS) == [_frame(records[0])]


def test_a_tamper_waits_no_longer_than_an_alarm() -> None:
    end, _ = _begun(TAMPER)
    assert end.deadline_ms() == sms_end.LAST_RESORT_MS


def test_a_fault_waits_for_five_minutes() -> None:
    end, _ = _begun(FAULT)
    assert end.deadline_ms() == sms_end.FAULT_LAST_RESORT_MS == 5 * MINUTE


def test_without_any_path_nothing_waits() -> None:
    end, records = _begun(FAULT)
    end.wake(1000, records, True)
    assert end.deadline_ms() == 1000
    assert end.to_send() == [_frame(records[0])]
    end.wake(2000, records, True)
    assert end.to_send() == [], "what was texted waits for its answer all the same"


def test_what_is_neither_alarm_nor_fault_never_goes_by_sms() -> None:
    end, records = _begun(OPEN_CLOSE)
    end.wake(0, records, True)
    assert end.deadline_ms() is None
    assert _sent(end, records, DAY) == []


def test_the_wait_begins_when_an_event_is_first_seen() -> None:
    end, records = _begun(INTRUSION)
    late = _event(INTRUSION)
    end.wake(15_000, [records[0], late])
    assert _until(end, [late], 40_000) == [35_000]


# Again.


def test_an_unanswered_sms_is_repeated_ever_more_seldom() -> None:
    end, records = _begun(FIRE)
    moments = _until(end, records, 4 * 3_600_000)
    waits = [(moments[at + 1] - moments[at]) // MINUTE for at in range(len(moments) - 1)]
    assert moments[0] == sms_end.LAST_RESORT_MS
    assert waits == [1, 2, 4, 8, 16, 30, 30, 30, 30, 30, 30]


def test_what_another_path_brought_is_not_repeated() -> None:
    end, records = _begun(FIRE)
    assert _sent(end, records, MINUTE)
    end.wake(MINUTE + 1, [])
    assert end.deadline_ms() is None


def test_an_sms_that_the_modem_could_not_send_is_tried_again_soon() -> None:
    end, records = _begun(FIRE)
    tried = []
    now_ms = sms_end.LAST_RESORT_MS
    for _ in range(4):
        end.wake(now_ms, records, True)
        assert len(end.to_send()) == 1
        tried.append(now_ms)
        end.failed(now_ms + 5)
        now_ms = end.deadline_ms() or 0
    assert [tried[at + 1] - tried[at] - 5 for at in range(3)] == [10_000, 20_000, 40_000]


def test_after_attempts_that_failed_the_first_wait_is_as_long_as_ever() -> None:
    end, records = _begun(FIRE)
    for now_ms in (MINUTE, 2 * MINUTE, 3 * MINUTE):
        end.wake(now_ms, records)
        assert end.to_send()
        end.failed(now_ms)
    assert _sent(end, records, 5 * MINUTE)
    assert end.deadline_ms() == 5 * MINUTE + sms_end.REPEAT_MS


def test_an_acknowledgement_shows_that_texting_works_again() -> None:
    end, records = _begun(FIRE, FIRE, FIRE)
    for now_ms in (MINUTE, 2 * MINUTE):
        end.wake(now_ms, records)
        assert end.to_send()
        end.failed(now_ms)
    assert end.received(_acknowledgement(records[:2]), 2 * MINUTE)
    end.wake(3 * MINUTE, records[2:])
    assert end.to_send()
    end.failed(3 * MINUTE)
    assert end.deadline_ms() == 3 * MINUTE + sms_end.FAILED_MS


# What goes together.


def test_two_events_share_an_sms() -> None:
    end, records = _begun(FIRE, INTRUSION, INTRUSION)
    sms = _sent(end, records, MINUTE)
    assert sms == [_frame(records[0]) + _frame(records[1]), _frame(records[2])]
    assert all(len(octets) <= 140 for octets in sms)


def test_an_event_that_need_not_go_yet_fills_the_room() -> None:
    end, records = _begun(INTRUSION, FAULT)
    assert _sent(end, records, sms_end.LAST_RESORT_MS) == [_frame(records[0]) + _frame(records[1])]
    assert end.deadline_ms() == sms_end.LAST_RESORT_MS + sms_end.REPEAT_MS


def test_what_was_sent_does_not_fill_the_room_of_another() -> None:
    end, records = _begun(INTRUSION)
    assert _sent(end, records, sms_end.LAST_RESORT_MS)
    records.append(_event(TAMPER))
    end.wake(21_000, records)
    assert _sent(end, records, 41_000) == [_frame(records[1])]


def test_so_many_events_wait_and_no_more() -> None:
    end, records = _begun(*[FIRE] * 20)
    assert len(_sent(end, records, MINUTE)) == sms_end.WAITING_MAX // 2
    assert end.received(_acknowledgement(records[:4]), MINUTE)
    end.wake(MINUTE, records[4:])
    assert _sent(end, records[4:], 2 * MINUTE - 1) == [
        _frame(records[8]) + _frame(records[9]),
        _frame(records[10]) + _frame(records[11]),
    ]


# What it may cost.


def _spent(end: SmsEnd, count: int, urgency: int) -> None:
    """Have the end send so many SMS at the time 0, each about an event of its own."""
    panel = Panel()
    for _ in range(count):
        record = panel.event(urgency)
        end.wake(0, [record], True)
        assert end.to_send()
        end.received(_acknowledgement([record]), 0)


def test_faults_leave_what_is_kept_for_alarms() -> None:
    end, _ = _begun()
    _spent(end, 30, FAULT)
    fault, alarm = _event(TAMPER), _event(INTRUSION, 1001)
    end.wake(0, [fault], True)
    assert end.to_send() == []
    assert end.deadline_ms() == DAY
    end.wake(0, [alarm, fault], True)
    assert end.to_send() == [_frame(alarm) + _frame(fault)]


def test_repeated_alarms_leave_room_for_new_ones() -> None:
    end, records = _begun(*[FIRE] * 8)
    _until(end, records, DAY - 1)
    assert end.sent == sms_end.A_DAY_MAX - sms_end.KEPT_FOR_ALARMS // 2
    new = _event(FIRE)
    end.wake(DAY - 1, [new], True)
    assert end.to_send() == [_frame(new)]


def test_nothing_exceeds_a_day_s_sms() -> None:
    end, _ = _begun()
    _spent(end, 50, FIRE)
    end.wake(0, [_event(FIRE)], True)
    assert end.to_send() == []
    assert end.deadline_ms() == DAY


def test_a_new_day_has_sms_of_its_own() -> None:
    end, _ = _begun()
    _spent(end, 50, FIRE)
    record = _event(FIRE)
    end.wake(0, [record], True)
    assert _sent(end, [record], DAY - 1) == []
    assert _sent(end, [record], DAY) == [_frame(record)]
    assert end.sent == 1


# Whose word counts.


def test_an_acknowledgement_ends_the_wait() -> None:
    end, records = _begun(FIRE, TAMPER)
    assert _sent(end, records, MINUTE)
    tags = [(r.kid, r.number, sealing.short_tag(r.sealed)) for r in records]
    assert end.received(_acknowledgement(records), MINUTE) == tags
    assert end.deadline_ms() is None
    assert end.received(_acknowledgement(records), MINUTE) == [], "a second time it does nothing"
    assert end.refused == 0


def test_four_acknowledgements_of_the_largest_numbers_fit_an_sms() -> None:
    records = [_event(FIRE, sealing.NUMBER_MAX - n) for n in range(messages.SMS_ACKS_MAX)]
    end = SmsEnd(PANEL, ROOT_KEY)
    end.wake(0, records)
    octets = _acknowledgement(records)
    assert len(octets) <= 140
    assert len(end.received(octets, 0)) == 4


def test_an_acknowledgement_of_other_bytes_does_nothing() -> None:
    end, records = _begun(FIRE)
    changed = Panel().event(FIRE, 3602)
    assert (changed.kid, changed.number) == (records[0].kid, records[0].number)
    assert end.received(_acknowledgement([changed]), 0) == []
    assert end.deadline_ms() == sms_end.LAST_RESORT_MS


def test_what_is_not_the_cloud_s_is_counted_and_does_nothing() -> None:
    end, records = _begun(FIRE)
    genuine = _acknowledgement(records)
    forged = [
        b"",
        b"your parcel is waiting",
        genuine[:-1],
        genuine + b"\0",
        _acknowledgement(records, root=bytes(32)),
        _acknowledgement(records, panel=bytes(8)),
        _frame(records[0]),
        bytes(4) + genuine[4:],
    ]
    for octets in forged:
        assert end.received(octets, 0) == []
    for at in range(len(genuine)):
        changed = bytearray(genuine)
        changed[at] ^= 1
        assert end.received(bytes(changed), 0) == []
    assert end.refused == len(forged) + len(genuine)
    assert end.deadline_ms() == sms_end.LAST_RESORT_MS


def test_another_message_under_the_key_is_refused() -> None:
    end, _ = _begun(FIRE)
    key = keys.sms_key(ROOT_KEY, PANEL)
    knock = sealing.frame(key, sealing.seal_random(key, bytes(13), messages.encode(messages.Knock())))
    assert end.received(knock, 0) == []
    assert end.refused == 1
