// The house page: everything that is seen of simulated houses, and everything that can be done to them.

import { h, icon } from "./dom.js";
import { noteSent } from "./deeds.js";
import { header } from "./header.js";
import { houseView } from "./house_view.js";
import { overview } from "./overview.js";
import { sidePanel } from "./side.js";
import { Sounds } from "./sound.js";
import { State } from "./state.js";
import { t } from "./texts.js";
import { listenToKeys } from "./keys.js";

const REFUSED_MS = 6000;
const LINES_MAX = 300;
const MESSAGES_MAX = 100;

class Page {
  constructor(root) {
    this.state = new State();
    this.root = root;
    this.plans = {};
    this.stories = [];
    this.extras = {};
    this.lines = new Map();
    this.messages = [];
    this.listeners = new Set();
    this.panel = 0;
    this.scope = null;
    this.sounds = new Sounds(this.state);
    this.refusal = h("p", { class: "refusal", role: "alert", hidden: true });
    this.act = this.act.bind(this);
  }

  /** Something the server told. */
  hear(message) {
    if (message.type === "snapshot") this.begin(message);
    else {
      this.state.merge(message.set);
      this.note(message.timeline, message.messages);
    }
  }

  begin(snapshot) {
    const { state, plan, timeline, messages, stories, type: _type, ...extras } = snapshot;
    const same = JSON.stringify(plan) === JSON.stringify(this.plans);
    this.plans = plan;
    this.stories = stories ?? [];
    this.extras = extras;
    this.state.replace(state);
    this.lines.clear();
    this.messages = [];
    this.note(timeline, messages);
    if (same && this.scope) return;
    const numbers = Object.keys(plan);
    this.show(numbers.length > 1 && !(this.panel in plan) ? "all" : this.panel in plan ? this.panel : numbers[0]);
  }

  /** New lines of the timeline and messages; the listeners hear of them in the next frame. */
  note(lines = [], messages = []) {
    for (const line of lines) this.lines.set(line.id, line);
    while (this.lines.size > LINES_MAX) this.lines.delete(this.lines.keys().next().value);
    this.messages.push(...messages);
    this.messages.splice(0, this.messages.length - MESSAGES_MAX);
    if (this.waits) return;
    this.waits = true;
    requestAnimationFrame(() => {
      this.waits = false;
      for (const listener of this.listeners) listener();
    });
  }

  /** Shows one panel's house, or "all". */
  show(panel) {
    this.scope?.end();
    this.scope = this.state.scope();
    this.panel = panel;
    const all = panel === "all";
    const main = all ? overview(this) : houseView(this, this.plans[panel], panel);
    this.sounds.follow(all ? null : panel, this.plans[panel]?.sounds, this.scope);
    this.root.replaceChildren(header(this), h("main", { id: "main", class: all ? "all" : "", tabindex: "-1" }, [main, sidePanel(this)]), this.refusal);
    document.body.dataset.ready = "yes";
  }

  /** Does something, to the panel that is shown unless `body` names another. */
  async act(body) {
    const whole = { panel: Number(this.panel) || 1, ...body };
    noteSent(whole);
    try {
      const answer = await window.hemlarm.postJson("/act", whole);
      if (!answer.ok) this.refuse((await answer.json()).error ?? answer.statusText);
    } catch (error) {
      this.refuse(error.message);
    }
  }

  refuse(text) {
    clearTimeout(this.refusalEnds);
    this.refusal.replaceChildren(icon("info"), text);
    this.refusal.hidden = false;
    this.refusalEnds = setTimeout(() => (this.refusal.hidden = true), REFUSED_MS);
  }
}

const page = new Page(document.getElementById("house"));
document.title = `${t("page.title")} – Hemlarm`;
document.body.dataset.notConnected = t("page.lost");
document.querySelector(".skip").textContent = t("page.skip");
listenToKeys(page);
window.hemlarm.live("/live", (message) => page.hear(message));
window.house = page;
