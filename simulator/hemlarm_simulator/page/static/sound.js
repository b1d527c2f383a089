// What is heard, for whoever wants to hear: sirens by the firmware's own patterns, the keypad's buzzer, its keys.

const KEPT = "hemlarm-sound";
const LOUD = 0.12;
const AHEAD_S = 0.3;

// Milliseconds on and off, again and again, and the height of the tone in Hz.
const BUZZER = {
  exit: { pattern: [80, 920], hz: 1800 },
  "exit-last": { pattern: [80, 170], hz: 1800 },
  entry: { pattern: [180, 320], hz: 2200 },
  alert: { pattern: [400, 600], hz: 1500 },
};
const SIREN_HZ = { intrusion: [900, 1400], fire: [3000, 3000], co: [3000, 3000], "hold-up": [700, 1100] };

/** Plays what one panel sounds. Nothing is played before somebody has asked for it. */
export class Sounds {
  constructor(state) {
    this.state = state;
    this.wanted = localStorage.getItem(KEPT) === "on";
    this.voices = new Map();
    this.patterns = {};
  }

  /** From now on the sounds of this panel, or of none. */
  follow(panel, patterns, scope) {
    this.hush();
    this.patterns = patterns ?? {};
    if (!panel) return;
    const keys = ["siren", "outdoor", "buzzer"].map((name) => `${panel}/${name}`);
    this.play = () => {
      const [siren, outdoor, buzzer] = keys.map((key) => this.state.get(key, "off"));
      const loud = siren !== "off" ? siren : outdoor;
      this.voice("siren", loud, this.patterns[loud], SIREN_HZ[loud], LOUD);
      this.voice("buzzer", buzzer, BUZZER[buzzer]?.pattern, [BUZZER[buzzer]?.hz, BUZZER[buzzer]?.hz], LOUD / 2);
    };
    scope.watch([...keys, "world/speed"], () => this.play());
    scope.atEnd(() => this.hush());
  }

  /** On or off. Returns whether it is on now. */
  toggle() {
    this.wanted = !this.wanted;
    localStorage.setItem(KEPT, this.wanted ? "on" : "off");
    if (this.wanted) this.play?.();
    else this.hush();
    return this.wanted;
  }

  /** A key of the keypad. */
  click() {
    if (!this.wanted) return;
    const { context } = this.ready();
    const { oscillator, gain } = tone(context, 2400, LOUD / 3);
    gain.gain.setTargetAtTime(0, context.currentTime + 0.03, 0.01);
    oscillator.stop(context.currentTime + 0.12);
  }

  hush() {
    for (const voice of this.voices.values()) voice.end();
    this.voices.clear();
  }

  ready() {
    this.context ??= new AudioContext();
    if (this.context.state === "suspended") this.context.resume();
    return this;
  }

  voice(name, sound, pattern, heights, loudness) {
    const now = this.voices.get(name);
    // Only at the pace of life: a minute in a second is no sound.
    const wanted = this.wanted && sound !== "off" && pattern && this.state.get("world/speed", 1) === 1;
    if (now?.sound === sound && wanted) return;
    now?.end();
    this.voices.delete(name);
    if (wanted) this.voices.set(name, new Voice(this.ready().context, sound, pattern, heights, loudness));
  }
}

class Voice {
  constructor(context, sound, pattern, [low, high], loudness) {
    this.sound = sound;
    this.context = context;
    this.pattern = pattern;
    this.loudness = loudness;
    this.step = 0;
    this.due = context.currentTime;
    Object.assign(this, tone(context, (low + high) / 2, 0));
    if (high > low) this.sweep = wobble(context, this.oscillator, (high - low) / 2);
    this.plan();
    this.timer = setInterval(() => this.plan(), (AHEAD_S * 1000) / 3);
  }

  plan() {
    if (!this.pattern.length) {
      this.gain.gain.setTargetAtTime(this.loudness, this.context.currentTime, 0.01);
      return;
    }
    while (this.due < this.context.currentTime + AHEAD_S) {
      this.gain.gain.setTargetAtTime(this.step % 2 ? 0 : this.loudness, this.due, 0.005);
      this.due += this.pattern[this.step % this.pattern.length] / 1000;
      this.step += 1;
    }
  }

  end() {
    clearInterval(this.timer);
    this.gain.gain.cancelScheduledValues(0);
    this.gain.gain.setTargetAtTime(0, this.context.currentTime, 0.01);
    const ends = this.context.currentTime + 0.1;
    this.oscillator.stop(ends);
    this.sweep?.stop(ends);
  }
}

function tone(context, hz, loudness) {
  const oscillator = new OscillatorNode(context, { type: "triangle", frequency: hz });
  const gain = new GainNode(context, { gain: loudness });
  oscillator.connect(gain).connect(context.destination);
  oscillator.start();
  return { oscillator, gain };
}

function wobble(context, oscillator, span) {
  const slow = new OscillatorNode(context, { type: "sawtooth", frequency: 2.2 });
  slow.connect(new GainNode(context, { gain: span })).connect(oscillator.frequency);
  slow.start();
  return slow;
}
