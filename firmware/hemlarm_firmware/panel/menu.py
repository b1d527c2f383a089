"""The keypad's menu: pages that a person leafs through with up and down, chooses with ok and leaves with back.

Loaded when a menu opens and forgotten when it closes. The pages of each item stand in modules of their own, loaded when
the item is chosen.
"""

from hemlarm_firmware.panel import keypad_texts, users
from hemlarm_firmware.panel import menu_texts as texts
from hemlarm_firmware.panel.config import forget

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from hemlarm_firmware.panel.cause import Cause
    from hemlarm_firmware.panel.config import Config
    from hemlarm_firmware.panel.keypad import Keypad, Lines
    from hemlarm_firmware.panel.keypad_panel import PanelView, ZoneView
    from hemlarm_firmware.panel.users import Users

# What it takes, its title, and the module and name of its page.
_ITEMS = [
    (users.EVERYDAY, texts.BYPASS, "menu_house", "Bypass"),
    (users.EVERYDAY, texts.CHIME, "menu_house", "Chime"),
    (users.EVERYDAY, texts.LOG, "menu_log", "Log"),
    (users.EVERYDAY, texts.WALK_TEST, "menu_tests", "WalkTest"),
    (users.EVERYDAY, texts.YEARLY_TEST, "menu_tests", "YearlyTest"),
    (users.EVERYDAY, texts.OWN_CODE, "menu_codes", "OwnCode"),
    (users.EVERYDAY, texts.OWN_DURESS, "menu_codes", "OwnDuress"),
    (users.USERS, texts.USERS, "menu_users", "UserList"),
    (users.USERS, texts.ACCESS, "menu_house", "Access"),
    (users.USERS, texts.REMOTE, "menu_remote", "Remote"),
    (users.SETTINGS, texts.DELAYS, "menu_settings", "Delays"),
    (users.SETTINGS, texts.LANGUAGE, "menu_settings", "Language"),
    (users.SETTINGS, texts.RESET, "menu_reset", "Reset"),
]


class Page:
    """One page: `count` places to leaf through, of which `index` is shown."""

    def __init__(self, menu: "Menu") -> None:
        self.menu = menu
        self.index = 0

    def count(self) -> int:
        """How many places there are, at least 1."""
        return 1

    def lines(self) -> "Lines":
        """What the display says."""
        raise NotImplementedError

    def choose(self, cause: "Cause") -> None:
        """The key ok; some pages have nothing to choose."""

    def digit(self, digit: str) -> None:
        """A digit; most pages take none."""

    def leaf(self, step: int, cause: "Cause") -> None:  # noqa: ARG002 - the log asks for an event.
        """The keys up (-1) and down (1)."""
        self.index = (self.index + step) % self.count()


class Root(Page):
    """The items that the user's role may choose. The pages of one item only are loaded at a time."""

    def __init__(self, menu: "Menu") -> None:
        super().__init__(menu)
        self._items = [item for item in _ITEMS if users.may(menu.user, item[0])]

    def count(self) -> int:
        """The number of items."""
        return len(self._items)

    def lines(self) -> "Lines":
        """The item's place and title."""
        title = self.menu.words.TEXTS[self._items[self.index][1]]
        return self.menu.say(texts.MENU, self.index + 1, self.count(), title)

    def choose(self, cause: "Cause") -> None:
        """Opens the item's page."""
        _, _, module, name = self._items[self.index]
        forget([item[2] for item in _ITEMS])
        loaded = __import__("hemlarm_firmware.panel." + module, None, None, (name,))
        self.menu.open(getattr(loaded, name)(self.menu), cause)


class Menu:
    """The menu of one user who has entered a code. When `pages` is empty it is over; `farewell` is then to be shown."""

    def __init__(self, config: "Config", people: "Users", panel: "PanelView", keypad: "Keypad", user: "Config") -> None:
        self.config = config
        self.users = people
        self.panel = panel
        self.keypad = keypad
        self.user = user
        self.words = texts.load(config["language"])
        self.farewell: Lines | None = None
        self._message: Lines | None = None
        self.pages: list[Any] = [Root(self)]

    def lines(self) -> "Lines":
        """What the display says: what was wrong, until the next key, or the page."""
        lines: Lines = self._message or self.pages[-1].lines()
        return lines

    def key(self, key: str, cause: "Cause") -> None:
        """A key, for the page that is open; keys that mean nothing here end the menu."""
        self._message = None
        page = self.pages[-1]
        if len(key) == 1 and "0" <= key <= "9":
            page.digit(key)
        elif key in ("up", "down"):
            page.leaf(1 if key == "down" else -1, cause)
        elif key == "ok":
            page.choose(cause)
        elif key == "back":
            self.pages.pop()
        else:
            self.pages = []

    def wants_tag(self) -> bool:
        """Whether a tag held to the keypad is meant for the page that is open."""
        return hasattr(self.pages[-1], "tag")

    def tag(self, uid: bytes, cause: "Cause") -> None:
        """The tag that the page waits for."""
        self.pages[-1].tag(uid, cause)

    def recalled(self, item: "Sequence[Any] | None", cause: "Cause") -> None:
        """An event of the log, for the page that asked for it if it is still open."""
        if hasattr(self.pages[-1], "recalled"):
            self.pages[-1].recalled(item, cause)

    # For the pages.

    def say(self, text: int, *values: "int | str") -> "Lines":
        """The two lines of a text."""
        return keypad_texts.lines(self.words.TEXTS[text], *values)

    def name(self, zone: "ZoneView") -> str:
        """What a person calls the zone."""
        return zone.name or self.words.TEXTS[texts.ZONE].format(zone.number)

    def open(self, page: Page, cause: "Cause") -> None:
        """A further page; back leads from it to the present one."""
        self.pages.append(page)
        if hasattr(page, "begin"):
            page.begin(cause)

    def refuse(self, text: int, cause: "Cause") -> None:
        """Says what was wrong."""
        self._message = self.say(text)
        cause.buzz = "error"

    def end(self, cause: "Cause") -> None:
        """It is done: the display belongs to the panel again."""
        self.pages = []
        cause.buzz = "ok"

    def configure(self, section: str, number: int, fields: "Config | None", cause: "Cause") -> None:
        """Asks for a change of the configuration, see `config_edit`, and ends the menu."""
        cause.request("configure", [[section, number, fields]], self.user["number"])
        self.farewell = self.say(texts.SAVING)
        self.end(cause)
