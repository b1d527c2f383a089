"""The SIM card: who the modem is to the network, a PIN that locks after three wrong tries, and a few messages."""

from hemlarm_simulator.modem.message_store import MessageStore

PIN_ATTEMPTS, PUK_ATTEMPTS = 3, 10
"""As 3GPP TS 11.11 sets them."""

_MESSAGES = 30
"""How many messages a card stores: our choice, in the range of cards sold today."""


class SimCard:
    """A card with `number` (with "+" and country code). Without a `pin` it asks for none.

    Its attempts and messages outlive the modem's power. `inserted` False is an empty holder.
    """

    def __init__(
        self,
        number: str,
        pin: str = "",
        puk: str = "12345678",
        imsi: str = "240990000000001",
        iccid: str = "89460990000000000019",
    ) -> None:
        self.number = number
        self.pin = pin
        self.puk = puk
        self.imsi = imsi
        self.iccid = iccid
        self.inserted = True
        self.asks_pin = bool(pin)
        self.pin_attempts = PIN_ATTEMPTS
        self.puk_attempts = PUK_ATTEMPTS
        self.service_centre: str | None = None
        self.last_reference = 0
        self.messages = MessageStore("SM", _MESSAGES)

    @property
    def blocked(self) -> bool:
        """Whether too many wrong PINs made the card ask for its PUK."""
        return self.pin_attempts == 0

    @property
    def dead(self) -> bool:
        """Whether too many wrong PUKs made the card useless for ever."""
        return self.puk_attempts == 0

    def verify(self, pin: str) -> bool:
        """Tries a PIN. A wrong one costs an attempt, a right one gives them all back."""
        if self.blocked:
            return False
        if pin != self.pin:
            self.pin_attempts -= 1
            return False
        self.pin_attempts = PIN_ATTEMPTS
        return True

    def unblock(self, puk: str, pin: str) -> bool:
        """Tries the PUK; the right one sets a new PIN."""
        if self.dead:
            return False
        if puk != self.puk:
            self.puk_attempts -= 1
            return False
        self.pin, self.pin_attempts, self.puk_attempts = pin, PIN_ATTEMPTS, PUK_ATTEMPTS
        return True
