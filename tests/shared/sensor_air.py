"""One sensor, its panel's receiver and the air between them, with a clock that moves by hand."""

from hemlarm_firmware.sensors.radio import Receiver
from hemlarm_protocol.sensor_radio import SensorEnd
from session_support import Chance

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    Heard = tuple[int, int, "int | None"]

DOOR, HALL, CELLAR = b"door", b"hall", b"cell"
ZONES = [(DOOR, 1), (HALL, 2), (CELLAR, 3)]


def key_of(sensor: bytes) -> bytes:
    """Return the sensor's key."""
    return sensor * 4


def always(_index: int) -> bool:
    """Every frame."""
    return True


def never(_index: int) -> bool:
    """No frame."""
    return False


class Air:
    """`loses_report` and `loses_answer` say of a frame, by its number from 0, whether it gets lost.

    `heard` is what the panel believed, `reports` every frame of the sensor as (time, frame), `answers` every one of the
    panel, `reserved` what the sensor has put into its flash.
    """

    def __init__(self, sensor: bytes = DOOR, seed: int = 1) -> None:
        self.now_ms = 0
        self.chance = Chance(seed)
        self.sensor = sensor
        self.reserved = [0]
        self.loses_report: Callable[[int], bool] = never
        self.loses_answer: Callable[[int], bool] = never
        self.heard: list[Heard] = []
        self.reports: list[tuple[int, bytes]] = []
        self.answers: list[bytes] = []
        self.starts_sensor()
        self.starts_panel()

    def starts_panel(self) -> None:
        """The panel starts, and remembers nothing of its radio."""
        self.receiver = Receiver([(sensor, key_of(sensor), zone) for sensor, zone in ZONES], self.chance)

    def starts_sensor(self) -> None:
        """The sensor starts, with what it has reserved."""
        self.end = SensorEnd(self.sensor, key_of(self.sensor), self.chance, self.reserved[-1], self.reserved.append)

    def settled(self) -> "Air":
        """Lets the sensor report for the first time, and forgets what was said."""
        self.passes(1000)
        self.forgets()
        return self

    def forgets(self) -> None:
        """What was said so far is of no interest; MicroPython's heap thanks a long test for it."""
        self.heard, self.reports, self.answers = [], [], []

    def becomes(self, flags: int, value: "int | None" = None) -> None:
        """The sensor's state is this from now on."""
        self.end.changed(flags, value, self.now_ms)
        self.carries()

    def passes(self, length_ms: int) -> None:
        """Lets time pass, in which the sensor does what is due."""
        until_ms = self.now_ms + length_ms
        while self.end.deadline_ms() <= until_ms:
            self.now_ms = max(self.now_ms, self.end.deadline_ms())
            self.end.wake(self.now_ms)
            self.carries()
        self.now_ms = until_ms

    def carries(self) -> None:
        """Carries frames both ways until nobody has any more to say."""
        frames = self.end.to_send()
        while frames:
            for frame in frames:
                self.reports.append((self.now_ms, frame))
                if not self.loses_report(len(self.reports) - 1):
                    self.reaches_panel(frame)
            frames = self.end.to_send()

    def reaches_panel(self, frame: bytes) -> None:
        """The panel hears a frame, and the sensor what the panel answers."""
        heard = self.receiver.received(frame, self.now_ms)
        if heard:
            self.heard.append(heard)
        answers, self.receiver.replies = self.receiver.replies, []
        for answer in answers:
            self.answers.append(answer)
            if not self.loses_answer(len(self.answers) - 1):
                self.end.received(answer, self.now_ms)
