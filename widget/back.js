/**
 * A phone's "back" closes the full-screen chat instead of leaving the page: while it is open the history has one entry
 * more, with the page's own address and state, which goes away with the chat.
 */

const MARK = "sportello.open";

export class BackButton {
  #close;
  #armed = false;
  #leaving = false; // on the way back from our own entry

  /** @param {() => void} close */
  constructor(close) {
    this.#close = close;
  }

  watch(signal) {
    window.addEventListener("popstate", () => this.#moved(), { signal });
  }

  /** The chat fills the screen. */
  arm() {
    this.#armed = true;
    if (!this.#leaving && !onOurEntry()) push();
  }

  /** The chat does not fill the screen any more. If the page has gone on meanwhile, its history is left alone. */
  disarm() {
    if (!this.#armed) return;
    this.#armed = false;
    if (this.#leaving || !onOurEntry()) return;
    this.#leaving = true;
    history.back();
  }

  #moved() {
    if (this.#leaving) {
      this.#leaving = false;
      if (this.#armed && !onOurEntry()) push(); // opened again in the same moment
    } else if (this.#armed && !onOurEntry()) {
      this.#armed = false;
      this.#close();
    }
  }
}

function onOurEntry() {
  return Boolean(history.state?.[MARK]);
}

function push() {
  const state = history.state;
  history.pushState({ ...(typeof state === "object" ? state : null), [MARK]: true }, "");
}
