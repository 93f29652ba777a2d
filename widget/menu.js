/** The button in the head and what it shows: a plain list of buttons, closed by Esc, by choosing, or by going away. */

import { h, icon } from "./dom.js";
import { texts } from "./language.js";

export class Menu {
  #button = h(
    "button",
    {
      type: "button",
      class: "head-button",
      "aria-label": texts.menu,
      "aria-expanded": "false",
      "aria-controls": "menu",
    },
    icon("more"),
  );
  #list = h("ul", { class: "menu", id: "menu", role: "list", hidden: true });
  #sound;
  #soundState = h("span", { class: "menu-state", "aria-hidden": "true" });

  #elsewhere;

  /** @param {object} on `copy()`, `print()`, `sound()`, `elsewhere()`, `restart()`, `leave()`. */
  constructor(on) {
    this.#sound = h(
      "button",
      { type: "button", role: "switch", onclick: on.sound },
      icon("sound"),
      h("span", {}, texts.sound),
      this.#soundState,
    );
    this.#elsewhere = this.#choice("elsewhere", texts.elsewhere, on.elsewhere);
    const choices = [
      this.#choice("copy", texts.copyConversation, on.copy),
      this.#choice("print", texts.print, on.print),
      this.#sound,
      this.#elsewhere,
      this.#choice("restart", texts.restart, on.restart),
      this.#choice("leave", texts.leave, on.leave),
    ];
    this.#list.append(...choices.map((choice) => h("li", {}, choice)));
    this.elsewhere(false);
    this.element = h("div", { class: "menu-place" }, this.#button, this.#list);
    this.#button.addEventListener("click", () => this.#toggle(!this.isOpen));
    this.element.addEventListener("focusout", (event) => this.#left(event));
    this.element.addEventListener("keydown", (event) => this.#step(event));
  }

  get isOpen() {
    return !this.#list.hidden;
  }

  /** Show whether sounds are on. */
  sound(on) {
    this.#sound.setAttribute("aria-checked", String(on));
    this.#soundState.textContent = on ? texts.soundOn : texts.soundOff;
  }

  /** Whether the conversation can go on elsewhere. */
  elsewhere(possible) {
    this.#elsewhere.parentElement.hidden = !possible;
  }

  close() {
    this.#toggle(false);
  }

  focus() {
    this.#button.focus({ preventScroll: true });
  }

  /** A pointer went down somewhere. */
  pressed(event) {
    if (!event.composedPath().includes(this.element)) this.close();
  }

  #choice(name, title, chosen) {
    const onclick = () => {
      this.close();
      this.focus();
      chosen();
    };
    return h("button", { type: "button", onclick }, icon(name), h("span", {}, title));
  }

  #toggle(open) {
    this.#list.hidden = !open;
    this.#button.setAttribute("aria-expanded", String(open));
  }

  #left(event) {
    if (event.relatedTarget && !this.element.contains(event.relatedTarget)) this.close();
  }

  #step(event) {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!by || !this.isOpen) return;
    event.preventDefault();
    const choices = Array.from(this.#list.querySelectorAll("li:not([hidden]) button"));
    const at = choices.indexOf(event.target);
    choices[at < 0 && by < 0 ? choices.length - 1 : (at + by + choices.length) % choices.length].focus();
  }
}
