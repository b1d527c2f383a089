// The bar at the top: which house, what time it is and how fast it runs, and how the page looks and sounds.

import { h, icon, mark, say } from "./dom.js";
import { day, language, said, switchLanguage, t, time } from "./texts.js";

export const SPEEDS = [0, 1, 60, 3600];

/** The bar for the page as it is now. */
export function header(page) {
  return h("header", { class: "house-top" }, [
    h("p", { class: "brand" }, [icon("mark"), h("span", {}, "Hemlarm")]),
    h("h1", { class: "sr-only" }, t("page.title")),
    tabs(page),
    timeControl(page),
    tools(page),
    help(),
  ]);
}

/** One tab a panel, each with its state, where there are several. */
function tabs(page) {
  const panels = Object.keys(page.plans);
  if (panels.length < 2) {
    const title = h("p", { class: "title" });
    page.scope.watch([`${panels[0]}/title`], () => say(title, page.state.get(`${panels[0]}/title`, "")));
    return title;
  }
  const tab = (panel, content) =>
    h("button", { type: "button", "aria-current": page.panel === panel ? "page" : null, on: { click: () => page.show(panel) } }, content);
  return h("nav", { class: "panels", "aria-label": t("page.all") }, [
    tab("all", t("page.all")),
    panels.map((panel) => tab(panel, [lampOf(page, panel), h("span", { class: "number" }, panel), nameOf(page, panel)])),
  ]);
}

function nameOf(page, panel) {
  const name = h("span", { class: "sr-only" });
  page.scope.watch([`${panel}/title`], () => say(name, ` ${page.state.get(`${panel}/title`, "")}`));
  return name;
}

/** A spot that says how a panel is: in alarm, armed, or neither; off. */
export function lampOf(page, panel) {
  const spot = h("span", { class: "spot", role: "img" });
  const keys = ["on", "lamp/alarm", "lamp/armed", "siren", "outdoor", "lamp/fault"].map((key) => `${panel}/${key}`);
  page.scope.watch(keys, () => {
    const is = conditionOf(page.state, panel);
    mark(spot, "data-is", is);
    mark(spot, "aria-label", t(`panel.is-${is}`));
  });
  return spot;
}

/** How a panel is, in one word. */
export function conditionOf(state, panel) {
  const get = (key) => state.get(`${panel}/${key}`);
  if (!get("on")) return "off";
  if (get("lamp/alarm") || [get("siren"), get("outdoor")].some((sound) => sound && sound !== "off")) return "alarm";
  if (get("lamp/fault")) return "fault";
  return get("lamp/armed") ? "armed" : "ready";
}

function timeControl(page) {
  const { state, scope } = page;
  const clock = h("time", { class: "clock" });
  const date = h("span", { class: "date" });
  const buttons = SPEEDS.map((speed) =>
    h(
      "button",
      {
        type: "button",
        "aria-label": speed ? `×${speed}` : t("time.pause"),
        on: { click: () => page.act({ do: "speed", value: speed }) },
      },
      speed ? `×${speed}` : icon("pause", "icon small"),
    ),
  );
  scope.watch(["world/unix_ms"], () => {
    const ms = state.get("world/unix_ms");
    if (ms === null) return;
    say(clock, time(ms));
    say(date, day(ms));
  });
  const group = h("div", { class: "pair speed", role: "group", "aria-label": t("time.title") }, buttons);
  scope.watch(["world/speed", "world/mode", "world/behind"], () => {
    const real = state.get("world/mode") === "real";
    group.hidden = real;
    buttons.forEach((button, n) => mark(button, "aria-pressed", String(state.get("world/speed") === SPEEDS[n])));
    clock.classList.toggle("behind", Boolean(state.get("world/behind")));
    mark(clock, "title", real ? t("time.real") : null);
    document.body.classList.toggle("paused", state.get("world/speed") === 0);
  });
  return h("div", { class: "timing" }, [h("div", { class: "when" }, [clock, date]), group]);
}

function tools(page) {
  const sound = h("button", { type: "button", class: "tool", "aria-label": t("page.sound") });
  const showSound = () => {
    mark(sound, "aria-pressed", String(page.sounds.wanted));
    sound.replaceChildren(icon(page.sounds.wanted ? "sound" : "sound-off"));
  };
  sound.addEventListener("click", () => {
    page.sounds.toggle();
    showSound();
  });
  showSound();
  const helpButton = h("button", { type: "button", class: "tool", "aria-label": t("page.help"), "data-opens": "help" }, icon("keypad"));
  return h("div", { class: "tools" }, [sound, helpButton, menu(page)]);
}

/** Everything that is wanted once: the cloud's pages, another house, language, appearance. */
function menu(page) {
  const doors = (page.extras.doors ?? []).map(({ url, role, name, login }) =>
    h("a", { class: "sheet-link", href: url, target: "_blank", rel: "noopener" }, [
      icon(role === "customer" ? "house-person" : role === "installer" ? "tools" : "bell"),
      h("span", {}, said(name) || `${t(`page.${role}`)} (${login})`),
    ]),
  );
  const houses = page.extras.houses ?? [];
  const house = h(
    "select",
    { id: "another-house", on: { change: (event) => event.target.value && page.act({ do: "house", what: event.target.value }) } },
    [h("option", { value: "" }, "–"), houses.map((name) => h("option", { value: name }, name))],
  );
  return h("details", { class: "menu top-account" }, [
    h("summary", { "aria-label": t("page.menu") }, icon("menu")),
    h("div", { class: "sheet" }, [
      doors,
      page.extras.password ? h("p", { class: "muted small" }, `${t("page.password")}: ${page.extras.password}`) : null,
      houses.length ? h("div", { class: "field" }, [h("label", { for: "another-house" }, t("page.house")), house]) : null,
      h("div", { class: "choices" }, [themes(), languages()]),
    ]),
  ]);
}

function themes() {
  const now = document.documentElement.dataset.theme || "auto";
  const button = (theme, sign) =>
    h("button", { type: "button", name: "theme", value: theme, "aria-label": t(`theme.${theme}`), "aria-pressed": String(theme === now) }, icon(sign));
  return h("div", { class: "choice" }, [
    h("span", { class: "label" }, t("page.theme")),
    h("div", { class: "pair", "data-theme-switch": true, role: "group", "aria-label": t("page.theme") }, [
      button("light", "sun"),
      button("auto", "auto"),
      button("dark", "moon"),
    ]),
  ]);
}

function languages() {
  const button = (name, text) =>
    h("button", { type: "button", lang: name, "aria-label": text, "aria-pressed": String(language === name), on: { click: () => language !== name && switchLanguage() } }, name.toUpperCase());
  return h("div", { class: "choice" }, [
    h("span", { class: "label" }, t("page.language")),
    h("div", { class: "pair", role: "group", "aria-label": t("page.language") }, [button("sv", "Svenska"), button("en", "English")]),
  ]);
}

function help() {
  const keys = [
    ["← ↑ → ↓", "help.arrows"],
    ["Tab ↵", "help.tab"],
    ["0–9", "help.digits"],
    ["P", "help.pause"],
    ["Alt 1–4", "help.pace"],
  ];
  return h("dialog", { id: "help", class: "keys", "aria-labelledby": "help-title" }, [
    h("h2", { id: "help-title" }, t("page.help")),
    h("dl", { class: "facts" }, keys.map(([key, text]) => [h("dt", {}, key.split(" ").flatMap((one) => [h("kbd", {}, one), " "])), h("dd", {}, t(text))])),
    h("p", { class: "muted" }, t("help.click")),
    h("button", { type: "button", class: "button secondary", "data-closes": true }, t("help.close")),
  ]);
}
