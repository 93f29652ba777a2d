/**
 * Keeps the conversation equal to the server's: the session's answer, pushed rows, gaps, what was missed while the line
 * was lost or the tab asleep, what was said before. docs/web-protocol.md tells what the server says.
 */

import { Connection, NoAnswer, Refused } from "./connection.js";
import { Conversation } from "./conversation.js";
import { History, restored } from "./history.js";
import { store } from "./store.js";

export class Sync {
  conversation;
  history;
  files = null; // what the server takes: `{bytes, most}`
  elsewhere = []; // where links can lead
  #on;
  #connection;
  #begun = false; // what was said before is here: from now on rows are news
  #early = false; // rows came before the session's answer

  /**
   * @param {string} server origin of the front process.
   * @param {object} on `rows(rows, news)` were added at the end, `news` if they were said just now; `typing(event)` and
   *   `standing(event)`;
   *   `state(state, reason)` of the line; `changed(rows)`: anything else, with the rows that were added further up, if
   *   any; `ended(other)`: the session is over and forgotten; `other`: the browser has another one.
   */
  constructor(server, on) {
    this.#on = on;
    this.#reset();
    this.#connection = new Connection(server, {
      since: () => this.conversation.lastSeq,
      session: (answer, since, known) => this.#session(answer, since, known),
      rows: (event) => this.#pushed(event),
      typing: (event) => on.typing(event),
      standing: (event) => on.standing(event),
      read: (event) => this.#read(event),
      viewChanged: () => this.#lookAnew(),
      state: (state, reason) => this.#state(state, reason),
      ended: () => this.#ended(),
    });
  }

  /** The line's: see connection.js. */
  get state() {
    return this.#connection.state;
  }

  get ready() {
    return this.state === "ready";
  }

  call(event, data) {
    return this.#connection.call(event, data);
  }

  start() {
    return this.#connection.start();
  }

  stop() {
    this.#connection.stop();
  }

  /** The page is looked at again, or the network is back. */
  wake() {
    if (document.hidden || this.state === "closed") return;
    if (this.ready) this.#catchUp();
    this.start();
  }

  renew() {
    return this.#connection.renew();
  }

  /** Another tab has changed the session in the browser's storage. */
  sessionChanged() {
    if (this.#connection.overtaken) this.#ended();
  }

  /** A new conversation. Raises `Refused` or `NoAnswer`. */
  async restart() {
    this.#session(await this.call("restart", { conversation: this.conversation.id }), 0, false);
  }

  /** The conversation that a link leads to. Raises `Refused` or `NoAnswer`. */
  async join(token) {
    this.#session(await this.call("join", { token }), 0, false);
  }

  /** End the session. The browser's other tabs notice that it is gone from the storage. */
  leave() {
    store.forget();
    const told = this.#connection.leave();
    this.#reset();
    return told;
  }

  #reset() {
    this.conversation = new Conversation();
    this.history = new History(this.conversation, {
      call: (event, data) => this.call(event, data),
      changed: (rows) => this.#on.changed(rows),
    });
    this.#begun = this.#early = false;
  }

  /** A session's answer. False: the rows of a new conversation are not all here, ask again from the start. */
  #session(answer, since, known) {
    const { conversation } = this;
    this.files = answer.files ?? this.files;
    this.elsewhere = answer.elsewhere ?? this.elsewhere;
    const first = conversation.id === null;
    if (!conversation.enter(answer.conversation, since)) return false;
    const began = conversation.lastSeq === 0;
    if (first) conversation.previous = Boolean(answer.previous);
    conversation.read(answer.read_seq);
    if (first && known) restored(answer);
    this.#on.rows(conversation.catchUp(answer.rows), this.#begun);
    this.#begun = true;
    if (began && !first) this.history.join();
    return true;
  }

  #pushed({ conversation, rows }) {
    this.#early ||= !this.ready;
    if (this.#early) return; // the session's answer is still on its way: catch up after it
    if (conversation !== this.conversation.id) return this.renew();
    const { fresh, gap } = this.conversation.receive(rows);
    if (gap) this.#catchUp();
    this.#on.rows(fresh, true);
  }

  async #catchUp() {
    const since = this.conversation.lastSeq;
    try {
      const answer = await this.call("rows_since", { since });
      const { id, lastSeq } = this.conversation;
      if (answer.conversation !== id || since > lastSeq) await this.renew();
      else this.#on.rows(this.conversation.catchUp(answer.rows), true);
    } catch (error) {
      if (error instanceof Refused) await this.renew();
      else if (!(error instanceof NoAnswer)) throw error; // no answer: the next reconnection catches up
    }
  }

  /** Other rows may be read now: what is shown is no longer what there is. */
  #lookAnew() {
    this.#reset();
    this.renew();
  }

  #read({ conversation, seq }) {
    if (conversation !== this.conversation.id) return;
    this.conversation.read(seq);
    this.#on.changed();
  }

  #state(state, reason) {
    this.#on.state(state, reason);
    if (state !== "ready") return;
    if (this.#early) this.#catchUp();
    this.#early = false;
  }

  /** The session was left in another tab, or ended by the shop: go into the one this browser has now, if any. */
  #ended() {
    const other = this.#connection.overtaken && store.session !== null;
    if (other) store.forgetTab();
    else store.forget();
    this.stop();
    this.#reset();
    this.#on.ended(other);
  }
}
