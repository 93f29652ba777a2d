/**
 * The list of messages: what conversation and outbox hold, as elements that are made once and then only touched where
 * they changed, so that a screen reader hears each message once.
 */

import { cardOf } from "./card.js";
import { h, hidden } from "./dom.js";
import { texts } from "./it.js";
import { linked, timeOf } from "./text.js";

const BOTTOM_PX = 48;
const MARGIN_PX = 12;
const ANNOUNCE_AFTER_MS = 300; // in the same moment as the restored messages, those would be read aloud too

export class MessageList {
  #server;
  #on;
  #list = h("div", { class: "list" });
  #typing = h("p", { class: "typing", "aria-live": "off", hidden: true });
  #intro = h("p", { class: "intro", hidden: true }, texts.intro);
  #jump = h(
    "button",
    { type: "button", class: "jump", hidden: true, onclick: () => this.toBottom() },
    texts.newMessages,
  );
  #nodes = new Map();
  #pinned = true; // the newest message is in sight and should stay there

  /** @param {object} on `press(button)`, `retry()`, `edit(item)`, `remove(item)`. */
  constructor(server, on) {
    this.#server = server;
    this.#on = on;
    this.log = h(
      "div",
      {
        class: "log",
        role: "log",
        tabindex: "0",
        "aria-label": texts.log,
        "aria-live": "off",
        "aria-relevant": "additions",
      },
      this.#intro,
      this.#list,
      this.#typing,
    );
    this.element = h("div", { class: "messages" }, this.log, this.#jump);
    this.log.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    new ResizeObserver(() => this.#pinned && this.toBottom()).observe(this.log);
  }

  /** From now on new messages are news and are read aloud; what was restored before is not. */
  announce() {
    setTimeout(() => this.log.setAttribute("aria-live", "polite"), ANNOUNCE_AFTER_MS);
  }

  /** Show these entries, in this order (see entries.js); the introduction stands in while there is none. */
  render(entries, introduce) {
    const empty = this.#nodes.size === 0;
    const first = this.#place(entries);
    this.#intro.hidden = entries.length > 0 || !introduce;
    if (!first) return;
    const ours = entries[entries.length - 1].who === "customer";
    if (this.#pinned || ours) this.#reveal(empty ? null : first);
    else this.#jump.hidden = false;
  }

  /** Show or hide "is writing": `who` is "bot", "agent" or null. */
  typing(who) {
    this.#typing.hidden = who === null;
    this.#typing.textContent = who === "agent" ? texts.agentTyping : texts.botTyping;
    if (who && this.#pinned) this.toBottom();
  }

  toBottom() {
    this.log.scrollTop = this.log.scrollHeight;
    this.#jump.hidden = true;
  }

  /** Put the nodes in order, making those that are missing; returns the first new one. */
  #place(entries) {
    let first = null;
    let cursor = this.#list.firstChild;
    const kept = new Set();
    for (const entry of entries) {
      let node = this.#nodes.get(entry.key);
      if (!node) {
        node = this.#make(entry);
        this.#nodes.set(entry.key, node);
        first ??= node.element;
      }
      kept.add(entry.key);
      node.update?.(entry);
      if (node.element === cursor) cursor = cursor.nextSibling;
      else this.#list.insertBefore(node.element, cursor);
    }
    for (const [key, node] of this.#nodes) {
      if (kept.has(key)) continue;
      node.element.remove();
      this.#nodes.delete(key);
    }
    return first;
  }

  #make(entry) {
    if (entry.who === "divider") return { element: h("p", { class: "divider" }, h("span", {}, entry.text)) };
    const author = h("span", { class: "author" }, entry.author);
    const status = h("div", { class: "status", "aria-live": "off" });
    const buttons = h(
      "div",
      { class: "buttons", role: "group", "aria-label": texts.quickReplies },
      ...entry.buttons.map((button) =>
        h("button", { type: "button", onclick: () => this.#on.press(button) }, button.title),
      ),
    );
    const element = h(
      "div",
      { class: `message from-${entry.who}` },
      h("p", { class: "heading" }, author, hidden(", "), timeOf(entry.at)),
      h("p", { class: "bubble", dir: "auto" }, ...linked(entry.text, this.#server)),
      cardOf(entry.card),
      status,
      buttons,
    );
    const update = (now) => {
      element.classList.toggle("continues", now.continues);
      buttons.hidden = !now.answerable || now.buttons.length === 0;
      this.#status(status, now);
    };
    return { element, update };
  }

  #status(element, entry) {
    const shown = `${entry.status ?? ""} ${entry.error ?? ""}`;
    if (element.dataset.shown === shown) return;
    element.dataset.shown = shown;
    element.classList.toggle("problem", Boolean(entry.error));
    element.replaceChildren(...(entry.status ? [h("span", {}, entry.error || texts[entry.status])] : []));
    const act = (text, action) => h("button", { type: "button", onclick: () => action(entry.item) }, text);
    if (entry.status === "refused") {
      if (!entry.item.button) element.append(act(texts.edit, this.#on.edit));
      element.append(act(texts.remove, this.#on.remove));
    } else if (entry.error) {
      element.append(act(texts.retry, this.#on.retry));
    }
  }

  /** Show the newest; if the new ones are taller than the window, their beginning, so that they are read from there. */
  #reveal(first) {
    this.toBottom();
    const hidden = first ? this.log.getBoundingClientRect().top + MARGIN_PX - first.getBoundingClientRect().top : 0;
    if (hidden > 0) this.log.scrollTop -= hidden;
    this.#scrolled();
  }

  #scrolled() {
    this.#pinned = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < BOTTOM_PX;
    if (this.#pinned) this.#jump.hidden = true;
  }
}
