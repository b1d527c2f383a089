"""The event vocabulary: names, urgency and the rules that its order must keep."""

from hemlarm_protocol import contact_id
from hemlarm_protocol import contact_id_names as names


def test_every_code_has_a_name_and_an_urgency_in_range() -> None:
    for code, name in names.CODES.items():
        assert 100 <= code <= 999, code
        assert name, code
        for qualifier in names.QUALIFIERS:
            assert names.is_known(1000 * qualifier + code), code
            assert 0 <= contact_id.urgency(1000 * qualifier + code) <= 7, code


def test_the_urgency_of_every_new_event_is_the_one_decided() -> None:
    expected = {
        contact_id.FIRE: [110, 111, 114, 115, 162],
        contact_id.HOLD_UP: [120, 121, 122],
        contact_id.INTRUSION: [130, 131, 132, 133, 134, 139, 374],
        contact_id.TAMPER: [137, 144, 154, 344, 383, 461],
        contact_id.FAULT: [118, 147, 158, 159, 301, 302, 305, 306, 307, 308, 309, 311, 312, 313]
        + [350, 351, 352, 354, 373, 377, 380, 381, 384, 432, 624],
        contact_id.OPEN_CLOSE: [401, 403, 406, 413, 414, 422, 441, 456, 570],
        contact_id.ROUTINE: [601, 602, 607, 611, 612, 627, 628],
    }
    for urgency, codes in expected.items():
        assert [code for code in sorted(names.CODES) if contact_id.urgency(1000 + code) == urgency] == codes, urgency


def test_special_events_are_of_known_codes() -> None:
    for qcode, name in names.SPECIAL.items():
        assert names.is_known(qcode), qcode
        assert name and 0 <= contact_id.urgency(qcode) <= 7, qcode


def test_a_code_splits_into_qualifier_and_code() -> None:
    assert contact_id.split(3401) == (3, 401)


def test_describing_tells_disarmed_from_armed_and_alarm_from_restore() -> None:
    assert names.describe(1401) == "Disarmed by user"
    assert names.describe(3401) == "Armed away by user"
    assert names.describe(3441) == "Armed home by user"
    assert names.describe(1111) == "Smoke alarm"
    assert names.describe(3111) == "Smoke alarm, restored"
    assert names.describe(6110) == "Fire alarm, status"


def test_an_unknown_code_is_described_and_not_an_error() -> None:
    for qcode in (1999, 0, 2130, 9130):
        assert names.describe(qcode) == f"Unknown event {qcode}"


def test_fire_goes_before_hold_up_before_intrusion_before_tamper_before_faults_before_disarming_before_routine() -> (
    None
):
    order = [contact_id.urgency(qcode) for qcode in (1111, 1120, 1130, 1137, 1301, 1401, 1602)]
    assert order == [0, 1, 2, 3, 4, 5, 7]


def test_no_cancel_or_restore_overtakes_its_alarm() -> None:
    for code in names.CODES:
        alarm = contact_id.urgency(1000 + code)
        assert contact_id.urgency(3000 + code) >= alarm, code
        if alarm < contact_id.FAULT:
            assert contact_id.urgency(1406) > alarm, code
            assert contact_id.urgency(3000 + code) > alarm, code


def test_the_start_of_an_entry_delay_is_as_urgent_as_the_alarm_it_may_become() -> None:
    assert contact_id.urgency(6134) == contact_id.urgency(1134) == contact_id.INTRUSION


def test_an_unknown_alarm_of_newer_firmware_is_not_sorted_last() -> None:
    assert contact_id.urgency(1199) == contact_id.INTRUSION
    assert contact_id.urgency(3199) == contact_id.OPEN_CLOSE
    assert contact_id.urgency(1399) == contact_id.FAULT
    assert contact_id.urgency(1699) == contact_id.ROUTINE
    assert contact_id.urgency(1999) == contact_id.FAULT


def test_every_source_is_named() -> None:
    assert sorted(names.SOURCES) == [0, 1, 2, 16]
