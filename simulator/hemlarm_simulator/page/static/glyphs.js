// What sensors and furniture look like on the plan. Drawn on a grid of 24 with its middle at 0, or in centimetres.

import { s } from "./dom.js";

const MOTION = "M-7 8 C-7 -2 -2 -8 7 -8 M-3 8 C-3 1 0 -4 7 -4 M1 8 C1 4 3 0 7 0 M7 8 h.01";
const CAMERA = "M-8 -4 h4 l2 -3 h4 l2 3 h4 v10 h-16 Z M0 -1.5 a3 3 0 1 0 .01 0";
const FLAME = "M0 -9 C4 -5 7 -2 6 3 A6 6 0 0 1 -6 3 C-6 0 -4 -1 -3 -4 C-2 -2 -1 -2 0 -9 Z";

const GLYPHS = {
  door: "M-5 8 v-16 h10 v16 M-8 8 h16 M2 0 h.01",
  window: "M-7 -7 h14 v14 h-14 Z M0 -7 v14 M-7 0 h14",
  glass: "M-7 -8 h14 v16 h-14 Z M-7 2 L-1 -1 L1 -8 M-1 -1 L2 3 L7 1 M2 3 L0 8",
  button: "M-6 0 a6 6 0 1 0 12 0 a6 6 0 1 0 -12 0 M-2 0 a2 2 0 1 0 4 0 a2 2 0 1 0 -4 0",
  motion: MOTION,
  "pet-motion": MOTION,
  camera: CAMERA,
  "pet-camera": CAMERA,
  smoke: "M-8 -3 a8 5 0 0 1 16 0 Z M-4 1 c-2 2 2 3 0 6 M0 1 c-2 2 2 4 0 7 M4 1 c-2 2 2 3 0 6",
  heat: FLAME,
  co: "M-1.5 -2.5 a4 4 0 1 0 0 5 M4.5 -3.5 a3.5 3.5 0 1 0 .01 0 M-5 7.5 h10",
  water: "M0 -8 C3 -4 6 -1 6 2.5 A6 6 0 0 1 -6 2.5 C-6 -1 -3 -4 0 -8 Z",
  tamper: "M0 -8 L7 -5 V0 C7 5 3 7 0 8 C-3 7 -7 5 -7 0 V-5 Z M0 -3 v4 M0 4 h.01",
  temperature: "M-2 2 V-6 a2 2 0 0 1 4 0 V2 a4 4 0 1 1 -4 0 M0 -3 v6",
  plug: "M-3 -8 v4 M3 -8 v4 M-6 -4 h12 v3 a6 6 0 0 1 -12 0 Z M0 5 v4",
  lock: "M-6 -1 h12 v9 h-12 Z M-3.5 -1 v-3 a3.5 3.5 0 0 1 7 0 v3 M0 3 v2",
};

/** The outline of a sensor's symbol: a ring at rest, a diamond when active, an octagon in alarm. */
export const SHAPES = {
  rest: "M0 -19 A19 19 0 1 1 -.01 -19 Z",
  active: "M0 -25 L25 0 L0 25 L-25 0 Z",
  alarm: "M-11 -26 H11 L26 -11 V11 L11 26 H-11 L-26 11 V-11 Z",
};

/** A sensor's glyph. */
export function glyph(kind) {
  return s("path", { class: "glyph", d: GLYPHS[kind] ?? GLYPHS.button });
}

function box(x, y, w, h, r = 6) {
  return s("rect", { x, y, width: w, height: h, rx: r });
}

function line(d) {
  return s("path", { d });
}

function cushions(x, y, w, h, count) {
  return Array.from({ length: count }, (_, n) => box(x + 8 + (n * (w - 16)) / count, y + 6, (w - 16) / count - 4, h - 26));
}

const DRAWN = {
  bed: (x, y, w, h) =>
    w >= h
      ? [box(x, y, w, h, 8), box(x + w - 48, y + 10, 38, h - 20, 10), line(`M${x + w - 62} ${y} v${h}`)]
      : [box(x, y, w, h, 8), box(x + 10, y + 10, w - 20, 38, 10), line(`M${x} ${y + 62} h${w}`)],
  sofa: (x, y, w, h) => [box(x, y, w, h, 14), line(`M${x + 6} ${y + h - 18} h${w - 12}`), ...cushions(x, y, w, h, 3)],
  table: (x, y, w, h) => [box(x, y, w, h, 10)],
  counter: (x, y, w, h) => [box(x, y, w, h, 2), box(x + 24, y + 12, 52, h - 24, 8)],
  stove: (x, y, w, h) =>
    [[0.28, 0.3], [0.72, 0.3], [0.28, 0.7], [0.72, 0.7]].map(([u, v]) =>
      s("circle", { cx: x + u * w, cy: y + v * h, r: 8 }),
    ),
  desk: (x, y, w, h) => [box(x, y, w, h, 4), box(x + w / 2 - 20, y + h / 2 - 10, 40, 20, 3)],
  cupboard: (x, y, w, h) => [box(x, y, w, h, 2), line(w >= h ? `M${x + w / 2} ${y} v${h}` : `M${x} ${y + h / 2} h${w}`)],
  bath: (x, y, w, h) => [box(x, y, w, h, 10), box(x + 9, y + 9, w - 18, h - 18, 24)],
  car: (x, y, w, h) => [
    box(x, y, w, h, 46),
    line(`M${x + 18} ${y + h * 0.3} q${w / 2 - 18} -40 ${w - 36} 0`),
    box(x + 22, y + h * 0.36, w - 44, h * 0.36, 20),
    line(`M${x + 18} ${y + h * 0.8} q${w / 2 - 18} 30 ${w - 36} 0`),
  ],
  plant: (x, y, w, h) => [
    s("circle", { cx: x + w / 2, cy: y + h / 2, r: w / 2 }),
    line(`M${x + w / 2} ${y + h / 2} l${w * 0.3} ${-h * 0.2} M${x + w / 2} ${y + h / 2} l${-w * 0.3} ${-h * 0.15} M${x + w / 2} ${y + h / 2} l${w * 0.05} ${h * 0.36}`),
  ],
  rug: (x, y, w, h) => [box(x, y, w, h, 4), box(x + 10, y + 10, w - 20, h - 20, 2)],
  shelf: (x, y, w, h) => [box(x, y, w, h, 2), line(`M${x} ${y + h} L${x + w} ${y}`)],
};

/** A piece of furniture: its kind, and its box in metres. */
export function furniture([kind, x, y, w, h]) {
  return s("g", { class: `furniture ${kind}` }, DRAWN[kind](x * 100, y * 100, w * 100, h * 100));
}
