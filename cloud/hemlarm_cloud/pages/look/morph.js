// Makes what a part of the page holds equal to new HTML, touching only what differs: focus, selection, what is being
// typed and open menus stay. Children with an id or data-key are matched by that, others by their place.

/** Makes the inside of `part` equal to this HTML. */
export function morph(part, html) {
  const wanted = document.createElement("template");
  wanted.innerHTML = html;
  morphChildren(part, wanted.content);
}

function keyOf(node) {
  return node.nodeType === Node.ELEMENT_NODE ? node.id || node.dataset.key || "" : "";
}

function isSameKind(old, wanted) {
  return old.nodeType === wanted.nodeType && old.nodeName === wanted.nodeName && keyOf(old) === keyOf(wanted);
}

function morphChildren(parent, wantedParent) {
  const keyed = new Map();
  for (const child of parent.children) if (keyOf(child)) keyed.set(keyOf(child), child);
  let place = parent.firstChild;
  for (const wanted of [...wantedParent.childNodes]) {
    const known = keyOf(wanted) ? keyed.get(keyOf(wanted)) : null;
    if (known && known !== place && isSameKind(known, wanted)) {
      parent.insertBefore(known, place);
      place = known;
    }
    if (place && isSameKind(place, wanted)) {
      morphNode(place, wanted);
      place = place.nextSibling;
    } else {
      parent.insertBefore(document.importNode(wanted, true), place);
    }
  }
  while (place) {
    const next = place.nextSibling;
    place.remove();
    place = next;
  }
}

function morphNode(old, wanted) {
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.nodeValue !== wanted.nodeValue) old.nodeValue = wanted.nodeValue;
    return;
  }
  if (old.isEqualNode(wanted) || old.dataset.keep !== undefined) return;
  morphAttributes(old, wanted);
  if (isBeingFilledIn(old)) return;
  if (old.nodeName === "TEXTAREA") old.value = wanted.value;
  else morphChildren(old, wanted);
}

function isBeingFilledIn(old) {
  return ["INPUT", "TEXTAREA", "SELECT"].includes(old.nodeName) && (old === document.activeElement || isChanged(old));
}

function isChanged(field) {
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  if (field.nodeName === "SELECT") return [...field.options].some((option) => option.selected !== option.defaultSelected);
  return field.value !== field.defaultValue;
}

function morphAttributes(old, wanted) {
  const open = old.nodeName === "DETAILS" || old.nodeName === "DIALOG";
  for (const { name } of [...old.attributes]) {
    if (!wanted.hasAttribute(name) && !(open && name === "open")) old.removeAttribute(name);
  }
  for (const { name, value } of wanted.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
}
