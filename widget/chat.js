/**
 * One customer's chat: what was said, what waits to be sent, what is unread, and the list that shows it, joined. It
 * knows nothing of windows.
 */

import { entriesOf } from "./entries.js";
import { texts } from "./language.js";
import { Login } from "./login.js";
import { MessageList } from "./messages.js";
import { Outbox } from "./outbox.js";
import { Seen } from "./seen.js";
import { Sync } from "./sync.js";
import { Telling, Typing } from "./typing.js";
import { isForUs, Unread } from "./unread.js";

const LINE_MS = 10_000; // how long a customer waits for the line before he is told that there is none
const LOOK_MS = 100;

export class Chat {
  list;
  #on;
  #sync;
  #outbox = new Outbox({
    call: (event, data) => this.#sync.call(event, data),
    online: () => this.#sync.ready,
    noSession: () => this.#sync.renew(),
    sent: ({ conversation }) => conversation !== this.#sync.conversation.id && this.#sync.renew(),
    changed: () => this.#render(),
  });
  #login = new Login((event, data) => this.#sync.call(event, data));
  #typing = new Typing((typing) => this.list.typing(typing));
  #telling = new Telling((on) => this.#sync.call("typing", { on }).catch(() => null));
  #seen = new Seen((conversation, seq) => this.#sync.call("seen", { conversation, seq }));
  #unread = new Unread((count) => this.#on.unread(count));

  /**
   * @param {string} server origin of the front process.
   * @param {object} on `looking()`: is the chat in sight; `unread(count)`; `heard()`: a message came; `notice(text)`
   *   about the line, or null; `said()`: the customer used a button; `edit(text, files)`; `copy(text)`; `say(text, aloud)`;
   *   `ready(files)`: the line is up, with what files may be; `standing(event)`: who answers;
   *   `ended(other)`: the session is over, and nothing of it left; `other`: the browser has another one.
   */
  constructor(server, on) {
    this.#on = on;
    this.list = new MessageList(server, {
      press: (button) => this.#press(button),
      retry: () => this.#outbox.retry(),
      edit: (item) => this.#edit(item),
      remove: (item) => this.#outbox.remove(item.id),
      earlier: () => this.#earlier(),
      copy: on.copy,
      say: (words) => on.say(words, true),
      link: (to) => this.link(to),
      copied: () => on.say(texts.wayCopied),
    });
    this.#sync = new Sync(server, {
      rows: (rows, news) => this.#rows(rows, news),
      typing: (event) => this.#typing.take(event),
      standing: (event) => this.#standing(event),
      state: (state, reason) => this.#state(state, reason),
      changed: (rows) => this.#changed(rows),
      ended: (other) => this.#ended(other),
    });
  }

  /** Connect and show what there is; safe to call again. */
  start() {
    this.#render();
    this.#sync.start();
  }

  stop() {
    this.#outbox.stop();
    this.#sync.stop();
  }

  send(text, { button = null, attachments = [] } = {}) {
    this.#unread.done();
    this.#telling.stop();
    this.#outbox.add({ text, button, attachments });
  }

  /** The customer has typed something. */
  typed() {
    this.#telling.typed();
  }

  /** Files may be sent now. */
  get ready() {
    return this.#sync.ready;
  }

  /** Whether the line is up, or comes up while one waits for it. */
  async online() {
    const end = Date.now() + LINE_MS;
    while (!this.ready && Date.now() < end) await new Promise((done) => setTimeout(done, LOOK_MS));
    return this.ready;
  }

  /** The server does not know the session any more. */
  renew() {
    return this.#sync.renew();
  }

  /** What the page knows of its customer: the shop's login, "" for nobody, or null if the shop does not say. */
  identify(login) {
    this.#login.is(login);
    if (this.#sync.ready) this.#login.show();
  }

  /** The page is looked at again, or the network is back. */
  wake() {
    this.#sync.wake();
  }

  /** The network went. */
  offline() {
    this.#state(this.#sync.state);
  }

  /** The customer looks at the chat, or looks away from the page. */
  looked() {
    if (this.#on.looking()) this.#unread.seen();
    else this.#unread.show();
    this.#look();
  }

  /** The customer closes the window: what was new has been read. */
  closed() {
    this.#unread.done();
    this.#render();
  }

  /** Another tab has changed the session in the browser's storage. */
  sessionChanged() {
    this.#sync.sessionChanged();
  }

  /** Everything on screen, complete up to the first message; null if the line is down. */
  async wholeConversation() {
    return (await this.#sync.history.whole()) ? this.#entries() : null;
  }

  /** A new conversation. Raises `Refused` or `NoAnswer`. */
  async restart() {
    await this.#sync.restart();
    this.list.toBottom();
  }

  /** Where the conversation can go on: "telegram", "web". */
  get elsewhere() {
    return this.#sync.elsewhere;
  }

  /** A link that leads there, as docs/web-protocol.md tells. Raises `Refused` or `NoAnswer`. */
  link(to) {
    return this.#sync.call("link", { to });
  }

  /** Go on here with the conversation that the token's link was given in. Raises `Refused` or `NoAnswer`. */
  async join(token) {
    await this.#sync.join(token);
    this.list.toBottom();
  }

  /** End the session and forget everything, here and in the browser's other tabs. */
  leave() {
    this.#sync.leave();
    this.#forget();
  }

  #press(button) {
    this.send(button.title, { button: button.id });
    this.#on.said();
  }

  #edit(item) {
    this.#outbox.remove(item.id);
    this.#on.edit(item.text, item.attachments ?? []);
  }

  async #earlier() {
    if (this.#sync.ready) return this.#sync.history.page();
    this.#on.say(texts.notNow);
    return 0;
  }

  #rows(rows, news) {
    for (const row of rows) this.#typing.end(row.author_kind === "hidden" ? undefined : row.author_kind);
    this.#outbox.settle(rows);
    if (news && rows.some(isForUs)) {
      if (!this.#on.looking()) this.#unread.add(rows);
      this.#on.heard();
    }
    this.#look();
    this.#render();
  }

  #look() {
    if (this.ready && this.#on.looking()) this.#seen.look(this.#sync.conversation.open);
  }

  #changed(rows = []) {
    this.#outbox.settle(rows);
    this.#look();
    this.#render();
  }

  #state(state, reason = null) {
    this.#on.notice(noticeOf(state, reason));
    this.#render();
    if (state === "ready") {
      this.#login.show().then(() => this.#outbox.retry());
      this.#on.ready(this.#sync.files);
    } else this.#typing.end();
  }

  #standing(event) {
    this.#telling.heard = event.who === "agent";
    this.#on.standing(event);
  }

  #ended(other) {
    this.#forget();
    this.#on.ended(other);
    if (other) this.start();
  }

  #forget() {
    this.#typing.end();
    this.#unread.done();
    this.#outbox.forget();
    this.#login.forget();
    this.#render();
  }

  #entries() {
    return entriesOf(this.#sync.conversation, this.#outbox.items, this.#sync.ready, this.#unread.first);
  }

  #render() {
    const { conversation, history, ready, state } = this.#sync;
    const earlier = history.loading ? "loading" : conversation.above ? "more" : null;
    this.list.render(this.#entries(), ready || state === "lost", earlier);
  }
}

function noticeOf(state, reason) {
  if (state === "closed" || (state === "ready" && navigator.onLine)) return null;
  if (!navigator.onLine) return texts.offline;
  return reason ?? (state === "connecting" ? texts.connecting : texts.reconnecting);
}
