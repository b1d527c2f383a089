"""The password of a destination, and its renewal: the old one holds until the first telegram with the new one."""

from hemlarm_cloud.forward.facts import NewPassword, PasswordLost, PasswordTaken

RENEW_AGAIN_MS = 3_600_000
"""After a question for a new password was turned down, or a new one was not known any more."""


class Passwords:
    """`secret`, and `new` until the first telegram with it was taken. With `renew` a new one is to be asked for."""

    def __init__(self, secret: bytes | None, new: bytes | None = None, renew: bool = False) -> None:
        self._secret = secret
        self._new = new
        self._renew = renew
        self._renew_ms = 0
        self._new_refused = False

    def use(self) -> tuple[bytes | None, bool]:
        """Return what to send with, and whether that is the new one."""
        if self._new is not None and not self._new_refused:
            return self._new, True
        return self._secret, False

    def renewal_in_ms(self, now_ms: int) -> int | None:
        """In how long to ask for a new one; None for not at all."""
        return max(0, self._renew_ms - now_ms) if self._renew and self._new is None else None

    def given(self, secret: bytes) -> NewPassword:
        """The receiver gave out a new one. It must be stored before it is used."""
        self._new, self._new_refused = secret, False
        return NewPassword(secret)

    def not_given(self, now_ms: int, again_ms: int = RENEW_AGAIN_MS) -> None:
        """The receiver gave none; the old one goes on, and another is asked for after `again_ms`."""
        self._renew_ms = now_ms + again_ms

    def taken(self, was_new: bool, now_ms: int) -> PasswordTaken | PasswordLost | None:
        """A telegram with this one was taken. Returns what that decides."""
        if self._new is None:
            return None
        if was_new:
            self._secret, self._new, self._renew = self._new, None, False
            return PasswordTaken()
        self._new, self._new_refused = None, False
        self._renew_ms = now_ms + RENEW_AGAIN_MS
        return PasswordLost()

    def refused(self, was_new: bool) -> bool:
        """A receiver does not know this one. Returns whether there is another to try."""
        self._new_refused = was_new
        return was_new
