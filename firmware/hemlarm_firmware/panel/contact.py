"""What the panel knows of its contact with the world: faulty paths to the centre, jammed radios, nobody answering.

Each trouble is told as it comes and restored as it goes. One that comes for the third time without a quiet hour before
is told a last time and then held: it is restored after an hour without it. So the journal gets at most three faults and
three restores an hour of each, however often a path comes and goes. Nothing here makes a sound or touches what guards.
"""

from hemlarm_firmware.panel import inputs
from hemlarm_firmware.panel.countdown import earlier
from hemlarm_protocol.constant import const

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from hemlarm_firmware.panel.cause import Cause
    from hemlarm_firmware.sensors.noise import Noise

TOLD_MAX = 3
"""The last time that a trouble is told without a quiet hour before."""

QUIET_MS = 3_600_000

ALL = 63
"""Every trouble's bit."""

# The troubles are bits of what is stored, the most telling first; their texts have the same order.
_NO_CONTACT = const(0)
_SENSORS_JAMMED = const(1)
_MOBILE_JAMMED = const(2)
_PATH = const(2)  # And the number of the path, from 1.
_MOBILE_USED = const(5)
_IP = const(1)
_MOBILE = const(2)

# Contact ID code, zone and detail of every trouble: the last two are one digit each.
_EVENTS = [354_00, 344_01, 344_02, 351_10, 352_20, 350_20]
_BACK_ON_IP = const(3350)


class Contact:
    """`told` are the troubles told and not restored, a bit each; `deadline_ms` is when `run_due` has something to do.

    `has_radio` says whether there are radio sensors. What judges the noise is loaded with the first that is heard.
    """

    def __init__(self) -> None:
        self.has_radio = False
        self.told = 0
        self._noise: Noise | None = None
        self.deadline_ms: int | None = None
        self._times = bytearray(len(_EVENTS))  # How often each was told without a quiet hour; since the start.
        self._due: list[int | None] = [None] * len(_EVENTS)  # For what is over, the end of that hour.

    def resume(self, now_ms: int) -> None:
        """What nobody says anew within an hour of a restart is over; of the sensors' radio, within a minute."""
        for i in range(len(_EVENTS)):
            self._due[i] = now_ms + QUIET_MS
        if self.told >> _SENSORS_JAMMED & 1:
            self._judge(False, now_ms)
        self.deadline_ms = now_ms

    def hear(self, event: "Sequence[Any]", cause: "Cause") -> None:
        """Takes ("path", n, up), ("path-used", n), ("jammed", 2, on), ("no-contact", on) or ("noise", busy).

        Anything else has no effect.
        """
        kind = event[0]
        if kind == inputs.NO_CONTACT:
            self._follow(_NO_CONTACT, event[1], cause)
        elif kind == inputs.NOISE:
            if self.has_radio or self._noise:
                self._judge(event[1], cause.now_ms)
                self.deadline_ms = cause.now_ms
        elif kind == inputs.PATH and _IP <= event[1] <= _MOBILE:
            self._follow(_PATH + event[1], not event[2], cause)
        elif kind == inputs.PATH_USED and _IP <= event[1] <= _MOBILE:
            for i in (_NO_CONTACT, _PATH + event[1]):
                if not self._times[i]:  # Told before a restart: a path that is used answers, and nobody will say so.
                    self._follow(i, False, cause)
            self._follow(_MOBILE_USED, event[1] == _MOBILE, cause)
        elif kind == inputs.JAMMED and event[1] == _MOBILE_JAMMED:
            self._follow(_MOBILE_JAMMED, event[2], cause)

    def run_due(self, cause: "Cause") -> None:
        """Judges the noise, and restores what was held for long enough."""
        if self.deadline_ms is None or cause.now_ms < self.deadline_ms:
            return
        noise, at_ms, jammed = self._noise, None, False
        if noise is not None and self.has_radio:
            noise.judge(noise.busy, cause.now_ms)
            at_ms, jammed = noise.deadline_ms, noise.jammed
        self._follow(_SENSORS_JAMMED, jammed, cause)
        for i in range(len(_EVENTS)):
            quiet_ms = self._due[i]
            if self.told >> i & 1 and quiet_ms is not None:
                if cause.now_ms >= quiet_ms:
                    self._follow(i, False, cause)
                else:
                    at_ms = earlier(at_ms, quiet_ms)
        self.deadline_ms = at_ms

    def _judge(self, busy: bool, now_ms: int) -> None:
        if self._noise is None:
            from hemlarm_firmware.sensors.noise import Noise

            self._noise = Noise(bool(self.told >> _SENSORS_JAMMED & 1))
        self._noise.judge(busy, now_ms)

    def _follow(self, i: int, present: bool, cause: "Cause") -> None:
        """Tells or restores, unless that is known, or held."""
        told = bool(self.told >> i & 1)
        now_ms, quiet_ms = cause.now_ms, self._due[i]
        if quiet_ms is not None and now_ms >= quiet_ms:
            self._times[i] = 0
        if present:
            self._due[i] = None
            turns = not told
            if turns or not self._times[i]:
                self._times[i] += 1
        else:
            if quiet_ms is None:
                self._due[i] = now_ms + QUIET_MS
            turns = told and self._times[i] < TOLD_MAX
        self.deadline_ms = now_ms
        if turns:
            self.told ^= 1 << i
            event = _EVENTS[i]
            qcode = (3000 if told else 1000) + event // 100
            cause.event(qcode, zone=_IP if qcode == _BACK_ON_IP else event // 10 % 10, detail=event % 10)
