// The timeline: every event as a line, newest first. A line opens what happened, its bytes, and what became of it.

import { h, icon, mark } from "./dom.js";
import { itemView } from "./item.js";
import { called, has, said, span, t, time } from "./texts.js";

const FILTERS = ["all", "alarm", "arming", "fault"];
const SHOWN_MAX = 120;

// The hundreds of Contact ID, and its twenties of alarms: which kind of line it is, and its sign.
const KINDS = [
  [/^11/, "alarm", "flame"],
  [/^12/, "alarm", "hand"],
  [/^13/, "alarm", "siren"],
  [/^14/, "fault", "tools"],
  [/^15[14]/, "alarm", "water"],
  [/^162/, "alarm", "co"],
  [/^1/, "alarm", "warning"],
  [/^30/, "fault", "battery"],
  [/^35/, "fault", "no-signal"],
  [/^3/, "fault", "fault"],
  [/^4[0-5]/, "arming", "shield-armed"],
  [/^57/, "arming", "eye-off"],
  [/^6/, "test", "settings"],
];

/** What kind of event a Contact ID code with its qualifier (1 new, 3 restored) tells of. */
export function kindOf(qcode) {
  const code = String(qcode % 1000);
  const [, kind, sign] = KINDS.find(([pattern]) => pattern.test(code)) ?? [null, "test", "info"];
  const restored = qcode >= 3000;
  if (kind === "arming" && !restored) return { kind, sign: "shield-off", restored };
  return { kind, sign: restored && kind !== "arming" ? "check-circle" : sign, restored };
}

/** The list, and in its place one item when it is opened. */
export function timeline(page) {
  const list = h("ol", { class: "lines" });
  const empty = h("p", { class: "muted nothing" }, t("line.empty", called(page.plans[page.panel]?.people[0] ?? { name: "anna" })));
  const rows = new Map();
  page.filter ??= "all";
  const opened = h("div", { class: "item", hidden: true });
  const whole = h("div", { class: "list-view" }, [filters(page, () => show(true)), empty, list]);
  const frame = h("div", { class: "timeline" }, [whole, opened]);
  const open = (id) => {
    page.item = id;
    whole.hidden = Boolean(id);
    opened.hidden = !id;
    show(false);
    if (id) opened.querySelector("button")?.focus();
    else rows.get(page.lastItem)?.row.querySelector("button")?.focus();
    page.lastItem = id;
  };

  function show(anew) {
    if (page.item) {
      const line = page.lines.get(page.item);
      if (line) refresh(opened, line, open);
      else page.item = null;
    }
    if (anew) {
      rows.clear();
      list.replaceChildren();
    }
    showRows(page, list, rows, open);
    empty.hidden = list.childElementCount > 0;
  }
  page.listeners.add(() => show(false));
  whole.hidden = Boolean(page.item);
  opened.hidden = !page.item;
  show(true);
  return frame;
}

function refresh(opened, line, open) {
  const now = JSON.stringify(line);
  if (opened.dataset.now === now) return;
  opened.dataset.now = now;
  const focused = opened.contains(document.activeElement);
  opened.replaceChildren(itemView(line, () => open(null)));
  if (focused) opened.querySelector("button").focus();
}

function filters(page, changed) {
  const buttons = FILTERS.map((name) =>
    h("button", { type: "button", "aria-pressed": String(page.filter === name), on: { click: () => choose(name) } }, t(`line.${name}`)),
  );
  const choose = (name) => {
    page.filter = name;
    buttons.forEach((button, n) => mark(button, "aria-pressed", String(FILTERS[n] === name)));
    changed();
  };
  return h("div", { class: "pair filters", role: "group", "aria-label": t("line.filter") }, buttons);
}

/** Makes and changes only the rows that differ. */
function showRows(page, list, rows, open) {
  const wanted = [...page.lines.values()]
    .filter((line) => page.panel === "all" || String(line.panel) === String(page.panel))
    .filter((line) => page.filter === "all" || kindOf(line.qcode).kind === page.filter)
    .sort((a, b) => b.at_ms - a.at_ms || b.number - a.number)
    .slice(0, SHOWN_MAX);
  const ids = new Set(wanted.map((line) => line.id));
  for (const [id, { row }] of rows) {
    if (ids.has(id)) continue;
    row.remove();
    rows.delete(id);
  }
  let place = list.firstElementChild;
  for (const line of wanted) {
    const had = rows.get(line.id);
    const row = had?.line === line ? had.row : rowOf(page, line, open);
    if (had && had.row !== row) {
      if (place === had.row) place = row;
      had.row.replaceWith(row);
    }
    rows.set(line.id, { row, line });
    if (place === row) place = row.nextElementSibling;
    else list.insertBefore(row, place);
  }
}

function rowOf(page, line, open) {
  const { kind, sign, restored } = kindOf(line.qcode);
  const where = [line.zone && called(line.zone), line.user && called(line.user)].filter(Boolean).join(" · ");
  const number = page.panel === "all" ? h("span", { class: "panel-number" }, line.panel) : null;
  return h(
    "li",
    {},
    h("button", { type: "button", class: "line", "data-kind": kind, "data-restored": restored, on: { click: () => open(line.id) } }, [
      h("span", { class: "line-sign" }, icon(sign)),
      h("span", { class: "line-what" }, [h("strong", {}, said(line.what)), h("span", { class: "where" }, [number, where])]),
      h("span", { class: "line-when" }, [h("time", {}, time(line.at_ms)), fate(line)]),
    ]),
  );
}

/** What became of it, in a word: waits, is stored, has made a case. */
function fate(line) {
  if (line.case) {
    const state = `case.${line.case.state}`;
    return h("span", { class: "fate case", title: has(state) ? t(state) : line.case.state }, t("line.case", line.case.id));
  }
  if (line.acked_ms) return h("span", { class: "fate" }, `✓ ${span(Math.max(0, line.acked_ms - line.at_ms))}`);
  if (line.committed_ms) return h("span", { class: "fate" }, t("line.stored"));
  return h("span", { class: "fate waits" }, t("line.waits"));
}
