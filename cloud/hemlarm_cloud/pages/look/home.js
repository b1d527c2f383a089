// The customer's pages: what is asked of the home is sent without leaving the page, and its answer is looked for often.

import { caughtUp, swap } from "./live.js";
import { morph } from "./morph.js";

const PENDING_MS = 300;

/** Sends a form with data-ask and shows what its part of the page is then. */
async function ask(event) {
  const form = event.target.closest("form[data-ask]");
  if (!form) return;
  event.preventDefault();
  const part = form.closest("[data-live]");
  if (!part || part.dataset.asking) return;
  part.dataset.asking = "yes";
  part.dataset.asks = String(Number(part.dataset.asks ?? 0) + 1);
  event.submitter?.setAttribute("aria-busy", "true");
  const body = new URLSearchParams(new FormData(form, event.submitter));
  form.querySelector('[name="code"]')?.form.reset();
  try {
    const headers = { "X-CSRF": window.hemlarm.csrf(), "X-Part": "1" };
    const answer = await fetch(form.action, { method: "POST", headers, body, credentials: "same-origin" });
    if (answer.redirected || !(answer.ok || answer.status === 422)) location.reload();
    else {
      part.dataset.live = answer.headers.get("X-Live") ?? part.dataset.live;
      morph(part, await answer.text());
      part.querySelector('[aria-invalid="true"]')?.focus();
    }
  } catch {
    event.submitter?.removeAttribute("aria-busy");
  } finally {
    delete part.dataset.asking;
    caughtUp(part);
  }
}

/** While an answer is awaited, looks for it often: most come within a second, and no signal tells of every one. */
async function lookForAnswers() {
  for (const part of document.querySelectorAll("[data-live]")) {
    if (part.querySelector("[data-pending]")) await swap(part);
  }
  setTimeout(lookForAnswers, PENDING_MS);
}

document.addEventListener("submit", ask);
lookForAnswers();
