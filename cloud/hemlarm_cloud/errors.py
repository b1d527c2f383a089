"""What the receiving centre refuses. Each text names the thing and the remedy; nothing of what was asked is done."""


class CentreError(Exception):
    """Something asked of the centre that cannot be."""


class NotFoundError(CentreError):
    """There is no such thing, or none that this actor may know of: the two are told alike."""


class RefusedError(CentreError):
    """The actor, or the person on whose behalf it acts, lacks the authority."""


class ConflictError(CentreError):
    """Somebody else changed it meanwhile, or it is in a state in which this cannot be done: look again."""


class InvalidError(CentreError):
    """A value that cannot be."""


class ListenError(Exception):
    """A server of ours cannot be started; the text names its address or file and the remedy."""
