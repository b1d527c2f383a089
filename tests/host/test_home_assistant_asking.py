"""What a Home Assistant asks for is understood without trust, and goes through the same checks as everything else."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from assisted_home import AssistedHome
from hemlarm_cloud.errors import ConflictError, InvalidError, NotFoundError, RefusedError
from hemlarm_cloud.home_assistant import asking, connections
from hemlarm_cloud.home_assistant.asking import Asked
from hemlarm_cloud.home_assistant.house import Area, House, Panel
from hemlarm_cloud.homes import commands
from hemlarm_cloud.store import Store, schema
from hemlarm_cloud.store.schema_sites import account, authority
from registered_site import PANEL, VAULT


def house(**values: Any) -> House:
    area = Area(1, "", "disarmed", "", False)
    panel = Panel(PANEL, "House", "", (area,), (), False, disarm="code", unlock="code")
    return House(7, "Villa", "sv", (panel._replace(**values),), (), True)


def asked(thing: str, payload: bytes | str, **values: Any) -> Asked | None:
    data = payload.encode() if isinstance(payload, str) else payload
    return asking.understood(house(**values), f"hemlarm/7/{PANEL}/{thing}/set", data)


@pytest.mark.parametrize(
    ("thing", "payload", "found"),
    [
        ("area1", '{"action": "ARM_AWAY", "code": null}', (commands.ARM_AWAY, 1, None)),
        ("area2", '{"action": "ARM_HOME", "code": "2580"}', (commands.ARM_HOME, 2, None)),
        ("area1", "ARM_NIGHT", (commands.ARM_NIGHT, 1, None)),
        ("area1", '{"action": "DISARM", "code": "2580"}', (commands.DISARM, 1, "2580")),
        ("area1", '{"action": "DISARM", "code": ""}', (commands.DISARM, 1, None)),
        ("plug3", "ON", (commands.ON, 3, None)),
        ("plug3", "OFF", (commands.OFF, 3, None)),
        ("lock12", '{"action": "LOCK", "code": "2580"}', (commands.LOCK, 12, None)),
        ("lock12", '{"action": "UNLOCK", "code": "2580"}', (commands.UNLOCK, 12, "2580")),
    ],
)
def test_what_home_assistant_sends_is_understood(thing: str, payload: str, found: Any) -> None:
    assert asked(thing, payload) == Asked(PANEL, *found)


def test_where_no_code_is_wanted_none_is_passed_on() -> None:
    wanted = asked("area1", '{"action": "DISARM", "code": "2580"}', disarm="always")
    assert wanted == Asked(PANEL, commands.DISARM, 1, None)


@pytest.mark.parametrize(
    "payload",
    [
        b"", b"TRIGGER", b"arm_away", b"\xff\xfe", b"{", b"{}", b"[]", b"null", b'{"action": 1}',
        b'{"action": ["DISARM"]}',
        b'{"action": {"action": "DISARM"}}', b"DISARM\0", b" DISARM", b"ON", b"UNLOCK", b"{" * 200, b"x" * 300,
        b'{"action": "DISARM", "code": "' + b"1" * 300 + b'"}',
    ],
)  # fmt: skip
def test_what_is_no_command_of_an_area_is_ignored(payload: bytes) -> None:
    assert asked("area1", payload) is None


@pytest.mark.parametrize(
    "topic",
    [
        f"hemlarm/8/{PANEL}/area1/set", f"hemlarm/7/{PANEL}/area1", f"hemlarm/7/{PANEL}/area1/set/more",
        f"hemlarm/7/{PANEL}/area/set", f"hemlarm/7/{PANEL}/area1234/set", f"hemlarm/7/{PANEL}/zone1/set",
        f"hemlarm/7/{PANEL}/1/set", "hemlarm/7//area1/set", "hemlarm/7/0000000000000000/area1/set", "hemlarm/7/set",
        f"x/hemlarm/7/{PANEL}/area1/set", f"hemlarm/7/{PANEL}/area\u0661/set", "",
    ],
)  # fmt: skip
def test_other_topics_are_ignored(topic: str) -> None:
    assert asking.understood(house(), topic, b"ARM_AWAY") is None


@given(topic=st.text(max_size=60), payload=st.binary(max_size=300))
def test_nothing_that_is_sent_raises(topic: str, payload: bytes) -> None:
    asking.understood(house(), topic, payload)
    for thing in ("area1", "lock1", topic):
        asked(thing, payload)
    asked("area1", b'{"action": "DISARM", "code": ' + payload + b"}")


def test_nothing_is_understood_where_nothing_may_be_asked() -> None:
    looking = house()._replace(commands=False)
    assert asking.understood(looking, f"hemlarm/7/{PANEL}/area1/set", b"ARM_AWAY") is None


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{tmp_path / 'store.db'}")
    yield opened
    opened.close()


def ask(home: AssistedHome, *values: Any) -> Any:
    """Ask as the connection's account; the row of the command that the panel gets."""
    with home.store.begin() as tx:
        (kept,) = connections.active(tx)
        asking.ask(tx, VAULT, kept, Asked(PANEL, *values), home.now_ms, home.random)
        return tx.connection.execute(select(schema.command).order_by(schema.command.c.created_ms)).all()[-1]


def test_a_command_is_the_accounts_with_its_person_and_its_code(store: Store) -> None:
    home = AssistedHome(store, remote_disarm="code")
    home.connect(commands=True)
    row = ask(home, commands.DISARM, 1, "2580")
    assert (row.requested_by, row.user, row.verb, row.argument) == ("customer:anna", 1, commands.DISARM, 1)
    assert VAULT.open_sealed(commands.CODE_PURPOSE, row.id.hex(), row.code) == b"2580"


def test_the_household_and_the_accounts_authority_count(store: Store) -> None:
    home = AssistedHome(store, remote_disarm="code", remote_unlock="never")
    home.connect(commands=True)
    with pytest.raises(InvalidError, match="code"):
        ask(home, commands.DISARM, 1, None)
    with pytest.raises(RefusedError, match="remote_unlock"):
        ask(home, commands.UNLOCK, 2, "2580")
    with pytest.raises(InvalidError):
        ask(home, commands.ON, 9, None)
    with store.begin() as tx:
        tx.connection.execute(update(authority).where(authority.c.person == home.ids.a).values(level="C"))
    ask(home, commands.ARM_AWAY, 1, None)
    with pytest.raises(RefusedError):
        ask(home, commands.DISARM, 1, "2580")


def test_an_account_that_ended_asks_for_nothing(store: Store) -> None:
    home = AssistedHome(store)
    home.connect(commands=True)
    with store.begin() as tx:
        tx.connection.execute(delete(authority).where(authority.c.person == home.ids.a))
    with pytest.raises(RefusedError):
        ask(home, commands.ARM_AWAY, 1, None)
    with store.begin() as tx:
        tx.connection.execute(update(account).values(revoked_ms=home.now_ms))
    with pytest.raises(RefusedError, match="has ended"):
        ask(home, commands.ARM_AWAY, 1, None)


def test_a_panel_of_somebody_else_is_not_asked(store: Store) -> None:
    home = AssistedHome(store)
    home.connect(commands=True)
    with store.begin() as tx:
        kept = connections.active(tx)[0]
        with pytest.raises(NotFoundError):
            asking.ask(tx, VAULT, kept, Asked("f" * 16, commands.ARM_AWAY, 1, None), home.now_ms, home.random)


def test_a_queue_of_commands_is_bounded(store: Store) -> None:
    home = AssistedHome(store)
    home.connect(commands=True)
    for _ in range(commands.UNANSWERED_MAX):
        ask(home, commands.ARM_AWAY, 1, None)
    with pytest.raises(ConflictError):
        ask(home, commands.ARM_AWAY, 1, None)


def test_the_template_of_the_code_is_json_whatever_was_typed() -> None:
    from jinja2 import Environment

    from hemlarm_cloud.home_assistant import discovery

    entity = next(discovery.entities(house()))
    template = Environment(autoescape=False).from_string(entity.config["command_template"])  # noqa: S701
    for code in (None, "2580", '"}, {"action": "ARM_AWAY', "</script>'"):
        assert json.loads(template.render(action="DISARM", code=code)) == {"action": "DISARM", "code": code}
