"""The state tables themselves: total, closed, and true to what they promise at a glance."""

from hemlarm_firmware.panel import area, table_names, tables
from hemlarm_protocol import contact_id_names

INTRUSION_OPENINGS = (tables.ENTRY_OPENS, tables.FOLLOWER_OPENS, tables.INSTANT_OPENS)


def done(actions: "tuple[int, ...]") -> "list[object]":
    """The methods that a row's actions are."""
    return [area.ACTIONS[action] for action in actions]


def test_every_stimulus_has_a_row_in_every_state_and_there_are_no_others() -> None:
    for table, states, stimuli in (
        (tables.TRANSITIONS, table_names.STATES, table_names.STIMULI),
        (tables.FIRE_TRANSITIONS, table_names.FIRE_STATES, table_names.FIRE_STIMULI),
    ):
        assert sorted(table) == sorted(states)
        for state, row in table.items():
            assert sorted(row) == sorted(stimuli), states[state]


def test_every_row_leads_to_a_state_by_actions_that_exist() -> None:
    for decide, states, stimuli in (
        (tables.decide, table_names.STATES, table_names.STIMULI),
        (tables.decide_fire, table_names.FIRE_STATES, table_names.FIRE_STIMULI),
    ):
        for state in states:
            for stimulus in stimuli:
                following, actions = decide(state, stimulus)
                assert following in states
                for action in actions:
                    assert 0 <= action < len(area.ACTIONS), (state, stimulus)


def test_every_zone_type_has_a_code_of_the_vocabulary() -> None:
    for code, _stimulus, _may_be_open in tables.ZONE_TYPES.values():
        assert contact_id_names.is_known(1000 + code), code


def test_only_a_disarming_leads_to_disarmed() -> None:
    for state in table_names.STATES:
        for stimulus in table_names.STIMULI:
            if tables.decide(state, stimulus)[0] == tables.DISARMED:
                assert state == tables.DISARMED or stimulus == tables.DISARM


def test_nothing_but_arming_leads_out_of_disarmed() -> None:
    for stimulus in table_names.STIMULI:
        following, actions = tables.decide(tables.DISARMED, stimulus)
        assert (following != tables.DISARMED) == (stimulus == tables.ARM)
        assert stimulus not in INTRUSION_OPENINGS or actions == ()


def test_an_instant_zone_alarms_in_every_armed_state() -> None:
    for state in table_names.STATES:
        if state != tables.DISARMED:
            following, actions = tables.decide(state, tables.INSTANT_OPENS)
            assert following == tables.ALARM and area.Area.report_alarm in done(actions)


def test_every_trip_of_a_detector_is_a_sounding_fire() -> None:
    for state in table_names.FIRE_STATES:
        following, actions = tables.decide_fire(state, tables.FIRE_TRIPS)
        assert following in tables.FIRE_SIRENS and area.Area.report_fire in done(actions)


def test_entering_the_alarm_starts_the_siren_and_nothing_in_it_starts_it_again() -> None:
    for state in table_names.STATES:
        for stimulus in table_names.STIMULI:
            following, actions = tables.decide(state, stimulus)
            entered = following == tables.ALARM and state != tables.ALARM
            assert (area.Area.start_siren in done(actions)) == entered


def test_zones_guard_by_mode() -> None:
    for zone_type in (tables.ENTRY, tables.FOLLOWER, tables.INSTANT):
        for home in (False, True):
            assert not tables.guards(0, zone_type, home)
            assert tables.guards(tables.AWAY, zone_type, home)
            assert tables.guards(tables.HOME, zone_type, home) == home
    assert tables.guards(0, tables.FIRE, False)
