"""Menu pages for a master: the users, and what can be changed of each."""

from hemlarm_firmware.panel import menu_texts as texts
from hemlarm_firmware.panel.menu import Page
from hemlarm_firmware.panel.menu_codes import TAGS_MAX, NewCode, NewTag

USERS_MAX = 50

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hemlarm_firmware.panel.cause import Cause
    from hemlarm_firmware.panel.config import Config
    from hemlarm_firmware.panel.keypad import Lines
    from hemlarm_firmware.panel.menu import Menu


class UserList(Page):
    """The users by number, and behind them the way to a new one."""

    def __init__(self, menu: "Menu") -> None:
        super().__init__(menu)
        self._users = sorted(menu.config["users"], key=_number)

    def count(self) -> int:
        """The users and the new one."""
        return len(self._users) + 1

    def lines(self) -> "Lines":
        """A user and the role."""
        if self.index == len(self._users):
            return self.menu.say(texts.NEW_USER)
        user = self._users[self.index]
        return self.menu.say(texts.USER, user["number"], self.menu.words.TEXTS[dict(texts.ROLES)[user["role"]]])

    def choose(self, cause: "Cause") -> None:
        """Opens what can be done."""
        if self.index < len(self._users):
            self.menu.open(_UserPage(self.menu, self._users[self.index]), cause)
        elif len(self._users) < USERS_MAX:
            self.menu.open(_NewUser(self.menu, self._free_number()), cause)
        else:
            self.menu.refuse(texts.USERS_FULL, cause)

    def _free_number(self) -> int:
        taken = [user["number"] for user in self._users]
        number = 1
        while number in taken:
            number += 1
        return number


class _NewUser(Page):
    """The role of a new user; the code follows."""

    def __init__(self, menu: "Menu", number: int) -> None:
        super().__init__(menu)
        self._number = number

    def count(self) -> int:
        return len(texts.ROLES)

    def lines(self) -> "Lines":
        return self.menu.say(texts.ROLE, self._number, self.menu.words.TEXTS[texts.ROLES[self.index][1]])

    def choose(self, cause: "Cause") -> None:
        fields: Config = {"role": texts.ROLES[self.index][0]}
        self.menu.open(NewCode(self.menu, self._number, "hash", fields), cause)


class _UserPage(Page):
    """What can be changed of one user. Nobody removes themselves, so a master always remains."""

    def __init__(self, menu: "Menu", user: "Config") -> None:
        super().__init__(menu)
        self._user = user
        self._choices = [texts.NEW_CODE, texts.NEW_DURESS, texts.ADD_TAG]
        if user["tags"]:
            self._choices.append(texts.DROP_TAGS)
        if user["number"] != menu.user["number"]:
            self._choices.append(texts.REMOVE)

    def count(self) -> int:
        return len(self._choices)

    def lines(self) -> "Lines":
        return self.menu.say(texts.USER, self._user["number"], self.menu.words.TEXTS[self._choices[self.index]])

    def choose(self, cause: "Cause") -> None:
        choice = self._choices[self.index]
        page: Page
        if choice == texts.ADD_TAG:
            if len(self._user["tags"]) >= TAGS_MAX:
                self.menu.refuse(texts.TAGS_FULL, cause)
                return
            page = NewTag(self.menu, self._user)
        elif choice == texts.DROP_TAGS:
            page = _Sure(self.menu, texts.DROP_TAGS_SURE, self._user["number"], {"tags": None})
        elif choice == texts.REMOVE:
            page = _Sure(self.menu, texts.REMOVE_SURE, self._user["number"], None)
        else:
            field = "hash" if choice == texts.NEW_CODE else "duress"
            page = NewCode(self.menu, self._user["number"], field, {})
        self.menu.open(page, cause)


class _Sure(Page):
    """Asks once more before something is taken away."""

    def __init__(self, menu: "Menu", text: int, number: int, fields: "Config | None") -> None:
        super().__init__(menu)
        self._text = text
        self._number = number
        self._fields = fields

    def lines(self) -> "Lines":
        return self.menu.say(self._text, self._number)

    def choose(self, cause: "Cause") -> None:
        self.menu.configure("users", self._number, self._fields, cause)


def _number(user: "Config") -> int:
    number: int = user["number"]
    return number
