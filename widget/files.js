/** Files in a message: a picture as its small copy, which opens the large one, anything else as a card to save it. */

import { h, hidden, icon } from "./dom.js";
import { LOCALE, texts } from "./language.js";

const PATH = /^\/attachments\/[\w.-]+(\/thumb)?$/;
const MEGA = 1_000_000;
const number = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 1 });

/** The attachments of a body or of a message on its way, as one element; `null` if there are none. */
export function filesOf(files, server) {
  if (!files.length) return null;
  return h("ul", { class: "files", role: "list" }, ...files.map((file) => h("li", {}, fileOf(file, server))));
}

/** "foto.jpg (Foto, 1,2 MB)": a file in words. */
export function wordsOf(file) {
  return `${nameOf(file)} (${aboutOf(file)})`;
}

export function sizeOf(bytes) {
  return bytes < MEGA / 10 ? `${number.format(Math.max(1, bytes / 1_000))} kB` : `${number.format(bytes / MEGA)} MB`;
}

/** The address of a file on the server, `null` for anything that is none. */
export function addressOf(path, server) {
  return PATH.test(path ?? "") ? new URL(path, server).href : null;
}

function fileOf(file, server) {
  const thumb = addressOf(file.thumb, server);
  const href = addressOf(file.url, server);
  if (!thumb || !href) return cardOf(file, href);
  const image = h("img", { alt: texts.pictureNamed(nameOf(file)), width: file.width, height: file.height });
  const link = h("a", { ...opening(href), class: "file-picture" }, image, hidden(` (${texts.opensNewTab})`));
  image.addEventListener("error", () => link.replaceWith(cardOf(file, href))); // refused by the page, or gone
  image.src = thumb;
  return link;
}

function cardOf(file, href) {
  const words = [
    icon("document"),
    h("span", {}, h("span", { class: "file-name", dir: "auto" }, nameOf(file)), hidden(", "), aboutSpan(file)),
  ];
  if (!href) return h("span", { class: "file-card" }, ...words);
  return h("a", { ...opening(href), class: "file-card" }, ...words, hidden(` (${texts.opensNewTab})`));
}

function opening(href) {
  return { href, target: "_blank", rel: "noopener noreferrer" };
}

function aboutSpan(file) {
  return h("span", { class: "file-about" }, aboutOf(file));
}

function nameOf(file) {
  return file.name || (file.width ? texts.picture : texts.document);
}

function aboutOf(file) {
  return [file.width ? texts.picture : "PDF", sizeOf(file.bytes)].join(", ");
}
