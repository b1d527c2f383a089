"""Topic names: made and taken apart, and nothing else taken."""

from hemlarm_protocol import path_names, topics
from hemlarm_protocol.errors import BadMessage
from support import raises

PANEL = "0123456789abcdef"


def test_a_topic_names_shard_panel_and_direction() -> None:
    assert topics.up(PANEL) == "hemlarm/1/01/0123456789abcdef/up"
    assert topics.down(PANEL) == "hemlarm/1/01/0123456789abcdef/down"
    assert topics.parse(topics.up(PANEL)) == (PANEL, "up")
    assert topics.parse(topics.down(PANEL)) == (PANEL, "down")
    assert topics.sms_up(PANEL) == "hemlarm/1/01/0123456789abcdef/sms"
    assert topics.sms_down(PANEL) == "hemlarm/1/01/0123456789abcdef/sms-down"
    assert topics.parse(topics.sms_up(PANEL)) == (PANEL, "sms")
    assert topics.parse(topics.sms_down(PANEL)) == (PANEL, "sms-down")


def test_filters_take_what_panels_send() -> None:
    assert topics.UP_FILTER == "hemlarm/1/+/+/up"
    assert topics.shard_filter(topics.shard(PANEL)) == "hemlarm/1/01/+/up"
    assert topics.shard_filter(topics.shard(PANEL), "sms") == "hemlarm/1/01/+/sms"


def test_a_panel_is_two_clients_to_the_broker() -> None:
    assert path_names.client_id(PANEL, path_names.IP) == PANEL
    assert path_names.client_id(PANEL, path_names.MOBILE) == PANEL + "-2"


def test_every_other_topic_is_refused() -> None:
    good = topics.up(PANEL)
    wrong = [
        "",
        "/" + good,
        good + "/",
        good + "\n",
        good.replace("hemlarm", "Hemlarm"),
        good.replace("/1/", "/2/"),
        good.replace("/01/", "/02/"),
        good.replace("/01/", "/+/"),
        good.replace("/up", "/UP"),
        good.replace("/up", ""),
        good.replace(PANEL, PANEL.upper()),
        good.replace(PANEL, PANEL[:-1]),
        good.replace(PANEL, PANEL + "0"),
        good.replace(PANEL, "01" + "/" * 14),
        topics.UP_FILTER,
        "hemlarm/1/#",
        "$SYS/1/01/0123456789abcdef/up",
    ]
    for topic in wrong:
        raises(BadMessage, topics.parse, topic)


def test_only_sixteen_lower_case_hex_digits_are_a_panel() -> None:
    assert topics.is_panel(PANEL)
    for other in ("", PANEL[:-1], PANEL + "0", PANEL.upper(), "0123456789abcde+", "0123456789abcde/", "\uff10" * 16):
        assert not topics.is_panel(other)
