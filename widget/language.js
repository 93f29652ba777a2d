/**
 * The language the chat speaks, chosen here, once, when the script is loaded: `lang` of the page's `<sportello-chat>`,
 * if there are words for it, else Italian. For another language translate it.js and name the copy in `LANGUAGES`.
 */

import * as it from "./it.js";

const LANGUAGES = { it };
const wanted = document.querySelector("sportello-chat")?.lang.slice(0, 2).toLowerCase();

export const language = wanted in LANGUAGES ? wanted : "it";
export const { LOCALE, texts } = LANGUAGES[language];
