"""What is told to the cloud of temperatures, outputs and areas: when, how often, and over which path."""

from hemlarm_firmware.panel import inputs
from hemlarm_firmware.readings import AGAIN_MS, EVERY_MS, Reader
from hemlarm_protocol.household import AREA, LOCK, LOCKED, PLUG, READINGS_MAX, TEMPERATURE
from hemlarm_protocol.panel_end import GREETING, OPEN
from hemlarm_protocol.path_names import IP, MOBILE
from panel_house import CODE, EXIT_MS, House

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

CELLAR, DOOR, LAMP = 30, 1, 2


class Line:
    """Stands in for the uplink, its path in use, and the session's end."""

    def __init__(self) -> None:
        self.state = OPEN
        self.opened_ms = 1
        self.number = IP
        self.said: list[Any] = []

    @property
    def paths(self) -> "Line":
        return self

    @property
    def used(self) -> "Line":
        return self

    def tell(self, message: "Any") -> None:
        self.said.append(list(message.items))


def warm_house() -> "tuple[House, Line, Any]":
    """A house with a thermometer that has spoken, a lock and a plug; and what tells of them."""
    house = House(outputs=[{"number": DOOR, "kind": "lock"}, {"number": LAMP, "kind": "plug"}])
    house.fits(CELLAR, type="temperature", sensor="temperature", radio=b"id-7", key=b"k" * 16)
    house.says(inputs.LOCK, DOOR, LOCKED)
    house.hears(CELLAR, 0, 215)
    line = Line()
    stand_in: Any = line
    return house, line, Reader(stand_in, stand_in)


ALL = [AREA, 1, 0, LOCK, DOOR, LOCKED, PLUG, LAMP, 0, TEMPERATURE, CELLAR, 1215]


def test_a_session_over_ip_begins_with_all_that_is_known() -> None:
    house, line, reader = warm_house()
    assert reader.look(house.panel, house.now) == house.now + AGAIN_MS
    assert line.said == [ALL]
    assert reader.look(house.panel, house.now + 1) == house.now + AGAIN_MS
    assert line.said == [ALL]
    line.opened_ms = 2
    reader.look(house.panel, house.now + 2)
    assert line.said == [ALL, ALL]


def test_nothing_is_told_over_mobile_or_without_a_session_and_all_again_afterwards() -> None:
    house, line, reader = warm_house()
    reader.look(house.panel, house.now)
    for state, number in ((OPEN, MOBILE), (GREETING, IP)):
        line.state, line.number = state, number
        house.hears(CELLAR, 0, 300)
        assert reader.look(house.panel, house.now) is None
        assert len(line.said) == 1
        line.state, line.number = OPEN, IP
        house.hears(CELLAR, 0, 215)
        reader.look(house.panel, house.now)
        assert line.said.pop() == ALL


def test_a_switch_is_told_at_once_and_an_area_too() -> None:
    house, line, reader = warm_house()
    reader.look(house.panel, house.now)
    house.command(inputs.VERB_ON, LAMP)
    reader.look(house.panel, house.now)
    assert line.said[-1][6:9] == [PLUG, LAMP, 1]
    for passes_ms, value in ((0, 11), (EXIT_MS, 1)):
        if not passes_ms:
            house.keys(CODE, "away")
        house.passes(passes_ms)
        house.hears(CELLAR, 0, 215)
        reader.look(house.panel, house.now)
        assert line.said[-1][:3] == [AREA, 1, value]
    house.opens(1)
    reader.look(house.panel, house.now)
    assert line.said[-1][:3] == [AREA, 1, 21]
    house.opens(3)
    reader.look(house.panel, house.now)
    assert line.said[-1][:3] == [AREA, 1, 31]


def test_half_a_degree_is_told_at_most_once_a_minute() -> None:
    house, line, reader = warm_house()
    reader.look(house.panel, house.now)
    house.hears(CELLAR, 0, 219)
    assert reader.look(house.panel, house.now) == house.now + AGAIN_MS
    house.hears(CELLAR, 0, 220)
    assert reader.look(house.panel, house.now) == house.now + EVERY_MS
    assert len(line.said) == 1
    reader.look(house.panel, house.now + EVERY_MS)
    assert line.said[1:] == [ALL[:-1] + [1220]]


def test_what_does_not_change_is_told_once_an_hour() -> None:
    house, line, reader = warm_house()
    reader.look(house.panel, 0)
    reader.look(house.panel, AGAIN_MS - 1)
    assert len(line.said) == 1
    reader.look(house.panel, AGAIN_MS)
    assert line.said == [ALL, ALL]


def test_a_thermometer_that_is_heard_no_more_is_left_out_and_that_is_told() -> None:
    house, line, reader = warm_house()
    reader.look(house.panel, house.now)
    house.passes(61 * 60_000)
    assert (1381, CELLAR) in house.events()
    reader.look(house.panel, house.now)
    assert line.said[-1] == ALL[:9]
    house.restart()
    house.passes(EVERY_MS)
    reader.look(house.panel, house.now)
    assert TEMPERATURE not in line.said[-1][::3], "after a restart it has to speak first"


def test_the_coldest_fits_and_what_does_not_fit_one_message_is_left_out() -> None:
    house, line, reader = warm_house()
    house.hears(CELLAR, 0, -1200)
    for number in range(100, 150):
        house.config["zones"].append(
            {
                "number": number,
                "type": "temperature",
                "area": 1,
                "radio": bytes([number]) * 4,
                "key": bytes([number]) * 16,
            }
        )
    house.start()
    house.hears(CELLAR, 0, -1200)
    for number in range(100, 150):
        house.hears(number, 0, 215)
    reader.look(house.panel, house.now)
    assert [TEMPERATURE, CELLAR, 0] in [line.said[0][at : at + 3] for at in range(0, 120, 3)]
    assert len(line.said[0]) == 3 * READINGS_MAX
