"""The state tables themselves: total, closed, and true to what they promise at a glance."""

from hemlarm_firmware.panel import tables
from hemlarm_firmware.panel.area import Area

INTRUSION_OPENINGS = (tables.ENTRY_OPENS, tables.FOLLOWER_OPENS, tables.INSTANT_OPENS)


def test_every_stimulus_has_a_row_in_every_state() -> None:
    for state in tables.STATES:
        for stimulus in tables.STIMULI:
            tables.decide(state, stimulus)
    for state in tables.FIRE_STATES:
        for stimulus in tables.FIRE_STIMULI:
            tables.decide_fire(state, stimulus)
    assert len(tables.TRANSITIONS) == len(tables.STATES) * len(tables.STIMULI)
    assert len(tables.FIRE_TRANSITIONS) == len(tables.FIRE_STATES) * len(tables.FIRE_STIMULI)


def test_every_row_leads_to_a_state_by_actions_that_exist() -> None:
    for rows, states in ((tables.TRANSITIONS, tables.STATES), (tables.FIRE_TRANSITIONS, tables.FIRE_STATES)):
        for state, actions in rows.values():
            assert state in states
            for action in actions:
                assert hasattr(Area, action), action


def test_only_a_disarming_leads_to_disarmed() -> None:
    for (state, stimulus), (following, _) in tables.TRANSITIONS.items():
        if following == tables.DISARMED:
            assert state == tables.DISARMED or stimulus == tables.DISARM


def test_nothing_but_arming_leads_out_of_disarmed() -> None:
    for stimulus in tables.STIMULI:
        following, actions = tables.decide(tables.DISARMED, stimulus)
        assert (following != tables.DISARMED) == (stimulus == tables.ARM)
        assert stimulus not in INTRUSION_OPENINGS or actions == ()


def test_an_instant_zone_alarms_in_every_armed_state() -> None:
    for state in tables.STATES:
        if state != tables.DISARMED:
            following, actions = tables.decide(state, tables.INSTANT_OPENS)
            assert following == tables.ALARM and tables.REPORT_ALARM in actions


def test_every_trip_of_a_detector_is_a_sounding_fire() -> None:
    for state in tables.FIRE_STATES:
        following, actions = tables.decide_fire(state, tables.FIRE_TRIPS)
        assert following in tables.FIRE_SIRENS and tables.REPORT_FIRE in actions


def test_entering_the_alarm_starts_the_siren_and_nothing_in_it_starts_it_again() -> None:
    for (state, _), (following, actions) in tables.TRANSITIONS.items():
        entered = following == tables.ALARM and state != tables.ALARM
        assert (tables.START_SIREN in actions) == entered


def test_zones_guard_by_mode() -> None:
    for zone_type in (tables.ENTRY, tables.FOLLOWER, tables.INSTANT):
        for home in (False, True):
            assert not tables.guards(0, zone_type, home)
            assert tables.guards(tables.AWAY, zone_type, home)
            assert tables.guards(tables.HOME, zone_type, home) == home
    assert tables.guards(0, tables.FIRE, False)
