/** Who is writing. It belongs to one author and ends with their message, when they stop, or by itself. */

const LONGEST_S = 10;

export class Typing {
  #show;
  #who = null;
  #timer = null;

  /** @param {(typing: ?{who: string, name: ?string}) => void} show */
  constructor(show) {
    this.#show = show;
  }

  /** The server's event. */
  take({ who = "bot", name = null, on = false, expires_in: seconds = LONGEST_S }) {
    if (!on) return this.end(who);
    clearTimeout(this.#timer);
    this.#who = who;
    this.#show({ who, name });
    this.#timer = setTimeout(() => this.end(), Math.min(seconds, LONGEST_S) * 1000);
  }

  /** `who` has said it, or stopped; without `who`, nobody is writing. */
  end(who = this.#who) {
    if (who !== this.#who || who === null) return;
    clearTimeout(this.#timer);
    this.#who = null;
    this.#show(null);
  }
}
