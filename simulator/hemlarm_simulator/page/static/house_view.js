// One house: its plan with what is selected beneath it, its keypad, and the instruments of its panel.

import { deedsOf, faultsOf, conditionOf, flawsOf, outputDeeds } from "./deeds.js";
import { h, icon, mark, s, say } from "./dom.js";
import { SHAPES } from "./glyphs.js";
import { instruments, panelItself } from "./instruments.js";
import { keypad } from "./keypad.js";
import { placePerson } from "./person.js";
import { cm, drawPlan, unitOf } from "./plan.js";
import { called, t } from "./texts.js";
import { hangOutputs, hangSensors, outputCondition } from "./things.js";

/** The whole of it. */
export function houseView(page, plan, panel) {
  const { scope } = page;
  const dock = h("div", { class: "dock", role: "region", "aria-label": t("plan.selected") });
  let selected = null;
  const choose = (thing) => {
    selected?.group.classList.remove("selected");
    selected?.watching.end();
    selected = thing ? { ...thing, watching: page.state.scope() } : null;
    selected?.group.classList.add("selected");
    if (selected) showThing(page, dock, selected, () => choose(null));
    else dock.replaceChildren(h("p", { class: "muted" }, t("plan.none")), legend());
  };
  scope.atEnd(() => selected?.watching.end());
  choose(null);
  return h("div", { class: "house" }, [
    h("section", { class: "card plan-card", "aria-label": t("plan.title") }, [alarmBar(page, panel), planOf(page, plan, panel, choose), dock]),
    h("div", { class: "wall-side" }, [keypad(page, plan, panel), panelItself(page, plan, panel)]),
    instruments(page, plan, panel),
  ]);
}

function planOf(page, plan, panel, choose) {
  const { scope, state, act } = page;
  const { svg, layers } = drawPlan(plan, t("plan.title"));
  places(plan, panel, layers, scope, state);
  hangSensors(plan, panel, layers, scope, state, choose, act);
  hangOutputs(plan, panel, layers, scope, state, choose, act);
  placePerson(plan, panel, svg, layers, scope, state, act);
  svg.addEventListener("keydown", (event) => event.key === "Escape" && choose(null));
  const dark = h("button", { type: "button", class: "tool dark-switch", "aria-label": t("plan.dark"), title: t("plan.dark"), on: { click: () => act({ do: "dark", on: !state.get(`${panel}/dark`) }) } }, icon("moon"));
  scope.watch([`${panel}/dark`], () => {
    const isDark = Boolean(state.get(`${panel}/dark`));
    svg.classList.toggle("dark", isDark);
    mark(dark, "aria-pressed", String(isDark));
  });
  scope.watch([`${panel}/on`], () => svg.classList.toggle("lifeless", !state.get(`${panel}/on`)));
  return h("div", { class: "plan-frame", tabindex: "-1" }, [svg, dark]);
}

/** Where panel, keypad and sirens hang, and how the sirens sound. */
function places(plan, panel, layers, scope, state) {
  const put = (name, sign, text) => {
    const [x, y] = cm(plan.places[name]);
    const title = s("title", {}, text);
    const sprite = document.documentElement.dataset.icons;
    const group = s("g", { class: `place ${name}`, transform: `translate(${x} ${y}) scale(${unitOf(plan)})`, role: "img", "aria-label": text }, [
      title,
      ...[38, 60, 84].map((r, n) => s("circle", { class: `wave n${n}`, r })),
      s("rect", { class: "plate", x: -18, y: -18, width: 36, height: 36, rx: 9 }),
      s("use", { href: `${sprite}#${sign}`, x: -12, y: -12, width: 24, height: 24, class: "sign" }),
    ]);
    layers.places.append(group);
    return { group, title };
  };
  put("panel", "shield", t("plan.panel"));
  put("keypad", "keypad", t("plan.keypad"));
  for (const name of ["siren", "outdoor"]) {
    const { group, title } = put(name, "siren", "");
    scope.watch([`${panel}/${name}`], () => {
      const sound = state.get(`${panel}/${name}`, "off");
      group.dataset.sound = sound;
      const text = t(`plan.${name}`, t(`sound.${sound}`));
      say(title, text);
      mark(group, "aria-label", text);
    });
  }
}

/** The shapes and what they mean. */
function legend() {
  const entry = (name, shape) =>
    h("li", {}, [s("svg", { "data-state": name, viewBox: "-30 -30 60 60", "aria-hidden": "true" }, s("path", { class: "shape", d: shape })), t(`is.${name}`)]);
  return h("ul", { class: "legend-row" }, Object.entries(SHAPES).map(([name, shape]) => entry(name, shape)));
}

/** What everybody hears in the house, in words; nothing while it is quiet. */
function alarmBar(page, panel) {
  const text = h("span");
  const bar = h("p", { class: "alarm-bar", role: "alert", hidden: true }, [icon("siren"), text]);
  const keys = ["siren", "outdoor", "on", "crash"].map((name) => `${panel}/${name}`);
  page.scope.watch(keys, () => {
    const [siren, outdoor, on, crash] = keys.map((key) => page.state.get(key));
    const sound = [siren, outdoor].find((one) => one && one !== "off");
    bar.hidden = !sound && !crash && on !== false;
    bar.classList.toggle("calm", !sound);
    if (sound) say(text, t("plan.alarm", t(`sound.${sound}`)));
    else if (crash) say(text, crash);
    else if (on === false) say(text, t("plan.lifeless"));
  });
  return bar;
}

/** The thing that is selected: how it is, what can be done, and what may go wrong with it. */
function showThing(page, dock, thing, close) {
  const name = h("strong", {}, called(thing));
  const how = h("span", { class: "how" });
  const facts = h("span", { class: "muted small" }, factsOf(thing));
  const deeds = h("div", { class: "deeds" });
  const closing = h("button", { type: "button", class: "tool small", "aria-label": t("plan.close"), on: { click: close } }, icon("cross", "icon small"));
  dock.replaceChildren(h("div", { class: "which" }, [name, how, facts]), deeds, closing);
  let shown = "";
  thing.watching.watch([thing.key], () => {
    const is = page.state.get(thing.key, {});
    const conditions = thing.number === undefined ? [conditionOf(thing, is), ...flawsOf(is)] : [outputCondition(thing, is)];
    say(how, conditions.map((key) => t(key)).join(", "));
    how.dataset.state = is?.state ?? "";
    const wanted = thing.number === undefined ? [deedsOf(thing, is), faultsOf(thing, is)] : [outputDeeds(thing, is), []];
    const now = JSON.stringify(wanted);
    if (now === shown) return;
    shown = now;
    keepFocus(deeds, () => deeds.replaceChildren(...wanted.map((group, n) => h("div", { class: "deed-row" }, group.map((deed) => deedButton(page, deed, n === 1))))));
  });
}

function factsOf(thing) {
  if (thing.zone === undefined) return "";
  return `${t("plan.zone", thing.zone)} · ${t(thing.radio ? "plan.radio" : "plan.wire")}`;
}

function deedButton(page, deed, isFault) {
  const attributes = { "aria-pressed": deed.pressed === null ? null : String(Boolean(deed.pressed)) };
  return h(
    "button",
    { type: "button", class: isFault ? "deed fault" : "deed", "data-deed": deed.text, ...attributes, on: { click: () => page.act(deed.body) } },
    t(deed.text),
  );
}

/** Changes what an element contains, and leaves the focus on the button of the same place. */
function keepFocus(element, change) {
  const buttons = () => [...element.querySelectorAll("button")];
  const place = buttons().indexOf(document.activeElement);
  change();
  if (place >= 0) buttons()[Math.min(place, buttons().length - 1)]?.focus();
}
