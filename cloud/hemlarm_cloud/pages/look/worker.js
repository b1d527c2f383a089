// Shows messages while no page is open. What is told is in notices/push.py.

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  let told = {};
  try {
    told = event.data?.json() ?? {};
  } catch {
    // Something that is not ours: say that there is something, as browsers demand.
  }
  const shown = { body: told.body ?? "", tag: told.tag, timestamp: told.at_ms, lang: document_language() };
  event.waitUntil(self.registration.showNotification(told.title ?? "Hemlarm", shown));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open_home());
});

function document_language() {
  return self.navigator?.language ?? "sv";
}

async function open_home() {
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const open = pages.find((page) => new URL(page.url).origin === self.location.origin);
  if (open) return open.focus();
  return self.clients.openWindow("/");
}
