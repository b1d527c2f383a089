"""What the page shows, between the thread of the world and those who look: state by key, the timeline, the messages.

A follower holds back what it could not send yet, merged: a key waits with its last value only. The followers' other
bound is the timeline; who falls behind by more than all of it gets a whole snapshot anew.
"""

import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any

TIMELINE_MAX = 300
"""Events kept, of all panels together; the oldest makes way."""

MESSAGES_MAX = 100

State = dict[str, Any]
Item = dict[str, Any]


class Follower:
    """One who looks on. `wake` is called, from any thread, when `take` may have something."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self.wake = wake
        self._set: State = {}
        self._timeline: dict[str, Item] = {}
        self._messages: deque[Item] = deque(maxlen=MESSAGES_MAX)
        self._anew = True

    def add(self, changed: State, timeline: Sequence[Item], messages: Sequence[Item]) -> None:
        """More has changed."""
        if self._anew:
            return
        self._set |= changed
        self._timeline |= {item["id"]: item for item in timeline}
        self._messages.extend(messages)
        self._anew = len(self._timeline) > TIMELINE_MAX

    def begin_anew(self) -> None:
        """Nothing is as it was: a snapshot comes next."""
        self._anew = True

    def take(self, snapshot: Callable[[], Item]) -> Item | None:
        """The next message, None without one."""
        changed, timeline, messages = self._set, list(self._timeline.values()), list(self._messages)
        self._set, self._timeline = {}, {}
        self._messages.clear()
        if self._anew:
            self._anew = False
            return snapshot()
        if not (changed or timeline or messages):
            return None
        return {"type": "change", "set": changed, "timeline": timeline, "messages": messages}


class Feed:
    """All there is to see, and who follows it. Every method may be called from any thread."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._state: State = {}
        self._timeline: dict[str, Item] = {}
        self._messages: deque[Item] = deque(maxlen=MESSAGES_MAX)
        self._rest: Item = {}
        self._followers: set[Follower] = set()

    def begin(self, rest: Mapping[str, Any]) -> None:
        """Another world: all is empty, and every follower gets a snapshot. `rest` are its further parts."""
        with self._guard:
            self._state, self._timeline = {}, {}
            self._messages.clear()
            self._rest = dict(rest)
            for follower in self._followers:
                follower.begin_anew()

    def publish(self, state: State, timeline: Sequence[Item] = (), messages: Sequence[Item] = ()) -> None:
        """Tells what is so now; only what differs from before is passed on."""
        with self._guard:
            changed = {key: value for key, value in state.items() if self._state.get(key, self) != value}
            news = [item for item in timeline if self._timeline.get(item["id"]) != item]
            if not (changed or news or messages):
                return
            self._state |= changed
            self._timeline |= {item["id"]: item for item in news}
            while len(self._timeline) > TIMELINE_MAX:
                del self._timeline[next(iter(self._timeline))]
            self._messages.extend(messages)
            followers = list(self._followers)
            for follower in followers:
                follower.add(changed, news, messages)
        for follower in followers:
            follower.wake()

    def follow(self, wake: Callable[[], None]) -> Follower:
        """Somebody begins to look, and gets a snapshot first."""
        follower = Follower(wake)
        with self._guard:
            self._followers.add(follower)
        return follower

    def leave(self, follower: Follower) -> None:
        """Somebody looks no more."""
        with self._guard:
            self._followers.discard(follower)

    def take(self, follower: Follower) -> Item | None:
        """What a follower is sent next, None while there is nothing."""
        with self._guard:
            return follower.take(self._snapshot)

    def _snapshot(self) -> Item:
        return {
            "type": "snapshot",
            "state": dict(self._state),
            "timeline": list(self._timeline.values()),
            "messages": list(self._messages),
            **self._rest,
        }
