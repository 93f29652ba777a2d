/** The ways a customer has to choose files: a button, the camera on phones, paste, drag and drop. */

import { h, icon } from "./dom.js";
import { texts } from "./language.js";

const TOUCH = matchMedia("(pointer: coarse)");
const ANY = "image/*,application/pdf"; // phones offer their camera and their albums for it

/** The buttons, which call `picked(files)`. */
export function pickButtons(picked) {
  const any = chooser({ accept: ANY, multiple: true }, picked);
  const camera = chooser({ accept: "image/*", capture: "environment" }, picked);
  const clip = pickButton("clip", texts.attach, any);
  return TOUCH.matches ? [any, camera, clip, pickButton("camera", texts.takePhoto, camera)] : [any, clip];
}

/** Files pasted into `input`; where there are words too, as from a text program, the words are meant. */
export function takePasted(input, picked) {
  input.addEventListener("paste", (event) => {
    const { files, types } = event.clipboardData;
    if (!files.length || types.includes("text/plain")) return;
    event.preventDefault();
    picked(files);
  });
}

/** Files dropped on `target`, which is marked while they are above it. */
export function takeDropped(target, picked) {
  let depth = 0; // of the elements the files are above
  const over = (on) => target.classList.toggle("dropping", on);
  const withFiles = (event) => event.dataTransfer?.types.includes("Files");
  target.addEventListener("dragenter", (event) => withFiles(event) && over(++depth > 0));
  target.addEventListener("dragleave", (event) => withFiles(event) && over(--depth > 0));
  target.addEventListener("dragover", (event) => withFiles(event) && event.preventDefault());
  target.addEventListener("drop", (event) => {
    if (!withFiles(event)) return;
    event.preventDefault();
    over(Boolean((depth = 0)));
    picked(event.dataTransfer.files);
  });
}

function chooser(attributes, picked) {
  const input = h("input", { type: "file", hidden: true, tabindex: "-1", ...attributes });
  input.addEventListener("change", () => {
    picked([...input.files]);
    input.value = ""; // the same file may be chosen again
  });
  return input;
}

function pickButton(shape, label, input) {
  return h("button", { type: "button", class: "pick", "aria-label": label, onclick: () => input.click() }, icon(shape));
}
