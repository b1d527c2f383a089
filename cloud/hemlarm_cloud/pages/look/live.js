// What comes live: a WebSocket that comes back by itself, and parts of a page that are fetched anew when it says so.

import { morph } from "./morph.js";

const FIRST_WAIT_MS = 500;
const WAIT_MS_MAX = 15000;
const LOST_AFTER_MS = 3000;

const SIGNED_OUT = 4401;

let bar = null;

function showLost(isLost) {
  if (isLost && !bar) {
    bar = document.createElement("p");
    bar.className = "lost";
    bar.setAttribute("role", "alert");
    bar.textContent = document.body.dataset.notConnected || "No contact. Trying again.";
    document.body.append(bar);
  } else if (!isLost && bar) {
    bar.remove();
    bar = null;
  }
}

/**
 * Calls `onMessage` with each message (parsed JSON) of a WebSocket at this address of ours, and `onOpen` with each new
 * connection. It comes back by itself, ever more slowly, and a bar says so meanwhile. Returns {close()}.
 */
export function live(url, onMessage, onOpen = () => {}) {
  let socket = null;
  let waitMs = FIRST_WAIT_MS;
  let ended = false;
  let lostTimer = 0;

  function connect() {
    const address = new URL(url, location.href);
    address.protocol = address.protocol.replace("http", "ws");
    socket = new WebSocket(address);
    socket.addEventListener("message", (event) => {
      const message = JSON.parse(event.data);
      if (message.type === "ready" || message.type === "snapshot") connected();
      onMessage(message);
    });
    socket.addEventListener("close", comeBack);
  }

  function connected() {
    waitMs = FIRST_WAIT_MS;
    clearTimeout(lostTimer);
    lostTimer = 0;
    showLost(false);
    onOpen();
  }

  function comeBack(event) {
    if (ended) return;
    if (event.code === SIGNED_OUT) {
      location.reload();
      return;
    }
    if (!lostTimer) lostTimer = setTimeout(() => showLost(true), LOST_AFTER_MS);
    // Spread, lest all pages of a restarted centre come back at the same moment.
    setTimeout(connect, waitMs * (0.5 + Math.random() / 2));
    waitMs = Math.min(waitMs * 2, WAIT_MS_MAX);
  }

  function close() {
    ended = true;
    clearTimeout(lostTimer);
    // One that is not there yet goes with the page, and without a complaint on the console.
    if (socket?.readyState !== WebSocket.CONNECTING) socket?.close();
  }

  window.addEventListener("pagehide", close, { once: true });
  window.addEventListener("pageshow", (event) => {
    // Out of the browser's own memory: what it shows may be old.
    if (event.persisted) location.reload();
  });
  connect();
  return { close };
}

/**
 * Keeps the parts of this page that have data-live="/address" as that address shows them: fetched anew whenever
 * something comes (of the types in data-live-on, or of any), every data-every seconds, at once with data-live-now,
 * and after each break. Focus, what is being typed, and scrolling stay. Each swap is told by the event "hemlarm:swap".
 */
export function liveParts(url) {
  const fetching = new Map();
  let opened = false;

  async function refresh(part) {
    if (fetching.has(part)) {
      fetching.set(part, "again");
      return;
    }
    fetching.set(part, "once");
    await swap(part);
    const again = fetching.get(part) === "again";
    fetching.delete(part);
    if (again && part.isConnected) refresh(part);
  }

  function refreshAll(type) {
    for (const part of document.querySelectorAll("[data-live]")) {
      const wanted = part.dataset.liveOn?.split(" ");
      if (!type || !wanted || wanted.includes(type)) refresh(part);
    }
  }

  for (const part of document.querySelectorAll("[data-live]")) {
    if (part.dataset.liveNow !== undefined) refresh(part);
    if (part.dataset.every) setInterval(() => part.isConnected && refresh(part), Number(part.dataset.every) * 1000);
  }
  return live(
    url,
    (message) => {
      document.dispatchEvent(new CustomEvent("hemlarm:message", { detail: message }));
      if (message.type !== "ready") refreshAll(message.type);
    },
    () => {
      // The first time the page itself has just come; something may have come between the two all the same.
      refreshAll();
      opened = true;
      document.documentElement.dataset.liveReady = String(opened);
    },
  );
}

/** Fetches anew what came while the person asked for something. */
export function caughtUp(part) {
  if (!part.dataset.missed) return;
  delete part.dataset.missed;
  swap(part);
}

/**
 * Fetches a part anew and puts it in its place. What was on its way while the person asked for something (home.js) is
 * of before that: it would wipe off what was said to them. It is fetched again when their answer is there.
 */
export async function swap(part) {
  if (part.dataset.asking) {
    part.dataset.missed = "yes";
    return;
  }
  const asks = part.dataset.asks;
  let answer;
  try {
    answer = await fetch(part.dataset.live, { credentials: "same-origin", headers: { "X-Part": "1" } });
  } catch {
    return;
  }
  if (answer.redirected && new URL(answer.url).pathname === "/login") {
    location.reload();
    return;
  }
  if (!answer.ok) return;
  const shown = await answer.text();
  if (part.dataset.asks !== asks) {
    part.dataset.missed = "yes";
    if (!part.dataset.asking) caughtUp(part);
    return;
  }
  morph(part, shown);
  part.dispatchEvent(new CustomEvent("hemlarm:swap", { bubbles: true }));
}
