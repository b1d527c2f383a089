"""The property test's own account of people: what was typed, whose code or tag it is, and who may do what when."""

from datetime import datetime, timedelta, timezone

from panel_plan import (
    ANNA,
    GUEST_DAYS,
    GUEST_FROM_MIN,
    GUEST_TO_MIN,
    USERS,
    UTC_OFFSET_MIN,
)

CODES = {row[3]: (row[0], False) for row in USERS} | {row[4]: (row[0], True) for row in USERS if row[4]}
TAGS = {uid: (row[0], 16 + place) for row in USERS for place, uid in enumerate(row[5])}
ROLES = {row[0]: row[1] for row in USERS}
AREAS_OF = {row[0]: row[2] for row in USERS}
WRONG_CODES = ["0000", "12", "12345", "1234567", "9999999"]

ENTRY_MS, MENU_MS = 10_000, 60_000
KEYPAD, COMMAND = 1, 2
Actor = tuple[int, int]  # User and source.

ENDS = ("ok", "off", "away", "home", "night")


class People:
    """Who may have acted, from the keys alone. More is allowed here than the keypad does, never less."""

    def __init__(self) -> None:
        self.locked_until: int | None = None
        self.locks = 0
        self.let_in_maybe = False
        self.unix_at_0: int | None = None  # The wall clock at the panel's time 0.
        self._digits = ""
        self._typed_ms = 0
        self._known: dict[Actor, int] = {}  # Who was let in last, and until when an answer counts as theirs.

    def key(self, key: str, now: int) -> tuple[int | None, bool, set[Actor]]:
        """(whose code this key completes, whether under duress, who may be in a menu or an offer)."""
        if self.is_locked(now):
            self._digits = ""
            self._known.clear()
            return None, False, set()
        if key.isdigit():
            fresh = now - self._typed_ms < ENTRY_MS
            self._digits, self._typed_ms = (self._digits if fresh else "") + key, now
            return None, False, self._still_known(now)
        digits = self._digits if now - self._typed_ms < ENTRY_MS else ""
        self._digits = ""
        known = self._still_known(now)
        user, duress = CODES.get(digits, (None, False)) if key in ENDS else (None, False)
        if user:
            self._known[user, KEYPAD] = now + MENU_MS
            self.let_in_maybe = self.let_in_maybe or user == ANNA
        return user, duress, known

    def tag(self, uid: bytes, now: int) -> Actor | None:
        """Whose tag it is, and which."""
        if self.is_locked(now) or uid not in TAGS:
            return None
        self._known[TAGS[uid]] = now + MENU_MS
        return TAGS[uid]

    def restart(self, before: int, now: int) -> None:
        """What was typed is forgotten; a running lock is not and begins again. `before` is the time until now."""
        self._digits = ""
        self._known.clear()
        if self.is_locked(before):
            self.locked_until = now + lock_ms(self.locks)

    def is_locked(self, now: int) -> bool:
        """Whether the keypad takes nothing."""
        if self.locked_until is not None and now >= self.locked_until:
            self.locked_until = None
        return self.locked_until is not None

    def locks_up(self, detail: int, now: int) -> None:
        """The panel said so, for the `detail`th time without a right code."""
        assert detail == self.locks + 1 or detail == 1
        self.locks = detail
        self.locked_until = now + lock_ms(detail)

    def may_open_up(self, user: int, armed: bool, now: int) -> bool | None:
        """Whether this user may disarm now (`armed`: any of their areas is), or None for perhaps."""
        return self.may_arm(user, now) if armed or ROLES[user] != "guest" else True

    def may_arm(self, user: int, now: int) -> bool | None:
        """Whether this user may arm now, or None for perhaps."""
        if ROLES[user] == "installer":
            return None if self.let_in_maybe else False
        if ROLES[user] != "guest":
            return True
        if self.unix_at_0 is None:
            return False
        local = datetime.fromtimestamp(self.unix_at_0 + now // 1000, timezone(timedelta(minutes=UTC_OFFSET_MIN)))
        minute = local.hour * 60 + local.minute
        if minute in (GUEST_FROM_MIN - 1, GUEST_TO_MIN - 1):
            return None  # The wall clock is told in whole seconds.
        return bool(GUEST_DAYS >> local.weekday() & 1) and GUEST_FROM_MIN <= minute < GUEST_TO_MIN

    def _still_known(self, now: int) -> set[Actor]:
        self._known = {actor: now + MENU_MS for actor, until in self._known.items() if now <= until}
        return set(self._known)


def lock_ms(locks: int) -> int:
    """90 s, doubling up to 24 minutes."""
    return min(90_000 << (locks - 1), 1_440_000)
