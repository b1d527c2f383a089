"""Who may report from outside: supervisors say so, over the API and at the terminal, and secrets are told once."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from api_support import OPERATOR, SUPERVISOR, client
from hemlarm_cloud.actor import Actor, Role
from hemlarm_cloud.receive import accounts
from hemlarm_cloud.sites import audit
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.schema_sites import site, transmitter
from receive_support import vault

PATH = "/foreign-accounts"
SOS = {"protocol": "sos-access", "code": "IO980102", "level_s": 90}
DC09 = {"protocol": "dc-09", "code": "12ab"}


@pytest.fixture
def api(store: Store) -> Iterator[TestClient]:
    with client(store, SUPERVISOR) as found:
        yield found


def secret_of(store: Store, transmitter_id: str) -> bytes | None:
    with store.read() as reading:
        account = accounts.find(reading, vault(), transmitter_id)
    assert account is not None
    return account.secret


def test_an_account_is_added_shown_listed_and_removed(api: TestClient, store: Store) -> None:
    made = api.post(PATH, json=SOS | {"codes": {"LARM 7": 1154}, "type": "SV300"}).json()
    assert made["transmitter"] == "sos:IO980102"
    assert secret_of(store, "sos:IO980102") == made["secret"].encode()
    assert len(made["secret"]) == 15
    other = api.post(PATH, json=DC09).json()
    assert secret_of(store, "dc09:12AB") == bytes.fromhex(other["secret"])
    assert len(other["secret"]) == 64
    shown = api.get(f"{PATH}/sos:IO980102").json()
    assert (shown["level_s"], shown["type"], shown["codes"]) == (90, "SV300", {"LARM 7": 1154})
    listed = api.get(PATH).json()
    assert [each["transmitter"] for each in listed] == ["dc09:12AB", "sos:IO980102"]
    assert listed[1] == shown
    assert made["secret"] not in api.get(PATH).text
    assert api.get(PATH, params={"after": "dc09:12AB", "limit": 1}).json() == [shown]
    assert api.delete(f"{PATH}/sos:IO980102").status_code == 204
    assert api.get(f"{PATH}/sos:IO980102").status_code == 404
    with store.read() as reading:
        told = [entry["action"] for entry in audit.entries(reading, SUPERVISOR)]
        assert told == ["add-foreign-account", "add-foreign-account", "remove-foreign-account"]
        ended = reading.connection.scalar(select(transmitter.c.ended_ms).where(transmitter.c.id == "sos:IO980102"))
        assert ended is not None
        assert reading.connection.scalar(select(site.c.number).where(site.c.id == shown["site"])) == "?sos:IO980102"


def test_a_removed_one_may_come_back(api: TestClient) -> None:
    first = api.post(PATH, json=SOS).json()
    assert api.post(PATH, json=SOS).status_code == 409
    api.delete(f"{PATH}/{first['transmitter']}")
    assert api.post(PATH, json=SOS).status_code == 201


def test_a_new_secret_ends_the_old_one(api: TestClient, store: Store) -> None:
    given = api.post(PATH, json=SOS | {"secret": "abcdefghijklmno"}).json()
    assert given["secret"] == "abcdefghijklmno"
    new = api.post(f"{PATH}/sos:IO980102/secret").json()["secret"]
    assert new != given["secret"]
    assert secret_of(store, "sos:IO980102") == new.encode()
    api.post(PATH, json=DC09 | {"encrypted": False})
    assert secret_of(store, "dc09:12AB") is None
    assert api.post(f"{PATH}/dc09:12AB/secret").status_code == 409


WRONG: tuple[dict[str, Any], ...] = (
    SOS | {"code": "IO 98"},
    SOS | {"code": "x" * 16},
    SOS | {"secret": "short"},
    SOS | {"secret": "abcdefghijklm☃o"},
    SOS | {"level_s": 91},
    SOS | {"time_zone": "Mars/Olympus"},
    SOS | {"time_zone": "../etc/passwd"},
    SOS | {"codes": {"A": 130}},
    SOS | {"codes": {str(number): 1130 for number in range(51)}},
    SOS | {"unknown": 1},
    DC09 | {"code": "12xy"},
    DC09 | {"secret": "12"},
    DC09 | {"encrypted": False, "secret": "00" * 16},
    {"protocol": "fax", "code": "1"},
)


def test_what_cannot_be_is_refused() -> None:
    store = Store.open("sqlite://")
    with client(store, SUPERVISOR) as api:
        assert [api.post(PATH, json=wrong).status_code for wrong in WRONG] == [422] * len(WRONG)
        assert api.get(PATH).json() == []
    store.close()


def test_only_supervisors_change_and_only_the_centre_looks(store: Store) -> None:
    with client(store, SUPERVISOR) as api:
        api.post(PATH, json=SOS)
    with client(store, OPERATOR) as api:
        assert api.get(PATH).status_code == 200
        statuses = [
            api.post(PATH, json=DC09).status_code,
            api.delete(f"{PATH}/sos:IO980102").status_code,
            api.post(f"{PATH}/sos:IO980102/secret").status_code,
        ]
        assert statuses == [403] * 3
    with client(store, Actor("customer:c", Role.CUSTOMER, customer=1)) as api:
        assert [api.get(path).status_code for path in (PATH, f"{PATH}/sos:IO980102")] == [403, 403]
