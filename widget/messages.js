/**
 * The list of messages: what entries.js worked out, in its order; the scroll position stays where the reader is. What
 * was restored stands in a part of its own that a screen reader keeps silent about; what comes after it is read
 * aloud, once.
 */

import { CopyButton } from "./copy-button.js";
import { h } from "./dom.js";
import { texts } from "./language.js";
import { messageOf } from "./message.js";

const BOTTOM_PX = 48;
const TOP_PX = 240; // so near the beginning, the page before is loaded
const MARGIN_PX = 12;

export class MessageList {
  #server;
  #on;
  #history = h("div", { class: "list", "aria-live": "off" });
  #news = h("div", { class: "list" });
  #typing = h("p", { class: "typing", "aria-live": "off", hidden: true });
  #intro = h("p", { class: "intro", hidden: true }, texts.intro);
  #earlier = h("button", { type: "button", class: "earlier", hidden: true, onclick: () => this.#askEarlier() });
  #jump = h(
    "button",
    { type: "button", class: "jump", hidden: true, onclick: () => this.#goDown() },
    texts.newMessages,
  );
  #copy;
  #nodes = new Map(); // key → {element, update}
  #entries = new WeakMap(); // element → entry
  #pinned = true; // the newest message is in sight and should stay there
  #scrollTop = 0;

  /**
   * @param {object} on `press(button)`, `retry()`, `edit(item)`, `remove(item)`; `earlier()` asks for what was said
   *   before, `copy(text)` copies a message, `say(words)` tells a screen reader; `link(to)`, `copied()` (way.js).
   */
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
        "aria-live": "polite",
        "aria-relevant": "additions",
      },
      h("div", { "aria-live": "off" }, this.#earlier, this.#intro),
      this.#history,
      this.#news,
      this.#typing,
    );
    this.#copy = new CopyButton(this.log, { entry: (element) => this.#entries.get(element), ...on });
    this.element = h("div", { class: "messages" }, this.log, this.#jump, this.#copy.element);
    this.log.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    new ResizeObserver(() => this.#pinned && this.toBottom()).observe(this.log);
  }

  /**
   * Show these entries, in this order (see entries.js).
   *
   * @param {boolean} introduce the introduction stands in while there is no entry.
   * @param {?string} earlier "more" if there is more above, "loading" while it comes, else null.
   */
  render(entries, introduce, earlier) {
    const empty = this.#nodes.size === 0;
    const place = this.#readersPlace();
    this.#intro.hidden = entries.length > 0 || !introduce;
    this.#showEarlier(entries.length > 0 ? earlier : null);
    const first = this.#place(entries);
    this.#copy.refresh();
    this.#keep(place);
    if (!first) return;
    const ours = entries[entries.length - 1].who === "customer";
    if (this.#pinned || ours) this.#reveal(empty ? null : first);
    else this.#jump.hidden = false;
  }

  /** Show or hide who is writing: `{who: "bot" | "agent", name}` or null. */
  typing(typing) {
    this.#typing.hidden = typing === null;
    this.#typing.textContent = typing?.who === "agent" ? texts.agentTyping(typing.name) : texts.botTyping;
    if (typing && this.#pinned) this.toBottom();
  }

  toBottom() {
    this.log.scrollTop = this.log.scrollHeight;
    this.#scrollTop = this.log.scrollTop;
    this.#jump.hidden = true;
  }

  /** The newest messages; if some came while nobody looked, from the first of those. */
  toNews() {
    this.#reveal(this.log.querySelector(".divider-news"));
  }

  #goDown() {
    this.toBottom();
    this.log.focus({ preventScroll: true }); // the button is gone
  }

  async #askEarlier() {
    const brought = await this.#on.earlier();
    if (brought) this.#on.say(texts.earlierLoaded(brought));
    if (this.#earlier.hidden) this.log.focus({ preventScroll: true });
  }

  #showEarlier(earlier) {
    this.#earlier.hidden = earlier === null;
    this.#earlier.setAttribute("aria-disabled", String(earlier === "loading"));
    this.#earlier.textContent = earlier === "loading" ? texts.loadingEarlier : texts.earlier;
  }

  /** Put the nodes in order, making those that are missing; returns the first new one below what was there. */
  #place(entries) {
    this.#removeOthers(entries);
    let first = null;
    let below = this.#nodes.size === 0;
    let part = this.#history;
    let cursor = part.firstChild;
    for (const entry of entries) {
      if (part === this.#history && !entry.restored) cursor = (part = this.#news).firstChild;
      let node = this.#nodes.get(entry.key);
      if (node) below = true;
      else {
        node = messageOf(entry, this.#server, this.#on);
        this.#nodes.set(entry.key, node);
        if (below) first ??= node.element;
      }
      this.#entries.set(node.element, entry);
      node.update(entry);
      if (node.element === cursor) cursor = cursor.nextSibling;
      else part.insertBefore(node.element, cursor);
    }
    return first;
  }

  #removeOthers(entries) {
    const kept = new Set(entries.map((entry) => entry.key));
    for (const [key, { element }] of this.#nodes) {
      if (kept.has(key)) continue;
      element.remove();
      this.#nodes.delete(key);
    }
  }

  /** The message at the top of what is seen and where it stands; null while the newest is followed. */
  #readersPlace() {
    if (this.#pinned) return null;
    const edge = this.log.getBoundingClientRect().top;
    const messages = Array.from(this.log.querySelectorAll(".message"));
    const element = messages.find((message) => message.getBoundingClientRect().bottom > edge);
    return element ? { element, top: element.getBoundingClientRect().top } : null;
  }

  #keep(place) {
    if (this.#pinned) this.toBottom();
    else if (place?.element.isConnected) this.log.scrollTop += place.element.getBoundingClientRect().top - place.top;
    this.#scrollTop = this.log.scrollTop; // no movement of the reader's
  }

  /** Show the newest; if the new ones are taller than the window, their beginning, so that they are read from there. */
  #reveal(first) {
    this.toBottom();
    const hidden = first ? this.log.getBoundingClientRect().top + MARGIN_PX - first.getBoundingClientRect().top : 0;
    if (hidden > 0) this.log.scrollTop -= hidden;
    this.#scrolled();
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.log;
    const upwards = scrollTop < this.#scrollTop;
    this.#scrollTop = scrollTop;
    this.#pinned = scrollHeight - scrollTop - clientHeight < BOTTOM_PX;
    if (this.#pinned) this.#jump.hidden = true;
    const byHand = !this.#earlier.matches(":focus-visible"); // else the keyboard went to the button: it decides
    if (upwards && byHand && scrollTop < TOP_PX && !this.#earlier.hidden) this.#on.earlier();
  }
}
