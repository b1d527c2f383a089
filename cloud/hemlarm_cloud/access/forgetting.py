"""What signing in leaves behind and needs no more: codes that proved nothing, and wrong attempts of long ago."""

from sqlalchemy import union_all

from hemlarm_cloud.access import attempts, codes
from hemlarm_cloud.store import Store


def step(store: Store, now_ms: int) -> int | None:
    """Forget what is old. It asks for no moment of its own: nobody waits for this."""
    with store.read() as reading:
        old = reading.connection.execute(union_all(codes.old(now_ms), attempts.old(now_ms)).limit(1)).one_or_none()
    if old is not None:
        with store.begin() as tx:
            codes.forget_old(tx, now_ms)
            attempts.forget_old(tx, now_ms)
    return None
