"""What panels answer to commands and changes, and what follows for the configuration that is kept of them."""

from hemlarm_cloud.ingest.batch import Batch
from hemlarm_cloud.keys import moves
from hemlarm_cloud.store import CommandState
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_cloud.updates import progress
from hemlarm_protocol import messages


def write(tx: Transaction, batch: Batch, now_ms: int) -> None:
    """Store the answers of a batch; panels whose configuration is another one by them are marked as outdated."""
    for panel, answer in batch.results:
        if isinstance(answer, messages.Refusal):
            tx.explain_change(answer.id, panel, _readable(answer.text))
        else:
            _write_result(tx, batch, panel, answer, now_ms)


def is_outdated(tx: Transaction, panel: str) -> bool:
    """Tell whether the stored configuration is known to be an old one."""
    configuration = tx.configuration(panel)
    return configuration is not None and not configuration.complete


def outdate(tx: Transaction, batch: Batch, panel: str) -> None:
    """The stored configuration is an old one. Of a panel that still holds another home's nothing is asked for."""
    if moves.waits(tx, panel) is not None:
        return
    tx.expect_configuration(panel)
    batch.outdated.add(panel)


def _write_result(tx: Transaction, batch: Batch, panel: str, result: messages.Result, now_ms: int) -> None:
    state: CommandState = "done" if result.status == 0 else "failed"
    answer = (result.id, state, now_ms, result.status, result.detail, panel)
    if tx.set_command_state(*answer):
        return
    if tx.set_change_state(*answer):
        # Done, it is another configuration now; refused as a conflict, it has been another one for some time.
        outdate(tx, batch, panel)
        return
    progress.answer(tx, panel, result, now_ms)


def _readable(text: bytes) -> str:
    """Return a panel's words without what a terminal would obey and a database may not take: control characters."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text.decode())
