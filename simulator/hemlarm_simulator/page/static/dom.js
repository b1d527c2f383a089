// Making and changing elements, of HTML and of SVG.

const SVG = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    } else {
      element.setAttribute(name, value === true ? "" : value);
    }
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return element;
}

/** An HTML element: its attributes, listeners under `on`, and what it contains. */
export function h(tag, attributes, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** The same for SVG. */
export function s(tag, attributes, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

/** One of the shared icons, which says nothing to a screen reader. */
export function icon(name, className = "icon") {
  const sprite = document.documentElement.dataset.icons;
  return s("svg", { class: className, viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false" }, s("use", { href: `${sprite}#${name}` }));
}

/** Sets a text only where it differs, since the browser lays out anew what was set. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Sets or removes an attribute, only where it differs. */
export function mark(element, name, value) {
  if (value === null || value === false) {
    if (element.hasAttribute(name)) element.removeAttribute(name);
  } else if (element.getAttribute(name) !== String(value)) {
    element.setAttribute(name, String(value));
  }
}

/** A button that tells whether it is pressed in. */
export function toggle(text, pressed, act, attributes) {
  return h("button", { type: "button", class: "toggle", "aria-pressed": String(pressed), on: { click: act }, ...attributes }, text);
}
