/** What the menu does: copy and print the conversation, sounds, going on elsewhere, begin again, leave. */

import { copied } from "./clipboard.js";
import { NoAnswer, Refused } from "./connection.js";
import { texts } from "./language.js";
import { clearPaper, print } from "./print.js";
import { store } from "./store.js";
import { plainText } from "./transcript.js";
import { waysTo } from "./ways.js";

export class Commands {
  #chat;
  #panel;
  #parts;
  over = false; // the session has ended and the window says so

  /** @param {object} parts `{menu, sheet, composer, sound}` */
  constructor(chat, panel, parts) {
    this.#chat = chat;
    this.#panel = panel;
    this.#parts = parts;
  }

  copyMessage(text) {
    return this.#copy(text, texts.messageCopied);
  }

  copyConversation() {
    const { heading } = this.#panel;
    return this.#copy(
      this.#whole().then((entries) => plainText(heading, entries)),
      texts.conversationCopied,
    );
  }

  async print() {
    const entries = await this.#whole().catch((error) => this.#failed(error));
    if (entries) print(this.#panel.heading, entries);
  }

  /** The customer switches sounds on or off. */
  switchSound() {
    const { menu, sound } = this.#parts;
    sound.on = !sound.on;
    menu.sound(sound.on);
  }

  /** Show the links that lead elsewhere. */
  elsewhere() {
    const { menu, sheet } = this.#parts;
    const on = { link: (to) => this.#chat.link(to), copied: () => this.#panel.say(texts.wayCopied) };
    const shown = { title: texts.elsewhere, words: texts.elsewhereMeans, content: waysTo(this.#chat.elsewhere, on) };
    sheet.show(shown, () => menu.focus());
  }

  /** The customer came by a link: ask whether this is where he wants to go on. */
  arrived(token) {
    const question = { title: texts.askJoin, words: texts.joinMeans, yes: texts.join };
    const join = async () => {
      if (!(await this.#chat.online())) return texts.notNow;
      try {
        await this.#chat.join(token);
      } catch (error) {
        return wordsOf(error);
      }
      this.#parts.sheet.close();
      this.#panel.focusAfterButton();
    };
    this.#parts.sheet.ask(question, join, () => this.#panel.focus());
  }

  restart() {
    const question = { title: texts.askRestart, words: texts.restartMeans, yes: texts.restart };
    const restart = async () => {
      try {
        await this.#chat.restart();
      } catch (error) {
        return wordsOf(error);
      }
      this.#parts.sheet.close();
      this.#panel.focusAfterButton();
    };
    this.#parts.sheet.ask(question, restart, () => this.#parts.menu.focus());
  }

  leave() {
    const question = { title: texts.askLeave, words: texts.leaveMeans, yes: texts.leave, danger: true };
    const leave = async () => {
      this.#chat.leave();
      this.left();
      this.#parts.sheet.focus();
    };
    this.#parts.sheet.ask(question, leave, () => this.#parts.menu.focus());
  }

  /** The session is over, here or in another tab: nothing of it is left. `other`: the next one has begun already. */
  left(other = false) {
    clearPaper();
    this.#parts.composer.clear();
    this.#panel.say("");
    this.#parts.sheet.close();
    if (other || !this.#panel.isOpen) return;
    this.#setOver(true);
    const said = { title: texts.left, words: texts.leftMeans, next: texts.startAgain };
    this.#parts.sheet.tell(said, () => {
      this.ready();
      store.open = true;
      this.#chat.start();
      this.#panel.focusAfterButton();
    });
  }

  /** The next session may begin. */
  ready() {
    this.#setOver(false);
    this.#parts.sheet.close();
  }

  #setOver(over) {
    this.over = over;
    this.#parts.menu.element.hidden = over;
  }

  /** `text` or a promise of it goes to the clipboard, or where it can be copied by hand. */
  async #copy(text, done) {
    try {
      const ok = await copied(text);
      const words = await text;
      if (ok) this.#panel.say(done);
      else this.#offer(words);
    } catch (error) {
      this.#failed(error);
    }
  }

  #offer(text) {
    const offer = { title: texts.copyByHand, words: texts.copyByHandWhy, text };
    this.#parts.sheet.offer(offer, () => this.#parts.menu.focus());
  }

  async #whole() {
    const entries = await this.#chat.wholeConversation();
    if (entries === null) throw new NoAnswer("rows_before");
    return entries;
  }

  #failed(error) {
    this.#panel.say(wordsOf(error));
    return null;
  }
}

function wordsOf(error) {
  if (error instanceof Refused) return error.message;
  if (error instanceof NoAnswer) return texts.notNow;
  throw error;
}
