"""The cloud's end of the session with one panel, without I/O: frames and the time go in, frames and facts come out.

A Hello makes a *candidate*; the first message under its keys makes that candidate the session. A recorded Hello
therefore makes a candidate that nobody can ever use, and the living session goes on beside it. Acknowledgements go to
the session and to every candidate: only the panel itself can read them, and an alarm after a reconnect is spared a
round trip.

While a panel's root key is being changed there are two of them, and a Hello under either is taken. What is journalled
stays under the key of its incarnation.
"""

from collections import OrderedDict

from hemlarm_protocol import household, keys, messages, sealing, upkeep
from hemlarm_protocol.errors import BadMessage
from hemlarm_protocol.session import Reader, Refusals, Writer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

CANDIDATES_MAX = 2
CANDIDATE_LIFE_MS = 60_000
KNOCK_EVERY_MS = 2_000
JOURNAL_KEYS_MAX = 16
"""Incarnations remembered in memory; the store knows them all, and a Hello names those that matter."""

LEVELS_FIRMWARE = 1_003
"""The first firmware that knows Levels; an older one would count such a message as refused."""

_HEARTBEATS = (messages.Heartbeat, messages.PathHeartbeat)

_FACTS = {
    messages.Heartbeat: "heartbeat",
    messages.PathHeartbeat: "heartbeat",
    messages.PathReport: "path-report",
    messages.Result: "result",
    messages.ConfigPart: "config-part",
    messages.Refusal: "refusal",
    messages.Health: "health",
    household.Readings: "readings",
    household.PicturePart: "picture-part",
    upkeep.UpdateWanted: "upkeep",
    upkeep.UpdateState: "upkeep",
    upkeep.Rekeyed: "upkeep",
    upkeep.CredentialState: "upkeep",
}


class _Incarnation:
    """One life of the panel's journal: its key, and the root key and salt that the key follows from."""

    def __init__(self, root_key: bytes, panel: bytes, salt: bytes) -> None:
        self.key = keys.journal_key(root_key, panel, salt)
        self.root_key = root_key
        self.salt = salt


class _Session:
    """A Hello, its Welcome, and the keys that follow from both."""

    def __init__(self, root_key: bytes, panel: bytes, hello: "Any", hello_frame: bytes, welcome: bytes) -> None:
        self.root_key = root_key
        up = keys.session_key(root_key, panel, hello_frame, welcome, keys.UP, 0)
        down = keys.session_key(root_key, panel, hello_frame, welcome, keys.DOWN, 0)
        self.hello = hello
        self.hello_frame = hello_frame
        self.welcome = welcome
        self.reader = Reader(up, keys.UP)
        self.writer = Writer(down)
        self.made_ms = 0


class CloudEnd:
    """The cloud's end for one panel, in the one cloud process that serves it.

    `now_ms` is milliseconds on one monotonic clock, `time_ms` is since 1970. After each call take `to_send()`.
    `heartbeat_ms` is told with each Welcome, and may be set anew at any time.
    """

    def __init__(
        self,
        panel: bytes,
        root_key: bytes,
        random: "Callable[[int], bytes]",
        heartbeat_ms: int = 60_000,
    ) -> None:
        self.refusals = Refusals()
        self._panel = panel
        self.heartbeat_ms = heartbeat_ms
        self._random = random
        self._journal_keys: OrderedDict[bytes, _Incarnation] = OrderedDict()
        self.use_roots([root_key])
        self._session: _Session | None = None
        self._candidates: list[_Session] = []
        self._knocked_ms = -KNOCK_EVERY_MS
        self._time_ms = 0
        self._out: list[bytes] = []

    @property
    def hello(self) -> "Any":
        """The Hello of the session, or None where there is no session."""
        return self._session.hello if self._session else None

    @property
    def session_root(self) -> "bytes | None":
        """The root key under which the session was opened, or None where there is no session."""
        return self._session.root_key if self._session else None

    @property
    def greeted_ms(self) -> int:
        """When the session's Hello came first; 0 where there is no session."""
        return self._session.made_ms if self._session else 0

    @property
    def incarnations(self) -> "list[bytes]":
        """The key ids known here, learned last at the end."""
        return list(self._journal_keys)

    def use_roots(self, root_keys: "list[bytes]") -> None:
        """Take Hellos under these root keys from now on, the one in use first. Incarnations of others are forgotten."""
        self.roots = root_keys
        for kid in [kid for kid, known in self._journal_keys.items() if known.root_key not in root_keys]:
            del self._journal_keys[kid]
        self._hello_kids = {keys.hello_key(root_key, self._panel).kid: root_key for root_key in root_keys}

    def learn(self, salt: bytes, root_key: "bytes | None" = None) -> bytes:
        """Know the incarnation with this salt from now on; returns its key id.

        One that is not known is of this root key, else of the session's, else of the one in use.
        """
        known = self._of_salt(salt)
        if not known:
            return self._add(_Incarnation(root_key or self.session_root or self.roots[0], self._panel, salt))
        return [self._add(each) for each in known][-1]  # What is learned again becomes the newest.

    def know(self, kid: bytes, salt: bytes) -> None:
        """Know an incarnation that was learned in an earlier life, if it is one of the root keys of today."""
        for root_key in self.roots:
            incarnation = _Incarnation(root_key, self._panel, salt)
            if incarnation.key.kid == kid:
                self._add(incarnation)

    def is_under(self, salt: bytes, root_key: bytes) -> bool:
        """Tell whether the incarnation with this salt is known, and as one of this root key."""
        return root_key in [each.root_key for each in self._of_salt(salt)]

    def _of_salt(self, salt: bytes) -> "list[_Incarnation]":
        return [each for each in self._journal_keys.values() if each.salt == salt]

    def _add(self, incarnation: _Incarnation) -> bytes:
        kid = incarnation.key.kid
        self._journal_keys.pop(kid, None)
        if len(self._journal_keys) >= JOURNAL_KEYS_MAX:
            del self._journal_keys[next(iter(self._journal_keys))]
        self._journal_keys[kid] = incarnation
        return kid

    def received(self, frame: bytes, now_ms: int, time_ms: "int | None" = None) -> "list[tuple[Any, ...]]":
        """Take one frame from the broker and return the facts in it. The panel is told `time_ms`, or else `now_ms`.

        ("salt", kid, salt), ("event", kid, number, sealed, Event or Void), ("opened", Hello), ("heartbeat", Heartbeat
        or PathHeartbeat), ("path-report", PathReport), ("result", Result), ("config-part", ConfigPart),
        ("refusal", Refusal), ("health", Health), ("readings", Readings), ("picture-part", PicturePart),
        ("refused", reason).
        A frame that is not this panel's has no effect but to be counted.
        """
        self._time_ms = now_ms if time_ms is None else time_ms
        try:
            kid, sealed = sealing.split_frame(frame)
            return self._open(kid, sealed, now_ms)
        except BadMessage as refusal:
            return self._refused(refusal)

    def received_by_sms(self, frame: bytes, now_ms: int) -> "list[tuple[Any, ...]]":
        """Take one frame that came by SMS and return its event, or ("refused", reason): nothing else comes so."""
        try:
            kid, sealed = sealing.split_frame(frame)
            if kid not in self._journal_keys:
                raise BadMessage("not an event of a known incarnation")
            return self._event(self._journal_keys[kid].key, sealed, now_ms)
        except BadMessage as refusal:
            return self._refused(refusal)

    def acknowledge(self, events: "Iterable[tuple[bytes, int, bytes]]") -> None:
        """Tell the panel that these events are committed: (kid, number, short tag) each."""
        for message in _acknowledgements(events, messages.ACKS_MAX):
            self._to_all(message)

    def sms_acknowledgements(self, events: "Iterable[tuple[bytes, int, bytes]]") -> "list[bytes]":
        """Return frames, one an SMS, that tell the panel what `acknowledge` does: it may have no session.

        They bind the events' content, so that whoever repeats one has said nothing new.
        """
        frames = []
        for message in _acknowledgements(events, messages.SMS_ACKS_MAX):
            known = self._journal_keys.get(message.kid)
            key = keys.sms_key(known.root_key if known else self.roots[0], self._panel)
            sealed = sealing.seal_random(key, self._random(13), messages.encode(message))
            frames.append(sealing.frame(key, sealed))
        return frames

    def levels(self, primary_ms: int, standby_ms: int) -> bool:
        """Tell how often heartbeats are wanted on each path; returns False without a session of a panel that knows."""
        if self._session is None or self._session.hello.firmware < LEVELS_FIRMWARE:
            return False
        return self._to_session(messages.Levels(primary_ms, standby_ms))

    def command(self, command: "messages.Command | household.CodedCommand") -> bool:
        """Send a command in the session; returns False where there is none."""
        return self._to_session(command)

    def picture_state(self, picture: bytes, got: int) -> bool:
        """Tell that this picture's first `got` bytes are committed; returns False where there is no session."""
        return self._to_session(household.PictureState(picture, got))

    def configure(self, change: "messages.Configure") -> bool:
        """Send a change of the configuration in the session; returns False where there is none."""
        return self._to_session(change)

    def read_config(self, request: "messages.ReadConfig") -> bool:
        """Ask for a piece of the configuration; returns False where there is no session."""
        return self._to_session(request)

    def upkeep(self, message: "Any") -> bool:
        """Send a message of the panel's upkeep, see `upkeep.py`; returns False where there is no session."""
        return self._to_session(message)

    def ask_again(self, kid: bytes, first: int, last: int) -> bool:
        """Ask for events the store misses; returns False where there is no session."""
        return self._to_session(messages.Resend(kid, first, last))

    def to_send(self) -> "list[bytes]":
        """Return the frames to publish, in order, and forget them."""
        frames, self._out = self._out, []
        return frames

    def _open(self, kid: bytes, sealed: bytes, now_ms: int) -> "list[tuple[Any, ...]]":
        if kid in self._journal_keys:
            return self._event(self._journal_keys[kid].key, sealed, now_ms)
        if kid in self._hello_kids:
            return self._greeted(self._hello_kids[kid], kid + sealed, sealed, now_ms)
        for session in self._live(now_ms):
            if kid == session.reader.kid:
                return self._in_session(session, sealed)
        if not self._live(now_ms):
            self._knock(now_ms)
        raise BadMessage("unknown key")

    def _event(self, key: "keys.SealingKey", sealed: bytes, now_ms: int) -> "list[tuple[Any, ...]]":
        number, padded = sealing.open_numbered(key, sealed)
        message = messages.decode(padded, keys.JOURNAL, keys.UP)
        if not self._live(now_ms):
            self._knock(now_ms)
        return [("event", key.kid, number, sealed, message)]

    def _greeted(self, root_key: bytes, frame: bytes, sealed: bytes, now_ms: int) -> "list[tuple[Any, ...]]":
        for session in self._live(now_ms):
            if session.hello_frame == frame:
                self._out.append(session.welcome)
                return []
        hello_key = keys.hello_key(root_key, self._panel)
        hello: Any = messages.decode(sealing.open_random(hello_key, sealed), keys.HELLO, keys.UP)
        self._add_candidate(root_key, hello, frame, now_ms)
        # Oldest first, so that the present incarnation is the last to be dropped from memory.
        return [fact for salt in reversed(hello.salts) for fact in self._named(salt, root_key)]

    def _named(self, salt: bytes, root_key: bytes) -> "list[tuple[Any, ...]]":
        """A Hello under this root key names an incarnation. A new one may be of the other root key all the same."""
        others = [] if self._of_salt(salt) else [other for other in self.roots if other != root_key]
        kids = [self._add(_Incarnation(other, self._panel, salt)) for other in others]
        kids.append(self._add(_Incarnation(root_key, self._panel, salt)) if kids else self.learn(salt, root_key))
        return [("salt", kid, salt) for kid in kids]

    def _add_candidate(self, root_key: bytes, hello: "Any", frame: bytes, now_ms: int) -> None:
        key = keys.welcome_key(root_key, self._panel, frame)
        message = messages.Welcome(self._random(16), self._time_ms, self.heartbeat_ms)
        welcome = sealing.frame(key, sealing.seal_random(key, self._random(13), messages.encode(message)))
        candidate = _Session(root_key, self._panel, hello, frame, welcome)
        candidate.made_ms = now_ms
        self._candidates = self._candidates[1 - CANDIDATES_MAX :] + [candidate]
        self._out.append(welcome)

    def _live(self, now_ms: int) -> "list[_Session]":
        self._candidates = [c for c in self._candidates if now_ms - c.made_ms < CANDIDATE_LIFE_MS]
        return ([self._session] if self._session else []) + self._candidates

    def _in_session(self, session: _Session, sealed: bytes) -> "list[tuple[Any, ...]]":
        message = session.reader.open(sealed)
        facts: list[tuple[Any, ...]] = []
        if session is not self._session:
            self._session, self._candidates = session, []
            facts.append(("opened", session.hello))
        if isinstance(message, _HEARTBEATS):
            self._to_session(messages.HeartbeatReply(message.uptime_ms, self._time_ms))
        facts.append((_FACTS[type(message)], message))
        return facts

    def _knock(self, now_ms: int) -> None:
        if now_ms - self._knocked_ms >= KNOCK_EVERY_MS:
            self._knocked_ms = now_ms
            for root_key in self.roots:
                key = keys.knock_key(root_key, self._panel)
                sealed = sealing.seal_random(key, self._random(13), messages.encode(messages.Knock()))
                self._out.append(sealing.frame(key, sealed))

    def _refused(self, refusal: BadMessage) -> "list[tuple[Any, ...]]":
        self.refusals.add(str(refusal))
        return [("refused", str(refusal))]

    def _to_session(self, message: "messages.Message") -> bool:
        if self._session:
            self._out.append(self._session.writer.frame(message))
        return self._session is not None

    def _to_all(self, message: "messages.Message") -> None:
        self._to_session(message)
        for candidate in self._candidates:
            self._out.append(candidate.writer.frame(message))


def _acknowledgements(events: "Iterable[tuple[bytes, int, bytes]]", acks_max: int) -> "list[messages.Acknowledgement]":
    """Return messages that name these events, at most so many in each: (kid, number, short tag) each."""
    by_kid: dict[bytes, list[Any]] = {}
    for kid, number, tag in events:
        by_kid.setdefault(kid, []).extend((number, tag))
    step = 2 * acks_max
    return [
        messages.Acknowledgement(kid, acks[start : start + step])
        for kid, acks in by_kid.items()
        for start in range(0, len(acks), step)
    ]
