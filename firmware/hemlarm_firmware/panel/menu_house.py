"""Menu pages for living with the alarm: bypassing zones, the door chime, letting an installer in."""

from hemlarm_firmware.panel import menu_texts as texts
from hemlarm_firmware.panel.menu import Page

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hemlarm_firmware.panel.cause import Cause
    from hemlarm_firmware.panel.keypad import Lines
    from hemlarm_firmware.panel.menu import Menu


class Bypass(Page):
    """The zones of the user's areas that may be bypassed; ok bypasses one or takes it in again."""

    def __init__(self, menu: "Menu") -> None:
        super().__init__(menu)
        areas = menu.user["areas"]
        self._zones = [zone for zone in menu.panel.zones if zone.area in areas and zone.may_bypass()]

    def count(self) -> int:
        """The number of zones."""
        return len(self._zones) or 1

    def lines(self) -> "Lines":
        """The zone and whether it is bypassed."""
        if not self._zones:
            return self.menu.say(texts.NO_ZONES)
        zone = self._zones[self.index]
        return self.menu.say(texts.BYPASSED if zone.bypassed else texts.IN_USE, self.menu.name(zone))

    def choose(self, cause: "Cause") -> None:
        """The other way round."""
        if self._zones:
            zone = self._zones[self.index]
            if self.menu.panel.bypass(zone.number, not zone.bypassed, cause):
                cause.buzz = "ok"
            else:
                self.menu.refuse(texts.NOT_NOW, cause)


class Chime(Page):
    """Whether doors chime; ok changes it."""

    def lines(self) -> "Lines":
        """Whether they do."""
        return self.menu.say(texts.CHIME_ON if self.menu.panel.chime else texts.CHIME_OFF)

    def choose(self, cause: "Cause") -> None:
        """The other way round."""
        self.menu.panel.set_chime(not self.menu.panel.chime)
        cause.buzz = "ok"


class Access(Page):
    """Whether installers are let in; ok changes it."""

    def lines(self) -> "Lines":
        """Whether they are."""
        return self.menu.say(texts.ACCESS_ON if self.menu.keypad.let_in else texts.ACCESS_OFF)

    def choose(self, cause: "Cause") -> None:
        """The other way round."""
        self.menu.keypad.let_installer_in(not self.menu.keypad.let_in, cause.now_ms)
        cause.buzz = "ok"
