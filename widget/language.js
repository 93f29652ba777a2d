/**
 * The language the chat speaks, chosen here, once, when the script is loaded: `lang` of the page's `<sportello-chat>`,
 * if there are words for it, else Italian. For another language translate it.js and name the copy in `LANGUAGES`;
 * words that are other ones where the shop is formal stand in a file of their own, named in `FORMAL`.
 */

import * as itLei from "./it-lei.js";
import * as it from "./it.js";
import { register } from "./register.js";

const LANGUAGES = { it };
const FORMAL = { it: itLei };
const wanted = document.querySelector("sportello-chat")?.lang.slice(0, 2).toLowerCase();

export const language = wanted in LANGUAGES ? wanted : "it";
export const { LOCALE } = LANGUAGES[language];
export const texts = { ...LANGUAGES[language].texts, ...(register === "lei" && FORMAL[language]?.texts) };
