// Which part of a sealed frame is what, as docs/protocol.md tells it: everybody on the way sees this, and nothing more.

import { h } from "./dom.js";
import { t } from "./texts.js";

const SIZES = [64, 128, 256, 512, 1024];
const KID = 4;
const TAG = 16;
const COLUMNS = 8;

/** The parts of a frame, [name, bytes] each, from its hex digits. What is no frame of ours is one part, "sealed". */
export function partsOf(hex) {
  const bytes = hex.match(/../g) ?? [];
  if (!SIZES.includes(bytes.length - KID)) return [["sealed", bytes]];
  const numbered = bytes[KID + 7] === "06";
  const header = KID + 9;
  const nonce = header + (numbered ? 4 : 13);
  const body = nonce + (bytes[nonce] === "58" ? 2 : 3);
  const cuts = [0, KID, header, nonce, body, bytes.length - TAG, bytes.length];
  const names = ["kid", "cose", "number", "cose", "sealed", "tag"];
  return names.map((name, n) => [name, bytes.slice(cuts[n], cuts[n + 1])]);
}

/** The bytes in rows of eight, each coloured as its part, with a legend. */
export function dump(hex) {
  const parts = partsOf(hex);
  const all = parts.flatMap(([name, bytes]) => bytes.map((byte) => ({ name, byte })));
  const rows = [];
  for (let at = 0; at < all.length; at += COLUMNS) rows.push(row(at, all.slice(at, at + COLUMNS)));
  const names = [...new Set(parts.map(([name]) => name))];
  const legend = h("ul", { class: "legend" }, names.map((name) => {
    const count = parts.filter(([one]) => one === name).reduce((sum, [, bytes]) => sum + bytes.length, 0);
    return h("li", { "data-part": name }, `${t(`bytes.${name}`)} ${count}`);
  }));
  return h("div", { class: "bytes" }, [h("pre", { tabindex: "0", role: "group", "aria-label": t("item.wire") }, rows), legend]);
}

/** Runs of one part are one element. */
function row(at, cells) {
  const spans = [];
  for (const { name, byte } of cells) {
    const last = spans.at(-1);
    if (last?.dataset.part === name) last.append(` ${byte}`);
    else spans.push(h("span", { "data-part": name }, byte));
  }
  return h("span", { class: "bytes-row" }, [h("span", { class: "offset" }, at.toString(16).padStart(3, "0")), ...spans]);
}

/** The number of bytes that a frame has, and its size class. */
export function sizeOf(hex) {
  const count = hex.length / 2;
  return { count, kid: KID, size: count - KID };
}
