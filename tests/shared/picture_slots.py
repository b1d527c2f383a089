"""Pictures of tests on the panel: bytes that are told apart, and their way into a store and out of it."""

from binascii import crc32

from hemlarm_firmware.pictures_flash import PAGE, Header, PictureStore

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

KID = b"kidk"
HALL = 4
SLOT_SECTORS = 17


def jpeg(number: int, size: int = 1500) -> bytes:
    return bytes([(number * 31 + place * 7) & 0xFF for place in range(size)])


def stored(store: PictureStore, number: int, alarm: int, size: int = 1500) -> int:
    """Write a picture as the panel does; returns its slot, -1 where there is no room."""
    slot = store.room(alarm)
    if slot < 0:
        return slot
    data = jpeg(number, size)
    for offset in range(0, size, 2 * PAGE):
        store.put(slot, offset, data[offset : offset + 2 * PAGE])
    name = number.to_bytes(8, "big")
    store.finish(slot, Header(store.next_sequence, name, KID, number, alarm, 0, crc32(data), size, HALL, 0))
    return slot


def held(store: PictureStore) -> "list[int]":
    """Return the pictures' numbers in the order in which they are sent, having checked what is in them."""
    numbers = []
    while store.waiting:
        slot = store.first()
        header: Any = store.header(slot)
        assert store.read(slot, 0, header.total) == jpeg(header.number, header.total)
        numbers.append(header.number)
        store.forget(slot)
    return numbers
