// The battery's voltage over the time that the page knows of, as one line.

import { h, mark, s } from "./dom.js";
import { t, tenths, time } from "./texts.js";

const WIDTH = 200;
const HEIGHT = 46;
const MARGIN = 3;
const LEAST_SPAN_MV = 400;

/** The points of a line for [[unix_ms, mv]...], and the voltages at its foot and its top. */
export function lineOf(points) {
  const volts = points.map(([, mv]) => mv);
  const middle = (Math.max(...volts) + Math.min(...volts)) / 2;
  const span = Math.max(Math.max(...volts) - Math.min(...volts), LEAST_SPAN_MV);
  const [low, high] = [middle - span / 2, middle + span / 2];
  const [first, last] = [points[0][0], points.at(-1)[0]];
  const along = (ms) => (last > first ? ((ms - first) / (last - first)) * WIDTH : WIDTH);
  const up = (mv) => HEIGHT - MARGIN - ((mv - low) / (high - low)) * (HEIGHT - 2 * MARGIN);
  const line = points.map(([ms, mv]) => `${along(ms).toFixed(1)},${up(mv).toFixed(1)}`);
  return { line: line.join(" "), low, high };
}

/** The plot. */
export function curve(page, panel) {
  const line = s("polyline", { class: "voltage" });
  const area = s("polygon", { class: "under" });
  const plot = s("svg", { class: "curve", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img" }, [area, line]);
  const caption = h("span", { class: "muted small" });
  const shown = h("div", { class: "curve-frame" }, [plot, caption]);
  page.scope.watch([`${panel}/curve`], () => {
    const points = page.state.get(`${panel}/curve`) ?? [];
    shown.hidden = points.length < 2;
    if (points.length < 2) return;
    const { line: drawn, low, high } = lineOf(points);
    mark(line, "points", drawn);
    mark(area, "points", `0,${HEIGHT} ${drawn} ${WIDTH},${HEIGHT}`);
    mark(plot, "aria-label", t("power.curve", tenths(low / 1000), tenths(high / 1000)));
    caption.textContent = `${time(points[0][0]).slice(0, 5)}–${time(points.at(-1)[0]).slice(0, 5)}`;
  });
  return shown;
}
