"""A house for the panel's tests: a panel, a clock moved by hand, and everything that came out of it."""

from hemlarm_firmware.panel import config
from hemlarm_firmware.panel.core import Panel
from hemlarm_protocol.crypto import sha256

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

FRONT_DOOR, HALL, WINDOW, SMOKE, BACK_DOOR, HEAT, BEDROOM = 1, 2, 3, 4, 5, 6, 7
ANNA, BO = 1, 2
CODE, OTHER_CODE, WRONG_CODE = "1234", "567890", "9999"
SALT = b"s" * 16
EXIT_MS, ENTRY_MS, SIREN_MS = 60000, 30000, 180000
DISARM, ARM_AWAY, ARM_HOME, STATUS, SILENCE = 1, 2, 3, 4, 5


def quick_hash(digits: str, salt: bytes) -> bytes:
    """Stands in for the slow hash where it is not the thing tested."""
    return sha256(salt + digits.encode())


def plain_config() -> "dict[int | str, Any]":
    """One area with two doors, a hall's motion detector, a window, two fire detectors and a bedroom's detector."""
    return {
        "areas": [{"number": 1}],
        "zones": [
            {"number": FRONT_DOOR, "type": "entry", "area": 1, "home": True},
            {"number": HALL, "type": "follower", "area": 1},
            {"number": WINDOW, "type": "instant", "area": 1, "home": True},
            {"number": SMOKE, "type": "fire", "area": 1},
            {"number": BACK_DOOR, "type": "entry", "area": 1, "home": True},
            {"number": HEAT, "type": "fire", "area": 1},
            {"number": BEDROOM, "type": "instant", "area": 1},
        ],
        "users": [
            {"number": ANNA, "hash": quick_hash(CODE, SALT)},
            {"number": BO, "hash": quick_hash(OTHER_CODE, SALT)},
        ],
        "code_salt": SALT,
        "language": "en",
    }


class House:
    """Drives a panel; `events` are (qcode, zone), `shown` the present outputs, `saves` the number of saves."""

    def __init__(self, **changes: "Any") -> None:
        self.now = 1000
        self.config = plain_config()
        for name, value in changes.items():
            if name in ("exit_s", "entry_s", "confirm_s", "cancel_s"):
                self.config["areas"][0][name] = value
            else:
                self.config[name] = value
        self.open: set[int] = set()
        self.lines: dict[int, int] = {}
        self.saved: Any = None
        self.heard: list[Any] = []
        self.start()

    def start(self) -> None:
        """Boots with what was saved last and with the clock at a fresh start."""
        self.panel = Panel(config.check(self.config), self.saved, quick_hash)
        self.shown: dict[str, Any] = {}
        self._take(self.panel.handle(("start", sorted(self.open), sorted(self.lines.items())), self.now))

    def fits(self, zone: int, **fields: "Any") -> None:
        """An installer changes a zone, or fits a new one in area 1, and the panel starts anew with all closed."""
        for item in self.config["zones"]:
            if item["number"] == zone:
                item.update(fields)
                break
        else:
            item = {"number": zone, "area": 1}
            item.update(fields)
            self.config["zones"].append(item)
        self.start()
        self.forget()

    def restart(self, *opened: int, closed: "tuple[int, ...]" = ()) -> None:
        """Loses power; zones may change meanwhile."""
        self.now = 500
        self.open.update(opened)
        self.open.difference_update(closed)
        self.start()

    def opens(self, *zones: int) -> None:
        """These zones open (a detector trips), one after the other."""
        for zone in zones:
            self.open.add(zone)
            self._take(self.panel.handle(("zone", zone, True), self.now))

    def closes(self, *zones: int) -> None:
        """These zones close (a detector clears)."""
        for zone in zones:
            self.open.discard(zone)
            self._take(self.panel.handle(("zone", zone, False), self.now))

    def measures(self, zone: int, ohms: int) -> None:
        """A line's resistance changes, and stays so while the panel samples it through the filter's time."""
        self.lines[zone] = ohms
        self.says("line", zone, ohms)
        self.passes(401)
        self.says("line", zone, ohms)

    def hears(self, zone: int, flags: int = 0, value: "int | None" = None) -> None:
        """A radio sensor reports."""
        self.says("sensor", zone, flags, value)

    def takes_over(self, **changes: "Any") -> None:
        """The configuration changes around the panel, which goes on."""
        self.config.update(changes)
        self.saved = self.panel.snapshot()
        self.panel = Panel(config.check(self.config), self.saved, quick_hash, self.panel)
        self.shown = {}
        self._take(self.panel.wake(self.now))

    def keys(self, digits: str, mode: str) -> None:
        """A code at the keypad, and the key behind it; "disarm" is the off key."""
        for key in digits:
            self.press(key)
        self.press("off" if mode == "disarm" else mode)

    def press(self, *keys: str) -> None:
        """Keys of the keypad, one after the other."""
        for key in keys:
            self._take(self.panel.handle(("key", key), self.now))

    def says(self, *event: "Any") -> None:
        """Any other input."""
        self._take(self.panel.handle(event, self.now))

    def command(self, verb: int, argument: int = 1, user: int = ANNA) -> "tuple[int, int]":
        """A command from the cloud; returns its (status, detail)."""
        outputs = self.panel.handle(("command", verb, argument, user), self.now)
        self._take(outputs)
        assert outputs[-1][0] == "result" and len(outputs[-1]) == 3
        return outputs[-1][1], outputs[-1][2]

    def passes(self, ms: int) -> None:
        """Time goes by; the panel is woken whenever it asked for it."""
        end = self.now + ms
        for _ in range(1000):
            deadline = self.panel.deadline_ms()
            if deadline is None or deadline > end:
                self.now = end
                return
            self.now = max(self.now, deadline)
            self._take(self.panel.wake(self.now))
        raise AssertionError("the panel wakes without end")

    def arms(self, mode: str = "away") -> None:
        """Armed, exit delay over, nothing left to hear."""
        self.keys(CODE, mode)
        self.passes(EXIT_MS)
        assert self.panel.area_status(1) % 16 == 2
        self.forget()

    def arms_not(self, zone: int) -> None:
        """Arming is refused, and the keypad names this zone; it may be forced with "ok"."""
        self.keys(CODE, "away")
        assert self.panel.area_status(1) % 16 == 0
        assert f"Zone {zone}" in self.display()[1]

    def forget(self) -> None:
        """From here on only what is new counts."""
        self.heard = []

    def events(self) -> "list[tuple[int, int]]":
        """(qcode, zone) of the events since `forget`."""
        return [(item[1], item[3]) for item in self.heard if item[0] == "event"]

    def full_events(self) -> "list[Any]":
        """(qcode, area, zone, user, source, detail) of the events since `forget`."""
        return [item[1:] for item in self.heard if item[0] == "event"]

    def saves(self) -> int:
        """How often the panel asked to be saved since `forget`."""
        return len([item for item in self.heard if item[0] == "save"])

    def siren(self) -> str:
        """What sounds now."""
        siren: str = self.shown["siren"]
        return siren

    def display(self) -> "tuple[str, str]":
        """What the display says now."""
        display: tuple[str, str] = self.shown["display"]
        return display

    def lamp(self, name: str) -> bool:
        """Whether a lamp is lit."""
        lit: bool = self.shown["lamp " + name]
        return lit

    def _take(self, outputs: "Any") -> None:
        order = {"event": 0, "save": 1, "show": 2, "result": 3, "recall": 4, "configure": 4, "park": 5}
        kinds = [order[item[0]] for item in outputs]
        assert kinds == sorted(kinds), "events, then save, then show, then the rest"
        before = self.saved
        for item in outputs:
            self.heard.append(item)
            if item[0] == "show":
                name = "lamp " + item[2][0] if item[1] == "lamp" else item[1]
                self.shown[name] = item[2][1] if item[1] == "lamp" else item[2]
            elif item[0] == "save":
                self.saved = self.panel.snapshot()
                assert self.saved != before, "saved although nothing changed"
        if before is not None or self.saved is not None:
            assert self.panel.snapshot() == self.saved, "changed and not saved"
