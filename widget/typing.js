/** Who is writing, on both sides. On the shop's it belongs to one author and ends with their message, when they stop, or by itself. */

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

const EVERY_MS = 3_000, OVER_MS = 5_000;

/** Tells the person who answers that the customer is writing; the assistant need not know. */
export class Telling {
  #tell;
  #toldAt = 0;
  #over = null;
  heard = false; // whether somebody is there who sees it

  /** @param {(on: boolean) => void} tell */
  constructor(tell) {
    this.#tell = tell;
  }

  /** The customer has typed something. */
  typed() {
    if (!this.heard) return;
    if (Date.now() - this.#toldAt > EVERY_MS) {
      this.#toldAt = Date.now();
      this.#tell(true);
    }
    clearTimeout(this.#over);
    this.#over = setTimeout(() => this.stop(), OVER_MS);
  }

  /** It was sent, or nothing more comes. */
  stop() {
    clearTimeout(this.#over);
    if (this.#toldAt) this.#tell(false);
    this.#toldAt = 0;
  }
}
