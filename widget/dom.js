/** Small helpers to build elements. Text always goes in as text nodes: nothing here reads HTML. */

const SVG = "http://www.w3.org/2000/svg";

const SHAPES = {
  chat: ["M4 5h16v11H9.5L5 20v-4H4z"],
  close: ["M6 6l12 12", "M18 6L6 18"],
  send: ["M4 12l16-8-5 16-4-6z"],
  down: ["M12 5v14", "M6 13l6 6 6-6"],
  out: ["M9 6h9v9", "M18 6L7 17"],
  done: ["M6 12.5l4 4 8-9"],
  current: ["M12 8a4 4 0 1 0 .01 0z"],
  todo: [],
  problem: ["M12 6v7", "M12 17v.5"],
  more: ["M12 5v.01", "M12 12v.01", "M12 19v.01"],
  next: ["M9 6l6 6-6 6"],
  copy: ["M9 9h11v11H9z", "M15 9V4H4v11h5"],
  print: ["M7 9V4h10v5", "M7 17H4V9h16v8h-3", "M7 14h10v6H7z"],
  sound: ["M4 9v6h4l5 4V5L8 9z", "M16.5 9a4 4 0 0 1 0 6"],
  restart: ["M5 12a7 7 0 1 0 2.2-5.1L4 10", "M4 5v5h5"],
  elsewhere: ["M8 3h8v18H8z", "M11 18h2"],
  leave: ["M14 4h6v16h-6", "M15 12H4", "M8 8l-4 4 4 4"],
  document: ["M6 3h8l4 4v14H6z", "M14 3v4h4", "M9 12h6", "M9 16h6"],
  clip: ["M20 11l-8.5 8.5a5 5 0 0 1-7-7L13 4a3.4 3.4 0 0 1 4.8 4.8l-8.4 8.4a1.7 1.7 0 0 1-2.4-2.4L14.5 7.5"],
  camera: ["M4 8h4l2-3h4l2 3h4v11H4z", "M12 10a3.5 3.5 0 1 0 .01 0z"],
  waiting: ["M12 4a8 8 0 1 0 .01 0z", "M12 8v4l3 2"],
  sending: ["M12 4a8 8 0 1 0 .01 0z", "M12 8v4l3 2"],
  received: ["M5 12.5l4.5 4.5L19 7"],
  read: ["M2 12.5L6.5 17 15 7", "M11.5 16.5l.5.5L22 7"],
  refused: ["M12 6v7", "M12 17v.5"],
};

/** An element with attributes (`on…` are listeners, `null` and `false` are left out) and children, nodes or strings. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? "" : value);
    }
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** A decorative drawing in the colour of the text around it; a word must stand beside it. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", `icon icon-${name}`);
  for (const d of SHAPES[name]) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}

/** Words that only a screen reader reads. */
export function hidden(text) {
  return h("span", { class: "sr-only" }, text);
}
