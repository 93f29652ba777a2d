/**
 * One button that copies a message: it stands beside the message under the pointer or the last one that was tapped, and
 * the keyboard moves it up and down. One for all, outside of the log: a button in every message would be read aloud
 * with each, and would have to be passed with Tab.
 */

import { h, icon } from "./dom.js";
import { texts } from "./language.js";

const GAP_PX = 4;

export class CopyButton {
  #log;
  #on;
  #message = null;

  /** @param {object} on `entry(element)` of a message; `copy(text)`; `say(words)` tells a screen reader. */
  constructor(log, on) {
    this.#log = log;
    this.#on = on;
    this.element = h(
      "button",
      { type: "button", class: "copy", hidden: true, onclick: () => on.copy(this.#entry.text) },
      icon("copy"),
    );
    log.addEventListener("pointerover", (event) => event.pointerType === "mouse" && this.#aim(messageAt(event)));
    log.addEventListener("pointerup", (event) => event.pointerType === "touch" && this.#tapped(event));
    for (const place of [log, this.element]) place.addEventListener("pointerleave", (event) => this.#left(event));
    log.addEventListener("scroll", () => this.#hide(), { passive: true });
    this.element.addEventListener("focus", () => this.#aim(this.#message ?? this.#messages().pop()));
    this.element.addEventListener("blur", () => this.#hide());
    this.element.addEventListener("keydown", (event) => this.#step(event));
  }

  /** The messages have changed. */
  refresh() {
    const messages = this.#messages();
    this.element.hidden = messages.length === 0;
    if (!messages.includes(this.#message)) this.#put(null);
    if (!this.#message && messages.length) this.#name(messages[messages.length - 1]);
  }

  get #entry() {
    return this.#on.entry(this.#message ?? this.#messages().pop());
  }

  #messages() {
    return Array.from(this.#log.querySelectorAll(".message"));
  }

  #left(event) {
    const stays = this.element.contains(event.relatedTarget) || this.#log.contains(event.relatedTarget);
    if (event.pointerType === "mouse" && !stays) this.#hide();
  }

  #tapped(event) {
    const message = messageAt(event);
    if (event.target.closest("a, button")) return;
    if (message === this.#message) this.#hide();
    else this.#aim(message);
  }

  #step(event) {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const messages = this.#messages();
    const at = this.#message ? messages.indexOf(this.#message) : messages.length;
    const message = messages[at + (by ?? 0)];
    if (!by || !message) return;
    event.preventDefault();
    message.scrollIntoView({ block: "nearest" });
    this.#aim(message);
    this.#on.say(`${this.#entry.author}: ${this.#entry.text}`);
  }

  #aim(message) {
    if (!message) return;
    this.#name(message);
    this.#put(message);
  }

  #name(message) {
    this.element.setAttribute("aria-label", texts.copyMessage(this.#on.entry(message).author));
  }

  #hide() {
    this.#put(this.element.matches(":focus-visible") ? this.#message : null);
  }

  /** Beside the bubble, on the side where there is room, and never out of sight; without a message, nowhere. */
  #put(message) {
    this.#message = message;
    this.element.classList.toggle("shown", message !== null);
    if (!message) return;
    const frame = this.#log.getBoundingClientRect();
    const bubble = (message.querySelector(".bubble") ?? message.querySelector(".files")).getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = this.element;
    const own = message.matches(".from-customer");
    const left = own ? bubble.left - frame.left - width - GAP_PX : bubble.right - frame.left + GAP_PX;
    this.element.style.left = `${within(left, frame.width - width)}px`;
    this.element.style.top = `${within(bubble.top - frame.top, frame.height - height)}px`;
  }
}

function messageAt(event) {
  return event.target.closest?.(".message") ?? null;
}

function within(value, end) {
  return Math.max(0, Math.min(value, end));
}
