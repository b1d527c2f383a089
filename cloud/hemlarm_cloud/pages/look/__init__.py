"""The look: style, script and icons, the same for the cloud's pages and the simulator's."""

import hashlib
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

LOOK = Path(__file__).parent
"""The folder that holds it."""

_MEDIA = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".wav": "audio/wav",
    ".webmanifest": "application/manifest+json",
}

_FOR_EVER = "public, max-age=31536000, immutable"


def _read() -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(LOOK.iterdir()) if file.suffix in _MEDIA}


_FILES = _read()

VERSION = hashlib.sha256(b"".join(name.encode() + data for name, data in _FILES.items())).hexdigest()[:12]
"""Changes with any of the files, so that browsers may keep them for ever."""


def url(name: str) -> str:
    """Return where browsers find a file of the look. Raises KeyError for one that is not there."""
    if name not in _FILES:
        raise KeyError(name)
    return f"/look/{VERSION}/{name}"


def routes() -> list[Route]:
    """Return what serves these files, for whichever application has pages."""
    return [Route("/look/{version}/{name}", _file, methods=["GET"], name="look")]


async def _file(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in _FILES:
        raise HTTPException(404, "there is no such file")
    # An address of another version, from a page of before or after an upgrade, gets what there is now, for once.
    keep = _FOR_EVER if request.path_params["version"] == VERSION else "no-cache"
    return Response(_FILES[name], media_type=_MEDIA[Path(name).suffix], headers={"Cache-Control": keep})
