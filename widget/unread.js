/** What came while nobody looked: how much, where it begins, the number in a background page's title. */

/** Somebody else has said it, and the customer may read it here. */
export function isForUs(row) {
  return row.author_kind !== "customer" && row.author_kind !== "hidden";
}

export class Unread {
  count = 0;
  first = null; // key of the first message that was not seen when it came
  #badge = ""; // what we have put before the page's title
  #changed;

  /** @param {(count: number) => void} changed */
  constructor(changed) {
    this.#changed = changed;
  }

  /** These rows came while the chat was not looked at. */
  add(rows) {
    const others = rows.filter(isForUs);
    if (!others.length) return;
    if (this.count === 0) this.first = others[0].client_id ?? others[0].id;
    this.count += others.length;
    this.show();
  }

  /** The customer looks at them; where they begin is still shown. */
  seen() {
    this.count = 0;
    this.show();
  }

  /** The customer has read them. */
  done() {
    this.first = null;
    this.seen();
  }

  /** Show the number in the title while the page is in the background, and only then. */
  show() {
    const badge = document.hidden && this.count > 0 ? `(${this.count}) ` : "";
    const ours = document.title.startsWith(this.#badge); // else the page has changed it, and the badge with it
    const title = ours ? document.title.slice(this.#badge.length) : document.title;
    if (badge !== this.#badge) document.title = badge + title;
    this.#badge = badge;
    this.#changed(this.count);
  }
}
