/**
 * The conversation on paper. It is put on the customer's page beside everything else, seen only by the printer, which
 * sees nothing else; constructable style sheets need no inline style, and no window that a browser could refuse.
 */

import { h } from "./dom.js";
import { language } from "./language.js";
import { headOf, transcriptOf } from "./transcript.js";

const PAGE = `
@media screen { sportello-print { display: none; } }
@media print {
  @page { margin: 18mm 16mm; }
  html, body { display: block !important; position: static !important; width: auto !important; height: auto !important;
    margin: 0 !important; padding: 0 !important; overflow: visible !important; background: #fff !important; }
  body > :not(sportello-print) { display: none !important; }
  body > sportello-print { display: block !important; }
}`;

const PAPER = `
:host { all: initial; color: #000; font: 11pt/1.4 system-ui, "Segoe UI", Roboto, Arial, sans-serif; }
* { margin: 0; padding: 0; }
h1 { font-size: 16pt; line-height: 1.25; }
.moment { color: #444; padding-bottom: 8pt; border-bottom: .75pt solid #888; }
h2 { font-size: 11pt; margin: 14pt 0 4pt; break-after: avoid; }
.said { display: grid; grid-template-columns: 13mm 1fr; margin-top: 6pt; break-inside: avoid-page; }
.hour { color: #444; }
.text { white-space: pre-wrap; overflow-wrap: anywhere; }
.card { list-style: none; margin-top: 3pt; padding-left: 8pt; border-left: 1.5pt solid #888; overflow-wrap: anywhere; }
.card li:first-child { font-weight: 600; }`;

let onPaper = null;
let sheet = null;

/** Ask the browser to print these entries; `heading` is the shop's. */
export function print(heading, entries) {
  clearPaper();
  onPaper = document.createElement("sportello-print");
  const root = onPaper.attachShadow({ mode: "open" });
  root.adoptedStyleSheets = [styleOf(PAPER)];
  root.append(paperOf(heading, entries));
  sheet = styleOf(PAGE);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  document.body.append(onPaper);
  window.addEventListener("afterprint", clearPaper, { once: true });
  window.print();
}

/** Nothing of a conversation stays in the page. */
export function clearPaper() {
  onPaper?.remove();
  document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet);
  onPaper = sheet = null;
}

function paperOf(heading, entries) {
  const [title, moment] = headOf(heading);
  const partOf = (part) => [h("h2", {}, part.title), ...part.messages.map(saidOf)];
  const parts = transcriptOf(entries).flatMap(partOf);
  return h("article", { lang: language }, h("h1", {}, title), h("p", { class: "moment" }, moment), ...parts);
}

function saidOf({ hour, author, text, lines, note }) {
  const card = lines.length ? h("ul", { class: "card" }, ...lines.map((line) => h("li", {}, line))) : null;
  return h(
    "div",
    { class: "said" },
    h("span", { class: "hour" }, hour),
    h(
      "div",
      {},
      h("p", { class: "author" }, h("b", {}, author), note ? ` (${note})` : ""),
      h("p", { class: "text", dir: "auto" }, text),
      card,
    ),
  );
}

function styleOf(css) {
  const style = new CSSStyleSheet();
  style.replaceSync(css);
  return style;
}
