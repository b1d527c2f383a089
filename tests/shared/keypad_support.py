"""A person at the keypad, for its tests. `StubPanel` stands in for the core, as far as the keypad sees it.

The stub knows areas that are armed or not, zones that are open or not, and whether something sounds; it writes down
what the keypad asks of it. What the real core makes of that is tested with the core.
"""

from hemlarm_firmware.panel import config, tables
from hemlarm_firmware.panel.cause import Cause
from hemlarm_firmware.panel.codes import hash_tag
from hemlarm_firmware.panel.keypad import Keypad
from hemlarm_firmware.panel.users import Users
from hemlarm_protocol.crypto import sha256

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SALT = b"s" * 16
ANNA, BO, CLEANER, FITTER, LISA = 1, 2, 3, 4, 5  # Master, user, guest, installer, and a user of area 2 only.
CODE = {ANNA: "1234", BO: "567890", CLEANER: "3333", FITTER: "4444", LISA: "55555"}
DURESS = "1235"  # Anna's.
GUEST_DURESS = "3334"
WRONG = "9999"
TAG, SECOND_TAG, STRANGE_TAG = b"\x01\x02\x03\x04", b"\x05\x06\x07\x08", b"\x09\x09\x09\x09"
FRONT_DOOR, WINDOW, SMOKE, CELLAR = 1, 3, 4, 12

# Monday 7 June 2027, 10:00 in Sweden.
MONDAY_10 = 1_812_355_200


def quick_hash(digits: str, salt: bytes) -> bytes:
    """Stands in for the slow hash where it is not the thing tested."""
    return sha256(salt + digits.encode())


def hashed(digits: str) -> bytes:
    """What the configuration keeps of a code."""
    return quick_hash(digits, SALT)


def plain_config() -> "dict[int | str, Any]":
    """Two areas, four zones and a user of every role; the guest comes on weekdays from 8 to 16."""
    return {
        "areas": [{"number": 1}, {"number": 2}],
        "zones": [
            {"number": FRONT_DOOR, "type": "entry", "area": 1, "name": "Front door"},
            {"number": WINDOW, "type": "instant", "area": 1},
            {"number": SMOKE, "type": "fire", "area": 1},
            {"number": CELLAR, "type": "instant", "area": 2, "name": "Cellar"},
        ],
        "users": [
            {"number": ANNA, "role": "master", "hash": hashed(CODE[ANNA]), "duress": hashed(DURESS)},
            {
                "number": BO,
                "hash": hashed(CODE[BO]),
                "tags": [hash_tag(TAG, SALT), hash_tag(SECOND_TAG, SALT)],
            },
            {
                "number": CLEANER,
                "role": "guest",
                "hash": hashed(CODE[CLEANER]),
                "duress": hashed(GUEST_DURESS),
                "days": 0b0011111,
                "from_min": 480,
                "to_min": 960,
            },
            {"number": FITTER, "role": "installer", "hash": hashed(CODE[FITTER])},
            {"number": LISA, "areas": [2], "hash": hashed(CODE[LISA])},
        ],
        "code_salt": SALT,
        "language": "en",
    }


class StubArea:
    """An area that is armed or not."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.state = tables.DISARMED
        self.mode = 0


class StubZone:
    """A zone that is open or not."""

    def __init__(self, item: "dict[int | str, Any]") -> None:
        self.number: int = item["number"]
        self.name: str = item["name"]
        self.area: int = item["area"]
        self.open = False
        self.faulty = False
        self.bypassed = False
        self._bypass: bool = item["bypass"]

    def may_bypass(self) -> bool:
        """As configured."""
        return self._bypass


class StubPanel:
    """Stands in for the core; `asked` is what the keypad had done: (what, user, source, ...)."""

    def __init__(self, settings: "dict[int | str, Any]") -> None:
        self.areas = [StubArea(item["number"]) for item in settings["areas"]]
        self.zones = [StubZone(item) for item in settings["zones"]]
        self.chime = True
        self.walking = False
        self.sounds = False
        self.willing = True
        self.unix_s: int | None = MONDAY_10
        self.asked: list[tuple[Any, ...]] = []

    def zone(self, number: int) -> StubZone:
        """The zone with this number."""
        return next(zone for zone in self.zones if zone.number == number)

    def arms(self) -> None:
        """Armed by somebody else, exit delay over."""
        for area in self.areas:
            area.state = tables.ARMED

    def time_s(self, now_ms: int) -> "int | None":
        """UTC; the stub's clock stands."""
        return self.unix_s

    def is_quiet(self, user: "Any") -> bool:
        """See the contract of the keypad."""
        return not self.sounds and not any(
            area.state != tables.DISARMED for area in self.areas if area.number in user["areas"]
        )

    def blockers(self, user: "Any", mode: int) -> "list[StubZone]":
        """Every open or faulty zone of the user's areas that is not bypassed."""
        return [z for z in self.zones if (z.open or z.faulty) and not z.bypassed and z.area in user["areas"]]

    def arm(self, user: "Any", mode: int, force: bool, cause: Cause) -> bool:
        """Arms unless something blocks."""
        blockers = self.blockers(user, mode)
        if not self.willing or (blockers and not force) or not all(zone.may_bypass() for zone in blockers):
            return False
        for zone in blockers:
            zone.bypassed = True
        for area in self.areas:
            if area.number in user["areas"]:
                area.state, area.mode = tables.EXIT_DELAY, mode
        self.asked.append(("arm", cause.user, cause.source, mode, [zone.number for zone in blockers]))
        return True

    def disarm(self, user: "Any", duress: bool, cause: Cause) -> None:
        """Disarms and silences."""
        for area in self.areas:
            if area.number in user["areas"]:
                area.state = tables.DISARMED
        self.sounds = False
        self.asked.append(("disarm", cause.user, cause.source, duress))

    def bypass(self, zone: int, on: bool, cause: Cause) -> bool:
        """Bypasses, if willing."""
        if self.willing:
            self.zone(zone).bypassed = on
            self.asked.append(("bypass", cause.user, cause.source, zone, on))
        return self.willing

    def set_chime(self, on: bool) -> None:
        """On or off."""
        self.chime = on
        self.asked.append(("chime", on))

    def begin_walk_test(self, cause: Cause) -> bool:
        """Begins, if willing."""
        self.walking = self.willing
        self.asked.append(("walk", cause.user, cause.source, self.willing))
        return self.willing

    def end_walk_test(self, cause: Cause) -> None:
        """Ends."""
        self.walking = False
        self.asked.append(("walk", cause.user, cause.source, False))

    def begin_yearly_test(self, cause: Cause) -> bool:
        """Begins, if willing."""
        self.asked.append(("yearly", cause.user, cause.source, self.willing))
        return self.willing


class Desk:
    """A keypad with somebody before it. `events`, `requests` and `buzzes` are all that came of it since `forget`."""

    def __init__(self, settings: "dict[int | str, Any] | None" = None, **changes: "Any") -> None:
        value = settings or plain_config()
        value.update(changes)
        self.config = config.check(value)
        self.panel = StubPanel(self.config)
        self.now = 1000
        self.log: list[Any] = []
        self.answers = True  # Whether the journal answers at once.
        self.hashes = 0
        self.forget()
        self.start(None)

    def start(self, state: "Any") -> None:
        """The keypad after a boot."""
        self.keypad = Keypad(self.config, Users(self.config, self._hash), self.panel, state)
        self.keypad.resume(self.now)

    def restart(self) -> None:
        """Power lost and back."""
        state = self.keypad.snapshot()
        self.now = 500
        self.start(state)

    def changes(self) -> None:
        """The configuration has changed: another keypad takes over."""
        before = self.keypad
        self.keypad = Keypad(self.config, Users(self.config, self._hash), self.panel)
        self.keypad.take_over(before)

    def forget(self) -> None:
        """From here on only what is new counts."""
        self.events: list[Any] = []
        self.requests: list[Any] = []
        self.buzzes: list[str] = []
        self.panel.asked = []

    def keys(self, keys: str) -> None:
        """Keys with spaces between; digits may stand together: "1234 off"."""
        for word in keys.split():
            for key in word if word.isdigit() else [word]:
                cause = self._cause()
                self.keypad.key(key, cause)
                self._take(cause)

    def tag(self, uid: bytes) -> None:
        """A tag held to the keypad."""
        cause = self._cause()
        self.keypad.tag(uid, cause)
        self._take(cause)

    def passes(self, ms: int) -> None:
        """Time goes by; the keypad is woken when it asked for it."""
        end = self.now + ms
        for _ in range(100):
            deadline = self.keypad.deadline_ms()
            if deadline is None or deadline > end:
                self.now = end
                return
            self.now = max(self.now, deadline)
            self.keypad.run_due(self.now)
        raise AssertionError("the keypad wakes without end")

    def display(self) -> "tuple[str, str] | None":
        """The two lines, which always fit; None for the panel's own."""
        self.keypad.run_due(self.now)
        lines = self.keypad.lines()
        assert lines is None or (len(lines) == 2 and max(len(line) for line in lines) <= 16), lines
        return lines

    def opens_menu(self, user: int, title: str = "") -> None:
        """The menu of a user, at the item with this title, chosen."""
        self.keys(CODE[user] + " ok")
        if title:
            assert title in self.titles(), title
            while self.display()[1] != title:  # type: ignore[index]
                self.keys("down")
            self.keys("ok")

    def titles(self) -> "list[str]":
        """The second lines, from the page shown, all the way around."""
        first = self.display()
        assert first is not None
        found = [first[1]]
        self.keys("down")
        while self.display() != first:
            found.append(self.display()[1])  # type: ignore[index]
            self.keys("down")
        return found

    def _hash(self, digits: str, salt: bytes) -> bytes:
        self.hashes += 1
        return quick_hash(digits, salt)

    def _cause(self) -> Cause:
        cause = Cause(self.now)
        self.keypad.run_due(self.now)
        return cause

    def _take(self, cause: Cause) -> None:
        assert (cause.user, cause.source) == (0, 0), "what the panel does next would be the person's"
        self.keypad.run_due(self.now)
        self.events += [item[1:] for item in cause.events]
        if cause.buzz:
            self.buzzes.append(cause.buzz)
        self.requests += cause.requests
        for request in cause.requests:
            if request[0] == "recall" and self.answers:
                self.recall(request[1])

    def recall(self, index: int) -> None:
        """The journal answers."""
        cause = Cause(self.now)
        self.keypad.recalled(self.log[index] if index < len(self.log) else None, cause)
        self._take(cause)
