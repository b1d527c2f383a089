"""The authorisation callout beside the real NATS server: down, doubled, and after a restart."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from broker_support import PANEL_A, PANEL_B, Site, await_true, now, open_site
from hemlarm_cloud.broker import BrokerError
from hemlarm_cloud.broker.callout import Callout
from hemlarm_cloud.broker.nats import NatsBroker, load_callout_keys
from hemlarm_protocol import topics


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = open_site("nats", tmp_path)
    yield site
    site.close()


def nats(site: Site) -> NatsBroker:
    assert isinstance(site.broker, NatsBroker)
    return site.broker


def test_without_a_callout_nobody_is_admitted_and_live_connections_stay(site: Site) -> None:
    cloud, panel = site.cloud(), site.panel(PANEL_A)
    nats(site).stop_callout()
    newcomer = site.client(site.authority.issue_panel(PANEL_B, now()))
    newcomer.await_disconnections(1)
    assert newcomer.connections == 0
    panel.publish(topics.up(PANEL_A), b"up")
    cloud.await_message(b"up")
    assert (panel.connections, panel.disconnections) == (1, 0)
    nats(site).start_callout()
    newcomer.await_connections(1)


def test_two_callouts_run_side_by_side_and_either_is_enough(site: Site) -> None:
    second = nats(site).new_callout()
    second.start()
    try:
        nats(site).stop_callout()
        site.panel(PANEL_A)
        assert second.admitted == 1
    finally:
        nats(site).start_callout()
        second.stop()
    site.panel(PANEL_B)


def test_each_question_is_put_to_one_of_two_callouts(site: Site) -> None:
    first, second = nats(site).callout, nats(site).new_callout()
    second.start()
    try:
        await_true(lambda: second.serving, "the second callout has arrived")
        panel = site.panel(PANEL_A)
        while not (first.admitted and second.admitted):
            connections = panel.connections
            panel.drop()
            panel.await_connections(connections + 1)
        assert first.admitted + second.admitted == panel.connections
    finally:
        second.stop()


def test_the_callout_serves_the_next_server_after_the_last_was_killed(site: Site) -> None:
    callout = nats(site).callout
    for count in (1, 2, 3):
        assert callout.arrivals == count
        site.broker.kill()
        site.broker.start()
    assert nats(site).callout is callout
    site.panel(PANEL_A)


def test_a_kick_cuts_one_panel_at_once_and_an_allowed_one_comes_back(site: Site) -> None:
    panel, other = site.panel(PANEL_A), site.panel(PANEL_B)
    assert nats(site).callout.kick(PANEL_A) == 1
    panel.await_disconnections(1)
    panel.await_connections(2)
    assert (other.connections, other.disconnections) == (1, 0)
    assert nats(site).callout.kick("00000000000000ff") == 0


def test_a_kick_without_a_broker_is_an_error_that_names_it(site: Site) -> None:
    site.broker.kill()
    await_true(lambda: not nats(site).callout.serving, "the callout has noticed")
    with pytest.raises(BrokerError, match="broker at nats://"):
        nats(site).callout.kick(PANEL_A)


def test_a_revoked_panel_is_found_on_every_page_of_the_servers_list(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hemlarm_cloud.broker.callout._PAGE", 1)
    panels = [site.panel(PANEL_A), site.panel(PANEL_B)]
    site.cloud()
    site.known.clear()
    for panel in panels:
        panel.await_disconnections(1)


def test_a_callout_with_a_wrong_key_is_not_let_in(site: Site, tmp_path: Path) -> None:
    foreign = open_site("nats", tmp_path / "foreign")
    try:
        keys = load_callout_keys(foreign.folder / "broker")
    finally:
        foreign.close()
    stranger = Callout(nats(site).callout_url, keys, site.authority.certificate, lambda panel: True, now)
    stranger.start()
    try:
        site.panel(PANEL_A)
        assert stranger.arrivals == 0
    finally:
        stranger.stop()


def test_the_keys_of_a_broker_survive_in_its_folder(site: Site) -> None:
    keys = load_callout_keys(site.folder / "broker")
    assert keys.issuer.public in (site.folder / "broker" / "nats.conf").read_text()
    with pytest.raises(BrokerError, match=r"callout-keys\.json is missing"):
        load_callout_keys(site.folder / "nowhere")
