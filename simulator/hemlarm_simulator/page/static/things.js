// What hangs in a house: sensors, plugs and locks as symbols that can be clicked, and how they show what they feel.

import { conditionOf, deedsOf, flawsOf, outputDeeds } from "./deeds.js";
import { mark, s } from "./dom.js";
import { glyph, SHAPES } from "./glyphs.js";
import { cm, pane, reachOf, swinging, unitOf } from "./plan.js";
import { called, t, tenths } from "./texts.js";

const WATCHES = ["motion", "pet-motion", "camera", "pet-camera"];
const SEEN_CM = 260;
const RESTS = { state: "rest", open: false, level: 0, reach: true, cable: "" };
const LOCKS = { locked: "is.locked", unlocked: "is.unlocked", moving: "is.moving", jammed: "is.jammed" };

/** Whoever is clicked: `choose` selects it, `act` does its first deed. */
function clickable(group, choose, act) {
  group.setAttribute("role", "button");
  group.setAttribute("tabindex", "0");
  const both = () => {
    choose();
    act();
  };
  group.addEventListener("click", (event) => {
    event.stopPropagation();
    both();
  });
  group.addEventListener("focus", () => group.matches(":focus-visible") && choose());
  group.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    both();
  });
}

function symbol(kind, at, unit, className = "") {
  const [x, y] = cm(at);
  const shape = s("path", { class: "shape", d: SHAPES.rest });
  const ring = s("circle", { class: "level", r: 27, pathLength: 1, "stroke-dasharray": "0 1" });
  const flaw = s("g", { class: "flaw", transform: "translate(19 -19)" }, [
    s("path", { d: "M0 -12 L12 9 H-12 Z" }),
    s("path", { class: "sign", d: "M0 -5 v6 M0 5 h.01" }),
  ]);
  const group = s("g", { class: `thing ${className}`, transform: `translate(${x} ${y}) scale(${unit})` }, [
    s("circle", { class: "hit", r: 31 }),
    s("path", { class: "halo", d: SHAPES.alarm }),
    ring,
    shape,
    glyph(kind),
    flaw,
  ]);
  return { group, shape, ring };
}

/** A detector in a room, and the part of the room that it watches. */
function detector(sensor, plan, layers) {
  const { group, shape, ring } = symbol(sensor.kind, sensor.at, unitOf(plan));
  layers.things.append(group);
  const cone = WATCHES.includes(sensor.kind) ? watched(sensor, plan) : null;
  if (cone) layers.cones.append(cone.clip, cone.area);
  const value = sensor.kind === "temperature" ? s("text", { class: "value", y: 48, "text-anchor": "middle" }) : null;
  if (value) group.append(value);
  const smoke = sensor.sounder && sensor.kind !== "co" ? puffs(group) : null;
  let flashes = null;
  return {
    group,
    show(state) {
      mark(shape, "d", SHAPES[state.state] ?? SHAPES.rest);
      mark(ring, "stroke-dasharray", `${state.level || 0} 1`);
      if (cone) cone.area.classList.toggle("sees", state.state !== "rest");
      if (value && state.value !== null && state.value !== undefined) value.textContent = `${tenths(state.value / 10)}°`;
      if (smoke) smoke.classList.toggle("rises", state.level > 0.05);
      if (flashes !== null && state.flashes > flashes) flash(group);
      flashes = state.flashes ?? 0;
    },
  };
}

function watched(sensor, plan) {
  const room = plan.rooms.find((one) => one.name === sensor.room);
  const [x, y] = cm(sensor.at);
  const id = `room-of-${sensor.name}`;
  const [rx, ry, rw, rh] = (room?.box ?? plan.frame).map((metres) => metres * 100);
  const clip = s("clipPath", { id }, s("rect", { x: rx, y: ry, width: rw, height: rh }));
  return { clip, area: s("circle", { class: "cone", cx: x, cy: y, r: SEEN_CM, "clip-path": `url(#${id})`, fill: "url(#seen)" }) };
}

function puffs(group) {
  const smoke = s("g", { class: "puffs" }, [-10, 4, 14].map((x, n) => s("circle", { class: `puff n${n}`, cx: x, cy: -22, r: 9 })));
  group.prepend(smoke);
  return smoke;
}

function flash(group) {
  const light = s("circle", { class: "flash", r: 120 });
  group.prepend(light);
  light.addEventListener("animationend", () => light.remove());
  setTimeout(() => light.remove(), 1000);
}

/** A door or a window with a contact in it. */
function contact(plan, opening, drawn, degrees, layers) {
  const unit = unitOf(plan);
  const [x, y, width, height] = reachOf(opening, unit);
  const middle = cm(opening.at);
  const shape = s("path", { class: "shape", d: SHAPES.rest, transform: `translate(${middle[0]} ${middle[1]}) scale(${0.46 * unit})` });
  const halo = s("path", { class: "halo", d: SHAPES.alarm, transform: `translate(${middle[0]} ${middle[1]}) scale(${unit})` });
  const flaw = s("g", { class: "flaw", transform: `translate(${middle[0] + 15 * unit} ${middle[1] - 15 * unit}) scale(${unit})` }, [
    s("path", { d: "M0 -12 L12 9 H-12 Z" }),
    s("path", { class: "sign", d: "M0 -5 v6 M0 5 h.01" }),
  ]);
  const group = s("g", { class: "thing opening" }, [
    drawn.group,
    s("rect", { class: "hit", x, y, width, height, rx: 12 }),
    halo,
    shape,
    flaw,
  ]);
  layers.openings.append(group);
  return {
    group,
    show(state) {
      drawn.swing(state.open ? degrees : 0);
      mark(shape, "d", SHAPES[state.state] ?? SHAPES.rest);
    },
  };
}

function sensorView(sensor, plan, layers) {
  const door = plan.doors.find((one) => one.sensor === sensor.name);
  if (door) return contact(plan, door, swinging(door), 78, layers);
  const window = plan.windows.find((one) => one.sensor === sensor.name);
  if (window) return contact(plan, window, pane(window), 38, layers);
  return detector(sensor, plan, layers);
}

/** All sensors of a house. `choose(thing)` is called with what is selected, `act(body)` with what is done. */
export function hangSensors(plan, panel, layers, scope, state, choose, act) {
  for (const sensor of plan.sensors) {
    const key = `${panel}/sensor/${sensor.name}`;
    const now = () => state.get(key, RESTS);
    const view = sensorView(sensor, plan, layers);
    const thing = { ...sensor, panel, key, group: view.group };
    const title = s("title");
    view.group.prepend(title);
    clickable(view.group, () => choose(thing), () => act(deedsOf(thing, now())[0].body));
    scope.watch([key], () => {
      const is = now();
      view.show(is);
      view.group.dataset.state = is.state;
      view.group.classList.toggle("flawed", flawsOf(is).length > 0);
      view.group.classList.toggle("sounding", Boolean(is.sounding));
      view.group.classList.toggle("away", is.reach === false || is.off);
      const text = [called(sensor), conditionOf(sensor, is), ...flawsOf(is)];
      const label = text.map((part, n) => (n ? t(part) : part)).join(", ");
      mark(view.group, "aria-label", label);
      if (title.textContent !== label) title.textContent = label;
    });
  }
}

/** All plugs and locks of a house, as sensors. */
export function hangOutputs(plan, panel, layers, scope, state, choose, act) {
  for (const output of plan.outputs) {
    const key = `${panel}/${output.kind}/${output.number}`;
    const { group, shape } = symbol(output.kind, output.at, unitOf(plan), output.kind);
    const title = s("title");
    group.prepend(title);
    layers.things.append(group);
    const thing = { ...output, panel, key, group };
    clickable(group, () => choose(thing), () => act(outputDeeds(output, state.get(key))[0].body));
    scope.watch([key], () => {
      const is = state.get(key);
      const on = output.kind === "plug" ? Boolean(is) : is !== null && is !== "locked";
      group.dataset.state = is === "jammed" ? "alarm" : on ? "active" : "rest";
      mark(shape, "d", SHAPES[group.dataset.state]);
      const label = `${called(output)}, ${t(outputCondition(output, is))}`;
      mark(group, "aria-label", label);
      if (title.textContent !== label) title.textContent = label;
    });
  }
}

/** The key of the text that says how a plug or lock is. */
export function outputCondition(output, is) {
  if (output.kind === "plug") return is ? "is.on" : "is.rest";
  return LOCKS[is] ?? "is.locked";
}
