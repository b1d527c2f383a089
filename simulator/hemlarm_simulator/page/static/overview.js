// Several houses at a glance: of each its name, how it is, what its keypad says, its power and its way to the cloud.

import { h, icon, mark, s, say } from "./dom.js";
import { conditionOf } from "./header.js";
import { t } from "./texts.js";

const SIGNS = { off: "power", alarm: "siren", fault: "fault", armed: "shield-armed", ready: "shield" };
const PATHS = { ip: "cable", mobile: "mobile", none: "no-signal" };

/** All of them in a grid. A click opens one. */
export function overview(page) {
  return h("section", { class: "overview", "aria-label": t("page.all") }, Object.entries(page.plans).map(([panel, plan]) => tile(page, panel, plan)));
}

function tile(page, panel, plan) {
  const title = h("span", { class: "name" });
  const sign = h("span", { class: "sign" });
  const condition = h("span", { class: "condition" });
  const lines = [h("span", { class: "lcd" }), h("span", { class: "lcd" })];
  const screen = h("span", { class: "display" }, lines);
  const facts = h("span", { class: "facts-row" });
  const small = miniature(page, panel, plan);
  const shown = h("button", { type: "button", class: "card tile", on: { click: () => page.show(panel) } }, [
    h("span", { class: "tile-head" }, [
      sign,
      h("span", { class: "tile-names" }, [h("span", { class: "tile-title" }, [h("span", { class: "number" }, panel), title]), condition]),
    ]),
    small,
    screen,
    facts,
  ]);
  const get = (key) => page.state.get(`${panel}/${key}`);
  const watch = (keys, act) => page.scope.watch(keys.map((key) => `${panel}/${key}`), act);
  watch(["title"], () => say(title, get("title") ?? ""));
  watch(["on", "lamp/alarm", "lamp/armed", "lamp/fault", "siren", "outdoor"], () => {
    const is = conditionOf(page.state, panel);
    if (shown.dataset.is !== is) sign.replaceChildren(icon(SIGNS[is]));
    mark(shown, "data-is", is);
    screen.classList.toggle("dead", is === "off");
    say(condition, t(`panel.is-${is}`));
  });
  watch(["display", "on"], () => lines.forEach((line, n) => say(line, (get("on") && get("display")?.[n]) || "\u00a0")));
  watch(["path", "battery", "mains"], () => showFacts(facts, get("path") ?? "none", get("mains"), get("battery")));
  return shown;
}

function showFacts(facts, path, mains, battery) {
  const now = JSON.stringify([path, mains, battery?.percent]);
  if (facts.dataset.now === now) return;
  facts.dataset.now = now;
  const parts = [h("span", { class: "fact", "data-path": path }, [icon(PATHS[path], "icon small"), t(`net.${path}`)])];
  if (battery) {
    const sign = mains ? "plug" : "battery-low";
    parts.push(h("span", { class: "fact" }, [icon(sign, "icon small"), `${battery.percent} %`]));
  }
  facts.replaceChildren(...parts);
}

/** The plan, as small as a stamp: walls, who moves where, and what is in alarm. */
function miniature(page, panel, plan) {
  const [x, y, w, h_] = plan.frame.map((metres) => metres * 100);
  const person = s("circle", { class: "mini-person", r: 28 });
  const dots = plan.sensors.map((sensor) => {
    const dot = s("circle", { class: "dot", cx: sensor.at[0] * 100, cy: sensor.at[1] * 100, r: 20 });
    const key = `${panel}/sensor/${sensor.name}`;
    page.scope.watch([key], () => mark(dot, "data-state", page.state.get(key)?.state ?? "rest"));
    return dot;
  });
  page.scope.watch([`${panel}/person`], () => {
    const [px, py] = page.state.get(`${panel}/person`) ?? plan.places.person;
    person.style.transform = `translate(${px * 100}px, ${py * 100}px)`;
  });
  const floors = plan.rooms.map(({ box }) => {
    const [rx, ry, rw, rh] = box.map((metres) => metres * 100);
    return s("rect", { class: "floor", x: rx, y: ry, width: rw, height: rh });
  });
  const walls = plan.walls.map(([x1, y1, x2, y2]) => `M${x1 * 100} ${y1 * 100} L${x2 * 100} ${y2 * 100}`).join("");
  return s("svg", { class: "miniature", viewBox: `${x} ${y} ${w} ${h_}`, "aria-hidden": "true" }, [
    ...floors,
    s("path", { class: "walls", d: walls }),
    ...dots,
    person,
  ]);
}
