// The instruments of one panel: power, its two ways to the cloud, jammers, and what may go wrong with the panel itself.

import { curve } from "./curve.js";
import { h, icon, mark, s, say, toggle } from "./dom.js";
import { hundredths, t } from "./texts.js";

const DBM = { min: -120, max: -50 };
const GAUGE_CM = 34;

/** All of them. */
export function instruments(page, plan, panel) {
  return h("section", { class: "instruments", "aria-label": t("panel.instruments") }, [
    power(page, plan, panel),
    fixedLine(page, plan, panel),
    mobile(page, plan, panel),
  ]);
}

function card(sign, title, parts, className = "") {
  return h("section", { class: `card gauge ${className}` }, [h("h2", {}, [icon(sign), title]), ...parts]);
}

/** A toggle that shows a key's state and sends its opposite. */
function switched(page, key, text, body, isOn = Boolean) {
  const button = toggle(text, false, () => page.act(body(isOn(page.state.get(key)))));
  page.scope.watch([key], () => mark(button, "aria-pressed", String(isOn(page.state.get(key)))));
  return button;
}

function power(page, plan, panel) {
  if (!plan.has.power) {
    const cut = switched(page, `${panel}/powered`, t("panel.power"), (on) => ({ do: "power", on: !on }), (on) => on !== false);
    return card("power", t("power.title"), [h("p", { class: "muted small" }, t("power.always")), h("div", { class: "toggles" }, cut)]);
  }
  const mains = switched(page, `${panel}/mains`, t("power.mains"), (on) => ({ do: "mains", on: !on }));
  const unplugged = (battery) => battery?.state !== "none";
  const plugged = switched(page, `${panel}/battery`, t("power.battery"), (on) => ({ do: "battery", on: !on }), unplugged);
  return card("power", t("power.title"), [battery(page, panel), curve(page, panel), h("div", { class: "toggles" }, [mains, plugged])], "power");
}

function battery(page, panel) {
  const level = s("rect", { class: "charge", x: 3, y: 3, width: 0, height: 12, rx: 1.5 });
  const cell = s("svg", { class: "cell", viewBox: "0 0 44 18", "aria-hidden": "true" }, [
    s("rect", { class: "shell", x: 0.75, y: 0.75, width: 38.5, height: 16.5, rx: 4 }),
    s("path", { class: "shell", d: "M42 6 v6" }),
    level,
  ]);
  const volts = h("strong", { class: "number" });
  const how = h("span", { class: "muted small" });
  const shown = h("div", { class: "battery" }, [cell, h("div", {}, [volts, how])]);
  page.scope.watch([`${panel}/battery`], () => {
    const is = page.state.get(`${panel}/battery`);
    if (!is) return;
    mark(level, "width", ((GAUGE_CM * is.percent) / 100).toFixed(1));
    mark(shown, "data-charge", is.percent < 15 ? "low" : is.percent < 40 ? "half" : "good");
    const lasts = is.hours === null ? "" : ` · ${t("power.hours", is.hours < 10 ? is.hours.toFixed(1) : Math.round(is.hours))}`;
    say(volts, `${hundredths(is.mv / 1000)} V`);
    say(how, `${is.percent} % · ${t(`power.${is.state}`)}${is.ma ? ` · ${is.ma} mA` : ""}${lasts}`);
  });
  return shown;
}

/** The cable, which is pulled by a click, and where the session runs. */
function fixedLine(page, plan, panel) {
  const key = `${panel}/cable`;
  const plug = s("g", { class: "plug" }, [
    s("path", { class: "cord", d: "M-64 0 C-44 0 -46 0 -26 0" }),
    s("path", { class: "head", d: "M-26 -9 h22 v18 h-22 Z M-4 -5 h6 v10 h-6" }),
  ]);
  const drawing = s("svg", { class: "cable", viewBox: "0 0 124 40", "aria-hidden": "true" }, [
    s("g", { transform: "translate(70 20)" }, plug),
    s("path", { class: "socket", d: "M76 6 h42 v28 h-42 Z M76 13 h-4 v14 h4" }),
    s("circle", { class: "led", cx: 108, cy: 20, r: 4 }),
  ]);
  const text = h("span", { class: "small" });
  const button = h("button", { type: "button", class: "cable-button", "aria-label": t("net.cable"), on: { click: () => page.act({ do: "ethernet", on: !page.state.get(key) }) } }, [drawing, text]);
  page.scope.watch([key], () => {
    const up = page.state.get(key) !== false;
    mark(button, "aria-pressed", String(up));
    say(text, t(up ? "net.plugged" : "net.pulled"));
  });
  const hole = switched(page, `${panel}/black-hole`, t("net.hole"), (on) => ({ do: "black-hole", on: !on }));
  return card("cable", t("net.title"), [button, h("div", { class: "toggles" }, hole), path(page, panel)]);
}

function path(page, panel) {
  const text = h("strong");
  const shown = h("p", { class: "path small" }, [t("net.path"), " ", text]);
  page.scope.watch([`${panel}/path`], () => {
    const is = page.state.get(`${panel}/path`, "none");
    mark(shown, "data-path", is);
    say(text, t(`net.${is}`));
  });
  return shown;
}

function mobile(page, plan, panel) {
  const radio = () => [
    plan.has.radio ? switched(page, `${panel}/radio-jammed`, t("jam.1"), (on) => ({ do: "jam", radio: 1, on: !on })) : null,
    plan.has.modem ? switched(page, `${panel}/mobile`, t("jam.2"), (on) => ({ do: "jam", radio: 2, on: !on }), (is) => Boolean(is?.jammed)) : null,
  ];
  const jammers = radio().filter(Boolean);
  const jamming = jammers.length ? h("div", { class: "jammers" }, [h("h3", { class: "small" }, t("jam.title")), h("div", { class: "toggles" }, jammers)]) : null;
  if (!plan.has.modem) {
    return card("mobile", t("mobile.title"), [h("p", { class: "muted small" }, t("mobile.none")), jamming]);
  }
  const key = `${panel}/mobile`;
  const slider = h("input", { type: "range", id: "dbm", min: DBM.min, max: DBM.max, step: 1 });
  const reading = h("output", { class: "number small", for: "dbm" });
  slider.addEventListener("input", () => say(reading, `${slider.value} dBm`));
  slider.addEventListener("change", () => page.act({ do: "mobile-signal", value: Number(slider.value) }));
  const bars = s("svg", { class: "bars", viewBox: "0 0 34 20", "aria-hidden": "true" }, [0, 1, 2, 3, 4].map((n) => s("rect", { x: n * 7, y: 15 - n * 3.5, width: 5, height: 5 + n * 3.5, rx: 1 })));
  const technology = h("span", { class: "muted small" });
  page.scope.watch([key], () => {
    const is = page.state.get(key);
    if (!is) return;
    if (document.activeElement !== slider) slider.value = is.dbm;
    say(reading, `${is.dbm} dBm`);
    say(technology, is.up ? String(is.technology ?? "").toUpperCase() : t("net.none"));
    const strength = !is.up || is.jammed ? 0 : Math.max(0, Math.min(5, Math.ceil((is.dbm + 113) / 11)));
    [...bars.children].forEach((bar, n) => bar.classList.toggle("on", n < strength));
  });
  const onOff = [
    switched(page, key, t("mobile.up"), (on) => ({ do: "mobile", on: !on }), (is) => is?.up !== false),
    switched(page, key, t("mobile.data"), (on) => ({ do: "mobile-data", on: !on }), (is) => is?.data !== false),
  ];
  return card("mobile", t("mobile.title"), [
    h("div", { class: "signal" }, [bars, h("label", { for: "dbm", class: "sr-only" }, t("mobile.signal")), slider, reading, technology]),
    h("div", { class: "toggles" }, onOff),
    jamming,
  ]);
}

/** What may be done to the panel itself, and the last picture that its cameras took. */
export function panelItself(page, plan, panel) {
  const boot = h("span", { class: "muted small aside" });
  page.scope.watch([`${panel}/boot`, `${panel}/on`], () => {
    const on = page.state.get(`${panel}/on`);
    say(boot, on ? t("panel.boot", page.state.get(`${panel}/boot`, 1)) : t("power.off"));
  });
  const button = (text, body) => h("button", { type: "button", class: "toggle", on: { click: () => page.act(body) } }, text);
  const buttons = [button(t("panel.reset"), { do: "reset" }), button(t("panel.hang"), { do: "hang", value: "busy" }), switched(page, `${panel}/flash-fails`, t("panel.flash"), (on) => ({ do: "flash-fail", on: !on }))];
  if (plan.has.power) buttons.unshift(switched(page, `${panel}/powered`, t("panel.power"), (on) => ({ do: "power", on: !on }), (on) => on !== false));
  return card("shield", [t("panel.title"), boot], [h("div", { class: "toggles" }, buttons), picture(page, panel)]);
}

function picture(page, panel) {
  const key = `${panel}/pictures`;
  const image = h("img", { alt: t("pictures.title"), hidden: true, width: 160, height: 120 });
  const text = h("p", { class: "muted small" });
  const shown = h("figure", { class: "picture", hidden: true }, [image, h("figcaption", {}, text)]);
  page.scope.watch([key], () => {
    const is = page.state.get(key);
    shown.hidden = !is?.last;
    if (!is?.last) return;
    image.hidden = false;
    mark(image, "src", `/picture/${panel}/${is.last}.jpg`);
    say(text, t("pictures.sent", is.sent, is.queued));
  });
  return shown;
}
