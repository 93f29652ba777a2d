/**
 * Where the customer writes: Enter sends, Shift+Enter starts a line, the box grows. Files chosen for the message stand
 * above; a message sent while they are on their way goes as soon as they are there. The tab keeps what is written.
 */

import { h, icon } from "./dom.js";
import { texts } from "./language.js";
import { pickButtons, takeDropped, takePasted } from "./picking.js";
import { store } from "./store.js";

const MAX_CHARACTERS = 2_000; // the server counts the same way: whole characters, not UTF-16 halves
const HINT_FROM = 1_800;

export class Composer {
  #send;
  #tray;
  #wanted = false; // to be sent as soon as the files are there
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

  /**
   * @param {(text: string, files: object[]) => void} send gets a text that is not too long, and not both empty.
   * @param {() => void} typed the customer has typed something.
   */
  constructor(tray, send, typed) {
    this.#tray = tray;
    this.#send = send;
    const add = (files) => this.#add(files);
    const line = h("div", { class: "composer" }, ...pickButtons(add), this.#input, this.#button);
    this.element = h("form", { novalidate: true }, tray.element, line);
    this.hint = this.#left;
    takePasted(this.#input, add);
    this.element.addEventListener("submit", (event) => this.#submit(event));
    this.#input.value = store.draft;
    this.#input.addEventListener("input", () => {
      this.#changed();
      typed();
    });
    this.#input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) this.#submit(event);
    });
  }

  /** Files can be dropped on `target`. */
  dropOn(target) {
    target.dataset.drop = texts.dropHere;
    takeDropped(target, (files) => !this.element.hidden && this.#add(files));
  }

  focus() {
    this.#input.focus({ preventScroll: true });
  }

  /** Put back a message that was not sent, before what is being written. */
  write(text, files) {
    this.#input.value = this.#input.value.trim() ? `${text}\n${this.#input.value}` : text;
    this.#tray.put(files);
    this.#changed();
    this.focus();
  }

  clear() {
    this.#input.value = "";
    this.#tray.clear();
    this.#changed();
  }

  /** It can be seen now: fit the box to what was written before. */
  shown() {
    this.#changed();
  }

  /** The files have got on, or others were chosen. */
  filesChanged() {
    if (this.#wanted && !this.#tray.busy) this.#go();
    this.#changed();
  }

  #add(files) {
    this.#tray.add(files);
    this.focus();
  }

  #submit(event) {
    event.preventDefault();
    this.#wanted = this.#sendable && this.#tray.busy;
    if (!this.#wanted) this.#go();
    this.#changed();
    this.focus();
  }

  get #sendable() {
    const text = this.#input.value.trim();
    return (text !== "" || !this.#tray.isEmpty) && length(text) <= MAX_CHARACTERS;
  }

  /** Send, unless a file was refused: the customer reads why first, and takes it out. */
  #go() {
    this.#wanted = false;
    if (!this.#sendable || this.#tray.hasRefused) return;
    const text = this.#input.value.trim();
    const files = this.#tray.take();
    this.clear();
    this.#send(text, files);
  }

  #changed() {
    const text = this.#input.value.trim();
    const left = MAX_CHARACTERS - length(text);
    store.draft = this.#input.value;
    this.#input.style.height = "auto";
    this.#input.style.height = `${this.#input.scrollHeight}px`;
    this.#button.setAttribute("aria-disabled", String(!this.#sendable || this.#tray.hasRefused));
    this.#input.setAttribute("aria-invalid", String(left < 0));
    if (this.#wanted) this.#left.textContent = texts.sendsAlone;
    else this.#left.textContent =
      left < 0 ? texts.charactersOver(-left) : left <= MAX_CHARACTERS - HINT_FROM ? texts.charactersLeft(left) : "";
  }
}

function length(text) {
  return [...text].length;
}
