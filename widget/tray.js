/**
 * The files that go with the next message: uploaded at once, a few at a time, shown with their progress, taken out
 * again by the customer. What the line interrupts goes on when it is back.
 *
 * An item is `{id, name, file, state, part, error, sent, stop}`; states: "waiting", "loading", "ready"
 * (`sent` is the server's attachment), "refused" (it will never be taken as it is).
 */

import { Refused } from "./connection.js";
import { h, hidden, icon } from "./dom.js";
import { addressOf, sizeOf } from "./files.js";
import { newId } from "./ids.js";
import { texts } from "./language.js";
import { store } from "./store.js";
import { upload } from "./upload.js";

const TYPES = ["image/jpeg", "image/png", "image/webp", "image/heic", "image/heif", "application/pdf"];
const PASSING = new Set(["later", "too_fast", "no_session"]);
const TOGETHER = 2;
const PAUSE_MS = 5_000;

export class Tray {
  limits = { bytes: 10_000_000, most: 5 };
  element = h("ul", { class: "tray", role: "list", "aria-label": texts.tray, hidden: true });
  #server;
  #on;
  #items = [];
  #timer = null;

  /** @param {object} on `online()`, `noSession()`, `changed()`, `say(words, aloud)`. */
  constructor(server, on) {
    this.#server = server;
    this.#on = on;
    this.#push(store.files);
    this.#show();
  }

  get isEmpty() {
    return this.#items.length === 0;
  }

  /** Something is still on its way, or waits for the line. */
  get busy() {
    return this.#items.some(({ state }) => state === "waiting" || state === "loading");
  }

  get hasRefused() {
    return this.#items.some(({ state }) => state === "refused");
  }

  /** The customer has chosen these files. */
  add(files) {
    const room = this.limits.most - this.#items.length;
    if (files.length > room) this.#on.say(texts.filesAtMost(this.limits.most));
    for (const file of [...files].slice(0, Math.max(0, room))) {
      const error = this.#problem(file);
      this.#items.push({ id: newId(), name: file.name, file, state: error ? "refused" : "waiting", part: 0, error });
      if (error) this.#on.say(error, true);
    }
    this.#changed();
    this.pump();
  }

  /** Files the server has already, as from a message that is changed before it is sent again. */
  put(attachments) {
    this.#push(attachments);
    this.#changed();
  }

  /** Take out what is ready, as the attachments of a message; the tray is empty then. */
  take() {
    const ready = this.#items.filter(({ state }) => state === "ready").map(({ sent }) => sent);
    this.clear();
    return ready;
  }

  clear() {
    for (const item of this.#items) item.stop?.();
    this.#items = [];
    this.#changed();
  }

  /** Upload what waits, while the line is up. Safe to call at any time. */
  pump() {
    clearTimeout(this.#timer);
    const loading = this.#items.filter(({ state }) => state === "loading").length;
    if (!this.#on.online()) return;
    const waiting = this.#items.filter(({ state }) => state === "waiting");
    for (const item of waiting.slice(0, Math.max(0, TOGETHER - loading))) this.#upload(item);
  }

  async #upload(item) {
    const { done, stop } = upload(this.#server, item.id, item.file, (part) => this.#progress(item, part));
    Object.assign(item, { state: "loading", part: 0, error: null, stop });
    this.#changed();
    try {
      const sent = await done;
      Object.assign(item, { state: "ready", part: 1, sent, file: null, stop: null });
      if (this.#items.includes(item)) this.#on.say(texts.fileReady(item.name), true);
    } catch (error) {
      if (this.#items.includes(item)) this.#failed(item, error);
    }
    this.#changed();
    if (item.state !== "waiting") this.pump();
  }

  #failed(item, error) {
    item.stop = null;
    const refused = error instanceof Refused;
    if (refused && !PASSING.has(error.code)) {
      Object.assign(item, { state: "refused", error: error.message });
      this.#on.say(error.message, true);
      return;
    }
    Object.assign(item, { state: "waiting", part: 0, error: refused ? error.message : texts.fileWaits });
    if (error.code === "no_session") this.#on.noSession();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.pump(), error.retryMs ?? PAUSE_MS);
  }

  #remove(item) {
    item.stop?.();
    this.#items = this.#items.filter((other) => other !== item);
    this.#changed();
    this.#on.removed();
    this.pump();
  }

  #push(attachments) {
    for (const sent of attachments) {
      this.#items.push({ id: sent.id, name: sent.name ?? texts.document, state: "ready", part: 1, error: null, sent });
    }
  }

  #problem({ size, type }) {
    if (size > this.limits.bytes) return texts.fileTooBig(sizeOf(this.limits.bytes));
    return type && !TYPES.includes(type) ? texts.fileNotAllowed : null;
  }

  #progress(item, part) {
    item.part = part;
    const bar = this.element.querySelector(`[data-id="${item.id}"] progress`);
    if (bar) bar.value = part;
  }

  #changed() {
    store.files = this.#items.filter(({ state }) => state === "ready").map(({ sent }) => sent);
    this.#show();
    this.#on.changed();
  }

  #show() {
    this.element.hidden = this.isEmpty;
    this.element.replaceChildren(...this.#items.map((item) => this.#itemElement(item)));
  }

  #itemElement(item) {
    const thumb = addressOf(item.sent?.thumb, this.#server);
    const moving = item.state === "waiting" || item.state === "loading";
    const retry = item.state === "waiting" && item.error;
    return h(
      "li",
      { class: `tray-item tray-${item.state}`, "data-id": item.id },
      thumb ? h("img", { src: thumb, alt: "" }) : icon("document"),
      h(
        "span",
        { class: "tray-text" },
        h("span", { class: "tray-name", dir: "auto" }, item.name),
        item.error ? h("span", { class: "tray-error" }, item.error) : null,
        moving && !item.error ? h("progress", { max: 1, value: item.part, "aria-label": texts.loading(item.name) }) : null,
        item.state === "ready" ? hidden(`, ${texts.ready}`) : null,
      ),
      retry ? h("button", { type: "button", class: "tray-retry", onclick: () => this.pump() }, texts.retry) : null,
      h(
        "button",
        { type: "button", class: "tray-remove", "aria-label": texts.takeOut(item.name), onclick: () => this.#remove(item) },
        icon("close"),
      ),
    );
  }
}
