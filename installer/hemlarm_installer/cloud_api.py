"""The cloud's API, as far as the work on an installer's desk needs it."""

import ipaddress
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import httpx

from hemlarm_installer.errors import InstallError

_TIMEOUT_S = 30.0
_TOKEN_MAX = 4096


class CloudError(InstallError):
    """The cloud said no, or nothing. `status` is that of HTTP, 0 where no answer came."""

    def __init__(self, text: str, status: int = 0) -> None:
        super().__init__(text)
        self.status = status


class CloudApi:
    """The API at `url`, asked with an account's token. A context manager; its methods raise CloudError.

    `authority` is a file with the certificate to trust, for a cloud whose certificate nobody else signed.
    """

    def __init__(self, url: str, token: str, authority: Path | None = None) -> None:
        self.url = url.rstrip("/")
        _check_url(self.url)
        self._client = httpx.Client(
            base_url=f"{self.url}/api/v1",
            headers={"Authorization": f"Bearer {token}"},
            timeout=_TIMEOUT_S,
            verify=str(authority) if authority is not None else True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def get(self, path: str, **query: Any) -> Any:
        """Return what the API answers to a GET."""
        return self._asked("GET", path, params=query).json()

    def post(self, path: str, body: Any) -> Any:
        """Return what it answers to a POST."""
        return self._asked("POST", path, json=body).json()

    def file(self, path: str, **query: Any) -> bytes:
        """Return a file that it gives."""
        return self._asked("GET", path, params=query).content

    def _asked(self, method: str, path: str, **more: Any) -> httpx.Response:
        try:
            answer = self._client.request(method, path, **more)
        except httpx.HTTPError as error:
            why = str(error) or type(error).__name__
            raise CloudError(
                f"no answer from {self.url} ({why}): check the address and the network, and repeat"
            ) from None
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            raise CloudError(f"{self.url} does not know this token: take a new one to --token-file", answer.status_code)
        if not answer.is_success:
            raise CloudError(f"{self.url}: {_detail(answer)}", answer.status_code)
        return answer


def token_of(file: Path) -> str:
    """Return the token in a file. Raises InstallError."""
    try:
        token = file.read_text(encoding="utf-8")[:_TOKEN_MAX].strip()
    except (OSError, ValueError):
        raise InstallError(f"{file} cannot be read: put your account's token into it, or name another file") from None
    if not token or not token.isprintable() or not token.isascii():
        raise InstallError(f"{file} holds no token: put your account's token into it, and nothing else")
    return token


def _check_url(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InstallError(f"{url!r} is no address of a cloud: write it as https://larm.example.se")
    if parts.scheme == "http" and not _is_here(parts.hostname):
        raise InstallError(f"{url} would show your token to the network: write https://")


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _detail(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return f"it answered {answer.status_code}"
