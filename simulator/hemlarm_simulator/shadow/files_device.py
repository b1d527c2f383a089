"""A flash chip as the block device that MicroPython's LittleFS lives on: what `esp32.Partition` is on a board."""

_COUNT, _BLOCK_BYTES, _ERASE = 4, 5, 6
_PAGE = 256

TYPE_CHECKING = False
if TYPE_CHECKING:
    from virtual_board import VirtualFlash


class FilesDevice:
    """The extended block protocol: whoever writes has erased before."""

    def __init__(self, flash: "VirtualFlash") -> None:
        self._flash = flash

    def readblocks(self, block: int, buffer: "bytearray | memoryview", offset: int = 0) -> None:
        """Fills `buffer` from `offset` in this block."""
        self._flash.read_into(block * self._flash.sector_size + offset, buffer)

    def writeblocks(self, block: int, data: "bytes | bytearray | memoryview", offset: int = 0) -> None:
        """Programs `data` at `offset` of this block, page by page."""
        start = block * self._flash.sector_size + offset
        done = 0
        while done < len(data):
            end = min(len(data), done + _PAGE - (start + done) % _PAGE)
            self._flash.program(start + done, data[done:end])
            done = end

    def ioctl(self, operation: int, argument: int) -> int:
        """What LittleFS asks besides: how many blocks of how many bytes, and to erase one."""
        if operation == _ERASE:
            self._flash.erase(argument * self._flash.sector_size)
        answers: dict[int, int] = {
            _COUNT: self._flash.size // self._flash.sector_size,
            _BLOCK_BYTES: self._flash.sector_size,
        }
        return answers.get(operation, 0)
