"""What stories expect of pictures: how many of a camera's have arrived at the cloud, whole."""

from hemlarm_simulator.description import HouseDescription
from hemlarm_simulator.scenario_text import Expectation, Stage, Words, WordsError, sensor


def _pictures(words: Words, house: HouseDescription) -> Expectation:
    name = sensor(words, house, ("camera", "pet-camera"), "camera")
    count = words.number()
    if count is None:
        raise WordsError("how many pictures is missing; write for example: expect pictures hall 2")
    zone = next(each.zone for each in house.sensors if each.name == name)

    def complaint(stage: Stage) -> str | None:
        arrived = stage.world.cloud.pictures().count(zone)
        return None if arrived == count else f"{arrived} pictures of it have arrived"

    return Expectation(complaint)


EXPECTATIONS = {"pictures": _pictures}
