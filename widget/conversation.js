/**
 * What is known of the conversations: rows of the log, each once, in order. No page, no network.
 *
 * The last of `threads` is the conversation the server talks about; those before it have ended. Rows pushed by the
 * server are taken only while they follow the last one without a gap; after a gap the caller asks for everything since
 * `lastSeq`, so that nothing is shown out of order. Rows further up come in pages.
 */

export class Conversation {
  threads = []; // [{id, rows}], oldest first
  previous = false; // the server has rows before the first one here
  readSeq = 0; // last row of the open conversation that a person of the shop has read

  get open() {
    return this.threads[this.threads.length - 1] ?? null;
  }

  get id() {
    return this.open?.id ?? null;
  }

  get lastSeq() {
    return last(this.open?.rows ?? [])?.seq ?? 0;
  }

  /** Where the next page upwards begins: the arguments of `rows_before`; null if there is none. */
  get above() {
    const [top] = this.threads;
    return this.previous && top?.rows.length ? { conversation: top.id, before: top.rows[0].seq } : null;
  }

  /** Everything of the oldest conversation on screen is here. */
  get whole() {
    return !this.above || this.above.before === 1;
  }

  /** The conversation the server talks about. Returns false if rows after `since` leave a gap: ask again. */
  enter(id, since) {
    if (id !== this.id) {
      this.threads = this.threads.filter((thread) => thread.rows.length > 0);
      this.threads.push({ id, rows: [] });
      this.readSeq = 0;
    }
    return since <= this.lastSeq; // not so, when `since` was a number of the conversation before
  }

  /** Rows that are complete since what we had: the answer to a question. Returns those that are new. */
  catchUp(rows) {
    const fresh = rows.filter((row) => row.seq > this.lastSeq);
    if (fresh.length && this.lastSeq && fresh[0].seq !== this.lastSeq + 1) this.#dropAbove();
    this.open.rows.push(...fresh);
    return fresh;
  }

  /** Rows the server pushed. Returns `{fresh, gap}`: the new ones, and whether rows before the others are missing. */
  receive(rows) {
    const following = [];
    for (const row of rows) if (row.seq === this.lastSeq + following.length + 1) following.push(row);
    const gap = rows.some((row) => row.seq > this.lastSeq + following.length);
    return { fresh: this.catchUp(following), gap };
  }

  /** A person has read up to `seq`. */
  read(seq) {
    this.readSeq = Math.max(this.readSeq, seq ?? 0);
  }

  /** The page above everything, an answer to `rows_before`: of the oldest conversation here, or of the one before. */
  precede({ conversation, rows, previous }) {
    const [top] = this.threads;
    this.previous = Boolean(previous) && rows.length > 0;
    if (conversation === top.id) top.rows.unshift(...rows.filter((row) => row.seq < top.rows[0].seq));
    else if (rows.length) this.threads.unshift({ id: conversation, rows });
  }

  /**
   * The page above the open conversation, which began while we were away: the end of the one before it. If the page
   * does not reach what we have of that one, what we have is dropped, and can be loaded again, upwards.
   */
  join(page) {
    const before = this.threads[this.threads.length - 2];
    const { rows } = page;
    const known = last(before?.rows ?? [])?.seq ?? 0;
    if (before && page.conversation === before.id && rows.length && rows[0].seq <= known + 1) {
      before.rows.push(...rows.filter((row) => row.seq > known));
    } else {
      this.threads = [this.open];
      this.precede(page);
    }
  }

  #dropAbove() {
    this.threads = [{ id: this.id, rows: [] }];
    this.previous = true;
  }
}

function last(list) {
  return list[list.length - 1];
}
