/** Loads what was said before, in pages upwards (`rows_before` of docs/web-protocol.md). */

import { NoAnswer, Refused } from "./connection.js";

export class History {
  #conversation;
  #on;
  #page = null;

  /** @param {object} on `call(event, data)`; `changed(rows)`, with rows that were added, if any. */
  constructor(conversation, on) {
    this.#conversation = conversation;
    this.#on = on;
  }

  get loading() {
    return this.#page !== null;
  }

  /** One page more. Returns how many messages it brought; 0 if there is none, or the line is down. */
  page() {
    if (!this.#page) {
      this.#page = this.#load();
      this.#on.changed();
    }
    return this.#page;
  }

  /** All pages of the conversations on screen, up to the first message. False if the line is down. */
  async whole() {
    while (!this.#conversation.whole) if (!(await this.page())) return false;
    return true;
  }

  /** A conversation began: what came at the end of the one before it may be missing. */
  async join() {
    const { open, threads } = this.#conversation;
    if (threads.length < 2 || !open.rows.length) return;
    const page = await this.#ask({ conversation: open.id, before: open.rows[0].seq });
    if (!page || open !== this.#conversation.open) return;
    this.#conversation.join(restored(page));
    this.#on.changed(page.rows);
  }

  async #load() {
    const above = this.#conversation.above;
    const page = above && (await this.#ask(above));
    // Meanwhile another conversation may have begun, or this one was left.
    const fits = Boolean(page) && same(above, this.#conversation.above);
    const rows = fits ? restored(page).rows : [];
    if (fits) this.#conversation.precede(page);
    this.#page = null;
    this.#on.changed(rows);
    return rows.length;
  }

  async #ask(above) {
    try {
      return await this.#on.call("rows_before", above);
    } catch (error) {
      if (!(error instanceof Refused) && !(error instanceof NoAnswer)) throw error;
      return null;
    }
  }
}

/** Rows that are no news: the screen reader keeps silent about them. */
export function restored(answer) {
  for (const row of answer.rows) row.restored = true;
  return answer;
}

function same(one, other) {
  return one.conversation === other?.conversation && one.before === other.before;
}
