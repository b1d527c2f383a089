"""What keeps the SMS gateway from running."""


class SmsServiceError(Exception):
    """The gateway cannot run; the text names the cause and the remedy."""
