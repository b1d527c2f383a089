"""What scenarios can say of the receiving centre: operators, people who call, cases, tasks, and what people are told.

They need a line `centre NAME` at the scenario's head, and may name the people of that centre.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from hemlarm_cloud.cases.categories import SERVICE_KINDS, URGENCY
from hemlarm_cloud.handling.outcomes import OUTCOMES
from hemlarm_cloud.handling.steps import RESULTS
from hemlarm_simulator.description import HouseDescription
from hemlarm_simulator.scenario_text import Expectation, Move, Stage, Words, WordsError, parse_time

if TYPE_CHECKING:
    from hemlarm_simulator.centre_desk import CentreDesk

_STATES = ("new", "claimed", "in-progress", "waiting", "closed")
_HANDLINGS = ("case", "condition", "service", "record")


def operator(words: Words, _house: HouseDescription) -> Move:
    """`operator olle takes fire`, `does KIND RESULT`, `hears PASSWORD`, `attaches picture`, `closes OUTCOME`."""
    name = words.take("the operator's name")
    return _DEEDS[words.choice(_DEEDS, "thing that an operator does")](words, name)


def service(words: Words, _house: HouseDescription) -> Move:
    """`service by carl of burglary,fire for 2h`: somebody calls and asks for service mode."""
    words.choice(("by",), "word")
    name = words.take("who asks")
    words.choice(("of",), "word")
    kinds = words.take("what for").split(",")
    for kind in kinds:
        if kind not in SERVICE_KINDS:
            raise WordsError(f"{kind!r} is nothing that service mode is for: {', '.join(SERVICE_KINDS)}")
    words.choice(("for",), "word")
    for_ms = parse_time(words.take("for how long"))
    return _move(lambda desk: desk.order_service(name, kinds, for_ms), name)


def expect_case(words: Words, _house: HouseDescription) -> Expectation:
    """`case CATEGORY STATE`, with `outcome OUTCOME` or `test` behind it: the newest of that category."""
    category = words.choice(URGENCY, "category")
    state = words.choice(_STATES, "state of a case")
    outcome = words.choice(OUTCOMES, "outcome") if words.skip("outcome") else None
    test = words.skip("test")

    def complaint(desk: "CentreDesk") -> str | None:
        cases = desk.cases(category)
        if not cases:
            return f"there is no such case; there are {_listed(case.category for case in desk.cases())}"
        case = cases[-1]
        seen = f"{case.state}{f' as {case.outcome}' if case.outcome else ''}{', a test' if case.test else ''}"
        fits = case.state == state and outcome in (None, case.outcome) and case.test == test
        return None if fits else f"it is {seen}"

    return _expectation(complaint)


def expect_cases(words: Words, count: int) -> Expectation:
    """`2 cases` and `no case`, of all or of one category."""
    category = words.choice(URGENCY, "category") if words else ""

    def complaint(desk: "CentreDesk") -> str | None:
        cases = desk.cases(category)
        return None if len(cases) == count else f"there are {_listed(case.category for case in cases)}"

    return _expectation(complaint)


def expect_task(words: Words, _house: HouseDescription) -> Expectation:
    """`task KIND [NAME]`: that is what comes next in the newest open case."""
    kind = words.choice(RESULTS, "kind of task")
    people = (words.take("name"),) if words else ()
    wanted = " ".join((kind, *people))

    def complaint(desk: "CentreDesk") -> str | None:
        waiting = desk.waiting()
        return None if waiting[:1] == [wanted] else f"what is to do is {_listed(waiting)}"

    return _expectation(complaint, *people)


def expect_no_task(words: Words) -> Expectation:
    """`no task KIND`: nobody has done such a task in any case, and none waits."""
    kind = words.choice(RESULTS, "kind of task")

    def complaint(desk: "CentreDesk") -> str | None:
        found = [text for text in [*desk.done(), *_waiting(desk)] if text.split()[0] == kind]
        return f"there is {_listed(found)}" if found else None

    return _expectation(complaint)


def expect_told(words: Words, _house: HouseDescription) -> Expectation:
    """`told NAME [TEXT]`: somebody was written, and what came last has this text in it."""
    name = words.take("who was told")
    text = words.rest()

    def complaint(desk: "CentreDesk") -> str | None:
        notices = desk.notices(name)
        if any(text in notice for notice in notices):
            return None
        return f"{name} was told {_listed(notices)}"

    return _expectation(complaint, name)


def expect_not_told(words: Words) -> Expectation:
    """`no notice NAME`: somebody was written nothing."""
    name = words.take("who was told nothing")
    return _expectation(
        lambda desk: f"{name} was told {_listed(desk.notices(name))}" if desk.notices(name) else None, name
    )


def expect_refused(words: Words, _house: HouseDescription) -> Expectation:
    """`refused [TEXT]`: the centre refused what somebody last asked for, and said this."""
    text = words.rest()

    def complaint(desk: "CentreDesk") -> str | None:
        if desk.told and text in desk.told:
            return None
        return f"the centre said {desk.told!r}" if desk.told else "it was not refused"

    return _expectation(complaint)


def expect_accepted(_words: Words, _house: HouseDescription) -> Expectation:
    """`accepted`: the centre did what somebody last asked for."""
    return _expectation(lambda desk: f"the centre said {desk.told!r}" if desk.told else None)


def expect_handled(words: Words, _house: HouseDescription) -> Expectation:
    """`handled CODE as HANDLING`: every signal of that code became a case, a condition, or was only recorded."""
    qcode = words.number()
    if qcode is None:
        raise WordsError("which code is missing; write for example: handled 1130 as service")
    words.choice(("as",), "word")
    handling = words.choice(_HANDLINGS, "way of handling")

    def complaint(desk: "CentreDesk") -> str | None:
        found = desk.handlings(qcode)
        return None if found and set(found) == {handling} else f"they were handled as {_listed(found)}"

    return _expectation(complaint)


def expect_tested(_words: Words, _house: HouseDescription) -> Expectation:
    """`tested`: the site's yearly test is on record."""
    return _expectation(lambda desk: None if desk.tested() else "no test is on record")


def _takes(words: Words, name: str) -> Move:
    category = words.choice(URGENCY, "category")
    return _move(lambda desk: desk.take(name, category))


def _does(words: Words, name: str) -> Move:
    kind = words.choice(RESULTS, "kind of task")
    result = words.choice(RESULTS[kind], f"result of {kind}")
    return _move(lambda desk: desk.do(name, kind, result))


def _hears(words: Words, name: str) -> Move:
    spoken = words.rest()
    return _move(lambda desk: desk.hear(name, spoken))


def _attaches(words: Words, name: str) -> Move:
    words.choice(("picture",), "thing to attach")
    return _move(lambda desk: desk.attach_picture(name))


def _closes(words: Words, name: str) -> Move:
    outcome = words.choice(OUTCOMES, "outcome")
    return _move(lambda desk: desk.close(name, outcome))


_DEEDS: dict[str, Callable[[Words, str], Move]] = {
    "takes": _takes,
    "does": _does,
    "hears": _hears,
    "attaches": _attaches,
    "closes": _closes,
}


def _waiting(desk: "CentreDesk") -> list[str]:
    return desk.waiting() if any(case.closed_ms is None for case in desk.cases()) else []


def _desk(stage: Stage) -> "CentreDesk":
    assert stage.centre is not None, "a story without a centre is refused when it is read"
    return stage.centre


def _move(act: "Callable[[CentreDesk], None]", *people: str) -> Move:
    return Move(lambda stage: act(_desk(stage)), centre=people)


def _expectation(complaint: "Callable[[CentreDesk], str | None]", *people: str) -> Expectation:
    return Expectation(lambda stage: complaint(_desk(stage)), centre=people)


def _listed(things: Iterable[str]) -> str:
    return ", ".join(things) or "nothing"


MOVES = {"operator": operator, "service": service}

EXPECTATIONS: dict[str, Callable[[Words, HouseDescription], Expectation]] = {
    "case": expect_case,
    "task": expect_task,
    "told": expect_told,
    "refused": expect_refused,
    "accepted": expect_accepted,
    "handled": expect_handled,
    "tested": expect_tested,
}
