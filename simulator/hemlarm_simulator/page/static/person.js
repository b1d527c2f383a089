// The person in the house: drawn, dragged, sent to a place by a click on the floor, or walked with the arrow keys.

import { mark, s } from "./dom.js";
import { unitOf } from "./plan.js";
import { called, t } from "./texts.js";

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const STRIDE_M = 0.7;
const DOORWAY_M = 1.0;
const SHY_M = 0.25;
const REPEAT_MS = 180;

/** Where one stride leads: within the room, or through a door that is near enough in that direction. */
export function strideFrom(plan, [x, y, room], [dx, dy]) {
  const to = [x + dx * STRIDE_M, y + dy * STRIDE_M];
  const door = plan.doors.find((one) => {
    const along = one.upright ? dx : dy;
    const [ox, oy] = [one.at[0] - x, one.at[1] - y];
    const ahead = one.upright ? ox * dx : oy * dy;
    const beside = Math.abs(one.upright ? oy : ox);
    return along && one.between.includes(room) && ahead > -0.1 && ahead < DOORWAY_M && beside < one.width / 2 + 0.35;
  });
  if (door) return [door.at[0] + (door.upright ? dx * 0.6 : 0), door.at[1] + (door.upright ? 0 : dy * 0.6)];
  const box = plan.rooms.find((one) => one.name === room)?.box;
  if (box) return clamp(to, [box[0], box[1], box[0] + box[2], box[1] + box[3]]);
  const inside = plan.rooms.some(({ box: [bx, by, bw, bh] }) => to[0] > bx && to[0] < bx + bw && to[1] > by && to[1] < by + bh);
  return inside ? [x, y] : clamp(to, plan.garden);
}

function clamp([x, y], [left, top, right, bottom]) {
  return [
    Math.min(Math.max(x, left + SHY_M), right - SHY_M),
    Math.min(Math.max(y, top + SHY_M), bottom - SHY_M),
  ];
}

/** Puts the person into the plan. `act` gets what is done. */
export function placePerson(plan, panel, svg, layers, scope, state, act) {
  const key = `${panel}/person`;
  const title = s("title");
  const figure = s("g", { class: "person", role: "button", tabindex: "0" }, [
    title,
    s("circle", { class: "hit", r: 31 }),
    s("circle", { class: "shadow", r: 25 }),
    s("path", { class: "body", d: "M-17 13 C-17 -1 17 -1 17 13 C12 21 -12 21 -17 13 Z" }),
    s("circle", { class: "head", cy: -6, r: 10.5 }),
  ]);
  const route = s("line", { class: "route" });
  const goal = s("circle", { class: "goal", r: 12 });
  layers.people.append(route, goal, figure);
  const here = () => state.get(key, plan.places.person.concat(""));
  const go = (to) => act({ do: "walk", to: to.map((metres) => Math.round(metres * 100) / 100) });

  scope.watch([key], () => {
    const [x, y, room] = here();
    figure.style.transform = `translate(${x * 100}px, ${y * 100}px) scale(${unitOf(plan)})`;
    const label = t("plan.person", called(room || "outside").toLowerCase());
    mark(figure, "aria-label", label);
    if (title.textContent !== label) title.textContent = label;
  });
  walkByKeys(figure, svg, scope, plan, here, go);
  walkByClick(svg, plan, figure, go);
  drag(svg, figure, route, goal, here, go);
}

/** Where in the plan, in metres, something happened on the screen. */
function pointOf(svg, event) {
  const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
  return [point.x / 100, point.y / 100];
}

function walkByKeys(figure, svg, scope, plan, here, go) {
  let last = -Infinity;
  const pressed = (event) => {
    const way = ARROWS[event.key];
    const free = document.activeElement === document.body || svg.contains(document.activeElement);
    if (!way || !free || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    if (event.timeStamp - last < REPEAT_MS) return;
    last = event.timeStamp;
    go(strideFrom(plan, here(), way));
  };
  document.addEventListener("keydown", pressed);
  scope.atEnd(() => document.removeEventListener("keydown", pressed));
}

function walkByClick(svg, plan, figure, go) {
  svg.addEventListener("click", (event) => {
    if (!event.target.closest(".floor, .garden")) return;
    const to = pointOf(svg, event);
    ripple(figure.parentNode, to);
    go(to);
  });
}

function ripple(layer, [x, y]) {
  const ring = s("circle", { class: "ripple", cx: x * 100, cy: y * 100, r: 18 });
  layer.prepend(ring);
  setTimeout(() => ring.remove(), 700);
}

function drag(svg, figure, route, goal, here, go) {
  let to = null;
  const show = (on) => {
    route.classList.toggle("on", on);
    goal.classList.toggle("on", on);
  };
  figure.addEventListener("pointerdown", (event) => {
    figure.setPointerCapture(event.pointerId);
    to = null;
    event.preventDefault();
    figure.focus({ preventScroll: true });
  });
  figure.addEventListener("pointermove", (event) => {
    if (!figure.hasPointerCapture(event.pointerId)) return;
    to = pointOf(svg, event);
    const [x, y] = here();
    for (const [name, value] of Object.entries({ x1: x, y1: y, x2: to[0], y2: to[1] })) mark(route, name, value * 100);
    mark(goal, "cx", to[0] * 100);
    mark(goal, "cy", to[1] * 100);
    show(Math.hypot(to[0] - x, to[1] - y) > 0.3);
  });
  const done = () => {
    if (to && goal.classList.contains("on")) go(to);
    to = null;
    show(false);
  };
  figure.addEventListener("pointerup", done);
  figure.addEventListener("pointercancel", () => {
    to = null;
    show(false);
  });
}
