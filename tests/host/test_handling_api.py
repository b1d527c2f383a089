"""Cases over the API: an operator's whole work on an alarm, and what everybody else is refused."""

import json
from typing import Any

from fastapi.testclient import TestClient

import api_support
from handled_site import ANNA, BO, COUNTER, MONITOR, PASSWORD, VAULT, HandledSite, log_kinds
from hemlarm_cloud.store import Store

JSON = {"Content-Type": "application/json"}
PNG = b"\x89PNG\r\n\x1a\n" + bytes(50)


class Api:
    """A client that says what it saw last."""

    def __init__(self, client: TestClient, case_id: int) -> None:
        self.client = client
        self.path = f"/cases/{case_id}"

    def show(self) -> Any:
        answer = self.client.get(self.path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, action: str, status: int = 200, **wanted: Any) -> Any:
        answer = self.client.post(f"{self.path}/{action}", json=wanted)
        assert answer.status_code == status, answer.text
        return answer.json()

    def on_case(self, action: str, **wanted: Any) -> Any:
        return self.post(action, version=self.show()["version"], **wanted)

    def on_task(self, kind: str, action: str, status: int = 200, **wanted: Any) -> Any:
        task = next(task for task in self.show()["tasks"] if task["kind"] == kind and task["done_by"] is None)
        return self.post(f"tasks/{task['id']}/{action}", status, version=task["version"], **wanted)

    def version_of(self, kind: str) -> int:
        return int(next(task["version"] for task in self.show()["tasks"] if task["kind"] == kind))


def test_an_operator_answers_a_break_in_over_the_api(store: Store) -> None:
    house = HandledSite(store)
    case_id = house.case("intrusion", 1130, 1139, at_ms=api_support.NOW_MS - 20_000)
    api = Api(api_support.client(store, ANNA, vault=VAULT), case_id)
    (line,) = api.client.get("/queue").json()["lines"]
    assert (line["id"], line["waited_ms"], line["next_task"]["kind"]) == (case_id, 20_000, "police")
    assert api.on_case("claim")["answer_ms"] == 20_000
    api.on_task("police", "complete", result="called")
    assert api.post("password", spoken="fel")["outcome"] == "wrong"
    assert api.post("counter-password")["counter_password"] == COUNTER
    made = api.client.post(f"{api.path}/pictures", content=PNG, headers={"Content-Type": "image/png"})
    assert made.status_code == 201
    seen = api.client.get(f"{api.path}/pictures/{made.json()['id']}")
    assert (seen.content, seen.headers["content-type"]) == (PNG, "image/png")
    api.on_task("look-at-pictures", "complete", result="intruder")
    api.on_task("verify-password", "complete", result="no-answer")
    api.on_task("call-contact", "complete", result="takes-over")
    api.on_task("guard", "complete", result="sent")
    report: dict[str, Any] = {"cause": "break-in", "secured": True, "inner_check": False, "note": "door boarded"}
    api.post("guard-report", version=api.version_of("guard-report"), **report)
    api.post("feedback", version=api.version_of("feedback"), outcome="real")
    assert api.on_case("close", outcome="real")["state"] == "closed"
    assert api.client.get("/queue").json() == {"open": 0, "unclaimed": 0, "lines": []}
    log = api.client.get(f"{api.path}/log").json()
    assert [entry["kind"] for entry in log] == log_kinds(store, case_id)
    assert [signal["qcode"] for signal in api.client.get(f"{api.path}/signals").json()] == [1130, 1139]
    assert PASSWORD not in api.client.get(f"{api.path}/log").text


def test_the_rest_of_what_an_operator_can_do_goes_over_the_api_too(store: Store) -> None:
    house = HandledSite(store)
    api = Api(api_support.client(store, ANNA), house.case("water", 1154, at_ms=api_support.NOW_MS))
    api.on_case("claim")
    assert api.on_case("start")["state"] == "in-progress"
    assert api.on_case("wait", until_ms=api_support.NOW_MS + 60_000, why="they look")["state"] == "waiting"
    assert api.client.get("/queue", params={"put_off": False}).json()["lines"] == []
    assert api.on_case("resume")["state"] == "in-progress"
    api.post("notes", 201, note="Vatten i källaren")
    version = api.show()["version"]
    added = api.post("tasks", 201, version=version, kind="guard", text="turn the water off")
    assert [task["key"] for task in added["tasks"]][-2:] == ["added-1", "added-1-report"]
    api.on_task("verify-password", "leave-out", reason="on the line already")
    assert api.on_case("release", why="lunch")["operator"] is None
    assert [case["id"] for case in api.client.get("/cases", params={"open_only": True}).json()] == [1]


WRONG: tuple[tuple[str, dict[str, Any], int], ...] = (
    ("claim", {"version": 7}, 409),
    ("claim", {}, 422),
    ("claim", {"version": 2**70}, 422),
    ("close", {"version": 0, "outcome": "real"}, 409),
    ("wait", {"version": 0, "until_ms": 5}, 409),
    ("notes", {"note": "a\0b"}, 422),
    ("notes", {"note": "\ud800"}, 422),
    ("notes", {"note": "\u202eevil"}, 422),
    ("notes", {"note": "fine", "extra": 1}, 422),
    ("hand-over", {"version": 0, "to": "operator:nobody"}, 409),
    ("tasks/999/complete", {"version": 0, "result": "called"}, 404),
    ("guard-report", {"version": 0, "cause": "ghosts", "secured": True, "inner_check": True}, 422),
    ("feedback", {"version": 0, "outcome": "handled"}, 422),
)


def test_what_cannot_be_is_told_with_its_status(store: Store) -> None:
    case_id = HandledSite(store).case("tamper", 1144)
    client = api_support.client(store, BO)
    for action, body, status in WRONG:
        answer = client.post(f"/cases/{case_id}/{action}", content=json.dumps(body), headers=JSON)
        assert (answer.status_code, list(answer.json())) == (status, ["detail"]), (action, body)


def test_pictures_that_are_none_are_refused(store: Store) -> None:
    case_id = HandledSite(store).case("fire", 1111)
    client = api_support.client(store, ANNA)
    assert client.post(f"/cases/{case_id}/pictures", content=b"<script>").status_code == 422
    assert client.get(f"/cases/{case_id}/pictures/1").status_code == 404


def test_a_customer_follows_their_own_case_and_reads_no_names_notes_or_pictures(store: Store) -> None:
    house, other = HandledSite(store, "A"), HandledSite(store, "B")
    api = Api(api_support.client(store, ANNA), house.case("water", 1154, at_ms=api_support.NOW_MS))
    api.on_case("claim")
    api.post("notes", 201, note="hard to reach")
    api.on_task("verify-password", "leave-out", reason="customer sounded drunk")
    api.client.post(f"{api.path}/pictures", content=PNG)
    customer = api_support.client(store, house.owner)
    assert customer.get(api.path).json()["operator"] == "centre"
    told = customer.get(api.path).text + customer.get(f"{api.path}/log").text
    assert all(kept not in told for kept in ("anna", "hard to reach", "drunk", "picture-", "+4670"))
    assert customer.get(f"{api.path}/pictures").status_code == 403
    assert customer.post(f"{api.path}/claim", json={"version": 1}).status_code == 403
    stranger = api_support.client(store, other.owner)
    assert {stranger.get(api.path + tail).status_code for tail in ("", "/log", "/signals")} == {404}
    assert stranger.get("/queue").json()["lines"] == []
    assert api_support.client(store, MONITOR).post(f"{api.path}/claim", json={"version": 1}).status_code == 403


def test_a_hold_up_is_hidden_from_the_site_until_it_is_over(store: Store) -> None:
    house = HandledSite(store)
    case_id = house.case("hold-up", 1121, at_ms=api_support.NOW_MS)
    customer = api_support.client(store, house.owner)
    assert customer.get(f"/cases/{case_id}").status_code == 404
    assert customer.get("/queue").json() == {"open": 0, "unclaimed": 0, "lines": []}
    assert customer.get("/cases").json() == []
    api = Api(api_support.client(store, ANNA), case_id)
    api.on_case("claim")
    api.on_task("police", "complete", result="called")
    api.on_task("look-at-pictures", "complete", result="no-pictures")
    api.on_task("feedback", "complete", result="phoned")
    api.on_case("close", outcome="real")
    assert customer.get(f"/cases/{case_id}").json()["outcome"] == "real"
