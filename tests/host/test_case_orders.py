"""Whatever order the same events come in, and however they are grouped, the cases end the same."""

from typing import Any

from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from case_support import (
    BURGLARY,
    CANCELLED,
    CONFIRMED,
    DISARMED,
    DURESS,
    FIRE,
    HOUR_MS,
    MAINS,
    MAINS_BACK,
    SENSOR_BATTERY,
    SENSOR_BATTERY_FINE,
    TAMPER,
    TEST_BEGUN,
    TEST_ENDED,
    Centre,
    Told,
    panel_id,
)
from hemlarm_cloud.store import Store

PANELS = 3
"""The first two stand at one site."""

CODES = (
    *(BURGLARY, BURGLARY, CONFIRMED, TAMPER, FIRE, DURESS, 3130, 3110, CANCELLED, CANCELLED, DISARMED),
    *(TEST_BEGUN, TEST_ENDED, MAINS, MAINS_BACK, SENSOR_BATTERY, SENSOR_BATTERY_FINE, 1302, 3302, 1305, 3401, 1384),
)

# Minutes, dense enough that links of half an hour, and times that are equal, are common.
told = st.builds(
    Told,
    qcode=st.sampled_from(CODES),
    at=st.integers(0, 60).map(lambda steps: steps * 300.0),
    zone=st.integers(1, 2),
    panel=st.integers(1, PANELS),
    area=st.integers(1, 2),
    number=st.just(0),
    detail=st.just(1),
)
stories = st.lists(told, min_size=1, max_size=14)

_runs = iter(range(1, 1_000_000))


@st.composite
def arrivals(draw: st.DrawFn) -> tuple[list[Told], list[list[Told]]]:
    """A story, and the same in another order, in groups that are committed together."""
    events = [each._replace(number=index + 1) for index, each in enumerate(draw(stories))]
    shuffled = draw(st.permutations(events))
    cuts = draw(st.lists(st.booleans(), min_size=len(events), max_size=len(events)))
    groups: list[list[Told]] = [[]]
    for each, cut in zip(shuffled, cuts, strict=True):
        if cut and groups[-1]:
            groups.append([])
        groups[-1].append(each)
    return events, groups


def play(store: Store, groups: list[list[Told]]) -> dict[str, Any]:
    """Let a story happen at sites of its own, and return what came of it, without ids."""
    centre = Centre(store)
    first = 10 * next(_runs)
    panels = [first + number for number in range(1, PANELS + 1)]
    centre.add_panels(*panels, region=f"region {first}")
    centre.move(panels[1:2], to=panels[0])
    for group in groups:
        centre.tell(*(each._replace(panel=first + each.panel) for each in group))
    # Past the six hours of the mains: what is due by then is made once, and not before the whole story is known.
    centre.pass_time(6 * HOUR_MS)
    return outcome(centre, {panel_id(panel): index for index, panel in enumerate(panels)})


def outcome(centre: Centre, panels: dict[str, int]) -> dict[str, Any]:
    """What there is of some panels' sites."""
    signals = [row for row in centre.signals() if row.transmitter in panels]
    sites = {row.site for row in signals}
    cases = [row for row in centre.cases() if row.site in sites]
    named = {row.id: _named(row) for row in cases}
    return {
        "cases": sorted(
            (
                *(*_named(row), row.urgency, row.state, str(row.outcome), row.latest_ms, row.test),
                *(str(row.cancelled_ms), row.summary, str(row.follows), tuple(sorted(centre.tasks(row.id)))),
            )
            for row in cases
        ),
        "signals": sorted(
            (panels[row.transmitter], row.order_key, row.handling, str(named.get(row.case))) for row in signals
        ),
        "conditions": sorted(
            (
                *(panels[row.transmitter], row.kind, row.zone, row.began_ms, str(row.ended_ms), str(row.due_ms)),
                str(named.get(row.case)),
            )
            for row in centre.conditions()
            if row.transmitter in panels
        ),
    }


def _named(case: Any) -> tuple[str, str, int]:
    return case.kind, case.category, case.began_ms


_told = [Told(BURGLARY, 300, number=1), Told(CANCELLED, 600, number=2), Told(DURESS, 601, number=3)]


# Shrinking takes minutes here, and a story is short enough to be read as it is found.
@settings(max_examples=40, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate])
@example((_told, [_told[1:], _told[:1]]))
@given(arrivals())
def test_every_order_of_arrival_ends_in_the_same_cases(
    store: Store, arrived: tuple[list[Told], list[list[Told]]]
) -> None:
    events, groups = arrived
    in_order = sorted(events, key=lambda each: (each.at, each.number))
    assert play(store, groups) == play(store, [in_order])
