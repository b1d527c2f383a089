"""What those who look at the house page are sent: a snapshot, then what has changed, and never too much of it."""

from hemlarm_simulator.page.feed import TIMELINE_MAX, Feed, Follower, Item


def follow(feed: Feed) -> tuple[Follower, list[bool]]:
    """Somebody who looks, and how often they were woken."""
    woken: list[bool] = []
    return feed.follow(lambda: woken.append(True)), woken


def taken(feed: Feed, follower: Follower) -> Item:
    message = feed.take(follower)
    assert message is not None
    return message


def test_whoever_comes_gets_a_snapshot_first() -> None:
    feed = Feed()
    feed.begin({"plan": {"1": "a plan"}})
    feed.publish({"1/siren": "off"}, [{"id": "1.1"}], [{"id": "m1"}])
    follower, _ = follow(feed)
    assert taken(feed, follower) == {
        "type": "snapshot",
        "state": {"1/siren": "off"},
        "timeline": [{"id": "1.1"}],
        "messages": [{"id": "m1"}],
        "plan": {"1": "a plan"},
    }
    assert feed.take(follower) is None


def test_only_what_differs_is_told_and_wakes_anybody() -> None:
    feed = Feed()
    follower, woken = follow(feed)
    feed.publish({"1/siren": "off", "1/on": True})
    taken(feed, follower)
    woken.clear()
    feed.publish({"1/siren": "off", "1/on": True})
    assert (feed.take(follower), woken) == (None, [])
    feed.publish({"1/siren": "fire", "1/on": True})
    assert taken(feed, follower) == {"type": "change", "set": {"1/siren": "fire"}, "timeline": [], "messages": []}
    assert woken == [True]


def test_what_waits_for_a_slow_page_waits_with_its_last_value_only() -> None:
    feed = Feed()
    follower, _ = follow(feed)
    taken(feed, follower)
    for count in range(1_000):
        feed.publish({"1/level": count}, [{"id": "1.1", "count": count}])
    assert taken(feed, follower) == {
        "type": "change",
        "set": {"1/level": 999},
        "timeline": [{"id": "1.1", "count": 999}],
        "messages": [],
    }


def test_a_page_that_missed_more_than_the_whole_timeline_begins_anew() -> None:
    feed = Feed()
    follower, _ = follow(feed)
    taken(feed, follower)
    for number in range(TIMELINE_MAX + 1):
        feed.publish({}, [{"id": f"1.{number}"}])
    snapshot = taken(feed, follower)
    assert snapshot["type"] == "snapshot"
    assert [item["id"] for item in snapshot["timeline"]][:1] == ["1.1"]
    assert len(snapshot["timeline"]) == TIMELINE_MAX


def test_another_world_is_a_snapshot_for_everybody_without_anything_of_the_old_one() -> None:
    feed = Feed()
    follower, woken = follow(feed)
    feed.publish({"1/siren": "fire"}, [{"id": "1.1"}], [{"id": "m1"}])
    taken(feed, follower)
    feed.begin({"plan": {}})
    feed.publish({"1/on": True})
    assert taken(feed, follower) == {
        "type": "snapshot",
        "state": {"1/on": True},
        "timeline": [],
        "messages": [],
        "plan": {},
    }
    assert woken


def test_who_has_left_is_told_nothing() -> None:
    feed = Feed()
    follower, woken = follow(feed)
    feed.leave(follower)
    feed.publish({"1/on": True})
    assert woken == []
