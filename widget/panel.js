/**
 * The window: opening, closing, focus, and fitting a phone's screen. A dialog that is not modal on
 * wide screens (the page beside it stays usable), modal and full screen on small ones.
 */

import { BackButton } from "./back.js";
import { h, hidden, icon } from "./dom.js";
import { language, texts } from "./language.js";
import { Launcher } from "./launcher.js";
import { Notices } from "./notices.js";

const SMALL = matchMedia("(max-width: 479.98px), (max-height: 459.98px)");
const TOUCH = matchMedia("(pointer: coarse)");

export class Panel {
  #parts;
  #launcher;
  #notices = new Notices();
  #heading = h("h2", { id: "heading", tabindex: "-1", autofocus: true });
  #greeting = h("p", { class: "greeting", role: "status" });
  #back;
  #words = null; // the shop's own, under the heading
  #opener = null; // what had the focus when the chat was opened

  /**
   * @param {object} parts `{list, composer, menu, sheet}`
   * @param {object} on `open()` and `close()`: the customer asked for it.
   */
  constructor(parts, server, on) {
    this.#parts = parts;
    this.#back = new BackButton(on.close);
    this.#launcher = new Launcher(on.open);
    this.dialog = h(
      "dialog",
      { class: "panel", "aria-labelledby": "heading" },
      h(
        "div",
        { class: "header" },
        h("div", { class: "titles" }, this.#heading, this.#greeting),
        parts.menu.element,
        h(
          "button",
          { type: "button", class: "head-button close", "aria-label": texts.closeChat, onclick: on.close },
          icon("close"),
        ),
      ),
      this.#notices.line,
      h("div", { class: "middle" }, parts.list.element, this.#notices.toast),
      h("div", { class: "bottom" }, parts.sheet.element, parts.composer.element, footer(parts.composer, server)),
    );
    parts.composer.dropOn(this.dialog);
    this.element = h("div", { lang: language }, this.#launcher.element, this.#launcher.news, this.dialog);
    const escape = (event) => stop(event, () => this.#escape(on.close));
    this.dialog.addEventListener("keydown", (event) => event.key === "Escape" && escape(event));
    this.dialog.addEventListener("cancel", escape); // a phone's "back", where the browser tells the dialog
  }

  get isOpen() {
    return this.dialog.open;
  }

  /** Whether it may open without being asked: on a small screen it would cover the page the customer went to. */
  get mayOpenAlone() {
    return !SMALL.matches || performance.getEntriesByType("navigation")[0]?.type === "reload";
  }

  /** Follow the screen until `signal` aborts. */
  watch(signal) {
    SMALL.addEventListener("change", () => this.#refit(), { signal });
    window.visualViewport?.addEventListener("resize", () => this.#fit(), { signal });
    window.visualViewport?.addEventListener("scroll", () => this.#fit(), { signal });
    document.addEventListener("pointerdown", (event) => this.#parts.menu.pressed(event), { signal });
    this.#back.watch(signal);
  }

  title(heading, greeting) {
    this.#heading.textContent = heading || texts.heading;
    this.#words = greeting;
    this.#greeting.textContent = greeting || texts.greeting;
  }

  /** Who answers: `{who: "bot" | "waiting" | "agent", name, position}`; the shop's own words again for the assistant. */
  answering({ who = "bot", name = null, position = null }) {
    if (who === "agent") this.#greeting.textContent = texts.greetingAgent(name);
    else if (who === "waiting") this.#greeting.textContent = texts.greetingWaiting(position);
    else this.#greeting.textContent = this.#words || texts.greeting;
  }

  get heading() {
    return this.#heading.textContent;
  }

  /** Show the window; `focus` only when the customer opened it, never when a reload brings it back. */
  open(focus) {
    const focused = document.activeElement;
    this.#opener = focus ? focused : null;
    this.#unfold();
    this.#launcher.opened();
    this.#parts.list.toNews();
    if (focus && !TOUCH.matches) this.focus();
    if (focus || SMALL.matches) return;
    this.#heading.blur();
    focused?.focus({ preventScroll: true });
  }

  /** Hide it; the focus goes back to what opened it, or to its own button. */
  close() {
    const opener = this.#opener;
    this.#parts.menu.close();
    if (this.#parts.sheet.canCancel) this.#parts.sheet.close();
    this.dialog.close();
    this.#back.disarm();
    this.#launcher.closed();
    if (opener?.isConnected && opener !== document.body) opener.focus({ preventScroll: true });
  }

  /** The cursor where the customer goes on: in the composer, or in what stands in its place. */
  focus() {
    if (this.#parts.composer.element.hidden) this.#parts.sheet.focus();
    else this.#parts.composer.focus();
  }

  /** A button that was used is gone: keep the focus near, without raising a phone's keyboard. */
  focusAfterButton() {
    if (TOUCH.matches) this.#parts.list.log.focus({ preventScroll: true });
    else this.focus();
  }

  /** How many messages came while nobody looked. */
  unread(count) {
    this.#launcher.unread(this.isOpen ? 0 : count);
  }

  /** Say something about the connection; null says nothing any more. */
  notice(text) {
    this.#notices.tell(text);
  }

  /** Say for a moment that something was done; `aloud` only to a screen reader. */
  say(text, aloud = false) {
    this.#notices.say(text, aloud);
  }

  #escape(close) {
    const { menu, sheet } = this.#parts;
    if (menu.isOpen) {
      menu.close();
      menu.focus();
    } else if (sheet.canCancel) sheet.cancel();
    else close();
  }

  /** Put the window on the page, as its width asks for. */
  #unfold() {
    if (this.isOpen) this.dialog.close(); // the element was moved, or the screen was turned
    this.#fit();
    if (SMALL.matches) {
      this.dialog.showModal();
      this.#back.arm();
    } else {
      this.dialog.show();
      this.#back.disarm();
    }
  }

  #refit() {
    if (!this.isOpen) return;
    const focused = this.dialog.getRootNode().activeElement;
    this.#unfold();
    focused?.focus({ preventScroll: true });
  }

  /** On a phone the keyboard covers the page instead of shrinking it: follow what is really in sight. */
  #fit() {
    const view = window.visualViewport;
    if (!view || view.scale > 1.05) return; // the customer is magnifying: leave the window where it is
    this.dialog.style.setProperty("--view-height", `${view.height}px`);
    this.dialog.style.setProperty("--view-top", `${view.offsetTop}px`);
  }
}

function footer(composer, server) {
  const privacy = h(
    "a",
    { href: new URL("/privacy", server).href, target: "_blank", rel: "noopener noreferrer" },
    texts.privacy,
    hidden(` (${texts.opensNewTab})`),
  );
  return h("p", { class: "footer" }, composer.hint, h("span", { class: "about" }, `${texts.automatic} · `, privacy));
}

function stop(event, action) {
  event.preventDefault();
  event.stopPropagation();
  action();
}
