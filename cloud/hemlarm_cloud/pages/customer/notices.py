"""Which messages somebody gets about the home, and how: everybody for themselves."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from hemlarm_cloud.errors import InvalidError
from hemlarm_cloud.notices import choices
from hemlarm_cloud.notices.outbox import CHANNELS
from hemlarm_cloud.pages.customer.visiting import Home, HomeVisit

router = APIRouter()

PAGE = "customer/notices.html"


@router.get("/home/notices")
def show(home: Home) -> Response:
    """Show what is chosen."""
    return home.page(PAGE, **_values(home), saved=False)


@router.post("/home/notices")
async def choose(home: Home, request: Request) -> Response:
    """Take what was chosen."""
    form = await request.form()
    wanted = {kind: {str(each) for each in form.getlist(kind)} for kind in choices.KINDS}
    return await run_in_threadpool(_choose, home, wanted)


def _choose(home: HomeVisit, wanted: dict[str, set[str]]) -> Response:
    visit = home.visit
    try:
        with visit.store.begin() as tx:
            choices.choose(tx, visit.actor, visit.session.account, home.site.id, wanted, visit.now_ms)
    except InvalidError:
        return home.form_error(PAGE, {"": home.text("customer.notices-wrong")}, **_values(home), saved=False)
    return home.page(PAGE, **_values(home), saved=True)


def _values(home: HomeVisit) -> dict[str, Any]:
    visit = home.visit
    with visit.store.read() as reading:
        who = visit.session.account
        chosen = choices.chosen(reading, visit.actor, who, home.site.id, visit.now_ms)
        reached = choices.recipients(reading, who)
    shown = {channel: _shown(home, channel, list(found)) for channel, found in reached.items()}
    return {"chosen": chosen, "reached": shown, "channels": CHANNELS, "kinds": choices.KINDS}


def _shown(home: HomeVisit, channel: str, found: list[str]) -> str:
    """Where messages go: an address or number as it is, of other places how many there are."""
    if not found or channel in ("sms", "mail"):
        return ", ".join(found)
    return home.text("customer.places", n=len(found))
