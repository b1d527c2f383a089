"""How long the sirens sound: the limits, and what they allow at a moment of an alarm.

Indoor and outdoor siren have limits of their own (bells 2 to 15 minutes; outdoors at most 15 in Sweden). Fire and
carbon monoxide sound indoors for 180 s at least.
"""

OFF = "off"
LIFE_S_MIN = 180

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hemlarm_firmware.panel.config import Config
    from hemlarm_firmware.panel.countdown import Countdown


class Limits:
    """Times from an alarm's start, in ms: the indoor siren's end, the outdoor one's begin and end, the later end."""

    def __init__(self, config: "Config", life_safety: bool = False, delays_outdoor: bool = False) -> None:
        indoor_s: int = config["siren_s"]
        if life_safety:
            indoor_s = max(indoor_s, LIFE_S_MIN)
        self.indoor_ms = indoor_s * 1000
        self.outdoor_from_ms: int = config["outdoor_delay_s"] * 1000 if delays_outdoor else 0
        self.outdoor_to_ms: int = self.outdoor_from_ms + config["outdoor_s"] * 1000
        if not config["outdoor_s"]:
            self.outdoor_from_ms = self.outdoor_to_ms = 0
        self.whole_ms = max(self.indoor_ms, self.outdoor_to_ms)

    def allow(self, countdown: "Countdown", now_ms: int, outdoor: bool) -> bool:
        """Whether the indoor or outdoor siren may sound now, of an alarm whose `countdown` runs for `whole_ms`."""
        assert countdown.deadline_ms is not None
        elapsed_ms = now_ms - countdown.deadline_ms + self.whole_ms
        if outdoor:
            return self.outdoor_from_ms <= elapsed_ms < self.outdoor_to_ms
        return elapsed_ms < self.indoor_ms

    def next_ms(self, countdown: "Countdown", now_ms: int) -> "int | None":
        """When one of the two changes next, of an alarm whose `countdown` runs for `whole_ms`."""
        if countdown.deadline_ms is None:
            return None
        began_ms = countdown.deadline_ms - self.whole_ms
        best: int | None = None
        for mark_ms in (self.indoor_ms, self.outdoor_from_ms, self.outdoor_to_ms):
            at_ms = began_ms + mark_ms
            if at_ms > now_ms and (best is None or at_ms < best):
                best = at_ms
        return best
