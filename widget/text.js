/** Texts and moments as people read them: safe links, days, hours. */

import { h, hidden } from "./dom.js";
import { LOCALE, texts } from "./language.js";

const LINK = /(https?:\/\/[^\s<>"«»]+)|(^|[\s(«])(\/privacy)(?![\w/-])/g;
const AFTER_LINK = /[.,;:!?'")\]]+$/; // punctuation that belongs to the sentence
const DAY_MS = 86_400_000;

const hour = new Intl.DateTimeFormat(LOCALE, { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat(LOCALE, { weekday: "long", day: "numeric", month: "long" });
const date = new Intl.DateTimeFormat(LOCALE, { weekday: "long", day: "numeric", month: "long", year: "numeric" });

/** "Oggi", "Ieri", "lunedì 23 novembre", or with the year if it is another; in the reader's time zone. */
export function dayOf(at, now = new Date()) {
  const moment = new Date(at);
  if (moment.toDateString() === now.toDateString()) return texts.today;
  if (moment.toDateString() === new Date(now - DAY_MS).toDateString()) return texts.yesterday;
  return moment.getFullYear() === now.getFullYear() ? day.format(moment) : date.format(moment);
}

/** "lunedì 23 novembre 2026": as it must read in a copy that is kept. */
export function dateOf(at) {
  return date.format(new Date(at));
}

/** "10:32" */
export function hourOf(at) {
  return hour.format(new Date(at));
}

/** `<time>` showing hours and minutes. */
export function timeOf(at) {
  return h("time", { datetime: at }, hourOf(at));
}

/** The text as nodes: web addresses and the path of the privacy notice become links, everything else stays text. */
export function linked(text, server) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(LINK)) {
    const shown = (match[1] ?? match[3]).replace(AFTER_LINK, "");
    const start = match.index + (match[2]?.length ?? 0);
    const node = link(shown, shown, server);
    if (!node) continue;
    nodes.push(text.slice(end, start), node);
    end = start + shown.length;
  }
  nodes.push(text.slice(end));
  return nodes;
}

/** A link to another page, in a tab of its own; `null` if `url` is no web address. */
export function link(title, url, server) {
  const target = webAddress(url, server);
  if (!target) return null;
  const attributes = { href: target, target: "_blank", rel: "noopener noreferrer" };
  return h("a", attributes, title, hidden(` (${texts.opensNewTab})`));
}

/** A link of a card: `https` only. */
export function secureLink(title, url) {
  return /^https:\/\//i.test(url) ? link(title, url) : null;
}

function webAddress(url, server) {
  try {
    const target = new URL(url, server);
    return target.protocol === "https:" || target.protocol === "http:" ? target.href : null;
  } catch {
    return null;
  }
}
