"""What the pages of signing in and up have in common: how errors are told, and how one is signed in."""

from starlette.responses import Response

from hemlarm_cloud.access.attempts import LockedError
from hemlarm_cloud.access.passwords import LENGTH_MAX, LENGTH_MIN, WeakPasswordError
from hemlarm_cloud.access.signing_in import Signed
from hemlarm_cloud.errors import CentreError
from hemlarm_cloud.pages import cookies
from hemlarm_cloud.pages.depends import GuestVisit
from hemlarm_cloud.pages.rendering import redirect

_MINUTE_MS = 60_000


def locked(visit: GuestVisit, error: CentreError) -> str:
    """Return what to tell somebody who has to wait. Raises any error that is none of these."""
    if not isinstance(error, LockedError):
        raise error
    return visit.text("access.locked", minutes=-(-(error.until_ms - visit.now_ms) // _MINUTE_MS))


def weak(visit: GuestVisit, error: WeakPasswordError) -> dict[str, str]:
    """Return what to tell about a password that will not do, by its field."""
    return {"password": visit.text(f"access.weak-{error.why}", least=LENGTH_MIN, most=LENGTH_MAX)}


def unlike(visit: GuestVisit, password: str, again: str) -> dict[str, str]:
    """Return what to tell about a password that was written in two ways, by its field; nothing if it was not."""
    return {} if password == again else {"again": visit.text("access.unlike")}


def signed_in(visit: GuestVisit, signed: Signed, path: str) -> Response:
    """Return the answer that leads somebody who has signed in to a page."""
    answer = redirect(path)
    cookies.keep_session(visit.request, answer, signed.token)
    cookies.keep_choice(visit.request, answer, cookies.LANGUAGE, signed.language)
    return answer
