/**
 * `<sportello-chat>`: the customers' chat on any page. One script tag is enough:
 *
 *     <script type="module" src="/widget/sportello-chat.js"></script>
 *
 * This file is the element, with its attributes (docs/widget.md) and what it hears from the page. Nothing is stored
 * and no connection is made before the chat is opened.
 */

import { accentSheet } from "./accent.js";
import { watchArrivals } from "./arrival.js";
import { Chat } from "./chat.js";
import { Commands } from "./commands.js";
import { Composer } from "./composer.js";
import { look as given } from "./look.js";
import { Menu } from "./menu.js";
import { Panel } from "./panel.js";
import { Sheet } from "./sheet.js";
import { Sound } from "./sound.js";
import { store } from "./store.js";
import { css } from "./style.js";
import { Tray } from "./tray.js";

const SERVER = new URL(import.meta.url).origin;

const look = new CSSStyleSheet();
look.replaceSync(css);

export class SportelloChat extends HTMLElement {
  static observedAttributes = ["accent", "heading", "greeting", "open", "login"];

  #sound = new Sound(() => this.hasAttribute("sound"));
  #tray = new Tray(SERVER, {
    online: () => this.#chat.ready,
    noSession: () => this.#chat.renew(),
    changed: () => this.#composer?.filesChanged(),
    removed: () => this.#composer.focus(),
    say: (text, aloud) => this.#panel.say(text, aloud),
  });
  #composer = new Composer(
    this.#tray,
    (text, attachments) => this.#chat.send(text, { attachments }),
    () => this.#chat.typed(),
  );
  #sheet = new Sheet((shown) => {
    this.#composer.element.hidden = shown;
    if (!shown) this.#composer.shown();
  });
  #menu = new Menu({
    copy: () => this.#commands.copyConversation(),
    print: () => this.#commands.print(),
    sound: () => this.#commands.switchSound(),
    elsewhere: () => this.#commands.elsewhere(),
    restart: () => this.#commands.restart(),
    leave: () => this.#commands.leave(),
  });
  #chat = new Chat(SERVER, {
    looking: () => this.#panel.isOpen && !document.hidden,
    unread: (count) => this.#panel.unread(count),
    heard: () => this.#heard(),
    notice: (text) => this.#panel.notice(text),
    said: () => this.#panel.focusAfterButton(),
    edit: (text, files) => this.#composer.write(text, files),
    ready: (files) => this.#ready(files),
    standing: (event) => this.#panel.answering(event),
    copy: (text) => this.#commands.copyMessage(text),
    say: (text, aloud) => this.#panel.say(text, aloud),
    ended: (other) => this.#commands.left(other),
  });
  #panel = new Panel(
    { list: this.#chat.list, composer: this.#composer, menu: this.#menu, sheet: this.#sheet },
    SERVER,
    { open: () => this.show(), close: () => this.hide() },
  );
  #commands = new Commands(this.#chat, this.#panel, {
    menu: this.#menu,
    sheet: this.#sheet,
    composer: this.#composer,
    sound: this.#sound,
  });
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
    document.addEventListener("visibilitychange", () => this.#looked(), { signal });
    window.addEventListener("pageshow", (event) => event.persisted && this.#chat.wake(), { signal });
    window.addEventListener("online", () => this.#chat.wake(), { signal });
    window.addEventListener("offline", () => this.#chat.offline(), { signal });
    store.watchSession(() => this.#chat.sessionChanged(), signal);
    for (const [name, value] of Object.entries(given)) if (!this.hasAttribute(name)) this.setAttribute(name, value);
    this.#panel.watch(signal);
    this.#panel.title(this.getAttribute("heading"), this.getAttribute("greeting"));
    if ((store.open ?? this.hasAttribute("open")) && this.#panel.mayOpenAlone) this.#open(false);
    else this.removeAttribute("open");
    watchArrivals((token) => this.#arrived(token), signal);
  }

  disconnectedCallback() {
    this.#watching.abort();
    this.#chat.stop();
  }

  attributeChangedCallback(name, before, value) {
    if (name === "login") this.#chat.identify(value);
    else if (name === "accent") this.shadowRoot.adoptedStyleSheets = [look, ...accentSheet(value)];
    else if (!this.#watching) return;
    else if (name !== "open") this.#panel.title(this.getAttribute("heading"), this.getAttribute("greeting"));
    else if (value === null) this.hide();
    else this.show();
  }

  /** Open the chat and put the cursor in it. */
  show() {
    if (!this.#panel.isOpen) this.#open(true);
  }

  /** Close the chat and give the focus back to what opened it. */
  hide() {
    if (!this.#panel.isOpen) return;
    if (this.#commands.over) this.#commands.ready();
    else store.open = false;
    this.#panel.close();
    this.#chat.closed();
    this.removeAttribute("open");
  }

  #open(focus) {
    store.open = true;
    this.#menu.sound(this.#sound.on);
    this.#panel.open(focus);
    this.toggleAttribute("open", true);
    this.#composer.shown();
    this.#chat.start();
    this.#chat.looked();
  }

  #looked() {
    this.#chat.wake();
    this.#chat.looked();
  }

  /** A link brought the customer here: the chat opens and asks, on a phone too. */
  #arrived(token) {
    this.show();
    this.#commands.arrived(token);
  }

  #ready(files) {
    this.#menu.elsewhere(this.#chat.elsewhere.length > 0);
    if (files) this.#tray.limits = files;
    this.#tray.pump();
  }

  #heard() {
    if (!this.#panel.isOpen || !document.hasFocus()) this.#sound.play();
  }
}

function addToPage() {
  if (!document.querySelector("sportello-chat")) document.body.append(document.createElement("sportello-chat"));
}

customElements.define("sportello-chat", SportelloChat);
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", addToPage);
else addToPage();
