"""The uplink over two paths: no alarm waits for a dying one, the session outlives the change, and SMS come last."""

import asyncio

import pytest

from hemlarm_protocol.path_names import IP, MOBILE
from two_path_site import Site, play


def test_both_paths_are_tried_after_the_start_and_ip_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(site: Site) -> None:
        assert [network.attempts for network in site.networks.values()] == [1, 1]
        assert site.networks[MOBILE].streams == []
        began = site.alarm()
        await asyncio.sleep(1)
        assert site.acked[-1][0] - began < 200
        assert site.networks[MOBILE].attempts == 1

    assert play(monkeypatch, story).panel.end.refusals.counts == {}


@pytest.mark.parametrize("hole", [True, False])
def test_an_alarm_is_acknowledged_over_the_modem_where_ip_dies_in_its_middle(
    monkeypatch: pytest.MonkeyPatch, hole: bool
) -> None:
    async def story(site: Site) -> None:
        ip = site.networks[IP]
        ip.hole = hole
        if not hole:
            ip.cut()
        began = site.alarm()
        await asyncio.sleep(15)
        assert [number for _, number in site.acked] == [1]
        assert site.acked[0][0] - began < 5_000
        await asyncio.sleep(75)
        assert ("path", IP, False) in site.facts
        assert ("path-used", MOBILE) in site.facts
        assert site.hellos == 1, "the session lives"
        ip.hole, ip.failure = False, None
        await asyncio.sleep(40)
        site.alarm()
        await asyncio.sleep(110)
        assert site.told("path", "path-used")[2:] in (
            [("path-used", IP), ("path", IP, True)],
            [("path", IP, True), ("path-used", IP)],
        )
        assert site.hellos == 1
        began = site.alarm()
        await asyncio.sleep(1)
        assert site.acked[2][0] - began < 200
        assert site.networks[MOBILE].streams == []
        assert ("path", MOBILE, False) not in site.facts

    site = play(monkeypatch, story)
    assert site.panel.end.refusals.counts == {}
    assert len(site.cloud.events) == 3


def test_what_both_connections_bring_is_taken_once(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(site: Site) -> None:
        site.store_is_down = site.sms_fails = True
        site.alarm()
        await asyncio.sleep(120)
        assert all(network.streams for network in site.networks.values())
        assert site.told("path", "path-used", "no-contact") == []
        site.store_is_down = False
        await asyncio.sleep(61)
        assert len(site.acked) == 1
        assert site.networks[MOBILE].streams == []

    site = play(monkeypatch, story)
    assert site.panel.end.refusals.counts == {}
    assert site.hellos == 1


def test_where_both_paths_are_dead_the_alarm_is_texted_and_acknowledged(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(site: Site) -> None:
        site.networks[IP].hole = site.networks[MOBILE].hole = True
        began = site.alarm()
        await asyncio.sleep(60)
        assert [at_ms - began for at_ms, _ in site.texts] == [20_000]
        assert site.panel.journal.pending == 0
        assert len(site.texts[0][1]) == 68

    play(monkeypatch, story)


def test_where_neither_path_connects_it_is_texted_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(site: Site) -> None:
        for network in site.networks.values():
            network.cut()
        await asyncio.sleep(10)
        began = site.alarm()
        await asyncio.sleep(5)
        assert site.texts[0][0] == began

    play(monkeypatch, story)


def test_a_text_that_fails_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(site: Site) -> None:
        for network in site.networks.values():
            network.cut()
        site.sms_fails = True
        site.alarm()
        await asyncio.sleep(15)
        site.sms_fails = False
        await asyncio.sleep(60)
        assert len(site.texts) == 1
        assert site.panel.journal.pending == 0

    play(monkeypatch, story)


def test_memory_for_one_connection_lets_the_alarm_out_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(site: Site) -> None:
        mobile = site.networks[MOBILE]
        site.networks[IP].hole = True
        mobile.failure = MemoryError()
        began = site.alarm()
        await asyncio.sleep(4.1)
        assert site.networks[IP].streams == []
        mobile.failure = None
        await asyncio.sleep(10)
        assert site.acked[0][0] - began < 7_000

    play(monkeypatch, story)


def test_without_any_contact_people_are_told_after_100_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(site: Site) -> None:
        site.sms_fails = True
        for network in site.networks.values():
            network.cut()
        site.alarm()
        await asyncio.sleep(99)
        assert site.told("no-contact") == []
        await asyncio.sleep(2)
        assert site.told("no-contact") == [("no-contact", True)]
        site.networks[IP].failure = None
        await asyncio.sleep(61)
        assert site.told("no-contact")[1:] == [("no-contact", False)]

    play(monkeypatch, story)


def test_both_paths_are_reported_and_the_bytes_of_a_day_become_those_of_the_day_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def story(site: Site) -> None:
        ip, mobile = site.uplink._reports()
        assert (ip.path, ip.up, mobile.path, mobile.up) == (IP, 1, MOBILE, 1)
        assert (mobile.registration, mobile.technology, mobile.signal) == (1, 3, 87)
        assert ip.bytes_up > 300
        assert ip.bytes_down > 100
        await asyncio.sleep(86_400)
        after, _ = site.uplink._reports()
        assert after.day_bytes_up > 86_400 // 23 * 68
        assert after.bytes_up < 5_000

    play(monkeypatch, story)


def test_an_alarm_is_with_the_network_in_the_call_that_recorded_it(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(site: Site) -> None:
        before = site.networks[IP].bytes
        site.alarm()
        assert site.networks[IP].bytes - before > 68

    play(monkeypatch, story)
