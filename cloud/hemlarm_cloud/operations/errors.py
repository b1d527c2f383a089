"""What goes wrong with copies of the database."""


class BackupError(Exception):
    """A copy cannot be made or brought back; the text names the file or program and the remedy."""
