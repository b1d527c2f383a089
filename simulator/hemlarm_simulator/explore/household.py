"""What the people of a house do, by day and by night. They look at the keypad first, as people do.

Nobody walks past a detector that guards, or one of which the dark keypad does not tell whether it does. Whoever comes
home tries again until the panel is disarmed; whoever leaves, until it is armed, or leaves it.
"""

from collections.abc import Callable, Iterable

from hemlarm_simulator.description import SensorDescription
from hemlarm_simulator.explore.scene import INTRUSION, Act, Incident, Scene
from hemlarm_simulator.house import MOVABLE

DOOR_OPEN_MS = 8_000
"""How long a door stands open when somebody passes."""

LOOK_MS = 2_000
"""After this somebody looks whether the keypad did as it was told."""

_AGAIN_MS = 5_000
_DISARM_TRIES = 200
_ARM_TRIES = 5
_TO_THE_DOOR_MS = 6_000
_WALK_MS = 1_500


def motion(scene: Scene, name: str) -> None:
    """Somebody walks by a motion detector, unless it guards."""
    sensor = scene.sensor(name)
    if _is_free(scene, sensor):
        _done(scene, sensor)
        scene.world.house.move(name)


def passes(scene: Scene, name: str) -> None:
    """Somebody opens a door or a window, unless it guards, and closes it behind."""
    sensor = scene.sensor(name)
    if _is_free(scene, sensor):
        _pass(scene, sensor)


def airs(scene: Scene, name: str, for_ms: str) -> None:
    """Somebody opens a window for a while, unless it guards."""
    sensor = scene.sensor(name)
    if _is_free(scene, sensor):
        _pass(scene, sensor, int(for_ms))


def arms(scene: Scene, user: str, mode: str) -> None:
    """Somebody arms and stays in."""
    _arm(scene, user, mode, lambda: None)


def leaves(scene: Scene, user: str) -> None:
    """Somebody arms away, and leaves the house."""

    def out() -> None:
        door = scene.first("entry")
        if door is not None:
            scene.later(_TO_THE_DOOR_MS, lambda: _pass(scene, door, 2 * _WALK_MS))

    _arm(scene, user, "away", out)


def comes(scene: Scene, user: str) -> None:
    """Somebody comes home, whatever the panel does, and disarms."""
    door = scene.first("entry")
    if door is not None:
        _pass(scene, door, 2 * _WALK_MS)
    follower = scene.first("follower")
    if follower is not None and follower.kind in MOVABLE:
        scene.later(_WALK_MS, lambda: _walk(scene, follower))
    scene.later(2 * _TO_THE_DOOR_MS, lambda: _disarm(scene, user, _DISARM_TRIES))


def disarms(scene: Scene, user: str) -> None:
    """Somebody inside disarms."""
    _disarm(scene, user, _DISARM_TRIES)


def silences(scene: Scene, user: str) -> None:
    """Somebody who hears or sees an alarm enters a code, or holds a tag to the keypad; where all is quiet, it arms."""
    has_code = any(each.name == user and each.code for each in scene.house.users)
    loud = scene.armed or scene.world.house.siren != "off"
    if scene.lit and (loud or (has_code and scene.world.house.lamps.get("alarm"))):
        _enter(scene, user, "off")


def mistypes(scene: Scene, times: str) -> None:
    """Somebody enters wrong codes, one every second."""
    scene.incidents.append(Incident("wrong codes", 0, (461,), scene.now_ms, scene.now_ms))
    for index in range(int(times)):
        scene.later(1000 * index, lambda: scene.world.house.enter_code("9999", "off"))


def _is_free(scene: Scene, sensor: SensorDescription) -> bool:
    if sensor.type not in INTRUSION or not scene.lit:
        return False
    return not scene.armed


def _walk(scene: Scene, sensor: SensorDescription) -> None:
    _done(scene, sensor)
    scene.world.house.move(sensor.name)


def _pass(scene: Scene, sensor: SensorDescription, for_ms: int = DOOR_OPEN_MS) -> None:
    _done(scene, sensor)
    scene.world.house.open(sensor.name)
    # Closed even if the schedule is over by then: nothing may stay open behind it.
    scene.world.clock.call_in(for_ms, lambda: _close(scene, sensor))


def _close(scene: Scene, sensor: SensorDescription) -> None:
    _done(scene, sensor)
    scene.world.house.close(sensor.name)


def _done(scene: Scene, sensor: SensorDescription) -> None:
    scene.acts.append(Act(sensor.zone, scene.now_ms))


def _arm(
    scene: Scene, user: str, mode: str, then: Callable[[], None], tries: int = _ARM_TRIES, entered: bool = False
) -> None:
    """What somebody else has armed is disarmed first: the way out is free only in an exit delay."""
    if tries == 0:
        return
    if scene.lit and scene.armed and entered:
        then()
        return
    if scene.lit:
        entered = not scene.armed
        _enter(scene, user, mode if entered else "off")
        if entered:
            scene.later(LOOK_MS, lambda: _force(scene))
    scene.later(LOOK_MS + _AGAIN_MS, lambda: _arm(scene, user, mode, then, tries - 1, entered))


def _force(scene: Scene) -> None:
    """A zone is open and the keypad asks whether to arm all the same."""
    if scene.lit and not scene.armed:
        scene.world.house.keypad.press(["ok"])


def _disarm(scene: Scene, user: str, tries: int) -> None:
    if tries == 0 or (scene.lit and not scene.armed):
        return
    if scene.lit:
        _enter(scene, user, "off")
    scene.later(_AGAIN_MS, lambda: _disarm(scene, user, tries - 1))


def _enter(scene: Scene, name: str, key: str) -> None:
    """By code, or by tag for whoever has none."""
    user = next(user for user in scene.house.users if user.name == name)
    if user.code:
        scene.world.house.enter_code(user.code, key)
        return
    if key != "off":
        scene.world.house.keypad.press([key])
    scene.world.clock.call_in(200, lambda: _hold(scene, user.tags))


def _hold(scene: Scene, tags: Iterable[bytes]) -> None:
    for tag in list(tags)[:1]:
        scene.world.house.keypad.hold_tag(tag)
