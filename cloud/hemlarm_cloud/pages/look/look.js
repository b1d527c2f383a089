// What every page can: appearance without a reload, posting, what comes live, dialogs and keys. Also `window.hemlarm`.

import { live, liveParts } from "./live.js";
import { keyMap } from "./keys.js";

const KEPT_S = 400 * 86400;

function csrf() {
  return document.querySelector('meta[name="csrf"]')?.content ?? "";
}

/** Posts fields (an object) to an address of ours; the answer, whatever its status. */
async function post(url, data = {}) {
  return fetch(url, {
    method: "POST",
    headers: { "X-CSRF": csrf() },
    body: new URLSearchParams(data),
    credentials: "same-origin",
  });
}

/** Posts JSON to an address of ours; the answer, whatever its status. */
async function postJson(url, data) {
  return fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRF": csrf() },
    body: JSON.stringify(data),
    credentials: "same-origin",
  });
}

/** Sets the appearance: "light", "dark" or "auto". */
function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `hemlarm-theme=${theme}; path=/; max-age=${KEPT_S}; samesite=lax${secure}`;
  for (const button of document.querySelectorAll('[data-theme-switch] [name="theme"]')) {
    button.setAttribute("aria-pressed", String(button.value === theme));
  }
}

function switchTheme(event) {
  const button = event.target.closest('[data-theme-switch] [name="theme"]');
  if (button) {
    event.preventDefault();
    setTheme(button.value);
  }
}

/** Opens a <dialog> by its id for buttons with data-opens, closes it for those with data-closes. */
function openOrClose(event) {
  const button = event.target.closest("[data-opens], [data-closes]");
  if (!button) return;
  if (button.dataset.opens) document.getElementById(button.dataset.opens)?.showModal();
  else button.closest("dialog")?.close();
}

/** Menus close when one clicks elsewhere or presses Escape. */
function closeMenus(event) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target) || event.key === "Escape") {
      menu.open = false;
      if (event.key === "Escape") menu.querySelector("summary").focus();
    }
  }
}

/** A form is sent once, however often its button is pressed. */
function sendOnce(event) {
  const form = event.target;
  if (form.method !== "post" || form.dataset.again !== undefined) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  event.submitter?.setAttribute("aria-busy", "true");
  // For who comes back to this page by the browser's own button.
  window.addEventListener("pageshow", () => delete form.dataset.sent, { once: true });
}

document.addEventListener("click", switchTheme);
document.addEventListener("click", openOrClose);
document.addEventListener("click", closeMenus);
document.addEventListener("submit", sendOnce);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") closeMenus(event);
});

window.hemlarm = { csrf, post, postJson, setTheme, live, liveParts, keyMap };

const theme = /(?:^|; )hemlarm-theme=(light|dark|auto)/.exec(document.cookie)?.[1];
if (theme && !document.documentElement.dataset.theme) document.documentElement.dataset.theme = theme;

if (document.querySelector("[data-live]")) liveParts("/live");
