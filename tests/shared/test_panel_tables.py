"""The state tables themselves: total, closed, and true to what they promise at a glance."""

from hemlarm_firmware.panel import area, config_zone_rules, latch, latch_tables, table_names, tables, zone_types
from hemlarm_protocol import contact_id_names

INTRUSION_OPENINGS = (tables.ENTRY_OPENS, tables.FOLLOWER_OPENS, tables.INSTANT_OPENS)


def done(actions: "tuple[int, ...]") -> "list[object]":
    """The methods that a row's actions are."""
    return [area.ACTIONS[action] for action in actions]


def done_by_latch(actions: "tuple[int, ...]") -> "list[object]":
    """The same for the alarms that are always on."""
    return [latch.ACTIONS[action] for action in actions]


def test_every_stimulus_has_a_row_in_every_state_and_there_are_no_others() -> None:
    for table, states, stimuli in (
        (tables.TRANSITIONS, table_names.STATES, table_names.STIMULI),
        (latch_tables.TRANSITIONS, table_names.LATCH_STATES, table_names.LATCH_STIMULI),
    ):
        assert sorted(table) == sorted(states)
        for state, row in table.items():
            assert sorted(row) == sorted(stimuli), states[state]


def test_every_row_leads_to_a_state_by_actions_that_exist() -> None:
    for decide, states, stimuli, actions in (
        (tables.decide, table_names.STATES, table_names.STIMULI, area.ACTIONS),
        (latch_tables.decide, table_names.LATCH_STATES, table_names.LATCH_STIMULI, latch.ACTIONS),
    ):
        for state in states:
            for stimulus in stimuli:
                following, to_do = decide(state, stimulus)
                assert following in states
                for action in to_do:
                    assert 0 <= action < len(actions), (state, stimulus)


def test_every_zone_type_has_codes_of_the_vocabulary() -> None:
    assert sorted(zone_types.CODES) == sorted(config_zone_rules.SENSORS_OF)
    for zone_type, sensors in config_zone_rules.SENSORS_OF.items():
        for sensor in sensors:
            for silent in (False, True):
                code = zone_types.code(zone_type, sensor, silent)
                assert contact_id_names.is_known(1000 + code), code
                assert contact_id_names.is_known(3000 + code), code


def test_every_zone_type_but_temperature_sets_off_either_an_areas_alarm_or_one_that_is_always_on() -> None:
    for zone_type in zone_types.CODES:
        found = (zone_type in zone_types.STIMULI) + (zone_type in zone_types.LATCHES)
        assert found == (0 if zone_type == zone_types.TEMPERATURE else 1), zone_type
    assert sorted(zone_types.LATCHES.values()) == sorted(latch_tables.KINDS)


def test_what_stands_for_an_alarm_that_is_always_on_is_in_the_vocabulary() -> None:
    assert sorted(latch_tables.KINDS) == sorted(table_names.LATCH_KINDS)
    for code, _sound, _outdoor, _tells in latch_tables.KINDS.values():
        assert contact_id_names.is_known(6000 + code), code


def test_the_stored_numbers_never_change() -> None:
    states = [tables.DISARMED, tables.EXIT_DELAY, tables.ARMED, tables.ENTRY_DELAY, tables.ALARM]
    assert states == list(range(5))
    states = [latch_tables.QUIET, latch_tables.ALARM, latch_tables.LATCHED, latch_tables.SILENCED]
    assert states == list(range(4))
    kinds = [latch_tables.FIRE, latch_tables.CO, latch_tables.HOLD_UP]
    kinds += [latch_tables.TAMPER, latch_tables.ALWAYS, latch_tables.WATER]
    assert kinds == list(range(6))
    assert tables.status_number(4, 3, 2) == 256 * 2 + 16 * 3 + 4


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


def test_nothing_follows_from_time_where_none_runs_nor_from_arming_what_is_armed() -> None:
    for state in table_names.STATES:
        for stimulus in (tables.TIME_UP, tables.TIME_UP_OPEN):
            if state in (tables.DISARMED, tables.ARMED):
                assert tables.decide(state, stimulus) == (state, ())
        if state != tables.DISARMED:
            assert tables.decide(state, tables.ARM) == (state, ())
        if state != tables.ALARM:
            assert tables.decide(state, tables.SILENCE) == (state, ())


def test_an_instant_zone_alarms_in_every_armed_state() -> None:
    for state in table_names.STATES:
        if state != tables.DISARMED:
            following, actions = tables.decide(state, tables.INSTANT_OPENS)
            assert following == tables.ALARM and area.Area.report_alarm in done(actions)


def test_every_trip_of_what_is_always_on_is_told_and_sounds_its_whole_time() -> None:
    for state in table_names.LATCH_STATES:
        following, actions = latch_tables.decide(state, latch_tables.TRIPS)
        assert following in latch_tables.SOUNDING
        assert done_by_latch(actions) == [latch.Latch.report, latch.Latch.start]


def test_whatever_ends_the_sound_of_what_is_always_on_also_stops_its_time() -> None:
    for state in table_names.LATCH_STATES:
        for stimulus in table_names.LATCH_STIMULI:
            following, actions = latch_tables.decide(state, stimulus)
            ended = state in latch_tables.SOUNDING and following not in latch_tables.SOUNDING
            assert (latch.Latch.stop in done_by_latch(actions)) == ended


def test_what_is_always_on_is_quiet_only_when_its_detectors_are_clear() -> None:
    for state in table_names.LATCH_STATES:
        for stimulus in table_names.LATCH_STIMULI:
            following = latch_tables.decide(state, stimulus)[0]
            if following == latch_tables.QUIET and state in (latch_tables.ALARM, latch_tables.SILENCED):
                assert stimulus == latch_tables.ALL_CLEAR


def test_entering_the_alarm_starts_the_siren_and_nothing_in_it_starts_it_again() -> None:
    for state in table_names.STATES:
        for stimulus in table_names.STIMULI:
            following, actions = tables.decide(state, stimulus)
            entered = following == tables.ALARM and state != tables.ALARM
            assert (area.Area.start_siren in done(actions)) == entered


def test_only_fire_and_carbon_monoxide_are_life_safety() -> None:
    assert latch_tables.LIFE_SAFETY == (latch_tables.FIRE, latch_tables.CO)


def test_the_codes_are_those_that_the_centre_knows() -> None:
    for zone_type, sensor, silent, code in (
        ("entry", "contact", False, 134),
        ("follower", "motion", False, 132),
        ("instant", "glass", False, 130),
        ("always", "contact", False, 133),
        ("fire", "smoke", False, 111),
        ("fire", "heat", False, 114),
        ("fire", "button", False, 115),
        ("co", "co", False, 162),
        ("water", "water", False, 154),
        ("hold_up", "button", False, 120),
        ("hold_up", "button", True, 122),
        ("tamper", "tamper", False, 137),
        ("temperature", "temperature", False, 158),
    ):
        assert zone_types.code(zone_type, sensor, silent) == code, zone_type
