"""The cookies: of the session, of forms before there is one, and of what a browser's user chose.

Over TLS the first two have the prefix __Host-, with which no other host may set them. They come along when somebody
follows a link in a mail, and never with a request that another site makes by itself, nor with its forms.
"""

import base64
from collections.abc import Callable

from starlette.requests import HTTPConnection
from starlette.responses import Response

LANGUAGE, THEME = "hemlarm-language", "hemlarm-theme"

_SESSION, _FORM = "hemlarm", "hemlarm-form"

KEPT_S = 400 * 86_400
"""As long as browsers keep a cookie at most."""

_FORM_KEY_BYTES = 18


def session_token(asked: HTTPConnection) -> str:
    """Return the session's token, or nothing."""
    return asked.cookies.get(_name(asked, _SESSION), "")


def keep_session(asked: HTTPConnection, answer: Response, token: str) -> None:
    """Let the browser stay signed in, until its user signs out."""
    _set(asked, answer, _SESSION, token)


def drop_session(asked: HTTPConnection, answer: Response) -> None:
    """Let the browser forget its session."""
    name = _name(asked, _SESSION)
    answer.delete_cookie(name, secure=_is_secure(asked), httponly=True, samesite="lax")


def form_key(asked: HTTPConnection, random: Callable[[int], bytes]) -> tuple[str, bool]:
    """Return what binds the forms of somebody who is not signed in to this browser, and whether it is new."""
    key = asked.cookies.get(_name(asked, _FORM), "")
    if len(key) == 24 and key.isascii():
        return key, False
    return base64.urlsafe_b64encode(random(_FORM_KEY_BYTES)).decode(), True


def keep_form_key(asked: HTTPConnection, answer: Response, key: str) -> None:
    """Let the browser bring this along with its forms."""
    _set(asked, answer, _FORM, key)


def keep_choice(asked: HTTPConnection, answer: Response, name: str, value: str) -> None:
    """Let the browser remember what its user chose."""
    answer.set_cookie(name, value, KEPT_S, secure=_is_secure(asked), samesite="lax")


def _set(asked: HTTPConnection, answer: Response, name: str, value: str) -> None:
    secure = _is_secure(asked)
    answer.set_cookie(_name(asked, name), value, KEPT_S, secure=secure, httponly=True, samesite="lax")


def _name(asked: HTTPConnection, name: str) -> str:
    return f"__Host-{name}" if _is_secure(asked) else name


def _is_secure(asked: HTTPConnection) -> bool:
    return asked.url.scheme in ("https", "wss")
