// What is known of all houses, by flat keys, and who is told of which: at most once a frame, whatever has changed.

export class State {
  constructor(frame = (act) => requestAnimationFrame(act)) {
    this.values = new Map();
    this.watchers = new Map();
    this.changed = new Set();
    this.frame = frame;
    this.waits = false;
    this.received = 0;
  }

  get(key, otherwise = null) {
    const value = this.values.get(key);
    return value === undefined ? otherwise : value;
  }

  /** Everything is as it says, and nothing else is known. */
  replace(values) {
    const gone = [...this.values.keys()].filter((key) => !(key in values));
    for (const key of gone) this.values.delete(key);
    this.note(gone);
    this.merge(values);
  }

  merge(values) {
    for (const [key, value] of Object.entries(values)) this.values.set(key, value);
    this.note(Object.keys(values));
  }

  note(keys) {
    for (const key of keys) this.changed.add(key);
    this.received += keys.length;
    if (this.waits || this.changed.size === 0) return;
    this.waits = true;
    this.frame(() => this.tell());
  }

  tell() {
    this.waits = false;
    const due = new Set();
    for (const key of this.changed) for (const act of this.watchers.get(key) ?? []) due.add(act);
    this.changed.clear();
    for (const act of due) act();
  }

  /** A group of watchers that end together. */
  scope() {
    return new Scope(this);
  }
}

class Scope {
  constructor(state) {
    this.state = state;
    this.ends = [];
  }

  /** Calls `act` now, and in each frame after one of `keys` has changed. */
  watch(keys, act) {
    for (const key of keys) {
      if (!this.state.watchers.has(key)) this.state.watchers.set(key, new Set());
      this.state.watchers.get(key).add(act);
    }
    this.ends.push(() => keys.forEach((key) => this.state.watchers.get(key).delete(act)));
    act();
  }

  /** Calls `act` when the scope ends. */
  atEnd(act) {
    this.ends.push(act);
  }

  end() {
    for (const act of this.ends.splice(0)) act();
  }
}
