"""What a sender finds out and the store must know."""

from typing import NamedTuple

from hemlarm_cloud.forward.outbox import Item


class Delivered(NamedTuple):
    """A receiver has this one."""

    item: Item
    receiver: str


class Refused(NamedTuple):
    """No receiver will ever take this one."""

    item: Item
    why: str


class PutOff(NamedTuple):
    """This one is tried again after some time."""

    item: Item
    why: str
    wait_ms: int


class Heard(NamedTuple):
    """The destination gave a good answer."""


class NewPassword(NamedTuple):
    """The receiver gave out a password that was not used yet."""

    secret: bytes


class PasswordTaken(NamedTuple):
    """The new password opened, so the old one is no more."""


class PasswordLost(NamedTuple):
    """The receiver does not know the new password, and still takes the old one."""


class Unreachable(NamedTuple):
    """Nothing has reached the destination for a while: somebody should know."""

    why: str


class Reached(NamedTuple):
    """After all that, it is reached again."""


Fact = Delivered | Refused | PutOff | Heard | NewPassword | PasswordTaken | PasswordLost | Unreachable | Reached
