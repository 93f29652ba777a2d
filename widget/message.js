/** One message as an element, or a divider; made once and then only touched where it changed. */

import { cardOf, looseButtons } from "./card.js";
import { h, hidden, icon } from "./dom.js";
import { filesOf } from "./files.js";
import { texts } from "./language.js";
import { linked, timeOf } from "./text.js";

/**
 * An entry of entries.js as `{element, update(entry)}`.
 *
 * @param {object} on `press(button)`, `retry()`, `edit(item)`, `remove(item)`; `link(to)`, `copied()` (way.js).
 */
export function messageOf(entry, server, on) {
  if (entry.who === "divider") return dividerOf(entry);
  const loose = looseButtons(entry);
  const buttons = h(
    "div",
    { class: "buttons", role: "group", "aria-label": texts.quickReplies },
    ...loose.map((button) => h("button", { type: "button", onclick: () => on.press(button) }, button.title)),
  );
  const status = h("div", { class: "status", "aria-live": "off" });
  const bubble = h("p", { class: "bubble", dir: "auto" }, ...linked(entry.text, server));
  let shown = entry.text;
  let card = cardOf(entry.card, [], on, !entry.restored);
  let usable = false; // whether the card's own buttons can be used
  const element = h(
    "div",
    { class: `message from-${entry.who}` },
    h("p", { class: "heading" }, h("span", { class: "author" }, entry.author), hidden(", "), timeOf(entry.at)),
    filesOf(entry.files, server),
    entry.wordless ? null : bubble,
    card,
    status,
    buttons,
  );
  const update = (now) => {
    element.classList.toggle("continues", now.continues);
    buttons.hidden = !now.answerable || loose.length === 0;
    const inCard = now.answerable && loose.length < entry.buttons.length;
    if (inCard !== usable) {
      usable = inCard;
      const other = cardOf(entry.card, usable ? entry.buttons : [], on);
      card.replaceWith(other);
      card = other;
    }
    if (now.text !== shown) retell(bubble, (shown = now.text), server);
    showStatus(status, now, on);
  };
  return { element, update };
}

/** The log keeps other words than were sent: a card's number, a code. Changed in place, so that it is not read aloud. */
function retell(bubble, text, server) {
  const nodes = linked(text, server);
  if (nodes.length === 1 && bubble.childNodes.length === 1 && typeof nodes[0] === "string") bubble.firstChild.data = text;
  else bubble.replaceChildren(...nodes);
}

function dividerOf(entry) {
  const words = h("span", {}, entry.text);
  const update = ({ text }) => words.textContent !== text && (words.textContent = text);
  return { element: h("p", { class: `divider divider-${entry.kind}` }, words), update };
}

function showStatus(element, { mark, error, item }, on) {
  const shown = `${mark ?? ""} ${error ?? ""}`;
  if (element.dataset.shown === shown) return;
  element.dataset.shown = shown;
  element.classList.toggle("problem", Boolean(error));
  const act = (text, action) => h("button", { type: "button", onclick: () => action(item) }, text);
  const parts = mark ? [h("span", { class: `delivery delivery-${mark}` }, icon(mark), error || texts.marks[mark])] : [];
  if (mark === "refused") {
    if (!item.button) parts.push(act(texts.edit, on.edit));
    parts.push(act(texts.remove, on.remove));
  } else if (error) {
    parts.push(act(texts.retry, on.retry));
  }
  element.replaceChildren(...parts);
}
