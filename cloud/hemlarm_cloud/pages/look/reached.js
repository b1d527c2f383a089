// Turns messages to this browser on, on the page about where they go.

const place = document.querySelector("[data-push]");

function bytes(base64url) {
  const plain = base64url.replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(atob(plain.padEnd(Math.ceil(plain.length / 4) * 4, "=")), (c) => c.charCodeAt(0));
}

function base64url(buffer) {
  const plain = btoa(String.fromCharCode(...new Uint8Array(buffer)));
  return plain.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function say(which) {
  for (const text of place.querySelectorAll("[data-says]")) text.hidden = text.dataset.says !== which;
}

/** Which of the listed devices this one is. */
function mark(endpoint) {
  for (const row of document.querySelectorAll("[data-endpoint]")) {
    row.querySelector("[data-here]").hidden = row.dataset.endpoint !== endpoint;
  }
}

function isListed(endpoint) {
  return [...document.querySelectorAll("[data-endpoint]")].some((row) => row.dataset.endpoint === endpoint);
}

async function turnOn(button) {
  button.disabled = true;
  try {
    if ((await Notification.requestPermission()) !== "granted") return say("denied");
    const worker = await navigator.serviceWorker.ready;
    const wanted = { userVisibleOnly: true, applicationServerKey: bytes(place.dataset.push) };
    const made = await worker.pushManager.subscribe(wanted);
    const told = {
      endpoint: made.endpoint,
      key: base64url(made.getKey("p256dh")),
      secret: base64url(made.getKey("auth")),
    };
    const answer = await window.hemlarm.postJson("/account/notices/browser", told);
    if (!answer.ok) return say("failed");
    location.assign("/account/notices?done=on");
  } catch {
    say("failed");
  } finally {
    button.disabled = false;
  }
}

async function begin() {
  const button = place.querySelector("button");
  if (!("serviceWorker" in navigator) || !("PushManager" in window) || !("Notification" in window)) {
    return say("cannot");
  }
  const worker = await navigator.serviceWorker.register("/worker.js", { scope: "/" });
  const made = await worker.pushManager.getSubscription();
  if (made && isListed(made.endpoint)) {
    mark(made.endpoint);
    return say("on");
  }
  button.hidden = false;
  button.addEventListener("click", () => turnOn(button));
}

if (place) begin().catch(() => say("cannot"));
