"""The SIM card: whether it is there and ready, and its PIN, which is tried once and never again.

The third wrong PIN in a row locks a card, however many restarts lie between. So the card is asked how many tries it has
left: with less than three it has seen a wrong one, and gets another one only from somebody who knows of it.
"""

from hemlarm_firmware.modem.at import AtError, number

NO_CARD, NO_PIN, PUK_NEEDED, FAILURE, PIN_REFUSED = 10, 11, 12, 13, 16
"""What may be wrong with it: the numbers of +CME ERROR in 3GPP TS 27.007."""

_ALL_TRIES = 3

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from hemlarm_firmware.modem.at import AtChannel


class Sim:
    """`problem` is 0, or one of the numbers above. `pin` is "" where none is known."""

    def __init__(self, at: "AtChannel", pin: str) -> None:
        self._at = at
        self._pin = pin
        self._is_new = False
        self._asked = False
        self._tried = ""
        self.problem = 0

    def change(self, pin: str) -> None:
        """Take the PIN that the configuration has now.

        Another one than the card was asked with may be tried, if that leaves one more try.
        """
        if pin != self._pin:
            self._pin, self._is_new = pin, self._asked

    async def ready(self, profile: "Any") -> "bool | None":
        """Return whether the card is ready, None where it will not be before a person has done something about it.

        Raises AtError for what may pass, and ModemSilentError.
        """
        self._asked = True
        try:
            lines = await self._at.command("AT+CPIN?", want="+CPIN:")
        except AtError as error:
            if error.code in (NO_CARD, PUK_NEEDED, FAILURE):
                self.problem = error.code
            return None if error.code == PUK_NEEDED else False
        state = lines[-1][6:].strip() if lines else ""
        if state == "READY":
            self.problem = 0
            return True
        if state == "SIM PUK":
            self.problem = PUK_NEEDED
            return None
        return await self._enter(profile) if state == "SIM PIN" else False

    async def _enter(self, profile: "Any") -> "bool | None":
        left = -1
        try:
            left = number(await self._at.command(profile.TRIES, want=profile.TRIES_WANT), profile.TRIES_FIELD)
        except AtError:
            pass
        may = left >= _ALL_TRIES or (left == _ALL_TRIES - 1 and self._is_new)
        if left < 0:  # The card does not tell: once since the panel started.
            may = self._pin != self._tried
        if not self._pin or not may:
            self.problem = PIN_REFUSED if self._pin else NO_PIN
            return None
        self._tried, self._is_new = self._pin, False
        await self._at.command(f'AT+CPIN="{self._pin}"')
        return False  # What that did is asked next.
