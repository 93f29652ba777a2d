/**
 * `<sportello-chat>`: the customers' chat on any page. One script tag is enough:
 *
 *     <script type="module" src="/widget/sportello-chat.js"></script>
 *
 * This file joins the parts; docs/widget.md lists the attributes. Nothing is stored and no connection is made before
 * the chat is opened.
 */

import { accentSheet } from "./accent.js";
import { Composer } from "./composer.js";
import { Connection, NoAnswer, Refused } from "./connection.js";
import { Conversation } from "./conversation.js";
import { entriesOf } from "./entries.js";
import { texts } from "./it.js";
import { MessageList } from "./messages.js";
import { Outbox } from "./outbox.js";
import { Panel } from "./panel.js";
import { store } from "./store.js";
import { css } from "./style.js";

const SERVER = new URL(import.meta.url).origin;
const LONGEST_TYPING_S = 30;

const look = new CSSStyleSheet();
look.replaceSync(css);

export class SportelloChat extends HTMLElement {
  static observedAttributes = ["accent", "heading", "greeting", "open"];

  #conversation = new Conversation();
  #connection = new Connection(SERVER, {
    since: () => this.#conversation.lastSeq,
    session: (answer) => this.#session(answer),
    rows: (event) => this.#pushed(event),
    typing: (event) => this.#typing(event),
    state: (state, reason) => this.#state(state, reason),
  });
  #outbox = new Outbox({
    call: (event, data) => this.#connection.call(event, data),
    online: () => this.#connection.state === "ready",
    noSession: () => this.#connection.renew(),
    sent: ({ conversation }) => conversation !== this.#conversation.id && this.#connection.renew(),
    changed: () => this.#render(),
  });
  #list = new MessageList(SERVER, {
    press: (button) => this.#press(button),
    retry: () => this.#outbox.retry(),
    edit: (item) => this.#edit(item),
    remove: (item) => this.#outbox.remove(item.id),
  });
  #composer = new Composer((text) => this.#outbox.add({ text }));
  #panel = new Panel(this.#list, this.#composer, SERVER, { open: () => this.show(), close: () => this.hide() });
  #restored = false; // what was said before is on screen: from now on new messages are news
  #early = false; // rows came before the session's answer
  #unread = 0;
  #typingTimer = null;
  #watching = null;

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [look];
    root.append(this.#panel.element);
  }

  connectedCallback() {
    this.#watching = new AbortController();
    const { signal } = this.#watching;
    document.addEventListener("visibilitychange", () => this.#wake(), { signal });
    window.addEventListener("online", () => this.#wake(), { signal });
    window.addEventListener("offline", () => this.#state(this.#connection.state), { signal });
    this.#panel.watch(signal);
    this.#panel.title(this.getAttribute("heading"), this.getAttribute("greeting"));
    if ((store.open ?? this.hasAttribute("open")) && this.#panel.mayOpenAlone) this.#open(false);
    else this.removeAttribute("open");
  }

  disconnectedCallback() {
    this.#watching.abort();
    this.#outbox.stop();
    this.#connection.stop();
  }

  attributeChangedCallback(name, before, value) {
    if (name === "accent") this.shadowRoot.adoptedStyleSheets = [look, ...accentSheet(value)];
    else if (!this.#watching) return;
    else if (name !== "open") this.#panel.title(this.getAttribute("heading"), this.getAttribute("greeting"));
    else if (value === null) this.hide();
    else this.show();
  }

  /** Open the chat and put the cursor in it. */
  show() {
    if (!this.#panel.isOpen) this.#open(true);
  }

  /** Close the chat and give the focus back to its button. */
  hide() {
    if (!this.#panel.isOpen) return;
    store.open = false;
    this.#panel.close();
    this.removeAttribute("open");
  }

  #open(focus) {
    store.open = true;
    this.#unread = 0;
    if (store.session === null) this.#list.announce();
    this.#panel.open(focus);
    this.toggleAttribute("open", true);
    this.#render();
    this.#connection.start();
  }

  #press(button) {
    this.#outbox.add({ text: button.title, button: button.id });
    this.#panel.focusAfterButton();
  }

  #edit(item) {
    this.#outbox.remove(item.id);
    this.#composer.write(item.text);
  }

  /** A session's answer. False: the rows of a new conversation are not all here, ask again from the start. */
  #session({ conversation, rows }) {
    if (!this.#conversation.enter(conversation)) return false;
    this.#take(this.#conversation.catchUp(rows));
    this.#restored = true;
    this.#list.announce();
    return true;
  }

  #pushed({ conversation, rows }) {
    this.#early ||= this.#connection.state !== "ready";
    if (this.#early) return; // the session's answer is still on its way: catch up after it
    if (conversation !== this.#conversation.id) return this.#connection.renew();
    const { fresh, gap } = this.#conversation.receive(rows);
    if (gap) this.#catchUp();
    this.#take(fresh);
  }

  async #catchUp() {
    try {
      const answer = await this.#connection.call("rows_since", { since: this.#conversation.lastSeq });
      if (answer.conversation !== this.#conversation.id) await this.#connection.renew();
      else this.#take(this.#conversation.catchUp(answer.rows));
    } catch (error) {
      if (error instanceof Refused) await this.#connection.renew();
      else if (!(error instanceof NoAnswer)) throw error; // no answer: the next reconnection catches up
    }
  }

  #take(rows) {
    if (rows.some((row) => row.author_kind !== "customer")) this.#typing({ on: false });
    this.#outbox.settle(rows);
    this.#render();
    if (this.#panel.isOpen || !this.#restored) return;
    this.#unread += rows.filter((row) => row.author_kind !== "customer").length;
    this.#panel.unread(this.#unread);
  }

  #typing({ who = "bot", on = false, expires_in: seconds = LONGEST_TYPING_S }) {
    clearTimeout(this.#typingTimer);
    this.#list.typing(on ? who : null);
    if (on) this.#typingTimer = setTimeout(() => this.#list.typing(null), Math.min(seconds, LONGEST_TYPING_S) * 1000);
  }

  #state(state, reason = null) {
    this.#panel.notice(noticeOf(state, reason));
    this.#render();
    if (state !== "ready") return this.#typing({ on: false });
    if (this.#early) this.#catchUp();
    this.#early = false;
    this.#outbox.retry();
  }

  /** The page is looked at again, or the network is back. */
  #wake() {
    if (document.hidden || this.#connection.state === "closed") return;
    if (this.#connection.state === "ready") this.#catchUp();
    this.#connection.start();
  }

  #render() {
    const { state } = this.#connection;
    const entries = entriesOf(this.#conversation, this.#outbox, state === "ready");
    this.#list.render(entries, state === "ready" || state === "lost");
  }
}

function noticeOf(state, reason) {
  if (state === "closed" || (state === "ready" && navigator.onLine)) return null;
  if (!navigator.onLine) return texts.offline;
  return reason ?? (state === "connecting" ? texts.connecting : texts.reconnecting);
}

customElements.define("sportello-chat", SportelloChat);

function addToPage() {
  if (!document.querySelector("sportello-chat")) document.body.append(document.createElement("sportello-chat"));
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", addToPage);
else addToPage();
