// What the keyboard does wherever one is on the page: digits go to the keypad, P stops time.

import { SPEEDS } from "./header.js";

/** Listens for them all. */
export function listenToKeys(page) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || typing(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    if (event.altKey) {
      const speed = SPEEDS[Number(event.key) - 1];
      if (speed !== undefined) handle(event, () => page.act({ do: "speed", value: speed }));
    } else if (/^[0-9]$/.test(event.key) && page.panel !== "all") {
      handle(event, () => page.pressKey?.(event.key));
    } else if (event.key.toLowerCase() === "p") {
      handle(event, () => page.act({ do: "speed", value: page.state.get("world/speed") ? 0 : 1 }));
    } else if (event.key === "?") {
      handle(event, () => document.getElementById("help")?.showModal());
    }
  });
}

function typing(target) {
  return target instanceof Element && target.closest("input:not([type=range]), textarea, select") !== null;
}

function handle(event, act) {
  event.preventDefault();
  act();
}
