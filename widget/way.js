/**
 * A link by which the conversation goes on elsewhere: asked for when it is shown, drawn as a QR code and a button, and
 * over after a quarter of an hour. docs/web-protocol.md, "Going on elsewhere".
 */

import { copied } from "./clipboard.js";
import { NoAnswer, Refused } from "./connection.js";
import { h, icon } from "./dom.js";
import { texts } from "./language.js";
import { link, hourOf } from "./text.js";

const SVG = "http://www.w3.org/2000/svg";
const SLACK_MS = 5_000; // so that nobody takes a link that is over on the way

/**
 * The element, which asks for its link at once, or where `at` is past, when it is pressed.
 *
 * @param {string} to "telegram" or "web".
 * @param {boolean} asks whether it asks by itself.
 * @param {object} on `link(to)` gets a link; `copied()`: one was copied.
 */
export function wayTo(to, asks, on) {
  const place = h("div", { class: "way" });
  const ask = async () => {
    place.replaceChildren(h("p", { class: "way-words", role: "status" }, texts.wayLoading));
    place.classList.add("way-coming");
    try {
      show(await on.link(to));
    } catch (error) {
      if (!(error instanceof Refused) && !(error instanceof NoAnswer)) throw error;
      offer(texts.retry, error instanceof Refused ? error.message : texts.notNow);
    } finally {
      place.classList.remove("way-coming");
    }
  };
  const offer = (title, words) =>
    place.replaceChildren(
      ...(words ? [h("p", { class: "way-words", role: "status" }, words)] : []),
      h("button", { type: "button", class: "card-link", onclick: ask }, title),
    );
  const show = (way) => {
    const until = new Date(Date.now() + way.expires_in * 1000); // whatever this computer's clock says
    place.replaceChildren(
      qrCode(way.qr, texts.qr[to]),
      h("p", { class: "way-words" }, texts.wayScan[to], " ", texts.wayUntil(hourOf(until))),
      to === "telegram" ? opening(way.url) : copying(way.url, on),
    );
    setTimeout(() => offer(texts.wayAgain, texts.wayOver), Math.max(0, until - Date.now() - SLACK_MS));
  };
  if (asks) ask();
  else offer(texts.wayShow);
  return place;
}

function opening(url) {
  const node = link(texts.wayOpenTelegram, url);
  node.classList.add("card-link", "main");
  node.append(icon("out"));
  return node;
}

function copying(url, on) {
  const copy = async () => {
    if (await copied(url)) on.copied();
    else button.replaceWith(h("p", { class: "way-url" }, url));
  };
  const button = h("button", { type: "button", class: "card-link main", onclick: copy }, texts.wayCopy, icon("copy"));
  return button;
}

/** Dark on white, whatever the colours around it: that is what cameras read. */
function qrCode({ size, path }, title) {
  const drawn = (name, attributes) => {
    const node = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    return node;
  };
  const svg = drawn("svg", { viewBox: `0 0 ${size} ${size}`, class: "qr", role: "img", "aria-label": title });
  svg.setAttribute("shape-rendering", "crispEdges");
  svg.append(drawn("path", { d: `M0 0h${size}v${size}H0z`, fill: "#fff" }), drawn("path", { d: path, fill: "#000" }));
  return svg;
}
