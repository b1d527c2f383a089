"""The words of one language, in one piece of memory: as objects of their own they would fill three times as much."""

from array import array

from hemlarm_firmware.panel.config import forget

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


class Words:
    """Texts by their numbers; one that is missing among them is empty."""

    def __init__(self, texts: "Mapping[int, str]") -> None:
        words = bytearray()
        self._ends = array("H", [0])
        for number in range(max(texts) + 1):
            words.extend(texts.get(number, "").encode())
            self._ends.append(len(words))
        self._words = bytes(words)

    def __getitem__(self, number: int) -> str:
        return self._words[self._ends[number] : self._ends[number + 1]].decode()


def load(module: str) -> Words:
    """The texts of a module of this package, such as "texts_en", which is loaded for that and then forgotten."""
    loaded = __import__("hemlarm_firmware.panel." + module, None, None, ("TEXTS",))
    try:
        return Words(loaded.TEXTS)
    finally:
        forget([module])
