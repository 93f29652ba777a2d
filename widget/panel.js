/**
 * The launcher and the window: opening, closing, focus, and fitting a phone's screen. A dialog that is not modal on
 * wide screens (the page beside it stays usable), modal and full screen on small ones.
 */

import { h, hidden, icon } from "./dom.js";
import { texts } from "./it.js";

const SMALL = matchMedia("(max-width: 479.98px), (max-height: 459.98px)");
const TOUCH = matchMedia("(pointer: coarse)");
const NOTICE_AFTER_MS = 800; // a short interruption is nobody's business

export class Panel {
  #list;
  #composer;
  #badge = h("span", { class: "badge", "aria-hidden": "true", hidden: true });
  #news = h("span", { class: "sr-only", role: "status" });
  #heading = h("h2", { id: "heading", tabindex: "-1", autofocus: true });
  #greeting = h("p", { class: "greeting" });
  #notice = h("p", { class: "notice", role: "status" });
  #noticeText = "";
  #noticeTimer = null;

  /** @param {object} on `open()` and `close()`: the customer asked for it. */
  constructor(list, composer, server, on) {
    this.#list = list;
    this.#composer = composer;
    this.launcher = h(
      "button",
      { type: "button", class: "launcher", "aria-label": texts.openChat, "aria-expanded": "false", onclick: on.open },
      icon("chat"),
      this.#badge,
    );
    this.dialog = h(
      "dialog",
      { class: "panel", "aria-labelledby": "heading" },
      h(
        "div",
        { class: "header" },
        h("div", { class: "titles" }, this.#heading, this.#greeting),
        h(
          "button",
          { type: "button", class: "close", "aria-label": texts.closeChat, onclick: on.close },
          icon("close"),
        ),
      ),
      this.#notice,
      list.element,
      h("div", { class: "bottom" }, composer.element, footer(composer, server)),
    );
    this.element = h("div", { lang: "it" }, this.launcher, this.#news, this.dialog);
    this.dialog.addEventListener("keydown", (event) => event.key === "Escape" && stop(event, on.close));
    this.dialog.addEventListener("cancel", (event) => stop(event, on.close)); // a phone's "back"
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
  }

  title(heading, greeting) {
    this.#heading.textContent = heading || texts.heading;
    this.#greeting.textContent = greeting || texts.greeting;
  }

  /** Show the window; `focus` only when the customer opened it, never when a reload brings it back. */
  open(focus) {
    const focused = document.activeElement;
    if (this.isOpen) this.dialog.close(); // the element was moved to another place of the page
    this.#fit();
    if (SMALL.matches) this.dialog.showModal();
    else this.dialog.show();
    this.launcher.setAttribute("aria-expanded", "true");
    this.launcher.hidden = true;
    this.unread(0);
    this.#list.toBottom();
    if (focus && !TOUCH.matches) this.#composer.focus();
    if (focus || SMALL.matches) return;
    this.#heading.blur();
    focused?.focus({ preventScroll: true });
  }

  close() {
    this.dialog.close();
    this.launcher.hidden = false;
    this.launcher.setAttribute("aria-expanded", "false");
    this.launcher.focus({ preventScroll: true });
  }

  /** A button that was used is gone: keep the focus near, without raising a phone's keyboard. */
  focusAfterButton() {
    if (TOUCH.matches) this.#list.log.focus({ preventScroll: true });
    else this.#composer.focus();
  }

  /** How many messages came while the window was closed. */
  unread(count) {
    const words = count ? texts.unread(count) : "";
    this.#badge.hidden = count === 0;
    this.#badge.textContent = count > 9 ? "9+" : String(count);
    this.#news.textContent = words;
    this.launcher.setAttribute("aria-label", count ? `${texts.openChat}, ${words}` : texts.openChat);
  }

  /** Say something about the connection, once it has been true for a moment; null says nothing any more. */
  notice(text) {
    this.#noticeText = text ?? "";
    if (text === null || this.#notice.textContent) this.#showNotice();
    else this.#noticeTimer ??= setTimeout(() => this.#showNotice(), NOTICE_AFTER_MS);
  }

  #showNotice() {
    clearTimeout(this.#noticeTimer);
    this.#noticeTimer = null;
    if (this.#notice.textContent !== this.#noticeText) this.#notice.textContent = this.#noticeText;
  }

  #refit() {
    if (!this.isOpen) return;
    const focused = this.dialog.getRootNode().activeElement;
    this.dialog.close();
    this.open(false);
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
