/** Where the customer writes: Enter sends, Shift+Enter starts a line, the box grows. The tab keeps what is written. */

import { h, icon } from "./dom.js";
import { texts } from "./language.js";
import { store } from "./store.js";

const MAX_CHARACTERS = 2_000; // the server counts the same way: whole characters, not UTF-16 halves
const HINT_FROM = 1_800;

export class Composer {
  #send;
  #input = h("textarea", {
    rows: "1",
    "aria-label": texts.composer,
    placeholder: texts.composer,
    "aria-describedby": "left",
    enterkeyhint: "send",
    autocomplete: "off",
  });
  #button = h(
    "button",
    { type: "submit", class: "send", "aria-label": texts.send, "aria-disabled": "true" },
    icon("send"),
  );
  #left = h("span", { class: "left", id: "left" });

  /** @param {(text: string) => void} send gets a text that is not empty and not too long. */
  constructor(send) {
    this.#send = send;
    this.element = h("form", { class: "composer", novalidate: true }, this.#input, this.#button);
    this.hint = this.#left;
    this.element.addEventListener("submit", (event) => this.#submit(event));
    this.#input.value = store.draft;
    this.#input.addEventListener("input", () => this.#changed());
    this.#input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) this.#submit(event);
    });
  }

  focus() {
    this.#input.focus({ preventScroll: true });
  }

  /** Put back a text that was not sent, before what is being written. */
  write(text) {
    this.#input.value = this.#input.value.trim() ? `${text}\n${this.#input.value}` : text;
    this.#changed();
    this.focus();
  }

  clear() {
    this.#input.value = "";
    this.#changed();
  }

  /** It can be seen now: fit the box to what was written before. */
  shown() {
    this.#changed();
  }

  #submit(event) {
    event.preventDefault();
    const text = this.#input.value.trim();
    if (!text || length(text) > MAX_CHARACTERS) return;
    this.clear();
    this.focus();
    this.#send(text);
  }

  #changed() {
    const text = this.#input.value.trim();
    const left = MAX_CHARACTERS - length(text);
    store.draft = this.#input.value;
    this.#input.style.height = "auto";
    this.#input.style.height = `${this.#input.scrollHeight}px`;
    this.#button.setAttribute("aria-disabled", String(!text || left < 0));
    this.#input.setAttribute("aria-invalid", String(left < 0));
    this.#left.textContent =
      left < 0 ? texts.charactersOver(-left) : left <= MAX_CHARACTERS - HINT_FROM ? texts.charactersLeft(left) : "";
  }
}

function length(text) {
  return [...text].length;
}
