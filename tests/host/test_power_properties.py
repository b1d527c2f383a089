"""Whatever the board measures, in whatever order: the panel goes on guarding as it did, and tells it in order."""

from typing import Any

from hypothesis import given, strategies

from power_support import PowerHouse

voltages_mv = strategies.one_of(
    strategies.integers(-100, 20_000),
    strategies.sampled_from(
        [None, 0, 1970, 9500, 10_300, 10_600, 11_700, 12_200, 12_700, 13_000, 13_600, 15_100, 2**70]
    ),
)
currents_ma = strategies.one_of(
    strategies.integers(-3000, 1000), strategies.sampled_from([None, 0, -130, -1100, 500, -(2**70)])
)
tenths = strategies.one_of(strategies.none(), strategies.integers(-600, 1200), strategies.just("warm"))
samples = strategies.tuples(
    strategies.just("power"),
    strategies.sampled_from([True, False, True, False, None, 1]),
    voltages_mv,
    currents_ma,
    tenths,
)
networks = strategies.tuples(strategies.just("network"), strategies.booleans())
pauses_ms = strategies.sampled_from(
    [0, 1, 500, 5_000, 10_000, 60_000, 100_000, 300_000, 600_000, 1_680_000, 3_600_000, 86_400_000, 300_000_000]
)
restarts = strategies.just(("restart",))
steps = strategies.lists(
    strategies.tuples(strategies.one_of(samples, samples, samples, networks, restarts), pauses_ms), max_size=40
)
configs = strategies.fixed_dictionaries(
    {
        "battery": strategies.sampled_from(["lead-acid", "lead-acid", "lifepo4", "none"]),
        "battery_mah": strategies.sampled_from([500, 7000, 50_000]),
        "mains_delay_s": strategies.sampled_from([0, 1, 300, 3600]),
        "battery_test_h": strategies.sampled_from([0, 1, 24]),
    }
)


def live(house: PowerHouse, story: list[tuple[tuple[Any, ...], int]]) -> None:
    """Gives the panel all of it. The house itself checks that whatever changed was saved."""
    for event, pause_ms in story:
        if event == ("restart",):
            house.restart()
        else:
            house.says(*event)
        house.passes(pause_ms)


@given(configs, steps, strategies.sampled_from(["", "away", "night"]))
def test_no_measurement_sounds_or_changes_what_guards(
    config: dict[str, Any], story: list[tuple[tuple[Any, ...], int]], mode: str
) -> None:
    house = PowerHouse(**config)
    house.command(7, 3)
    if mode:
        house.arms(mode)
    before = house.panel.snapshot()
    house.forget()
    live(house, story)
    after = house.panel.snapshot()
    assert {**after, "power": None} == {**before, "power": None}
    assert house.siren() == "off"
    sounds = [item[2] for item in house.heard if item[:1] == ("show",) and item[1] in ("siren", "outdoor", "buzzer")]
    assert set(sounds) <= {"off"}


@given(configs, steps)
def test_every_trouble_is_told_and_restored_in_turn(
    config: dict[str, Any], story: list[tuple[tuple[Any, ...], int]]
) -> None:
    house = PowerHouse(**config)
    house.forget()
    live(house, story)
    told: dict[int, int] = {}
    for qcode, area, zone, user, source, detail in house.full_events():
        assert qcode in (1301, 3301, 1302, 3302, 1308, 3308, 1309, 3309, 1311, 3311, 1312, 3312)
        assert (area, zone, user, source) == (0, 0, 0, 0)
        assert 0 <= detail <= 255
        qualifier, code = divmod(qcode, 1000)
        assert told.get(code, 3) != qualifier, "twice the same"
        told[code] = qualifier
        assert code == 301 or config["battery"] != "none"


@given(configs, steps)
def test_the_board_parks_only_on_battery_and_charges_when_nothing_is_tested(
    config: dict[str, Any], story: list[tuple[tuple[Any, ...], int]]
) -> None:
    house = PowerHouse(**config)
    for event, pause_ms in story:
        house.parked = False
        live(house, [(event, pause_ms)])
        power = house.panel.site.power
        if house.parked:
            assert power.mains is False
            assert 1308 in house.codes()
        if not power.mains:
            assert (house.on["charger"], house.on["test-load"]) == (True, False), "no test without mains"
        else:
            assert (house.on["keypad-light"], house.on["ethernet"]) == (True, True), "nothing is shed with mains"
        assert not (house.on["test-load"] and house.on["charger"])
        mains, mv, percent, hours, flags = power.health()
        assert mains in range(3)
        assert mv in range(30_001)
        assert percent in [*range(101), 255]
        assert hours in range(256)
        assert flags in range(32)
