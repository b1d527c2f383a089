"""What an admitted client can say and hear on the real broker: its own topics, under its own name."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from broker_support import INGEST, PANEL_A, PANEL_B, Client, Site, await_true, now, open_site
from hemlarm_protocol import path_names, topics
from hemlarm_protocol.path_names import IP, MOBILE


@pytest.fixture(params=["nats", "mosquitto"])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    site = open_site(request.param, tmp_path)
    yield site
    site.close()


FOREIGN_SPEECH = [
    topics.sms_up(PANEL_B),
    topics.sms_up(PANEL_A),
    topics.sms_down(PANEL_A),
    topics.up(PANEL_B),
    topics.down(PANEL_B),
    topics.down(PANEL_A),
    topics.up(PANEL_B) + "/",
    topics.up(PANEL_A) + "/more",
    "hemlarm/1/cloud",
    "$SYS/hemlarm",
]


def test_a_panel_cannot_publish_on_another_panels_topics(site: Site) -> None:
    cloud, thief, victim = site.cloud(), site.panel(PANEL_A), site.panel(PANEL_B)
    for topic in FOREIGN_SPEECH:
        thief.publish(topic, b"forged")
    thief.publish(topics.up(PANEL_A), b"honest")
    assert cloud.await_message(b"honest") == [(topics.up(PANEL_A), b"honest")]
    cloud.publish(topics.down(PANEL_B), b"for B")
    assert victim.await_message(b"for B") == [(topics.down(PANEL_B), b"for B")]


FOREIGN_HEARING = [
    topics.sms_down(PANEL_A),
    topics.sms_up(PANEL_A),
    topics.SMS_DOWN_FILTER,
    topics.down(PANEL_B),
    topics.up(PANEL_B),
    topics.UP_FILTER,
    "hemlarm/1/+/+/down",
    "hemlarm/#",
    "#",
    "+/+/+/+/+",
    "$SYS/#",
    f"$share/group/{topics.down(PANEL_B)}",
]


def test_a_panel_cannot_listen_on_another_panels_topics(site: Site) -> None:
    cloud, thief, victim = site.cloud(), site.panel(PANEL_A), site.panel(PANEL_B)
    for topic in FOREIGN_HEARING:
        thief.subscribe(topic)
    victim.publish(topics.up(PANEL_B), b"from B")
    cloud.await_message(b"from B")
    cloud.publish(topics.down(PANEL_B), b"for B")
    victim.await_message(b"for B")
    cloud.publish(topics.down(PANEL_A), b"for A")
    assert thief.await_message(b"for A") == [(topics.down(PANEL_A), b"for A")]


def test_a_panel_cannot_leave_a_will_on_another_panels_topic(site: Site) -> None:
    cloud, victim = site.cloud(), site.panel(PANEL_B, will=topics.up(PANEL_B))
    thief = site.client(site.authority.issue_panel(PANEL_A, now()), will=topics.up(PANEL_B))
    thief.await_settled()
    thief.drop()
    thief.close()
    victim.drop()
    assert cloud.await_message(b"will") == [(topics.up(PANEL_B), b"will")]
    victim.await_connections(2)
    victim.publish(topics.up(PANEL_B), b"back")
    assert cloud.await_message(b"back") == [(topics.up(PANEL_B), b"back")]


def test_a_cloud_service_hears_every_panel_but_cannot_speak_as_one(site: Site) -> None:
    cloud, other = site.cloud(), site.cloud("cloud-other")
    panels = [site.panel(PANEL_A), site.panel(PANEL_B)]
    other.publish(topics.up(PANEL_A), b"forged")
    for panel in panels:
        panel.publish(topics.up(panel.name), panel.name.encode())
        assert cloud.await_message(panel.name.encode()) == [(topics.up(panel.name), panel.name.encode())]


@pytest.mark.parametrize("victim_name", [PANEL_B, f"{PANEL_B}-2", INGEST])
def test_a_panel_that_uses_anothers_client_id_is_shut_out(site: Site, victim_name: str) -> None:
    watcher = site.cloud("cloud-watcher")
    victim = site.cloud() if victim_name == INGEST else site.panel(PANEL_B, client_id=victim_name)
    thief = site.client(site.authority.issue_panel(PANEL_A, now()), client_id=victim_name)
    thief.await_settled()
    thief.publish(topics.up(PANEL_B), b"forged")
    thief.publish(topics.down(PANEL_B), b"forged")
    if site.kind == "mosquitto":
        # It can end the victim's connection, and then never comes back while the victim does.
        await_shut_out(thief)
        await_true(lambda: victim.connected, "the victim is back")
    else:
        assert (thief.connections, victim.connections, victim.disconnections) == (0, 1, 0)
    before = victim.disconnections
    honest = site.panel(PANEL_B) if victim_name == INGEST else victim
    honest.publish(topics.up(PANEL_B), b"honest")
    assert watcher.await_message(b"honest") == [(topics.up(PANEL_B), b"honest")]
    thief.await_disconnections(thief.disconnections + 3)
    assert (victim.connected, victim.disconnections) == (True, before)


def await_shut_out(thief: Client) -> None:
    """Wait until a client comes again and again in vain."""
    connections = -1
    while connections != thief.connections:
        connections = thief.connections
        thief.await_disconnections(thief.disconnections + 3)


def test_a_panel_speaks_and_hears_over_two_paths_at_once_with_one_certificate(site: Site) -> None:
    cloud = site.cloud()
    credentials = site.authority.issue_panel(PANEL_A, now())
    paths = [site.client(credentials, client_id=path_names.client_id(PANEL_A, path)) for path in (IP, MOBILE)]
    for path in paths:
        path.await_connections(1)
        path.subscribe(topics.down(PANEL_A))
    for number, path in enumerate(paths):
        path.publish(topics.up(PANEL_A), b"from %d" % number)
        assert cloud.await_message(b"from %d" % number) == [(topics.up(PANEL_A), b"from %d" % number)]
    cloud.publish(topics.down(PANEL_A), b"for both")
    for path in paths:
        assert path.await_message(b"for both") == [(topics.down(PANEL_A), b"for both")]
        assert (path.connections, path.disconnections) == (1, 0)


def test_a_panels_second_path_replaces_only_its_own_older_connection(site: Site) -> None:
    """The control of the tests above: eviction by client id does work."""
    credentials = site.authority.issue_panel(PANEL_A, now())
    first = site.panel(PANEL_A)
    old = site.panel(PANEL_A, client_id=f"{PANEL_A}-2")
    new = site.client(credentials, client_id=f"{PANEL_A}-2")
    new.await_connections(1)
    old.await_disconnections(1)
    assert (first.connections, first.disconnections) == (1, 0)


def test_a_revoked_panel_is_cut_on_both_paths(site: Site) -> None:
    watcher, both = site.cloud(), [site.panel(PANEL_A), site.panel(PANEL_A, client_id=f"{PANEL_A}-2")]
    site.known.discard(PANEL_A)
    site.broker.cut_revoked()
    if site.kind == "mosquitto":
        for path in both:
            path.drop()
    for path in both:
        path.await_disconnections(2)
        assert not path.connected
    other = site.panel(PANEL_B)
    other.publish(topics.up(PANEL_B), b"still served")
    watcher.await_message(b"still served")


def test_what_goes_between_gateway_and_ingest_is_heard_by_cloud_services(site: Site) -> None:
    ingest, gateway = site.cloud(), site.cloud("cloud-sms")
    ingest.subscribe(topics.SMS_UP_FILTER)
    gateway.subscribe(topics.SMS_DOWN_FILTER)
    gateway.publish(topics.sms_up(PANEL_A), b"an SMS")
    assert ingest.await_message(b"an SMS") == [(topics.sms_up(PANEL_A), b"an SMS")]
    ingest.publish(topics.sms_down(PANEL_A), b"an answer")
    assert gateway.await_message(b"an answer") == [(topics.sms_down(PANEL_A), b"an answer")]
