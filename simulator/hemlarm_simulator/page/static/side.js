// The column at the side: the timeline, the messages that people got, and the stories to be watched.

import { h, mark, say } from "./dom.js";
import { messages } from "./messages.js";
import { stories } from "./stories.js";
import { t } from "./texts.js";
import { timeline } from "./timeline.js";

const TABS = [
  ["timeline", timeline],
  ["messages", messages],
  ["stories", stories],
];

/** The column, on the tab that it was on before. */
export function sidePanel(page) {
  page.listeners.clear();
  const tabs = TABS.map(([name]) =>
    h("button", { type: "button", role: "tab", id: `tab-${name}`, "aria-controls": `side-${name}`, on: { click: () => open(name) } }, [
      t(`side.${name}`),
      h("span", { class: "count", hidden: true }),
    ]),
  );
  const panels = TABS.map(([name, make]) =>
    h("div", { role: "tabpanel", id: `side-${name}`, "aria-labelledby": `tab-${name}`, class: `side-${name}`, tabindex: "0" }, make(page)),
  );
  const open = (name) => {
    page.tab = name;
    TABS.forEach(([one], n) => {
      const chosen = one === name;
      mark(tabs[n], "aria-selected", String(chosen));
      mark(tabs[n], "tabindex", chosen ? "0" : "-1");
      panels[n].hidden = !chosen;
    });
    if (name === "messages") page.read = newest(page);
    tell();
  };
  const tell = () => {
    if (page.tab === "messages") page.read = newest(page);
    const unread = page.messages.filter((message) => message.at_ms > (page.read ?? 0)).length;
    const count = tabs[1].querySelector(".count");
    count.hidden = unread === 0;
    say(count, String(unread));
  };
  page.listeners.add(tell);
  const list = h("div", { role: "tablist", class: "tabs", "aria-label": t("side.title") }, tabs);
  list.addEventListener("keydown", (event) => byArrows(event, tabs));
  open(page.tab ?? "timeline");
  return h("aside", { class: "card side-card", "aria-label": t("side.title") }, [list, ...panels]);
}

function newest(page) {
  return Math.max(0, ...page.messages.map((message) => message.at_ms));
}

function byArrows(event, tabs) {
  const way = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!way) return;
  event.preventDefault();
  const next = tabs[(tabs.indexOf(document.activeElement) + way + tabs.length) % tabs.length];
  next.click();
  next.focus();
}
