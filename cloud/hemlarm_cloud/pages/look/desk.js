// The desk: what all its pages have. Keys, sound for new urgent alarms, ages that go on, the case and the queue.

import { keepAges } from "./desk-ages.js";
import { caseKeys, watchCase } from "./desk-case.js";
import { queueKeys, watchQueue } from "./desk-queue.js";
import { sound } from "./desk-sound.js";
import { keyMap } from "./keys.js";

const texts = JSON.parse(document.getElementById("desk-texts")?.dataset.texts ?? "{}");

function go(path) {
  return () => location.assign(path);
}

function search() {
  const field = document.querySelector("#field-q") ?? document.getElementById("desk-search");
  field?.focus();
  field?.select();
}

function leave() {
  document.querySelector("details.menu[open]")?.removeAttribute("open");
  document.activeElement?.blur();
  document.getElementById("main").focus();
}

keepAges();
watchCase();
watchQueue(sound);
const keys = keyMap(
  texts.title,
  [
    ...queueKeys(texts),
    ...caseKeys(texts),
    { keys: ["/"], text: texts.search, run: search },
    { keys: ["q"], text: texts.queue, run: go("/desk") },
    { keys: ["l"], text: texts.log, run: go("/desk/log") },
    { keys: ["d"], text: texts.duty, run: go("/desk/duty") },
    { keys: ["r"], text: texts.reports, run: go("/desk/reports") },
    { keys: ["s"], text: texts.sound, run: () => sound.toggle() },
    { keys: ["Escape"], text: texts.leave, run: leave },
  ],
  texts.close,
);
document.getElementById("desk-keys")?.addEventListener("click", () => keys.show());
