// The floor plan: rooms, walls, doors that swing, windows that open, and where things hang. Drawn once for a house.

import { s } from "./dom.js";
import { furniture } from "./glyphs.js";
import { called } from "./texts.js";

const CM = 100;
const HALF_WALL = 8;
const WIDE_M = 10;
const UNIT_MAX = 1.8;

/** A point of the plan in the drawing's centimetres. */
export const cm = ([x, y]) => [x * CM, y * CM];

/** How many centimetres of the drawing are one unit of a symbol: more in a large house, so that symbols stay legible. */
export const unitOf = (plan) => Math.min(UNIT_MAX, Math.max(1, plan.frame[2] / WIDE_M));

/** The drawing without what changes, and its layers by name. */
export function drawPlan(plan, label) {
  const [x, y, w, h] = plan.frame.map((metres) => metres * CM);
  const layers = Object.fromEntries(
    ["ground", "floors", "cones", "furniture", "night", "walls", "names", "openings", "places", "things", "people"].map(
      (name) => [name, s("g", { class: name })],
    ),
  );
  const unit = unitOf(plan);
  const svg = s("svg", { class: "plan", viewBox: `${x} ${y} ${w} ${h}`, role: "group", "aria-label": label }, [
    defs(),
    ...Object.values(layers),
  ]);
  const [left, top, right, bottom] = plan.garden.map((metres) => metres * CM);
  layers.ground.append(
    s("rect", { class: "garden", x: left + 12, y: top + 12, width: right - left - 24, height: bottom - top - 24, rx: 40 }),
  );
  svg.style.setProperty("--unit", unit);
  for (const room of plan.rooms) drawRoom(plan, layers, room, unit);
  layers.walls.append(...plan.walls.map(wall));
  layers.walls.append(...plan.stairs.flatMap(stairs));
  for (const door of plan.doors) if (!door.sensor) layers.openings.append(swinging(door, door.leaf ? 78 : 0).group);
  for (const window of plan.windows) if (!window.sensor) layers.openings.append(pane(window).group);
  return { svg, layers };
}

function defs() {
  const fade = s("radialGradient", { id: "seen" }, [
    s("stop", { class: "seen-near", offset: "0" }),
    s("stop", { class: "seen-far", offset: "1" }),
  ]);
  return s("defs", {}, fade);
}

function drawRoom(plan, layers, room, unit) {
  const [x, y, w, h] = room.box.map((metres) => metres * CM);
  const rect = { x, y, width: w, height: h };
  layers.floors.append(s("rect", { class: "floor", "data-room": room.name, ...rect }));
  layers.night.append(s("rect", rect));
  layers.furniture.append(...room.furniture.map(furniture));
  const free = nameAt(plan, room, [x, y, w, h], unit);
  layers.names.append(s("text", { x: free[0], y: free[1], "text-anchor": "middle" }, called(room)));
}

/** Where a room's name hides the least and is hidden the least: the best of a few places in the room. */
function nameAt(plan, room, [x, y, w, h], unit) {
  const half = [called(room).length * 5.4 * unit, 11 * unit];
  const boxes = room.furniture.filter(([kind]) => kind !== "rug").map(([, ...box]) => box.map((metres) => metres * CM));
  const points = [...plan.sensors, ...plan.outputs].map(({ at }) => cm(at)).concat(Object.values(plan.places).map(cm));
  const hides = ([px, py]) => {
    const rect = [px - half[0], py - 1.5 * half[1], px + half[0], py + half[1] / 2];
    const over = boxes.filter(([bx, by, bw, bh]) => rect[2] > bx && rect[0] < bx + bw && rect[3] > by && rect[1] < by + bh);
    const near = points.filter(([sx, sy]) => sx > rect[0] - 22 * unit && sx < rect[2] + 22 * unit && sy > rect[1] - 22 * unit && sy < rect[3] + 22 * unit);
    const beyond = rect[0] < x || rect[2] > x + w ? 1 : 0;
    return over.length + 3 * near.length + 3 * beyond;
  };
  const places = [0.5, 0.38, 0.64, 0.27, 0.76, 0.87, 0.94, 0.16].flatMap((v) => [0.5, 0.4, 0.6, 0.32, 0.68].map((u) => [x + w * u, y + h * v]));
  return places.map((place, n) => [hides(place) + n / 100, place]).sort(([a], [b]) => a - b)[0][1];
}

function wall([x1, y1, x2, y2, outer]) {
  const [ax, ay, bx, by] = [x1, y1, x2, y2].map((metres) => metres * CM);
  return s("line", { class: outer ? "wall outer" : "wall", x1: ax, y1: ay, x2: bx, y2: by });
}

function stairs([x1, y1, x2, y2]) {
  return [
    [x1, y1],
    [x2, y2],
  ].map(([x, y]) => {
    const [cx, cy] = cm([x, y]);
    const treads = Array.from({ length: 6 }, (_, n) => `M${cx - 36 + n * 14} ${cy - 34} v68`).join(" ");
    return s("path", { class: "stairs", d: `M${cx - 42} ${cy - 34} h84 v68 h-84 Z ${treads} M${cx - 30} ${cy} h54 l-10 -7 m10 7 l-10 7` });
  });
}

/** A group whose x axis runs along the wall from the hinge, and whose y axis points into the room. */
function atHinge(opening, into) {
  const [x, y] = cm(opening.at);
  const half = (opening.width * CM) / 2;
  const turn = opening.upright
    ? `translate(${x} ${y - half}) matrix(0 1 ${into} 0 0 0)`
    : `translate(${x - half} ${y}) matrix(1 0 0 ${into} 0 0)`;
  return s("g", { transform: turn });
}

/** A door: its group, and a function that opens it to so many degrees. */
export function swinging(door, degrees = 0) {
  const width = door.width * CM;
  const group = atHinge(door, door.into);
  group.setAttribute("class", door.leaf ? "door" : "gap");
  group.append(s("line", { class: "sill", x1: 0, y1: 0, x2: width, y2: 0 }));
  if (!door.leaf) return { group, swing: () => {} };
  const leaf = s("g", { class: "leaf" }, [
    s("rect", { x: 0, y: -3.5, width, height: 7, rx: 3 }),
  ]);
  const arc = s("path", { class: "arc", d: `M${width} 0 A${width} ${width} 0 0 1 0 ${width}` });
  group.append(arc, leaf);
  const swing = (angle) => (leaf.style.transform = angle ? `rotate(${angle}deg)` : "");
  swing(degrees);
  return { group, swing };
}

/** A window: its group, and a function that opens it to so many degrees. It opens outwards. */
export function pane(window) {
  const width = window.width * CM;
  const group = atHinge(window, -window.into);
  group.setAttribute("class", "window");
  const frame = s("rect", { class: "frame", x: 0, y: -HALF_WALL, width, height: 2 * HALF_WALL });
  const leaf = s("g", { class: "leaf" }, s("line", { x1: 0, y1: 0, x2: width, y2: 0 }));
  group.append(frame, leaf);
  return { group, swing: (angle) => (leaf.style.transform = angle ? `rotate(${angle}deg)` : "") };
}

/** The rectangle around an opening that can be clicked, in the drawing's centimetres. */
export function reachOf(opening, unit) {
  const [x, y] = cm(opening.at);
  const [long, deep] = [opening.width * CM + 10, 46 * unit];
  return opening.upright ? [x - deep / 2, y - long / 2, deep, long] : [x - long / 2, y - deep / 2, long, deep];
}
