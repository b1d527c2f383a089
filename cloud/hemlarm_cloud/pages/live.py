"""What comes, live, for the pages of whoever is signed in: they fetch anew the parts that it concerns.

The messages are those of the API's feed. A page asks for nothing and says nothing.
"""

from fastapi import APIRouter, WebSocket

from hemlarm_cloud.actor import Actor
from hemlarm_cloud.api.depends import centre_of
from hemlarm_cloud.api.live import NOT_AUTHORISED, Client, EndedError, serve
from hemlarm_cloud.pages import cookies
from hemlarm_cloud.pages.depends import is_same_origin, look_up

router = APIRouter()


@router.websocket("/live")
async def live(websocket: WebSocket) -> None:
    """Tell a page what comes, as long as it is signed in."""
    if not is_same_origin(websocket):
        # Not accepted, so that another site's script does not even learn whether anybody is signed in.
        await websocket.close()
        return
    await serve(websocket, _met)


async def _met(websocket: WebSocket) -> Client:
    centre, token = centre_of(websocket.app), cookies.session_token(websocket)
    if not token:
        raise EndedError(NOT_AUTHORISED, "not signed in")

    def whose(now_ms: int) -> Actor | None:
        session = look_up(centre, token, now_ms)
        return session.actor if session else None

    return Client(websocket, centre, whose)
