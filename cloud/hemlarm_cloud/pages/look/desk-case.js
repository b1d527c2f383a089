// The page of one case: its forms are sent without leaving it, it follows what others do, and keys reach all of it.

import { morph } from "./morph.js";

function page() {
  return document.getElementById("case");
}

/**
 * Shows an answer of the centre: the case's part, or another page where the answer leads there. What was said about the
 * last thing that one did stays while others go on, until one does the next.
 */
async function take(answer, mine) {
  const there = new URL(answer.url);
  const isPart = answer.headers.get("content-type")?.startsWith("text/html") && there.pathname.startsWith("/desk/cases/");
  if (answer.redirected && !isPart) {
    location.assign(answer.url);
    return;
  }
  const text = await answer.text();
  if (!isPart || answer.status === 404 || text.trimStart().startsWith("<!doctype")) {
    location.reload();
    return;
  }
  for (const said of page().querySelectorAll(".once")) said.toggleAttribute("data-keep", !mine);
  morph(page(), text);
  page().dispatchEvent(new CustomEvent("hemlarm:swap", { bubbles: true }));
}

async function send(event) {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented || !page().contains(form) || "whole" in form.dataset) return;
  event.preventDefault();
  if (form.dataset.busy) return;
  form.dataset.busy = "yes";
  sent += 1;
  event.submitter?.setAttribute("aria-busy", "true");
  const fields = new URLSearchParams(new FormData(form, event.submitter));
  try {
    const answer = await fetch(form.action, { method: "POST", body: fields, headers: { "X-Part": "1" } });
    const done = answer.ok;
    if (done) empty(form);
    await take(answer, true);
    settle(form, done);
  } catch {
    event.submitter?.removeAttribute("aria-busy");
  } finally {
    delete form.dataset.busy;
    event.submitter?.removeAttribute("aria-busy");
  }
}

/** What was written has arrived: the fields are as new, so that nothing of it stays behind in another form. */
function empty(form) {
  form.reset();
  for (const menu of document.querySelectorAll("#case details.menu[open]")) menu.open = false;
}

/** After a step the focus is where the next one begins, and on what could not be done if it could not. */
function settle(form, done) {
  if (!done) {
    document.getElementById("told")?.scrollIntoView({ block: "nearest" });
    return;
  }
  if (form.dataset.clears !== undefined) form.querySelector("input:not([type=hidden])")?.focus();
  else if (!document.activeElement || document.activeElement === document.body) document.getElementById("main").focus();
}

let fetching = false;
let again = false;

/** Forms sent: a part that was on its way when one was is of before its answer, and is fetched again. */
let sent = 0;

async function refresh() {
  if (fetching) {
    again = true;
    return;
  }
  fetching = true;
  const before = sent;
  try {
    const answer = await fetch(page().dataset.address, { headers: { "X-Part": "1" } });
    if (sent !== before) again = true;
    else if (answer.ok || answer.redirected) await take(answer, false);
  } catch {
    // The bar says that there is no contact; what comes back fetches it.
  }
  fetching = false;
  if (again) {
    again = false;
    refresh();
  }
}

/** Keeps the page as the case is, whoever works on it. */
export function watchCase() {
  if (!page()) return;
  document.addEventListener("submit", send);
  document.addEventListener("hemlarm:message", ({ detail }) => {
    if (detail.type === "ready" || String(detail.case) === page().dataset.case) refresh();
  });
}

function focusTo(id) {
  const found = document.getElementById(id);
  found?.closest("details")?.setAttribute("open", "");
  found?.focus();
  found?.scrollIntoView({ block: "nearest" });
}

/** A digit goes to a result; Enter confirms it. */
function choose(digit) {
  document.querySelector(`[data-digit="${digit}"]:not(:disabled)`)?.focus({ focusVisible: true });
}

function nextTask() {
  const tasks = [...document.querySelectorAll("#next-step .result:not(:disabled), .step-do > summary")];
  const at = tasks.findIndex((task) => task === document.activeElement);
  const start = document.querySelector("#next-step .result:not(:disabled), #next-step select, #claim");
  const summaries = tasks.filter((task) => task.matches("summary"));
  const following = at < 0 ? start : tasks[at].matches("summary") ? summaries[summaries.indexOf(tasks[at]) + 1] : summaries[0];
  (following ?? start)?.focus();
}

function openMore() {
  const menu = document.getElementById("case-more");
  if (!menu) return;
  menu.open = true;
  menu.querySelector("select, button").focus();
}

/** The keys of a case's page, none elsewhere. */
export function caseKeys(texts) {
  if (!page()) return [];
  const digits = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];
  return [
    { keys: ["c"], text: texts.claim, run: () => document.getElementById("claim")?.click() },
    { keys: ["n"], text: texts.task, run: nextTask },
    { keys: digits, text: texts.result, run: (event) => choose(event.key) },
    { keys: ["p"], text: texts.password, run: () => focusTo("spoken") },
    { keys: ["v"], text: texts.counter, run: () => document.getElementById("counter")?.click() },
    { keys: ["t"], text: texts.call, run: () => document.querySelector("#next-step .tel, #contacts .tel")?.focus() },
    { keys: ["m"], text: texts.note, run: () => focusTo("note") },
    { keys: ["b"], text: texts.pictures, run: () => document.querySelector("#pictures a, #pictures summary")?.focus() },
    { keys: ["x"], text: texts.end, run: () => focusTo("outcome") },
    { keys: ["w"], text: texts.more, run: openMore },
    { keys: ["g"], text: texts.site, run: () => document.getElementById("to-site")?.click() },
  ];
}
