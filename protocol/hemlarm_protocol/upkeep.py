"""What keeps a panel up to date: its firmware, its root key, its certificate.

Importing it adds these messages to the tables of `messages`. The cloud always does; a panel when the first of them
comes (`messages.LATE`), which in most of its days none does.
"""

from collections import namedtuple

from hemlarm_protocol import messages
from hemlarm_protocol.keys import DOWN, SESSION, UP

DIGEST_BYTES = 32
PUBLIC_BYTES = 32

# States of an update, told by the panel; `message_names.UPDATE_STATES` has words for them.
LOADING, READY, TRIAL, RUNNING, REFUSED, ROLLED_BACK = 1, 2, 3, 4, 5, 6

# Why one was refused or rolled back; `message_names.UPDATE_REASONS`.
SIGNATURE, OTHER_BOARD, TOO_OLD, TRUNCATED, CONTENT, INTERPRETER, NO_ROOM = 1, 2, 3, 4, 5, 6, 7
CRASHED, NO_CONTACT, SELF_TEST, DATA_FORMAT, CHANGED, GIVEN_UP, FAILED_BEFORE = 8, 9, 10, 11, 12, 13, 14

# What a Credential carries.
CONNECTION = 1

UpdateOffer = namedtuple("UpdateOffer", ["id", "user", "expires", "version", "size", "digest"])
"""A release for this panel: an id of 8 random bytes, for user `user`, not after `expires` (s since 1970). Its version,
its bytes, and the SHA-256 of its signed head. Answered once by a Result; what becomes of it is told by UpdateStates."""

UpdatePart = namedtuple("UpdatePart", ["id", "offset", "data"])
"""Of the image of the offer with this id the bytes from `offset` on."""

UpdateWanted = namedtuple("UpdateWanted", ["id", "offset", "count"])
"""The panel wants so many parts of `messages.CONFIG_BYTES_MAX` bytes from this offset on; it has all before it."""

UpdateState = namedtuple("UpdateState", ["id", "state", "reason", "version", "floor", "got"])
"""What has become of the offer with this id: a state and a reason as above. `version` is what runs now, `floor` the
oldest that may ever run here, `got` the bytes on the panel's flash. Told when it changes and as a session opens."""

Rekey = namedtuple("Rekey", ["id", "user", "expires", "public"])
"""Change the root key: the cloud's X25519 key for this once. Executed once, answered by Rekeyed."""

Rekeyed = namedtuple("Rekeyed", ["id", "public"])
"""The panel's X25519 key for it. Both derive the new root key of the old one and what the two have in common."""

Credential = namedtuple("Credential", ["id", "kind", "total", "offset", "data"])
"""A piece of new credentials of `kind` CONNECTION: of the CBOR of a map with some of `host`, `port`, `certificate`,
`key`, `authority`, `total` bytes, those from `offset` on."""

CredentialState = namedtuple("CredentialState", ["id", "got"])
"""So many bytes of them, from the first on, are here; all of them: they are stored, and used from the next connection
on."""

ITEMS = {
    22: (UpdateOffer, "inIHIh"),
    23: (UpdatePart, "iIb"),
    24: (UpdateWanted, "iIc"),
    25: (UpdateState, "iccHHI"),
    26: (Rekey, "inIh"),
    27: (Rekeyed, "ih"),
    28: (Credential, "icHHb"),
    29: (CredentialState, "iH"),
}
"""As `messages.ITEMS`."""

messages.SPANS["h"] = (DIGEST_BYTES, DIGEST_BYTES)
messages.ITEMS.update(ITEMS)
messages.ALLOWED[SESSION, UP] += (UpdateWanted, UpdateState, Rekeyed, CredentialState)
messages.ALLOWED[SESSION, DOWN] += (UpdateOffer, UpdatePart, Rekey, Credential)
messages.FOR_THE_SHELL.update({UpdateOffer: "upkeep", UpdatePart: "upkeep", Rekey: "upkeep", Credential: "upkeep"})
