// The sound of a new urgent alarm: made here, so that nothing has to be fetched when it counts. A browser lets a page
// sound only after somebody has touched it; until then the button says so.

const KEPT = "hemlarm-desk-sound";

/** By urgency: the tones (Hz) one after the other, and how often they come again. Fire is heard as fire. */
const PATTERNS = {
  0: { tones: [960, 720], times: 4 },
  1: { tones: [880, 880, 880], times: 2 },
  2: { tones: [660, 880], times: 2 },
};
const USUAL = { tones: [620], times: 1 };
const TONE_S = 0.16;
const LOUDNESS = 0.22;

let context = null;

function wanted() {
  return localStorage.getItem(KEPT) !== "off";
}

function awake() {
  return context?.state === "running";
}

async function wake() {
  if (!wanted()) return;
  context ??= new AudioContext();
  if (context.state === "suspended") await context.resume().catch(() => {});
  show();
}

function show() {
  const button = document.getElementById("desk-sound");
  if (!button) return;
  const on = wanted();
  const blocked = on && !awake();
  const text = blocked ? button.dataset.blocked : on ? button.dataset.on : button.dataset.off;
  button.setAttribute("aria-pressed", String(on));
  button.classList.toggle("blocked", blocked);
  button.setAttribute("aria-label", text);
  button.querySelector(".desk-tool-text").textContent = text;
}

function tone(hertz, at) {
  const source = context.createOscillator();
  const volume = context.createGain();
  source.type = "triangle";
  source.frequency.value = hertz;
  volume.gain.setValueAtTime(0, at);
  volume.gain.linearRampToValueAtTime(LOUDNESS, at + 0.015);
  volume.gain.setValueAtTime(LOUDNESS, at + TONE_S - 0.03);
  volume.gain.linearRampToValueAtTime(0, at + TONE_S);
  source.connect(volume).connect(context.destination);
  source.start(at);
  source.stop(at + TONE_S);
}

export const sound = {
  /** How often it sounded, for whoever wants to know. */
  played: 0,

  /** Sounds for a new alarm of this urgency, unless it is off. */
  play(urgency) {
    if (!wanted()) return;
    this.played += 1;
    document.documentElement.dataset.sounded = String(this.played);
    if (!awake()) return;
    const { tones, times } = PATTERNS[urgency] ?? USUAL;
    let at = context.currentTime + 0.01;
    for (let round = 0; round < times; round += 1) {
      for (const hertz of tones) {
        tone(hertz, at);
        at += TONE_S + 0.02;
      }
      at += 0.12;
    }
  },

  /** Turns it off or on; what was chosen holds in this browser. */
  toggle() {
    localStorage.setItem(KEPT, wanted() ? "off" : "on");
    wake();
    show();
  },
};

document.getElementById("desk-sound")?.addEventListener("click", () => {
  if (wanted() && !awake()) wake();
  else sound.toggle();
});
for (const gesture of ["pointerdown", "keydown"]) document.addEventListener(gesture, wake, { once: true });
show();
