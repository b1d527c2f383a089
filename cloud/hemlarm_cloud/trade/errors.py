"""The one error that a stranger's telegram raises."""


class BadTelegram(ValueError):  # noqa: N818 - the name is what a caller reads: this telegram is bad.
    """A telegram that cannot be understood, or that cannot be written: the text says what is wrong with it.

    `status` is what its protocol answers to that, where it has numbers for it. `kind` and `reference` are what could be
    read all the same, so that the answer fits the question. Nothing of it holds a password.
    """

    def __init__(self, text: str, status: int = 0, kind: str = "", reference: str = "") -> None:
        super().__init__(text)
        self.status = status
        self.kind = kind
        self.reference = reference
