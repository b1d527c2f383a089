// One event in full: what happened, what went over the wire, and what the cloud made of it.

import { dump, sizeOf } from "./bytes.js";
import { h, icon } from "./dom.js";
import { called, day, has, said, span, t, time } from "./texts.js";

/** The view; `back` closes it. */
export function itemView(line, back) {
  return h("article", { class: "event" }, [
    h("button", { type: "button", class: "button quiet compact back", on: { click: back } }, [icon("arrow-left", "icon small"), t("item.back")]),
    h("h2", {}, said(line.what)),
    h("ol", { class: "journey" }, [
      stage("house", "item.what", happened(line)),
      stage("lock", "item.wire", wire(line)),
      stage("bell", "item.cloud", cloud(line)),
    ]),
  ]);
}

function stage(sign, title, parts) {
  return h("li", {}, [h("span", { class: "station" }, icon(sign, "icon small")), h("h3", {}, t(title)), ...parts]);
}

function facts(pairs) {
  const given = pairs.filter(([, value]) => value !== "" && value !== null && value !== undefined);
  return h("dl", { class: "facts" }, given.map(([name, value]) => [h("dt", {}, t(name)), h("dd", { class: "number" }, value)]));
}

function happened(line) {
  return [
    facts([
      ["item.when", `${day(line.at_ms)} ${time(line.at_ms)}`],
      ["item.zone", line.zone && called(line.zone)],
      ["item.user", line.user && called(line.user)],
      ["item.code", codeOf(line.qcode)],
      ["item.number", String(line.number)],
    ]),
  ];
}

/** Contact ID as people write it: E for something new, R for its restore, and three digits. */
function codeOf(qcode) {
  return `${qcode >= 3000 ? "R" : "E"}${String(qcode % 1000).padStart(3, "0")}`;
}

function wire(line) {
  if (!line.sealed) return [h("p", { class: "muted small" }, t("item.unsent"))];
  const { count, kid, size } = sizeOf(line.sealed);
  const path = `path.${line.path}`;
  return [
    h("p", { class: "muted small" }, t("item.size", count, kid, size)),
    dump(line.sealed),
    line.path ? facts([["item.path", has(path) ? t(path) : line.path]]) : null,
  ].filter(Boolean);
}

function cloud(line) {
  const after = (ms) => (ms ? `${time(ms)} · +${span(Math.max(0, ms - line.at_ms))}` : "");
  const steps = line.steps ?? [];
  return [
    facts([
      ["item.stored", after(line.committed_ms)],
      ["item.acked", after(line.acked_ms)],
    ]),
    steps.length ? h("ol", { class: "steps" }, steps.map((step) => h("li", {}, said(step)))) : null,
    line.committed_ms && !line.case ? h("p", { class: "muted small" }, t("item.nocase")) : null,
  ].filter(Boolean);
}
