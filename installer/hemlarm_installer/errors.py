"""What can go wrong on an installer's desk."""


class InstallError(Exception):
    """A step did not work; the text names the thing and the remedy. Repeating the command goes on where it was."""


class UnpluggedError(InstallError):
    """The board is not there any more: the cable is out, or it does not answer."""
