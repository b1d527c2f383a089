// Messages as whoever gets them sees them: an SMS as a bubble, a notification as on a locked screen, mail as a letter.

import { h, icon } from "./dom.js";
import { t, time } from "./texts.js";

/** All of them, newest first. */
export function messages(page) {
  const list = h("ol", { class: "messages" });
  const empty = h("p", { class: "muted nothing" }, t("message.none"));
  const shown = new Set();
  const show = () => {
    if ([...shown].some((id) => !page.messages.some((message) => message.id === id))) {
      shown.clear();
      list.replaceChildren();
    }
    for (const message of page.messages) {
      if (shown.has(message.id)) continue;
      shown.add(message.id);
      if (page.panel === "all" || !message.panel || String(message.panel) === String(page.panel)) list.prepend(messageView(message));
    }
    empty.hidden = list.childElementCount > 0;
  };
  page.listeners.add(show);
  show();
  return [empty, list];
}

const SIGNS = { sms: "message", mail: "mail", push: "bell", apps: "phone" };

function messageView(message) {
  const { channel } = message;
  const body = { sms: bubble, mail: letter }[channel] ?? notification;
  return h("li", { class: `message ${channel}` }, [
    h("p", { class: "envelope small muted" }, [
      icon(SIGNS[channel] ?? "message", "icon small"),
      h("span", { class: "grow" }, `${t(`message.${channel}`)} ${t("message.to", message.recipient)}`),
      h("time", {}, time(message.at_ms)),
    ]),
    body(message),
  ]);
}

function bubble({ text }) {
  return h("p", { class: "bubble" }, text);
}

function notification({ subject, text }) {
  return h("div", { class: "notification" }, [icon("mark"), h("div", {}, [h("strong", {}, subject || "Hemlarm"), h("p", {}, text)])]);
}

function letter({ subject, text }) {
  return h("div", { class: "letter" }, [h("strong", {}, subject), ...paragraphs(text)]);
}

function paragraphs(text) {
  return text.split(/\n{2,}/).map((part) => h("p", {}, part));
}
