// The keypad on the wall: its display, lamps and keys, and the codes and tags of who lives there.

import { h, icon, mark, say } from "./dom.js";
import { called, t } from "./texts.js";

const MODES = ["away", "home", "night", "off"];
const ROWS = [
  ["1", "2", "3", "up"],
  ["4", "5", "6", "down"],
  ["7", "8", "9", "back"],
  ["fire", "0", "hold-up", "ok"],
];
const SIGNS = { away: "away", home: "house", night: "moon", off: "shield-off", up: "chevron", down: "chevron-down", back: "arrow-left", fire: "flame", "hold-up": "hand" };
const HELD = ["fire", "hold-up"];
const LAMPS = ["ready", "armed", "open", "alarm", "fault"];
const HOLD_MS = 2000;

/** The whole of it. */
export function keypad(page, plan, panel) {
  let sent = Promise.resolve();
  const press = (key) => {
    page.sounds.click();
    flash(keys[key]);
    // One after the other, since requests may overtake each other.
    sent = sent.then(() => page.act({ do: "key", key }));
  };
  page.pressKey = press;
  page.scope.atEnd(() => (page.pressKey = null));
  const keys = {};
  for (const key of [...MODES, ...ROWS.flat()]) keys[key] = HELD.includes(key) ? heldKey(key, press) : plainKey(key, press);
  const board = h("div", { class: "board" }, [
    h("div", { class: "modes" }, MODES.map((key) => keys[key])),
    h("div", { class: "digits" }, ROWS.flat().map((key) => keys[key])),
  ]);
  board.addEventListener("keydown", (event) => {
    if (event.key === "Backspace") {
      event.preventDefault();
      press("back");
    }
  });
  return h("section", { class: "card keypad-card", "aria-label": t("keypad.title") }, [
    h("div", { class: "keypad-body" }, [display(page, panel), lamps(page, panel), board]),
    people(page, plan, press),
  ]);
}

function display(page, panel) {
  const lines = [h("span", { class: "lcd" }), h("span", { class: "lcd" })];
  const shown = h("div", { class: "display", role: "status", "aria-label": t("keypad.display") }, lines);
  const keys = [`${panel}/display`, `${panel}/keypad-light`, `${panel}/on`];
  page.scope.watch(keys, () => {
    const [texts, light, on] = keys.map((key) => page.state.get(key));
    lines.forEach((line, n) => say(line, (on && texts?.[n]) || "\u00a0"));
    shown.classList.toggle("dim", light === false);
    shown.classList.toggle("dead", !on);
  });
  const buzzer = h("span", { class: "buzz", "aria-hidden": "true" }, icon("sound", "icon small"));
  page.scope.watch([`${panel}/buzzer`], () => mark(buzzer, "data-sound", page.state.get(`${panel}/buzzer`, "off")));
  shown.append(buzzer);
  return shown;
}

function lamps(page, panel) {
  const list = LAMPS.map((name) => {
    const lamp = h("li", { class: `lamp ${name}` }, [h("span", { class: "bulb" }), t(`lamp.${name}`)]);
    const key = `${panel}/lamp/${name}`;
    const says = h("span", { class: "sr-only" });
    lamp.append(says);
    page.scope.watch([key], () => {
      const on = Boolean(page.state.get(key));
      lamp.classList.toggle("on", on);
      say(says, on ? `: ${t("lamp.on")}` : `: ${t("lamp.off")}`);
    });
    return lamp;
  });
  return h("ul", { class: "lamps" }, list);
}

function face(key) {
  if (/^[0-9]$/.test(key)) return key;
  if (MODES.includes(key)) return [icon(SIGNS[key]), h("span", {}, t(`key.${key}`))];
  return key === "ok" ? t("key.ok") : icon(SIGNS[key]);
}

function plainKey(key, press) {
  const label = /^[0-9]$/.test(key) || MODES.includes(key) ? null : t(`key.${key}`);
  return h("button", { type: "button", class: `key k-${key}`, "data-key": key, "aria-label": label, on: { click: () => press(key) } }, face(key));
}

/** A key that has to be held for two seconds, as on the wall. A screen reader's click counts as held. */
function heldKey(key, press) {
  const label = t("keypad.hold", t(`key.${key}`));
  const button = h("button", { type: "button", class: `key held k-${key}`, "data-key": key, "aria-label": label, title: label }, face(key));
  let timer = 0;
  const begin = () => {
    if (timer) return;
    button.classList.add("holding");
    timer = setTimeout(() => {
      end();
      press(key);
    }, HOLD_MS);
  };
  const end = () => {
    clearTimeout(timer);
    timer = 0;
    button.classList.remove("holding");
  };
  button.addEventListener("pointerdown", begin);
  for (const event of ["pointerup", "pointerleave", "pointercancel", "blur", "keyup"]) button.addEventListener(event, end);
  button.addEventListener("keydown", (event) => [" ", "Enter"].includes(event.key) && begin());
  button.addEventListener("click", (event) => {
    const byAssistiveTechnology = event.detail === 0 && event.pointerType === "";
    if (byAssistiveTechnology && !event.isTrusted) press(key);
  });
  return button;
}

function flash(button) {
  button.classList.add("pressed");
  setTimeout(() => button.classList.remove("pressed"), 150);
}

/** Whose code and tag it is: a click enters the code, or holds the tag to the keypad. */
function people(page, plan, press) {
  const enter = (code) => [...code].forEach(press);
  const chip = (sign, text, label, act, className = "chip") =>
    h("button", { type: "button", class: className, "aria-label": label, title: label, on: { click: act } }, [icon(sign, "icon small"), text]);
  const rows = plan.people.map((person) => {
    const name = called(person);
    return h("li", {}, [
      h("span", { class: "who" }, name),
      person.code ? chip("keypad", person.code, t("keypad.code", name, person.code), () => enter(person.code)) : null,
      person.duress ? chip("warning", person.duress, t("keypad.duress", name, person.duress), () => enter(person.duress)) : null,
      person.tags.length ? chip("tag", "", t("keypad.tag", name), () => page.act({ do: "tag", what: person.name })) : null,
    ]);
  });
  rows.push(h("li", {}, [h("span", { class: "who muted" }, t("keypad.other")), chip("tag", "", t("keypad.stranger"), () => page.act({ do: "tag", what: "stranger" }))]));
  return h("ul", { class: "residents", "aria-label": t("keypad.people") }, rows);
}
