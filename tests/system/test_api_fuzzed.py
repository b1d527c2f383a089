"""schemathesis against the whole API: nothing breaks it, its answers are as described, and no tenant touches another.

Half of the ids it makes up are replaced by ids that there are, of either tenant, so that it gets behind the doors.
"""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from pypdf import PdfReader
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

import databases
from hemlarm_cloud.actor import Actor, Role
from hemlarm_cloud.api.allowance import Rate
from hemlarm_cloud.api.app import make_app
from hemlarm_cloud.api.guard import Limits
from hemlarm_cloud.store import Store
from hemlarm_cloud.vault import Vault
from tenant_rows import NOW_MS, Tenant, snapshot, touched

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]

EXAMPLES = 4
"""Of each operation, and each way to make one up, for each role."""

FREE = Limits(of_a_token=Rate(1e9, 10**9), of_an_address=Rate(1e9, 10**9))


class Town(NamedTuple):
    """A store with two tenants, and the API over it."""

    store: Store
    app: Any
    mine: Tenant
    other: Tenant

    def actors(self) -> dict[str, Actor]:
        """Everybody who may come, by token."""
        return {
            "supervisor": Actor("supervisor:sara", Role.SUPERVISOR),
            "operator": Actor("operator:anna", Role.OPERATOR),
            "monitor": Actor("monitor:wall", Role.MONITOR),
            "customer": Actor("customer:mine", Role.CUSTOMER, self.mine.ids["person"], self.mine.ids["customer"]),
            "installer": Actor(
                "installer:mine", Role.INSTALLER, self.mine.ids["person"], None, self.mine.ids["authority_list"]
            ),
        }


@pytest.fixture
def town(store: Store) -> Town:
    """Two tenants, on each kind of database."""
    return settled(store)


@pytest.fixture
def small_town(tmp_path: Path) -> Iterator[Town]:
    """Two tenants in SQLite."""
    store = Store.open(databases.new_url("sqlite", tmp_path))
    yield settled(store)
    store.close()


def settled(store: Store) -> Town:
    """Two tenants, and the API."""
    mine, other = Tenant("qqnorth", 1), Tenant("qqsouth", 870_000_000)
    for tenant in (mine, other):
        tenant.add_to(store)
    actors: dict[str, Actor] = {}
    numbers = itertools.count()
    app = make_app(
        store,
        Vault(bytes(range(64))),
        lambda: NOW_MS,
        lambda count: next(numbers).to_bytes(count, "big"),
        lambda _reading, token, _now_ms: actors.get(token),
        FREE,
    )
    there = Town(store, app, mine, other)
    actors |= there.actors()
    return there


def seasoned(draw: Any, case: Case[Any], town: Town) -> None:
    """Replaces about half of the ids, moments and versions that were made up by some that make sense."""
    names = {word: table for prefix, words in _WORDS.items() if prefix in case.path for word, table in words.items()}
    for values in (case.path_parameters, case.query, case.body):
        _season(draw, values, names, town)


def _season(draw: Any, values: Any, names: dict[str, str], town: Town) -> None:
    for each in values if isinstance(values, list) else [values]:
        for name, value in each.items() if isinstance(each, dict) else ():
            if isinstance(value, dict | list):
                _season(draw, value, names, town)
                continue
            known = _known(name, names, town)
            if known and draw(st.booleans()):
                each[name] = draw(st.sampled_from(known))


def _known(name: str, names: dict[str, str], town: Town) -> list[Any]:
    if name == "version":
        return [1, 2]
    if name.endswith("_ms"):
        return [NOW_MS + days * 86_400_000 for days in (-40, -1, 0, 1)]
    word = name.removesuffix("_id")
    table = names.get(word, word)
    return [tenant.ids[table] for tenant in (town.mine, town.other) if table in tenant.ids]


_WORDS = {
    "": {
        "case": "alarm_case",
        "task": "case_task",
        "picture": "picture",
        "list": "authority_list",
        "installer": "authority_list",
        "key": "site_key",
        "on_behalf_of": "person",
        "service": "duty_service",
        "order": "report_order",
        "call": "duty_call",
    },
    "service-modes": {"order": "service_mode"},
}
"""What a parameter's name means, where it is not the table's, in paths with this in them."""


@contextmanager
def told(case: Case[Any], role: str) -> Iterator[None]:
    """Name whoever asked for what, in a failure."""
    try:
        yield
    except BaseException as error:
        error.add_note(f"as {role}: {case.method} {case.formatted_path} query={case.query} body={case.body!r}")
        raise


def answering(app: Any) -> Any:
    """The application, whose faults come as its 500 alone, as over the network."""

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        with suppress(Exception):
            await app(scope, receive, send)

    return answer


Judge = Callable[[Case[Any], Any], None]


def play(town: Town, role: str, judge: Judge) -> list[str]:
    """Ask everything as this role; returns what went wrong, one line an operation and way to make it up."""
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", answering(town.app))
    found = []
    for result in schema.get_all_operations():
        assert isinstance(result, Ok), result
        operation = result.ok()
        for mode in GenerationMode:
            problem = _asked(town, operation.as_strategy(generation_mode=mode), role, judge)
            if problem:
                found.append(f"{operation.method.upper()} {operation.path} ({mode.value}): {problem}")
    return found


def _asked(town: Town, strategy: Any, role: str, judge: Judge) -> str | None:
    @given(st.data())
    @settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck), report_multiple_bugs=False)
    def ask(data: Any) -> None:
        case = data.draw(strategy)
        seasoned(data.draw, case, town)
        with told(case, role):
            judge(case, case.call(headers={"Authorization": f"Bearer {role}"}))

    try:
        ask()
    except Unsatisfiable:
        return None  # Nothing can be wrong about what takes nothing.
    except (FailureGroup, Failure, AssertionError) as error:
        parts = [str(part) for part in getattr(error, "exceptions", [error])]
        return "; ".join([*parts, *getattr(error, "__notes__", [])])[:1000]
    return None


def conforms(case: Case[Any], response: Any) -> None:
    """Nothing breaks, and the answer is as described."""
    case.validate_response(response, checks=CHECKS)


def test_nothing_that_a_supervisor_sends_breaks_the_api(town: Town) -> None:
    assert play(town, "supervisor", conforms) == []


@pytest.mark.parametrize("role", ["operator", "monitor"])
def test_nothing_that_the_centre_sends_breaks_the_api(small_town: Town, role: str) -> None:
    assert play(small_town, role, conforms) == []


def readable(content: bytes) -> str:
    """What a person can read in an answer."""
    if content.startswith(b"%PDF"):
        return "\n".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    return content.decode(errors="replace")


def expect_apart(town: Town, role: str) -> None:
    """Ask everything as somebody of one tenant, and find nothing of the other's told or touched."""
    before = snapshot(town.store)

    def judge(case: Case[Any], response: Any) -> None:
        conforms(case, response)
        told_text = readable(response.content)
        assert town.other.canary not in told_text, f"told of the other tenant: {told_text[:300]}"

    assert play(town, role, judge) == []
    assert touched(before, snapshot(town.store), town.other) == []


def test_a_customer_reads_and_writes_nothing_of_another_tenant(town: Town) -> None:
    expect_apart(town, "customer")


def test_an_installer_reads_and_writes_nothing_of_another_tenant(small_town: Town) -> None:
    expect_apart(small_town, "installer")
