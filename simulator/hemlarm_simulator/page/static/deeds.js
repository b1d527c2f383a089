// What can be done to each kind of thing: first what a person does by itself, then what may go wrong with it.

/** A deed: its text, what is sent for it, and whether it is so now, for those that last. */
function deed(text, body, pressed = null) {
  return { text, body, pressed };
}

function lasting(text, name, what, now) {
  return deed(text, { do: name, what, on: !now }, now);
}

const opens = (sensor, state) => [
  deed(state.open ? "do.close" : "do.open", { do: state.open ? "close" : "open", what: sensor.name }),
];

const sees = (sensor) => [
  deed("do.move", { do: "move", what: sensor.name }),
  deed("do.cat", { do: "animal", what: sensor.name, value: 5 }),
  deed("do.dog", { do: "animal", what: sensor.name, value: 35 }),
];

// Of what somebody has lit here and not put out again: smoke is still there for a while when its source is gone.
const lit = new Set();

/** Notes that something was sent, so that the next deed is the opposite one. */
export function noteSent(body) {
  if (!["smoke", "co"].includes(body.do)) return;
  if (body.on) lit.add(`${body.panel}/${body.what}`);
  else lit.delete(`${body.panel}/${body.what}`);
}

const trips = (name, on, off) => (sensor, state) => {
  const burns = lit.has(`${sensor.panel}/${sensor.name}`) || state.level > 0.9;
  return [
    deed(burns ? off : on, { do: name, what: sensor.name, on: !burns }),
    deed("do.test", { do: "press", what: sensor.name }),
  ];
};

const warms = (name, degrees) => (sensor) =>
  degrees.map(([text, value]) => deed(text, { do: name, what: sensor.name, value }));

const KINDS = {
  door: opens,
  window: opens,
  tamper: opens,
  button: (sensor) => [deed("do.press", { do: "press", what: sensor.name })],
  glass: (sensor) => [deed("do.break", { do: "break_glass", what: sensor.name })],
  motion: sees,
  "pet-motion": sees,
  camera: sees,
  "pet-camera": sees,
  smoke: trips("smoke", "do.burn", "do.clear"),
  co: trips("co", "do.leak", "do.clear"),
  heat: (sensor, state) => {
    const warm = state.level > 0.1;
    return [deed(warm ? "do.cool" : "do.hot", { do: "heat", what: sensor.name, value: warm ? 20 : 90 })];
  },
  water: (sensor, state) => [
    deed(state.open ? "do.dry" : "do.wet", { do: "water", what: sensor.name, on: !state.open }),
  ],
  temperature: warms("temperature", [
    ["do.cold", 2],
    ["do.mild", 21],
    ["do.heat", 45],
  ]),
};

/** What somebody may do to a sensor as it is now. The first is what a click on it does. */
export function deedsOf(sensor, state) {
  return KINDS[sensor.kind](sensor, state);
}

/** What may go wrong with a sensor. */
export function faultsOf(sensor, state) {
  const faults = [];
  if (sensor.kind !== "tamper") faults.push(lasting("do.off", "dismount", sensor.name, state.off));
  if (sensor.radio) {
    faults.push(
      lasting("do.low", "battery", sensor.name, state.battery_low),
      lasting("do.fault", "fault", sensor.name, state.fault),
      deed("do.reach", { do: "reach", what: sensor.name, on: !state.reach }, !state.reach),
    );
    return faults;
  }
  for (const damage of ["cut", "short"]) {
    const so = state.cable === damage;
    faults.push(deed(`do.${damage}`, { do: "cable", what: sensor.name, value: so ? "" : damage }, so));
  }
  return faults;
}

/** What somebody may do to a plug or a lock. */
export function outputDeeds(output, state) {
  if (output.kind === "plug") return [deed("do.switch", { do: "plug-press", what: output.name })];
  return [
    deed("do.turn", { do: "lock-turn", what: output.name }),
    deed("do.jam", { do: "lock-jam", what: output.name, on: state !== "jammed" }, state === "jammed"),
  ];
}

const FLAWS = [
  ["is.off", (state) => state.off],
  ["is.cut", (state) => state.cable === "cut"],
  ["is.short", (state) => state.cable === "short"],
  ["is.low", (state) => state.battery_low],
  ["is.fault", (state) => state.fault],
  ["is.reach", (state) => state.reach === false],
];

/** The keys of the texts that say what is wrong with a sensor. */
export function flawsOf(state) {
  return FLAWS.filter(([, holds]) => holds(state)).map(([text]) => text);
}

/** The key of the text that says how a sensor is. */
export function conditionOf(sensor, state) {
  if (state.state === "alarm") return "is.alarm";
  if (["door", "window"].includes(sensor.kind)) return state.open ? "is.open" : "is.closed";
  return state.state === "active" ? "is.active" : "is.rest";
}
