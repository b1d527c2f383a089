// The stories that come along: picked from a list, and watched line by line as the world goes through them.

import { h, icon, say } from "./dom.js";
import { span, t } from "./texts.js";

/** The list with its search, and above it the story that plays. */
export function stories(page) {
  const search = h("input", { type: "search", id: "story-search", autocomplete: "off" });
  const list = h("ol", { class: "stories" });
  const none = h("p", { class: "muted nothing", hidden: true }, t("story.none"));
  const entries = page.stories.map((story) => entry(page, story));
  list.append(...entries.map(({ row }) => row));
  search.addEventListener("input", () => {
    const words = search.value.toLowerCase().split(/\s+/);
    for (const { row, text } of entries) row.hidden = !words.every((word) => text.includes(word));
    none.hidden = entries.some(({ row }) => !row.hidden);
  });
  return [
    playing(page),
    h("div", { class: "field" }, [h("label", { for: "story-search" }, t("story.search")), search]),
    h("p", { class: "muted small" }, t("story.note")),
    none,
    list,
  ];
}

function entry(page, story) {
  const title = story.title || story.name.replaceAll("-", " ");
  const row = h(
    "li",
    {},
    h("button", { type: "button", class: "story", "data-story": story.name, on: { click: () => page.act({ do: "story", name: story.name }) } }, [
      icon("play", "icon small"),
      h("span", { class: "grow" }, [h("strong", {}, title), h("span", { class: "muted small" }, `${story.house} · ${span(story.lasts_ms)}`)]),
    ]),
  );
  return { row, text: `${story.name} ${title} ${story.house}`.toLowerCase() };
}

/** The story that plays: its lines, the present one marked, and how it came out. */
function playing(page) {
  const title = h("strong");
  const result = h("p", { class: "result", role: "status" });
  const lines = h("ol", { class: "script", tabindex: "0", "aria-label": t("story.running") });
  const stop = h("button", { type: "button", class: "button secondary compact", on: { click: () => page.act({ do: "stop" }) } }, [icon("stop", "icon small"), t("story.stop")]);
  const shown = h("section", { class: "playing", hidden: true }, [h("div", { class: "row between" }, [title, stop]), result, lines]);
  let drawn = "";
  page.scope.watch(["world/story"], () => {
    const story = page.state.get("world/story");
    shown.hidden = !story;
    if (!story) return;
    say(title, story.title || story.name);
    stop.hidden = !story.running;
    if (drawn !== story.name) {
      drawn = story.name;
      lines.replaceChildren(...story.lines.map(line));
    }
    const failed = story.result && !["passed", "stopped"].includes(story.result);
    shown.dataset.result = story.running ? "running" : failed ? "failed" : story.result;
    say(result, story.running ? t("story.running") : failed ? t("story.failed", story.result) : t(`story.${story.result}`));
    follow(lines, story);
  });
  return shown;
}

function line({ at_ms: at, text }) {
  return h("li", {}, [h("span", { class: "number muted" }, span(at)), h("span", {}, text)]);
}

function follow(lines, story) {
  [...lines.children].forEach((row, n) => {
    row.classList.toggle("done", n < story.line);
    row.classList.toggle("now", n === story.line);
  });
  const now = lines.children[Math.min(story.line, lines.childElementCount - 1)];
  if (now) lines.scrollTop = now.offsetTop - lines.clientHeight / 2;
}
