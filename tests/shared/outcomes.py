"""What the protocol makes of each line of a corpus, as text: run on both interpreters, the outcomes must be equal.

On MicroPython: `micropython tests/shared/outcomes.py CORPUS` prints one outcome a line. Lines are words; bytes are hex,
`-` for none.
"""

import sys

from hemlarm_protocol import cbor, crypto, keys, messages, sealing, topics
from hemlarm_protocol.errors import BadMessage
from session_support import PANEL, ROOT_KEY, SALT, Chance, Cloud, Panel, changed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


def _bytes(word: str) -> bytes:
    return b"" if word == "-" else bytes.fromhex(word)


def _cbor(data: str) -> str:
    return cbor.encode(cbor.decode(_bytes(data))).hex()


def _message(purpose: str, direction: str, data: str) -> str:
    return messages.encode(messages.decode(_bytes(data), int(purpose), int(direction))).hex()


def _seal(key: str, nonce: str, external: str, text: str) -> str:
    return crypto.ccm_seal(_bytes(key), _bytes(nonce), _bytes(text), _bytes(external)).hex()


def _open(key: str, nonce: str, external: str, sealed: str) -> str:
    return crypto.ccm_open(_bytes(key), _bytes(nonce), _bytes(sealed), _bytes(external)).hex()


def _hkdf(root: str, salt: str, info: str, length: str) -> str:
    return crypto.hkdf(_bytes(root), _bytes(salt), _bytes(info), int(length)).hex()


def _frame(data: str) -> str:
    key = keys.journal_key(ROOT_KEY, PANEL, SALT)
    number, padded = sealing.open_numbered(key, sealing.split_frame(_bytes(data))[1])
    return f"{number} {padded.hex()}"


def _topic(topic: str) -> str:
    return " ".join(topics.parse(topic))


def _conversation(seed: str) -> str:
    """Let both ends talk over a bad line for a while, and return the hash of all that was said and what came of it."""
    chance, panel, cloud = Chance(int(seed)), Panel(int(seed) + 1), Cloud(int(seed) + 2)
    said: list[bytes] = []
    panel.end.connected(0)
    now_ms = 0
    for _ in range(60):
        now_ms += chance.below(3000)
        if chance.below(4) == 0:
            panel.event(chance.below(8))
            panel.end.poke(now_ms)
        if chance.below(20) == 0:
            cloud.restart()
        panel.end.wake(now_ms)
        cloud.heard(_over_a_bad_line(chance, panel.end.to_send(), said), now_ms)
        panel.heard(_over_a_bad_line(chance, cloud.end.to_send(), said), now_ms)
    heard = [str(count) for count in (len(said), len(cloud.events), panel.journal.pending, panel.end.state)]
    refused = sorted(list(panel.end.refusals.counts.items()) + list(cloud.end.refusals.counts.items()))
    return " ".join(heard) + " " + str(refused) + crypto.sha256(b"".join(said)).hex()


def _over_a_bad_line(chance: Chance, frames: "list[bytes]", said: "list[bytes]") -> "list[bytes]":
    arriving = []
    for frame in frames:
        said.append(frame)
        fate = chance.below(8)
        if fate == 0:
            frame = changed(frame, chance.below(8 * len(frame)))
        if fate == 1:
            frame = said[chance.below(len(said))]
        if fate != 2:
            arriving.append(frame)
    return arriving


OPERATIONS: "dict[str, Callable[..., str]]" = {
    "cbor": _cbor,
    "message": _message,
    "seal": _seal,
    "open": _open,
    "hkdf": _hkdf,
    "frame": _frame,
    "topic": _topic,
    "conversation": _conversation,
}


def outcome(line: str) -> str:
    """Return what comes of one line. The one documented error is an outcome; any other passes through."""
    name, *words = line.split(" ")
    try:
        return OPERATIONS[name](*words)
    except BadMessage as error:
        return "BadMessage: " + str(error)


def main(path: str) -> None:
    """Print the outcome of each line of the file."""
    with open(path) as corpus:  # noqa: PTH123 - MicroPython has no pathlib.
        for line in corpus:
            print(outcome(line.rstrip("\n")))  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1])
