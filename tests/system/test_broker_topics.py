"""What an admitted client can say and hear on the real broker: its own topics, under its own name."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from broker_support import INGEST, PANEL_A, PANEL_B, Client, Site, await_true, now, open_site
from hemlarm_cloud.authority import Credentials
from hemlarm_protocol import topics


@pytest.fixture(params=["nats", "mosquitto"])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    site = open_site(request.param, tmp_path)
    yield site
    site.close()


FOREIGN_SPEECH = [
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


@pytest.mark.parametrize("victim_name", [PANEL_B, INGEST])
def test_nobody_is_evicted_by_a_panel_that_uses_their_client_id(site: Site, victim_name: str) -> None:
    watcher = site.cloud("cloud-watcher")
    victim = site.panel(PANEL_B) if victim_name == PANEL_B else site.cloud()
    thief = impostor(site, site.authority.issue_panel(PANEL_A, now()), victim_name)
    thief.publish(topics.up(PANEL_B), b"forged")
    thief.publish(topics.down(PANEL_B), b"forged")
    honest = victim if victim_name == PANEL_B else site.panel(PANEL_B)
    honest.publish(topics.up(PANEL_B), b"honest")
    assert watcher.await_message(b"honest") == [(topics.up(PANEL_B), b"honest")]
    assert (victim.connections, victim.disconnections) == (1, 0)


def test_a_panel_does_replace_its_own_older_connection(site: Site) -> None:
    """The control of the test above: eviction by client id does work."""
    old = site.panel(PANEL_A)
    impostor(site, site.authority.issue_panel(PANEL_A, now()), PANEL_A)
    old.await_disconnections(1)


def impostor(site: Site, credentials: Credentials, client_id: str) -> Client:
    """Connect with these credentials under another's client id, and wait until the broker has decided about it."""
    thief = site.client(credentials, client_id=client_id)
    thief.await_settled()
    if site.kind == "mosquitto":
        # Mosquitto admits it under its own name, whatever it calls itself.
        await_true(lambda: thief.connected, "the impostor under its own name")
        thief.subscribe(topics.UP_FILTER)
    return thief
