"""What goes wrong with the two paths, the modem and SMS, as moves. Times are in milliseconds.

In a house without a modem those that concern it do nothing.
"""

from collections.abc import Callable

from hemlarm_protocol import keys, messages, sealing
from hemlarm_simulator.chance import Chance
from hemlarm_simulator.explore.scene import Incident, Scene
from hemlarm_simulator.explore.sealed_records import find
from hemlarm_simulator.modem.tpdu import DATA_8BIT, ShortMessage
from hemlarm_simulator.virtual.house_modem import HouseModem

_JAMMED = 344
_OTHER = bytes([0xFF]) * sealing.TAG_SHORT


def black_hole_ip(scene: Scene, for_ms: str) -> None:
    """Packets vanish on the fixed line, and nobody is told."""
    scene.world.network.black_hole = True
    scene.later(int(for_ms), lambda: setattr(scene.world.network, "black_hole", False))


def lossy_ip(scene: Scene, per_mille: str, for_ms: str) -> None:
    """So many packets in a thousand get lost on the fixed line."""
    scene.world.network.loss_per_mille = int(per_mille)
    scene.later(int(for_ms), lambda: setattr(scene.world.network, "loss_per_mille", 0))


def _mobile(attribute: str, bad: bool) -> Callable[[Scene, str], None]:
    def begins(scene: Scene, for_ms: str) -> None:
        if scene.world.modem is not None:
            setattr(scene.world.mobile, attribute, bad)
            scene.later(int(for_ms), lambda: setattr(scene.world.mobile, attribute, not bad))

    return begins


black_hole_mobile = _mobile("black_hole", True)
mobile_outage = _mobile("up", False)
mobile_data_off = _mobile("data", False)
_jam = _mobile("jammed", True)


def jammed(scene: Scene, for_ms: str) -> None:
    """Somebody jams the mobile network, which is an alarm of its own."""
    if scene.world.modem is not None:
        scene.incidents.append(Incident("jamming", 0, (_JAMMED,), scene.now_ms, scene.now_ms + int(for_ms)))
        _jam(scene, for_ms)


def sms_off(scene: Scene, for_ms: str) -> None:
    """The SMS centre stands still; what it has waits."""
    if scene.world.modem is not None:
        scene.world.sms.switch(False)
        scene.later(int(for_ms), lambda: scene.world.sms.switch(True))


def sms_lossy(scene: Scene, per_mille: str, for_ms: str) -> None:
    """So many messages in a thousand vanish."""
    if scene.world.modem is not None:
        scene.world.sms.loss_per_mille = int(per_mille)
        scene.later(int(for_ms), lambda: setattr(scene.world.sms, "loss_per_mille", 0))


def sms_slow(scene: Scene, delay_ms: str, for_ms: str) -> None:
    """Messages take longer than usual."""
    sms = scene.world.sms
    if scene.world.modem is not None:
        usual_ms, sms.delay_ms = sms.delay_ms, int(delay_ms)
        scene.later(int(for_ms), lambda: setattr(sms, "delay_ms", usual_ms))


def modem_reset(scene: Scene) -> None:
    """The modem restarts by itself."""
    _with_modem(scene, lambda modem: modem.reset("brown-out"))


def modem_hang(scene: Scene) -> None:
    """The modem says nothing any more, until its supply is cut."""
    _with_modem(scene, lambda modem: modem.hang())


def modem_moment(scene: Scene, moment: str) -> None:
    """The modem restarts in one of its worst moments, when that comes."""
    _with_modem(scene, lambda modem: modem.reset_at(moment))


def modem_garbled(scene: Scene, per_mille: str, for_ms: str) -> None:
    """So many bytes in a thousand of what the modem says become others."""
    _with_modem(scene, lambda modem: modem.garble(int(per_mille)), for_ms, lambda modem: modem.garble(0))


def modem_chatters(scene: Scene, for_ms: str) -> None:
    """The modem says what nobody asked for in the worst places, and everything in pieces."""

    def manner(modem: HouseModem, on: bool) -> None:
        modem.urc_flood = modem.split_lines = on

    _with_modem(scene, lambda modem: manner(modem, True), for_ms, lambda modem: manner(modem, False))


def misacknowledge_sms(scene: Scene) -> None:
    """The next SMS of the panel is lost, and its first event acknowledged by SMS with a tag that is not its own."""
    modem = scene.house.modem
    if modem is None or "submit" in vars(scene.world.sms):
        return
    submit = scene.world.sms.submit

    def submit_or_lie(message: ShortMessage, reference: int, report: bool) -> None:
        found = next(find(message.octets()), None)
        if scene.over or found is None or message.sender != modem.number:
            submit(message, reference, report)
            return
        del scene.world.sms.submit
        scene.done["misacknowledge-sms"] += 1
        kid, number = found.kid, int.from_bytes(found.nonce, "big")
        tag = bytes(byte ^ mask for byte, mask in zip(sealing.short_tag(found.sealed), _OTHER, strict=True))
        lie = _sealed(scene, messages.Acknowledgement(kid, [number, tag]))
        submit(ShortMessage(message.receiver, message.sender, 0, DATA_8BIT, False, len(lie), lie), 0, False)

    scene.world.sms.submit = submit_or_lie  # type: ignore[method-assign]


def _sealed(scene: Scene, acknowledgement: "messages.Acknowledgement") -> bytes:
    credentials = scene.account.credentials
    key = keys.sms_key(credentials["root_key"], credentials["panel"])
    nonce = Chance(scene.now_ms, "a lie by SMS")(13)
    return key.kid + sealing.seal_random(key, nonce, messages.encode(acknowledgement))


def _with_modem(
    scene: Scene,
    act: Callable[[HouseModem], None],
    for_ms: str = "0",
    mend: Callable[[HouseModem], None] | None = None,
) -> None:
    modem = scene.world.modem
    if modem is not None:
        act(modem)
        if mend is not None:
            scene.later(int(for_ms), lambda: mend(modem))
