/** The round button on the page, with how many messages came while nobody looked. */

import { h, icon } from "./dom.js";
import { texts } from "./language.js";

export class Launcher {
  #badge = h("span", { class: "badge", "aria-hidden": "true", hidden: true });
  news = h("span", { class: "sr-only", role: "status" });

  /** @param {() => void} open */
  constructor(open) {
    this.element = h(
      "button",
      { type: "button", class: "launcher", "aria-label": texts.openChat, "aria-expanded": "false", onclick: open },
      icon("chat"),
      this.#badge,
    );
  }

  opened() {
    this.element.setAttribute("aria-expanded", "true");
    this.element.hidden = true;
  }

  /** It is there again, and has the focus. */
  closed() {
    this.element.hidden = false;
    this.element.setAttribute("aria-expanded", "false");
    this.element.focus({ preventScroll: true });
  }

  unread(count) {
    const words = count ? texts.unread(count) : "";
    this.#badge.hidden = !words;
    this.#badge.textContent = count > 9 ? "9+" : String(count);
    this.news.textContent = words;
    this.element.setAttribute("aria-label", words ? `${texts.openChat}, ${words}` : texts.openChat);
  }
}
