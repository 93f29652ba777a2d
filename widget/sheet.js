/** A question or a notice in the place of the composer: a title, a few words, buttons; one at a time. */

import { h } from "./dom.js";
import { texts } from "./language.js";

export class Sheet {
  element = h("section", {
    class: "sheet",
    role: "alertdialog",
    "aria-labelledby": "sheet-title",
    "aria-describedby": "sheet-words",
    tabindex: "-1",
    hidden: true,
  });
  #cancel = null;
  #changed;

  /** @param {(shown: boolean) => void} changed it took the composer's place, or gave it back. */
  constructor(changed) {
    this.#changed = changed;
  }

  /** It is shown and can be put away. */
  get canCancel() {
    return this.#cancel !== null;
  }

  /**
   * Ask something: what means no comes first and has the focus.
   *
   * @param {object} question `{title, words, yes, danger}`
   * @param {() => Promise<?string>} agreed what to do; words it returns are shown, and the question stays.
   * @param {() => void} cancelled it was put away.
   */
  ask({ title, words, yes, danger = false }, agreed, cancelled) {
    const problem = h("p", { class: "problem", role: "alert" });
    const no = action(texts.cancel, () => this.cancel());
    let asking = false;
    const go = action(yes, async () => {
      if (asking) return;
      asking = true;
      problem.textContent = "";
      problem.textContent = (await agreed()) ?? "";
      asking = false;
    });
    go.classList.add(danger ? "danger" : "main");
    this.#show([...said(title, words), problem, actions(no, go)], cancelled);
    no.focus({ preventScroll: true });
  }

  /** Show a text that can be selected and copied. */
  offer({ title, words, text }, cancelled) {
    const area = h("textarea", { class: "sheet-text", readonly: true, rows: "6", "aria-label": title });
    area.value = text;
    this.#show([...said(title, words), area, actions(action(texts.close, () => this.cancel()))], cancelled);
    area.focus({ preventScroll: true });
    area.select();
  }

  /** Show something, under a title and a few words. */
  show({ title, words, content }, cancelled) {
    this.#show([...said(title, words), content, actions(action(texts.close, () => this.cancel()))], cancelled);
    this.element.classList.add("sheet-tall");
    this.focus();
  }

  /** Say something that cannot be put away, with the one way on. */
  tell({ title, words, next }, onward) {
    const go = action(next, onward);
    go.classList.add("main");
    this.#show([...said(title, words), actions(go)], null);
  }

  focus() {
    this.element.focus({ preventScroll: true });
  }

  cancel() {
    const cancel = this.#cancel;
    this.close();
    cancel?.();
  }

  close() {
    this.#show([], null);
  }

  #show(content, cancel) {
    this.#cancel = cancel;
    this.element.classList.remove("sheet-tall");
    this.element.replaceChildren(...content);
    this.element.hidden = content.length === 0;
    this.#changed(content.length > 0);
  }
}

function said(title, words) {
  return [h("h3", { id: "sheet-title" }, title), h("p", { id: "sheet-words" }, words)];
}

function actions(...buttons) {
  return h("div", { class: "sheet-actions" }, ...buttons);
}

function action(title, onclick) {
  return h("button", { type: "button", onclick }, title);
}
