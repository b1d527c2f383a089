"""Why things happen in one step of the panel, and what comes of it."""

from hemlarm_protocol import contact_id

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Output = tuple[Any, ...]


class Cause:
    """The time, who asked (user and source), and what is to be done about it.

    `events` are reported, `shows` are momentary outputs, `requests` are what the shell is asked for, `buzz` is a single
    sound of the keypad or "". With `duress` a person acts under threat: it is reported, and nothing else may show it.
    """

    # Most steps change none of these, and so they cost no memory.
    source = contact_id.SOURCE_PANEL
    user = 0
    buzz = ""
    duress = False
    shows: "tuple[Output, ...]" = ()
    requests: "tuple[Output, ...]" = ()

    def __init__(self, now_ms: int) -> None:
        self.now_ms = now_ms
        self.events: list[Output] = []

    def event(self, qcode: int, area: int = 0, zone: int = 0, detail: int = 0) -> None:
        """Reports an event, attributed to whoever asked."""
        self.events.append(("event", qcode, area, zone, self.user, self.source, detail))

    def show(self, output: str, value: "Any") -> None:
        """Sets an output that holds no state, such as a camera's flash."""
        self.shows += (("show", output, value),)

    def request(self, *output: "Any") -> None:
        """Asks the shell for something: ("recall", index) or ("configure", edits, user)."""
        self.requests += (output,)

    def acts_for(self, user: int, source: int) -> None:
        """What follows is this user's doing."""
        self.user = user
        self.source = source
