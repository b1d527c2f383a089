"""The keypad: codes, tags and keys in, what a person wants of the panel out, and what the display says meanwhile.

Of a duress code nobody at the keypad can see, hear or read anything: it takes every path of the ordinary code, and
apart from the report there is no branch for it here.
"""

import sys

from hemlarm_firmware.panel import codes, inputs, keypad_texts, tables, users
from hemlarm_firmware.panel.config import forget
from hemlarm_firmware.panel.countdown import Countdown, earlier
from hemlarm_protocol import contact_id
from hemlarm_protocol.constant import const

SOURCE_TAG = 16  # A user's first tag; the further ones follow.

_ENTRY_MS = const(10000)
_NOTICE_MS = const(5000)
_OFFER_MS = const(30000)
_MENU_MS = const(60000)
_ACCESS_MS = const(24 * 3600 * 1000)

_OFF = "off"
_MENU = "menu"
_MODES = {"away": inputs.AWAY, "home": inputs.HOME, "night": inputs.NIGHT}
_ASKS = {
    "": keypad_texts.CODE,
    _OFF: keypad_texts.ASK_OFF,
    "away": keypad_texts.ASK_AWAY,
    "home": keypad_texts.ASK_HOME,
    "night": keypad_texts.ASK_NIGHT,
}
_HOURS = {users.OUTSIDE: keypad_texts.OUTSIDE_HOURS, users.CLOCK_UNKNOWN: keypad_texts.CLOCK_UNKNOWN}
_PACKAGE = "hemlarm_firmware.panel"

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from hemlarm_firmware.panel.cause import Cause
    from hemlarm_firmware.panel.config import Config
    from hemlarm_firmware.panel.keypad_panel import PanelView, ZoneView
    from hemlarm_firmware.panel.menu import Menu
    from hemlarm_firmware.panel.users import Users

    Lines = tuple[str, str]


class _Offer:
    """A refused arming that the person may force: whose, which, and the zones that were named."""

    def __init__(self, user: "Config", source: int, mode: int, zones: "Sequence[ZoneView]") -> None:
        self.user = user
        self.source = source
        self.mode = mode
        self.named = [zone.number for zone in zones]
        self.index = 0


class Keypad:
    """What is being entered at the keypad. `state` is an earlier `snapshot()` or None. Times are in ms.

    One thing is on at a time, and ends by itself: an entry 10 s after its last key, a notice after 5 s, an offer to
    force an arming after 30 s, a menu after 60 s without a key.
    """

    def __init__(self, config: "Config", people: "Users", panel: "PanelView", state: "Any" = None) -> None:
        self._config = config
        self.users = people
        self._panel = panel
        self._texts = keypad_texts.load(config["language"])
        known: dict[str, Any] = {"wrong": 0, "locks": 0, "locked": False, "let_in": False, "let_in_ms": 0}
        known.update(state or {})
        self.lock = codes.Lock(known["wrong"], known["locks"], known["locked"])
        self.let_in: bool = known["let_in"]
        self._access = Countdown()
        self._access.left_ms = known["let_in_ms"]
        self._menu: Menu | None = None
        self.close()

    # What comes in.

    def key(self, key: str, cause: "Cause") -> None:
        """A key was pressed; of an unknown one nothing comes. Afterwards the cause is the panel's own again."""
        if self.lock.locked:
            self._say_locked(cause.now_ms)
        elif self._menu:
            cause.acts_for(self._menu.user["number"], contact_id.SOURCE_KEYPAD)
            self._menu.key(key, cause)
            self._after_menu(cause.now_ms)
        elif self._offer and key in ("up", "down", "ok"):
            self._answer_offer(self._offer, key, cause)
        else:
            self._type(key, cause)
        cause.acts_for(0, contact_id.SOURCE_PANEL)

    def tag(self, uid: bytes, cause: "Cause") -> None:
        """A tag was held to the keypad: it disarms, or else arms as the mode key before it says, or away."""
        if self.lock.locked:
            self._say_locked(cause.now_ms)
        elif self._menu and self._menu.wants_tag():
            self._menu.tag(uid, cause)
            self._after_menu(cause.now_ms)
        else:
            asked = self._asked
            self.close()
            user, index = self.users.find_tag(uid)
            if user is None:
                self._count_wrong(keypad_texts.UNKNOWN_TAG, cause)
            else:
                action = (asked or "away") if self._panel.is_quiet(user) else _OFF
                self._act(user, False, SOURCE_TAG + index, action, cause)
        cause.acts_for(0, contact_id.SOURCE_PANEL)

    def recalled(self, item: "Sequence[Any] | None", cause: "Cause") -> None:
        """The answer to a ("recall", index): (qcode, zone, user, unix time in s or None), or None for no such event.

        May ask for another event: those that would give away a duress are passed over.
        """
        if self._menu:
            self._menu.recalled(item, cause)

    def alarm_begins(self) -> None:
        """The display is the alarm's, unless somebody is typing: it may be the code that ends it."""
        if not self._digits:
            self.close()

    def close(self) -> None:
        """Forgets whatever was being entered or told."""
        self._digits = ""
        self._asked = ""
        self._notice: Lines | None = None
        self._offer: _Offer | None = None
        self._end_ms: int | None = None
        if self._menu:
            self._menu = None
            start = len(_PACKAGE) + 1
            forget([name[start:] for name in sys.modules if name.startswith(_PACKAGE + ".menu")])

    # Time and restarts.

    def run_due(self, now_ms: int) -> None:
        """Does what the time brings, and what follows from the areas' states: call it with every input."""
        self.lock.open_if_due(now_ms)
        if self._access.is_over(now_ms) or self._is_armed(None):
            self.let_installer_in(False, now_ms)
        over = self._end_ms is not None and now_ms >= self._end_ms
        if over or (self._menu and not self._panel.is_quiet(self._menu.user)):
            self.close()

    def deadline_ms(self) -> "int | None":
        """When `run_due` has something to do."""
        return earlier(self._end_ms, earlier(self.lock.deadline_ms, self._access.next_ms()))

    def snapshot(self) -> "dict[int | str, Any]":
        """What a restart must know: the lock, and whether an installer is let in, and for how long."""
        return {
            "wrong": self.lock.wrong,
            "locks": self.lock.locks,
            "locked": self.lock.locked,
            "let_in": self.let_in,
            "let_in_ms": self._access.left_ms,
        }

    def resume(self, now_ms: int) -> None:
        """Starts the clocks again after a restart: a lock gets its whole time, an installer's access never more."""
        self.lock.resume(now_ms)
        if self.let_in:
            self._access.start_stepped(now_ms, min(self._access.left_ms, _ACCESS_MS), _ACCESS_MS)

    def take_over(self, before: "Keypad") -> None:
        """Only the configuration has changed: the clocks run on, and what a person has typed or is told stays.

        An open menu is closed, for it shows what was.
        """
        for name in ["lock", "let_in", "_access", "_digits", "_asked", "_notice", "_end_ms"]:
            setattr(self, name, getattr(before, name))
        before.close()

    def let_installer_in(self, on: bool, now_ms: int) -> None:
        """Installers may use the keypad for 24 h or until the panel is armed, or no longer."""
        self.let_in = on
        if on:
            self._access.start_stepped(now_ms, _ACCESS_MS, _ACCESS_MS)
        else:
            self._access.stop()

    # What is shown.

    def lines(self) -> "Lines | None":
        """The display's two lines, or None when there is nothing of the keypad's own to show."""
        if self._menu:
            return self._menu.lines()
        if self._offer:
            return self._offer_lines(self._offer)
        if self._digits or self._asked:
            return self._lines(_ASKS[self._asked], "*" * len(self._digits))
        return self._notice

    def _offer_lines(self, offer: _Offer) -> "Lines":
        zones = self._panel.blockers(offer.user, offer.mode)
        if not zones:
            return self._lines(keypad_texts.ALL_CLOSED)
        place = offer.index % len(zones)
        zone = zones[place]
        text = keypad_texts.BLOCKER_OPEN if zone.open else keypad_texts.BLOCKER_FAULT
        if not zone.may_bypass() or not users.may(offer.user, users.EVERYDAY):
            text = keypad_texts.BLOCKER_MUST_CLOSE
        name = zone.name or self._texts[keypad_texts.ZONE].format(zone.number)
        return self._lines(text, place + 1, len(zones), name)

    def _lines(self, text: int, *values: "int | str") -> "Lines":
        return keypad_texts.lines(self._texts[text], *values)

    def _say(self, lines: "Lines", now_ms: int) -> None:
        self._notice = lines
        self._end_ms = now_ms + _NOTICE_MS

    def _say_locked(self, now_ms: int) -> None:
        self._say(self._lines(keypad_texts.LOCKED, self.lock.minutes_left(now_ms)), now_ms)

    # What is typed.

    def _type(self, key: str, cause: "Cause") -> None:
        self._offer = None
        if len(key) == 1 and "0" <= key <= "9":
            # One digit too many is kept, so that a longer entry is a wrong one and not cut to a right one.
            self._digits = (self._digits + key)[: codes.CODE_DIGITS_MAX + 1]
            self._end_ms = cause.now_ms + _ENTRY_MS
        elif self._digits and (key == "ok" or key in _ASKS):
            action = self._asked or _MENU if key == "ok" else key
            digits = self._digits
            self.close()
            self._enter(digits, action, cause)
        elif key in _ASKS:
            self._asked = key
            self._end_ms = cause.now_ms + _ENTRY_MS
        elif key == "back":
            self.close()

    def _enter(self, digits: str, action: str, cause: "Cause") -> None:
        user, duress = self.users.find_code(digits)
        if user is None:
            self._count_wrong(keypad_texts.WRONG_CODE, cause)
            return
        if action == _MENU and not self._panel.is_quiet(user):
            action = _OFF
        self._act(user, duress, contact_id.SOURCE_KEYPAD, action, cause)

    def _count_wrong(self, text: int, cause: "Cause") -> None:
        cause.acts_for(0, contact_id.SOURCE_KEYPAD)
        cause.buzz = "error"
        if self.lock.count_wrong(cause.now_ms):
            cause.event(1461, detail=min(self.lock.locks, 255))
            self._say_locked(cause.now_ms)
        else:
            self._say(self._lines(text), cause.now_ms)

    # What the user wants.

    def _act(self, user: "Config", duress: bool, source: int, action: str, cause: "Cause") -> None:
        """Does what a known user asks for, or says why not; a refusal neither counts nor forgives wrong codes."""
        cause.acts_for(user["number"], source)
        refusal = self._refusal(user, action, cause.now_ms)
        if duress and (refusal is not None or action != _OFF):  # Of a disarming the panel reports it.
            cause.event(1121, user["areas"][0])
        if refusal is not None:
            cause.buzz = "error"
            self._say(self._lines(refusal), cause.now_ms)
            return
        self.lock.forgive()
        if action == _OFF:
            cause.buzz = "ok"
            self._panel.disarm(user, duress, cause)
        elif action == _MENU:
            cause.buzz = "ok"
            self._open_menu(user, cause.now_ms)
        elif self._panel.arm(user, _MODES[action], False, cause):
            cause.buzz = "ok"
        else:
            self._offer_force(user, source, _MODES[action], cause)

    def _refusal(self, user: "Config", action: str, now_ms: int) -> "int | None":
        """The text that says why the user may not do this now, or None.

        A guest's hours bind whatever could open the house, an entry delay included: with an unknown clock a false alarm
        is the lesser harm. What sounds while nothing is armed (fire, CO, water) every guest may silence at any time.
        """
        if action == _MENU and not users.may(user, users.EVERYDAY):
            return keypad_texts.NOT_PERMITTED
        if user["role"] == "installer" and not self.let_in and self.users.has_master():
            return keypad_texts.NOT_LET_IN
        if action == _OFF and not self._is_armed(user):
            return None
        return _HOURS.get(self.users.hours(user, self._panel.time_s(now_ms)))

    def _is_armed(self, user: "Config | None") -> bool:
        """Whether any of the user's areas, or any area at all, is not disarmed."""
        for area in self._panel.areas:
            if area.state != tables.DISARMED and (user is None or area.number in user["areas"]):
                return True
        return False

    # A refused arming.

    def _offer_force(self, user: "Config", source: int, mode: int, cause: "Cause") -> None:
        cause.buzz = "error"
        self.close()
        zones = self._panel.blockers(user, mode)
        if zones:
            self._offer = _Offer(user, source, mode, zones)
            self._end_ms = cause.now_ms + _OFFER_MS
        else:
            self._say(self._lines(keypad_texts.ARMED_ALREADY), cause.now_ms)

    def _answer_offer(self, offer: _Offer, key: str, cause: "Cause") -> None:
        """Browses, or arms; what has opened since the zones were named is named anew, never bypassed unseen."""
        if key != "ok":
            offer.index += 1 if key == "down" else -1
            self._end_ms = cause.now_ms + _OFFER_MS
            return
        seen = all(zone.number in offer.named for zone in self._panel.blockers(offer.user, offer.mode))
        cause.acts_for(offer.user["number"], offer.source)
        force = seen and users.may(offer.user, users.EVERYDAY)
        if self._panel.arm(offer.user, offer.mode, force, cause):
            cause.buzz = "ok"
            self.close()
        else:
            self._offer_force(offer.user, offer.source, offer.mode, cause)

    # The menu.

    def _open_menu(self, user: "Config", now_ms: int) -> None:
        """Menus are rarely used: their code and texts are loaded for the time that one is open."""
        module = __import__(_PACKAGE + ".menu", None, None, ("Menu",))
        self._menu = module.Menu(self._config, self.users, self._panel, self, user)
        self._end_ms = now_ms + _MENU_MS

    def _after_menu(self, now_ms: int) -> None:
        assert self._menu
        if self._menu.pages:
            self._end_ms = now_ms + _MENU_MS
            return
        farewell = self._menu.farewell
        self.close()
        if farewell:
            self._say(farewell, now_ms)
