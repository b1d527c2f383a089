"""Health, metrics and logs: what they tell, to whom, and what they never tell."""

import json
import logging

import pytest
from prometheus_client.parser import text_string_to_metric_families

import api_support
import centre_rows as rows
from api_support import MONITOR, NOW_MS
from hemlarm_cloud.operations.health import LATE_MS, look
from hemlarm_cloud.operations.logs import JsonFormatter, TextFormatter, without_secrets
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.schema_cases import foreign_event, lane
from hemlarm_cloud.store.schema_centre import notice


def add_waiting(store: Store, tenant: rows.Tenant, since_ms: int) -> None:
    """An event without its signal, and a notice that is not sent."""
    with store.begin() as tx:
        telegram = {"transmitter": tenant.transmitter, "fingerprint": bytes(16), "telegram": b"", "code": "BA"}
        rows.add(tx, foreign_event, qcode=1130, received_ms=since_ms, **telegram)
        text = {"channel": "mail", "recipient": "a@example.se", "subject": "", "text": "", "state": "waiting"}
        rows.add(tx, notice, key="k", created_ms=since_ms, due_ms=since_ms, **text)


def test_health_needs_no_token_and_tells_nothing_else(store: Store) -> None:
    client = api_support.client(store)
    del client.headers["Authorization"]
    assert client.get("/health").json() == {"status": "ok"}


def test_what_waits_too_long_is_a_problem(store: Store) -> None:
    add_waiting(store, rows.add_tenant(store, "north"), NOW_MS)
    with store.read() as reading:
        assert look(reading).problems(NOW_MS + LATE_MS) == []
        problems = look(reading).problems(NOW_MS + LATE_MS + 1)
    assert [text.partition(":")[0] for text in problems] == ["lane foreign", "notices"]


def test_an_event_with_its_signal_waits_no_more(store: Store) -> None:
    add_waiting(store, rows.add_tenant(store, "north"), NOW_MS)
    with store.begin() as tx:
        tx.connection.execute(lane.delete())
        tx.connection.execute(lane.insert(), {"name": "foreign", "position": 1})
    with store.read() as reading:
        lags = look(reading).lanes
    assert lags["foreign"].waiting == 0
    assert lags["foreign"].since_ms is None


def test_the_state_names_what_waits(store: Store) -> None:
    tenant = rows.add_tenant(store, "north")
    rows.add_case(store, tenant)
    rows.add_case(store, tenant, state="closed", closed_ms=NOW_MS)
    add_waiting(store, tenant, NOW_MS - LATE_MS - 1)
    state = api_support.client(store, MONITOR).get("/state").json()
    assert state["status"] == "degraded"
    assert state["open_cases"] == {"intrusion": 1}
    assert {"what": "unclaimed cases", "waiting": 1, "since_ms": NOW_MS} in state["waiting"]


def test_metrics_count_requests_by_route_and_name_no_tenant(store: Store) -> None:
    tenant = rows.add_tenant(store, "northern-canary")
    rows.add_case(store, tenant)
    client = api_support.client(store, MONITOR)
    for path in ("/signals/1", "/signals/2", "/no/such/thing", "/me"):
        client.get(path)
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    found = {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }
    route = ("route", "/signals/{signal_id}")
    assert found["hemlarm_api_requests_total", ("method", "GET"), route, ("status", "404")] == 2
    assert found["hemlarm_api_requests_total", ("method", "GET"), ("route", "none"), ("status", "404")] == 1
    assert found["hemlarm_open_cases", ("category", "intrusion")] == 1
    assert found["hemlarm_waiting", ("what", "unclaimed-cases")] == 1
    assert "canary" not in answer.text


def test_customers_see_no_figures_of_the_centre(store: Store) -> None:
    client = api_support.client(store, rows.add_tenant(store, "north").actor)
    assert client.get("/metrics").status_code == 403
    assert client.get("/state").status_code == 403


TOKEN = "hemlarm_" + "aB3-_" * 8 + "xyz"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"token of anna is {TOKEN}", "token of anna is hemlarm_..."),
        ("Authorization: Bearer abc.def", "Authorization: Bearer ..."),
        ("postgresql://hemlarm:hunter2@db/x", "postgresql://hemlarm:...@db/x"),
        ("sms_url_token=hunter2 and more", "sms_url_token=... and more"),
        ('{"password": "hunter2"}', '{"password": "..."}'),
        ("site 7: line fault", "site 7: line fault"),
    ],
)
def test_logs_keep_no_secrets(text: str, kept: str) -> None:
    assert without_secrets(text) == kept
    record = logging.makeLogRecord({"msg": "%s", "args": (text,), "levelname": "INFO", "name": "x", "told": text})
    line = json.loads(JsonFormatter().format(record))
    assert line["text"] == line["told"] == kept
    assert TextFormatter().format(record) == f"INFO x: {kept}"


def test_a_request_is_logged_as_one_object_without_its_content(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "hemlarm_cloud.api.observed"):
        api_support.client(store).get("/signals/12345?canary=1")
    (record,) = [record for record in caplog.records if record.name == "hemlarm_cloud.api.observed"]
    line = json.loads(JsonFormatter().format(record))
    assert (line["route"], line["status"], line["actor"]) == ("/signals/{signal_id}", 404, "operator:anna")
    assert "12345" not in json.dumps(line)
    assert "canary" not in json.dumps(line)
