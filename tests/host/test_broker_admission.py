"""Who is admitted to the broker and with which rights, and the claims in which NATS asks and is answered."""

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from hemlarm_cloud.authority import Authority
from hemlarm_cloud.broker import claims
from hemlarm_cloud.broker.admission import Admission, RefusedError, admit
from hemlarm_protocol import topics

NOW = datetime(2031, 5, 6, tzinfo=UTC)
PANEL = "0123456789abcdef"
OTHER = "f123456789abcdef"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.create(tmp_path_factory.mktemp("authority"), NOW)


def anyone(panel: str) -> bool:
    return True


def nobody(panel: str) -> bool:
    return False


@pytest.mark.parametrize("client_id", [PANEL, f"{PANEL}-2"])
def test_a_panel_may_speak_and_listen_on_its_own_topics_only(authority: Authority, client_id: str) -> None:
    certificate = authority.issue_panel(PANEL, NOW).certificate
    assert admit(certificate, client_id, authority.certificate, anyone) == Admission(
        PANEL, publish=(topics.up(PANEL),), subscribe=(topics.down(PANEL),)
    )


def test_a_cloud_service_may_hear_every_panel_and_speak_to_every_panel(authority: Authority) -> None:
    certificate = authority.issue_cloud("cloud-ingest", NOW).certificate
    admission = admit(certificate, "cloud-ingest", authority.certificate, nobody)
    by_sms = ("hemlarm/1/+/+/sms", "hemlarm/1/+/+/sms-down")
    assert admission == Admission(
        "cloud-ingest", publish=("hemlarm/1/+/+/down", *by_sms), subscribe=("hemlarm/1/+/+/up", *by_sms)
    )


@pytest.mark.parametrize(
    "client_id", ["", OTHER, f"{OTHER}-2", f"{PANEL}-1", f"{PANEL}-22", "cloud-ingest", PANEL.upper(), PANEL + " "]
)
def test_a_client_id_that_is_not_the_certificates_name_is_refused(authority: Authority, client_id: str) -> None:
    with pytest.raises(RefusedError, match="called itself"):
        admit(authority.issue_panel(PANEL, NOW).certificate, client_id, authority.certificate, anyone)


@pytest.mark.parametrize("client_id", [PANEL, "cloud-ingest-2"])
def test_a_cloud_service_cannot_take_a_panels_client_id_nor_a_second_one(authority: Authority, client_id: str) -> None:
    with pytest.raises(RefusedError, match="called itself"):
        admit(authority.issue_cloud("cloud-ingest", NOW).certificate, client_id, authority.certificate, anyone)


def test_no_certificate_is_refused(authority: Authority) -> None:
    with pytest.raises(RefusedError, match="no verified client certificate"):
        admit(None, PANEL, authority.certificate, anyone)


def test_a_certificate_of_another_authority_is_refused(authority: Authority, tmp_path: Path) -> None:
    other = Authority.create(tmp_path, NOW)
    with pytest.raises(RefusedError, match="not signed by"):
        admit(other.issue_panel(PANEL, NOW).certificate, PANEL, authority.certificate, anyone)


def test_the_brokers_own_certificate_is_no_client(authority: Authority) -> None:
    server = authority.issue_server("server-broker", ["localhost"], NOW)
    with pytest.raises(RefusedError, match="no client"):
        admit(server.certificate, "server-broker", authority.certificate, anyone)


def test_a_panel_that_is_not_allowed_is_refused(authority: Authority) -> None:
    with pytest.raises(RefusedError, match="unknown or revoked"):
        admit(authority.issue_panel(PANEL, NOW).certificate, PANEL, authority.certificate, nobody)


def test_a_panel_is_refused_while_the_store_cannot_tell(authority: Authority) -> None:
    def broken(panel: str) -> bool:
        raise OSError("disk")

    with pytest.raises(RefusedError, match="cannot tell"):
        admit(authority.issue_panel(PANEL, NOW).certificate, PANEL, authority.certificate, broken)


def body(token: bytes | str) -> dict[str, Any]:
    part = (token if isinstance(token, bytes) else token.encode()).split(b".")[1]
    read: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + b"=" * (-len(part) % 4)))
    return read


def ask(**nats: Any) -> bytes:
    claimed = base64.urlsafe_b64encode(json.dumps({"nats": nats}).encode()).rstrip(b"=")
    return b"e30." + claimed + b".AA"


def test_a_question_is_read_with_its_certificate(authority: Authority) -> None:
    panel = authority.issue_panel(PANEL, NOW)
    chain = [panel.certificate_pem.decode(), panel.authority_pem.decode()]
    question = claims.read_question(
        ask(
            server_id={"id": "N1"},
            user_nkey="U1",
            client_info={"mqtt_id": PANEL},
            client_tls={"verified_chains": [chain]},
        )
    )
    assert question == claims.Question("N1", "U1", PANEL, panel.certificate)


def test_a_certificate_that_tls_did_not_verify_counts_for_nothing(authority: Authority) -> None:
    shown = [authority.issue_panel(PANEL, NOW).certificate_pem.decode()]
    question = claims.read_question(
        ask(server_id={"id": "N1"}, user_nkey="U1", client_info={"mqtt_id": PANEL}, client_tls={"certs": shown})
    )
    assert question.certificate is None


@pytest.mark.parametrize(
    "token",
    [
        b"",
        b"one.part",
        b"a.!!!.c",
        b"a.bnVsbA.c",
        ask(),
        ask(server_id={"id": 1}, user_nkey="U", client_info={}),
        ask(server_id={"id": "N"}, user_nkey="U", client_info={}, client_tls={"verified_chains": [["junk"]]}),
        bytes(claims.REQUEST_SIZE_MAX + 1),
    ],
)
def test_an_unreadable_question_is_one_documented_error(token: bytes) -> None:
    with pytest.raises(claims.ClaimsError):
        claims.read_question(token)


def test_a_grant_names_exact_subjects_over_mqtt_and_has_no_end() -> None:
    issuer = claims.KeyPair.new_account()
    question = claims.Question("N1", "U1", PANEL, None)
    answer = body(claims.grant(issuer, question, Admission(PANEL, (topics.up(PANEL),), (topics.down(PANEL),)), 1234))
    user = body(answer["nats"]["jwt"])
    assert (answer["aud"], answer["sub"], answer["iss"]) == ("N1", "U1", issuer.public)
    assert (user["aud"], user["sub"], user["iss"]) == (claims.ACCOUNT, "U1", issuer.public)
    assert user["nats"]["pub"] == {"allow": [f"hemlarm.1.01.{PANEL}.up"]}
    assert user["nats"]["sub"] == {"allow": [f"hemlarm.1.01.{PANEL}.down"]}
    assert user["nats"]["allowed_connection_types"] == ["MQTT"]
    assert "exp" not in user
    assert "exp" not in answer


def test_a_refusal_carries_the_reason_and_no_rights() -> None:
    answer = body(claims.refusal(claims.KeyPair.new_account(), claims.Question("N1", "U1", "", None), "because", 1))
    assert answer["nats"]["error"] == "because"
    assert "jwt" not in answer["nats"]


def test_a_seed_that_is_none_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="seed"):
        claims.KeyPair("SAnonsense")
