// How long something has been open, counted on between two answers of the centre, by the centre's own clock.

const SECOND_MS = 1000;
const LETTERS = { sv: { hours: "tim", days: "dygn" }, en: { hours: "h", days: "days" } };

/** The centre's clock minus this machine's, as far as the page knows: each answer tells it anew. */
let ahead = null;
let told = "";

function centreNow() {
  return Date.now() + ahead;
}

function learn() {
  const newest = [...document.querySelectorAll("time.age")].reduce((most, age) => Math.max(most, Number(age.dataset.now)), 0);
  if (newest && String(newest) !== told) {
    told = String(newest);
    ahead = newest - Date.now();
  }
}

function written(seconds) {
  const words = LETTERS[document.documentElement.lang] ?? LETTERS.sv;
  const two = (number) => String(number).padStart(2, "0");
  if (seconds < 3600) return `${Math.floor(seconds / 60)}:${two(seconds % 60)}`;
  if (seconds < 172800) return `${Math.floor(seconds / 3600)}:${two(Math.floor((seconds % 3600) / 60))} ${words.hours}`;
  return `${Math.floor(seconds / 86400)} ${words.days}`;
}

function tick() {
  learn();
  if (ahead === null) return;
  for (const age of document.querySelectorAll("time.age")) {
    const shown = written(Math.max(0, Math.floor((centreNow() - Number(age.dataset.since)) / SECOND_MS)));
    if (age.textContent !== shown) age.textContent = shown;
  }
}

/** Lets all ages of the page go on. */
export function keepAges() {
  tick();
  setInterval(tick, SECOND_MS);
  document.addEventListener("hemlarm:swap", tick);
}
