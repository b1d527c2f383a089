// Keys for what a page can do, and the dialog that lists them.

const TYPED_IN = "input, textarea, select, [contenteditable]";

/**
 * Lets keys do things: `entries` are {keys: ["j", "ArrowDown"], text: "Next", run(event)}. In a field that is typed in
 * only Escape counts. "?" shows them all in a dialog titled `title`, which `close` closes. Returns {show(), end()}.
 */
export function keyMap(title, entries, close = "OK") {
  const dialog = makeDialog(title, entries, close);

  function pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.target.closest?.(TYPED_IN) && event.key !== "Escape") return;
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "?") {
      dialog.showModal();
      return;
    }
    const entry = entries.find(({ keys }) => keys.includes(event.key));
    if (entry) {
      event.preventDefault();
      entry.run(event);
    }
  }

  document.addEventListener("keydown", pressed);
  return { show: () => dialog.showModal(), end: () => document.removeEventListener("keydown", pressed) };
}

function makeDialog(title, entries, close) {
  const dialog = document.createElement("dialog");
  dialog.className = "keys";
  const heading = document.createElement("h2");
  heading.id = "keys-title";
  heading.textContent = title;
  dialog.setAttribute("aria-labelledby", "keys-title");
  const list = document.createElement("dl");
  list.className = "facts";
  for (const { keys, text } of entries) list.append(...described(keys, text));
  const button = document.createElement("button");
  button.className = "button secondary";
  button.textContent = close;
  button.addEventListener("click", () => dialog.close());
  dialog.append(heading, list, button);
  document.body.append(dialog);
  return dialog;
}

function described(keys, text) {
  const term = document.createElement("dt");
  for (const key of keys) {
    const shown = document.createElement("kbd");
    shown.textContent = { ArrowDown: "↓", ArrowUp: "↑", ArrowLeft: "←", ArrowRight: "→", Enter: "↵", " ": "␣" }[key] ?? key;
    term.append(shown, " ");
  }
  const what = document.createElement("dd");
  what.textContent = text;
  return [term, what];
}
