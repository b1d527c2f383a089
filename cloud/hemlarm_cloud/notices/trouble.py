"""Why a notice did not go out."""


class SendError(Exception):
    """Tried and not sent. `for_good` says that it never will be: this recipient does not exist, or takes nothing.

    The text is told to people, so it holds no secret of the address.
    """

    def __init__(self, problem: str, for_good: bool = False) -> None:
        super().__init__(problem)
        self.for_good = for_good
