"""What the page is told of a house before it is drawn: its plan, what hangs where, and who lives there.

Lengths are in metres. Codes and tags are told too: nobody lives in these houses, and whoever looks must be able to
come home.
"""

from typing import Any

from hemlarm_installer import firmware_code
from hemlarm_simulator.description import WITH_SOUNDER, HouseDescription, SensorDescription
from hemlarm_simulator.page.plan import Opening, Plan, plan_of
from hemlarm_simulator.page.walls import walls

_GIVEN = ("low_c", "high_c")


def drawing(house: HouseDescription) -> dict[str, Any]:
    """The plan as one JSON object. Raises HouseError."""
    plan = plan_of(house)
    return {
        "title": house.title,
        "language": house.language,
        "frame": list(plan.frame),
        "garden": list(plan.garden),
        "rooms": [
            {"name": room.name, "box": [room.x, room.y, room.w, room.h], "furniture": [list(p) for p in room.furniture]}
            for room in plan.rooms
        ],
        "walls": [[wall.x1, wall.y1, wall.x2, wall.y2, wall.outer] for wall in walls(plan)],
        "doors": [_opening(plan, door) for door in plan.doors],
        "windows": [_opening(plan, window) for window in plan.windows],
        "stairs": [[*stairs.at, *stairs.to] for stairs in plan.stairs],
        "sensors": [_sensor(plan, sensor) for sensor in house.sensors],
        "outputs": [
            {
                "number": output.number,
                "kind": output.kind,
                "name": output.name,
                "label": output.label,
                "at": list(plan.outputs[output.name]),
            }
            for output in house.outputs
        ],
        "places": {name: list(at) for name, at in plan.places.items()},
        "people": [_person(user) for user in house.users],
        "has": {
            "power": house.power is not None,
            "modem": house.modem is not None,
            "radio": any(sensor.radio for sensor in house.sensors),
        },
        "pets": list(house.pets),
        "sounds": {
            name: list(pattern) for name, pattern in firmware_code.load("hemlarm_firmware.sounds").PATTERNS.items()
        },
    }


def _opening(plan: Plan, opening: Opening) -> dict[str, Any]:
    return {
        "at": list(opening.at),
        "upright": opening.upright,
        "width": opening.width,
        "between": list(opening.between),
        "sensor": opening.sensor,
        "leaf": opening.leaf,
        "into": _into(plan, opening),
    }


def _into(plan: Plan, opening: Opening) -> int:
    """Which way it swings across its wall: -1 to the left or up, 1 to the right or down."""
    near = 0.01
    dx, dy = (near, 0.0) if opening.upright else (0.0, near)
    behind = plan.room_at((opening.at[0] + dx, opening.at[1] + dy))
    return 1 if behind == opening.between[0] else -1


def _sensor(plan: Plan, sensor: SensorDescription) -> dict[str, Any]:
    at = plan.sensors.get(sensor.name)
    if at is None:
        at = next(opening.at for opening in (*plan.doors, *plan.windows) if opening.sensor == sensor.name)
    fields = {name: sensor.fields[name] for name in _GIVEN if name in sensor.fields}
    return {
        "name": sensor.name,
        "label": sensor.label,
        "kind": sensor.kind,
        "type": sensor.type,
        "zone": sensor.zone,
        "area": sensor.area,
        "at": list(at),
        "room": plan.room_at(at),
        "radio": sensor.radio,
        "wired": bool(sensor.wiring),
        "sounder": sensor.kind in WITH_SOUNDER,
        **fields,
    }


def _person(user: Any) -> dict[str, Any]:
    return {
        "name": user.name,
        "number": user.number,
        "code": user.code,
        "duress": user.duress,
        "tags": [tag.hex() for tag in user.tags],
        "role": user.fields.get("role", ""),
    }
