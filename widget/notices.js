/** What the window says by itself: a line about the connection while it lasts, and short words that go away. */

import { h } from "./dom.js";

const LINE_AFTER_MS = 800; // a short interruption is nobody's business
const TOAST_MS = 4_000;

export class Notices {
  line = h("p", { class: "notice", role: "status" });
  toast = h("p", { class: "toast", role: "status" });
  #text = "";
  #lineTimer = null;
  #toastTimer = null;

  /** Say something about the connection, once it has been true for a moment; null says nothing any more. */
  tell(text) {
    this.#text = text ?? "";
    if (text === null || this.line.textContent) this.#show();
    else this.#lineTimer ??= setTimeout(() => this.#show(), LINE_AFTER_MS);
  }

  /** Say for a moment that something was done; `aloud` only to a screen reader. */
  say(text, aloud = false) {
    clearTimeout(this.#toastTimer);
    this.toast.classList.toggle("sr-only", aloud);
    this.toast.textContent = text;
    this.#toastTimer = setTimeout(() => (this.toast.textContent = ""), TOAST_MS);
  }

  #show() {
    clearTimeout(this.#lineTimer);
    this.#lineTimer = null;
    if (this.line.textContent !== this.#text) this.line.textContent = this.#text;
  }
}
