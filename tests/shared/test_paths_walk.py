"""Every story of a few facts in any order, and long ones by chance: the supervisor always has an answer that holds.

`paths_support.Town` checks each answer: what it opens is not open, what it tells is news, the session is never on a
path without a connection while the other one has one, no alarm waits for a dying path, and it always comes to rest.
"""

from hemlarm_firmware.link import paths as two
from hemlarm_protocol.path_names import IP, MOBILE
from paths_support import Town, at_work
from session_support import Chance

FACTS = (
    lambda town: town.opens(IP),
    lambda town: town.opens(MOBILE),
    lambda town: town.breaks(IP),
    lambda town: town.breaks(MOBILE),
    lambda town: town.answers(IP),
    lambda town: town.answers(MOBILE),
    lambda town: town.asks(IP),
    lambda town: town.mobile_network(True),
    lambda town: town.mobile_network(False),
    lambda town: town.alarm(),
    lambda town: town.passes(9_000),
)
RARE = (
    lambda town: town.asks(MOBILE),
    lambda town: town.calm(),
    lambda town: town.breaks(IP, memory=True),
    lambda town: town.breaks(MOBILE, memory=True),
    lambda town: town.levels(22_500, 45_000),
    lambda town: town.levels(30_000_000, 30_000_000),
    lambda town: town.passes(100),
    lambda town: town.passes(61_000),
    lambda town: town.passes(301_000),
)

DEPTH = 3
STEPS = 150
SEEDS = 100


def walk(places: "list[int]") -> None:
    for town in (Town(two.Paths(Chance(1))), at_work()):
        for place in places:
            FACTS[place](town)


def test_every_story_of_three_facts_has_an_answer() -> None:
    for number in range(len(FACTS) ** DEPTH):
        places = []
        for _ in range(DEPTH):
            places.append(number % len(FACTS))
            number //= len(FACTS)
        walk(places)


def test_long_stories_have_answers_all_the_way() -> None:
    for seed in range(SEEDS):
        chance = Chance(seed)
        town = at_work()
        facts = FACTS + FACTS + RARE
        try:
            for _ in range(STEPS):
                facts[chance.below(len(facts))](town)
        except AssertionError as failure:
            raise AssertionError(f"seed {seed}: {failure}") from failure
