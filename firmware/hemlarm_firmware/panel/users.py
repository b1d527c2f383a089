"""Who may do what: finding a user by code or tag, what each role may, and the hours of guests.

One entry costs one slow hash however many users there are, because all codes and tags stand under one salt. What that
protects against, and what not, is told in `codes.py`.
"""

from hemlarm_firmware.panel import codes

# What a role may do beside arming and disarming. Bits.
EVERYDAY = 1  # Bypass, chime, event log, walk test and yearly test, and one's own code.
SETTINGS = 2  # Delays and language.
USERS = 4  # Making and removing users, and letting an installer in.

# An installer never touches the users: whoever maintains an alarm must not be able to make codes for it.
_ROLES = {
    "master": EVERYDAY | SETTINGS | USERS,
    "user": EVERYDAY,
    "guest": 0,
    "installer": EVERYDAY | SETTINGS,
}

# Whether now is among a guest's hours.
WITHIN = 0
OUTSIDE = 1
CLOCK_UNKNOWN = 2

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hemlarm_firmware.panel.codes import Hasher
    from hemlarm_firmware.panel.config import Config


class Users:
    """The users of a checked configuration. `hash_code` is the slow hash of codes, another one only for tests."""

    def __init__(self, config: "Config", hash_code: "Hasher") -> None:
        self._config = config
        self._hash_code = hash_code

    def hash_code(self, digits: str) -> bytes:
        """The hash under which this panel stores a code. Raises ValueError when it is none."""
        return self._hash_code(digits, self._config["code_salt"])

    def hash_tag(self, uid: bytes) -> bytes:
        """The hash under which this panel stores a tag. Raises ValueError when it is none."""
        return codes.hash_tag(uid, self._config["code_salt"])

    def find_code(self, digits: str) -> "tuple[Config | None, bool]":
        """(the user, whether it is the duress code); (None, False) for nobody's. What is no code costs no hash."""
        return self.owner(self.hash_code(digits)) if codes.is_code(digits) else (None, False)

    def owner(self, hashed: bytes) -> "tuple[Config | None, bool]":
        """Whose code has this hash, as `find_code`."""
        for user in self._config["users"]:
            if user.get("hash") == hashed:
                return user, False
            if user.get("duress") == hashed:
                return user, True
        return None, False

    def find_tag(self, uid: bytes) -> "tuple[Config | None, int]":
        """(the user, which of the user's tags it is, from 0); (None, 0) for nobody's."""
        if codes.is_tag(uid):
            hashed = self.hash_tag(uid)
            for user in self._config["users"]:
                if hashed in user["tags"]:
                    return user, user["tags"].index(hashed)
        return None, 0

    def has_master(self) -> bool:
        """Whether somebody is there to let an installer in."""
        return any(user["role"] == "master" for user in self._config["users"])

    def hours(self, user: "Config", unix_s: "int | None") -> int:
        """WITHIN, OUTSIDE or CLOCK_UNKNOWN; `unix_s` is None while the clock is not set.

        They are on the user's `days` from `from_min` up to `to_min`, in local time, and until `until_s`. The rules of
        the configuration see to it that they never go over midnight and that all but guests have no limit. Whoever has
        none needs no clock.
        """
        start, end = user["from_min"], user["to_min"]
        if not user["until_s"] and user["days"] == 127 and start == 0 and end == 1440:
            return WITHIN
        if unix_s is None:
            return CLOCK_UNKNOWN
        if user["until_s"] and unix_s >= user["until_s"]:
            return OUTSIDE
        from hemlarm_firmware.panel import local_time  # Of use only where there are guests, or for the log.

        local = self.local_s(unix_s)
        today = user["days"] >> local_time.weekday(local) & 1
        return WITHIN if today and start <= local_time.minute_of_day(local) < end else OUTSIDE

    def local_s(self, unix_s: int) -> int:
        """The panel's local time, for `local_time`."""
        from hemlarm_firmware.panel import local_time

        return local_time.local_s(unix_s, self._config["utc_offset_min"], self._config["dst"])


def may(user: "Config", permission: int) -> bool:
    """Whether the user's role has this permission, one of the bits above."""
    return bool(_ROLES[user["role"]] & permission)
