// The queue: keys through its rows, and what is heard and said when a new urgent alarm comes in.

const AGAIN_MS = 12000;

function queue() {
  return document.getElementById("queue");
}

function links() {
  return [...(queue()?.querySelectorAll(".case-link") ?? [])];
}

function here() {
  return links().findIndex((link) => link.closest(".case-row").contains(document.activeElement));
}

function step(by) {
  const all = links();
  const at = here();
  const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1);
  all[next]?.focus();
}

function claim() {
  const rows = links().map((link) => link.closest(".case-row"));
  const row = rows[Math.max(here(), 0)];
  row?.querySelector('form[action$="/claim"]')?.requestSubmit();
}

function turnFilter() {
  const tabs = [...queue().querySelectorAll(".tabs a")];
  const at = tabs.findIndex((tab) => tab.hasAttribute("aria-current"));
  tabs[(at + 1) % tabs.length]?.click();
}

/** The keys of the queue's page, none elsewhere. */
export function queueKeys(texts) {
  if (!queue()) return [];
  return [
    { keys: ["j", "ArrowDown"], text: texts.next, run: () => step(1) },
    { keys: ["k", "ArrowUp"], text: texts.previous, run: () => step(-1) },
    { keys: ["c"], text: texts.claim, run: claim },
    { keys: ["f"], text: texts.filter, run: turnFilter },
  ];
}

/**
 * Sounds for each urgent alarm that is new to this page, and again as long as nobody takes a fire or hold-up. On other
 * pages of the desk the messages themselves tell of new alarms.
 */
export function watchQueue(sound) {
  if (queue()) watchRows(sound);
  else document.addEventListener("hemlarm:message", ({ detail }) => hear(sound, detail));
}

function watchRows(sound) {
  const known = new Set(loud().map((row) => row.dataset.case));

  document.addEventListener("hemlarm:swap", () => {
    const fresh = loud().filter((row) => !known.has(row.dataset.case));
    for (const row of fresh) known.add(row.dataset.case);
    if (!fresh.length) return;
    document.getElementById("announce").textContent = fresh[0].dataset.name;
    sound.play(Number(fresh[0].dataset.loud));
  });
  setInterval(() => {
    const worst = loud()[0];
    if (worst && Number(worst.dataset.loud) < 2) sound.play(Number(worst.dataset.loud));
  }, AGAIN_MS);
}

function loud() {
  return [...queue().querySelectorAll("[data-loud]")];
}

function hear(sound, message) {
  if (message.type !== "case" || message.urgency > 3 || message.state !== "new") return;
  if (message.kind === "opened" || message.kind === "escalated") sound.play(message.urgency);
}
