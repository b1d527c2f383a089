"""A revoked panel is out within a minute, on the real brokers, and nobody else notices."""

import time
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from broker_support import PANEL_A, PANEL_B, Client, Site, await_true, now, open_site
from hemlarm_cloud.broker import BrokerSetup
from hemlarm_protocol import topics

CUT_MAX_S = 60.0
"""What the requirement allows, from the revocation to the last thing that the panel can say or hear."""


@pytest.fixture(params=["nats", "mosquitto"])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    site = open_site(request.param, tmp_path)
    yield site
    site.close()


def is_heard(cloud: Client, panel: Client, witness: Client, payload: bytes) -> bool:
    """Tell whether `payload` from `panel` reaches the cloud before a message of the witness that was sent after it."""
    panel.publish(topics.up(panel.name), payload)
    panel.flush()
    witness.publish(topics.up(witness.name), b"after " + payload)
    return (topics.up(panel.name), payload) in cloud.await_message(b"after " + payload)


def test_a_revoked_panel_is_cut_within_a_minute_and_the_others_stay(
    site: Site, record_property: Callable[[str, object], None]
) -> None:
    cloud, panel, witness = site.cloud(), site.panel(PANEL_A), site.panel(PANEL_B)
    await_true(lambda: is_heard(cloud, panel, witness, b"before"), "the panel is heard before its revocation")
    site.known.discard(PANEL_A)
    revoked = time.monotonic()
    count = 0

    def silent() -> bool:
        nonlocal count
        count += 1
        return not is_heard(cloud, panel, witness, b"%d" % count)

    await_true(silent, "the revoked panel is silent")
    took = time.monotonic() - revoked
    record_property("revocation_s", round(took, 3))
    # With the default period instead of the test's, the same takes at most that much longer.
    default_period_s = {field.name: field.default for field in fields(BrokerSetup)}["check_period_s"]
    assert isinstance(default_period_s, float)
    assert took + default_period_s < CUT_MAX_S
    assert (witness.connections, witness.disconnections) == (1, 0)
    assert (cloud.connections, cloud.disconnections) == (1, 0)


def test_a_revoked_panel_hears_nothing_more(site: Site) -> None:
    cloud, panel, witness = site.cloud(), site.panel(PANEL_A), site.panel(PANEL_B)
    cloud.publish(topics.down(PANEL_A), b"before")
    panel.await_message(b"before")
    site.known.discard(PANEL_A)
    await_true(lambda: not is_heard(cloud, panel, witness, b"test"), "the revocation works")
    cloud.publish(topics.down(PANEL_A), b"secret")
    cloud.publish(topics.down(PANEL_B), b"after")
    witness.await_message(b"after")
    assert list(panel.messages.queue) == []


def test_a_revoked_panel_cannot_connect_until_it_is_allowed_again(site: Site) -> None:
    site.known.discard(PANEL_A)
    panel = site.client(site.authority.issue_panel(PANEL_A, now()))
    if site.kind == "mosquitto":
        # Its files follow within a period; a connection made before that is dropped here to be made again.
        site.broker.cut_revoked()

        def refused() -> bool:
            panel.drop()
            return panel.disconnections > 2 and not panel.connected

        await_true(refused, "the revoked panel is refused")
    panel.await_disconnections(3)
    accepted = panel.connections
    site.known.add(PANEL_A)
    site.broker.cut_revoked()
    panel.await_connections(accepted + 1)


def test_a_panel_of_which_the_store_knows_nothing_is_as_good_as_revoked(site: Site) -> None:
    cloud, witness = site.cloud(), site.panel(PANEL_B)
    stranger = site.client(site.authority.issue_panel("00000000000000ff", now()))
    stranger.await_settled()
    await_true(lambda: not is_heard(cloud, stranger, witness, b"stranger"), "the stranger is silent")
    assert not is_heard(cloud, stranger, witness, b"again")


def test_a_store_in_trouble_cuts_nobody(site: Site) -> None:
    cloud, panel = site.cloud(), site.panel(PANEL_A)
    site.store.broken = True
    await_true(lambda: site.store.asked_in_vain >= 3, "the store is asked again and again")
    panel.publish(topics.up(PANEL_A), b"still here")
    cloud.await_message(b"still here")
    assert (panel.connections, panel.disconnections) == (1, 0)
    site.store.broken = False
    site.known.discard(PANEL_A)
    witness = site.panel(PANEL_B)
    await_true(lambda: not is_heard(cloud, panel, witness, b"later"), "the next look finds the revoked panel")
