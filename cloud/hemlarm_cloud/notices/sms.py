"""One text SMS at a time to the provider: POST {"to": NUMBER, "from": NUMBER, "text": TEXT}, with bounded patience."""

from typing import Any

import httpx
from sqlalchemy import Row

from hemlarm_cloud.notices.trouble import SendError
from hemlarm_cloud.sms.sending import TIMEOUT_S, SmsProvider

_FOR_GOOD = (400, 422)
"""What providers answer to a number or text that they will never take. All else can be mended at one of the ends."""


def send(provider: SmsProvider, notice: Row[Any], transport: httpx.BaseTransport | None = None) -> None:
    """Send a notice, a row of that table. Raises SendError; without one, the provider has taken it upon itself.

    `Idempotency-Key` is the same at each try, for providers that leave out repetitions.
    """
    headers = {"Idempotency-Key": f"notice-{notice.id}-{notice.created_ms}"}
    if provider.token:
        headers["Authorization"] = f"Bearer {provider.token}"
    body = {"to": notice.recipient, "from": provider.number, "text": notice.text}
    try:
        with (
            httpx.Client(timeout=TIMEOUT_S, transport=transport) as client,
            # Only the status matters, so a long answer is never read.
            client.stream("POST", provider.url, json=body, headers=headers) as answer,
        ):
            status = answer.status_code
    except httpx.HTTPError as error:
        raise SendError(f"{type(error).__name__} at {provider.url}") from None
    if not 200 <= status < 300:
        raise SendError(f"{provider.url} answered {status}", status in _FOR_GOOD)
