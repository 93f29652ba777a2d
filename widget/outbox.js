/**
 * Messages on their way to the server: sent one at a time, in the order they were written, each with its own id, so
 * that sending one again never makes a second message. Kept in the tab until the server has them.
 *
 * An item is `{id, text, button, attachments, at, state, error}`; states: "waiting", "sending", "sent" (in the log, its row is on
 * its way back), "refused" (the server will never take it as it is).
 */

import { NoAnswer, Refused } from "./connection.js";
import { newId } from "./ids.js";
import { store } from "./store.js";

const PASSING = new Set(["later", "too_fast", "no_session"]); // worth sending again unchanged
const PAUSE_MS = 3_000;

export class Outbox {
  items = [];
  #on;
  #busy = false;
  #timer = null;

  /** @param {object} on `call(event, data)`, `online()`, `noSession()`, `sent(answer)`, `changed()`. */
  constructor(on) {
    this.#on = on;
    this.items = store.outbox.map((item) => ({ ...item, state: item.state === "refused" ? "refused" : "waiting" }));
  }

  add({ text, button = null, attachments = [] }) {
    const at = new Date().toISOString();
    this.items.push({ id: newId(), text, button, attachments, at, state: "waiting", error: null });
    this.#changed();
    return this.pump();
  }

  /** Send what waits, if the line is up and no pause was asked for. Safe to call at any time. */
  async pump() {
    if (this.#busy || this.#timer !== null) return;
    this.#busy = true;
    try {
      for (let item = this.#next(); item && this.#on.online(); item = this.#next()) {
        if (!(await this.#send(item))) break;
      }
    } finally {
      this.#busy = false;
    }
  }

  /** Our messages that came back as rows are no longer ours to show. */
  settle(rows) {
    const back = new Set(rows.map((row) => row.client_id).filter(Boolean));
    if (this.items.some((item) => back.has(item.id))) {
      this.items = this.items.filter((item) => !back.has(item.id));
      this.#changed();
    }
  }

  remove(id) {
    this.items = this.items.filter((item) => item.id !== id);
    this.#changed();
  }

  /** Nothing is to be sent any more. */
  forget() {
    this.stop();
    this.items = [];
    this.#changed();
  }

  /** Send now, without waiting for the end of a pause. */
  retry() {
    this.stop();
    return this.pump();
  }

  stop() {
    clearTimeout(this.#timer);
    this.#timer = null;
  }

  #next() {
    return this.items.find((item) => item.state === "waiting");
  }

  async #send(item) {
    const body = item.button ? { button: item.button } : { message: item.text };
    if (item.attachments?.length) body.attachments = item.attachments.map(({ id }) => id);
    this.#mark(item, "sending");
    try {
      const answer = await this.#on.call("user_uttered", { ...body, message_id: item.id });
      this.#mark(item, "sent");
      this.#on.sent(answer);
      return true;
    } catch (error) {
      if (error instanceof Refused) return this.#refused(item, error);
      if (!(error instanceof NoAnswer)) throw error;
      this.#pause(item, null, PAUSE_MS);
      return false;
    }
  }

  #refused(item, error) {
    if (!PASSING.has(error.code)) {
      this.#mark(item, "refused", error.message);
      return true;
    }
    this.#pause(item, error.message, error.retryMs ?? PAUSE_MS);
    if (error.code === "no_session") this.#on.noSession();
    return false;
  }

  #pause(item, reason, ms) {
    this.#mark(item, "waiting", reason);
    this.#timer = setTimeout(() => this.retry(), ms);
  }

  #mark(item, state, error = null) {
    Object.assign(item, { state, error });
    this.#changed();
  }

  #changed() {
    store.outbox = this.items.filter((item) => item.state !== "sent");
    this.#on.changed();
  }
}
