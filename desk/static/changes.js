/** Tells what is going on, and shows what came out. Without this script the page is looked at again. */

import "./keys.js";

const HERE = "/desk/changes", EVERY_MS = 1000;
const page = document.getElementById("changes"), progress = document.getElementById("progress");
let leaving = false; // a form was sent: loading the page anew would throw its answer away

async function look() {
  try {
    const answer = await fetch(`${HERE}/progress`, { headers: { Accept: "application/json" }, credentials: "same-origin" });
    const told = await answer.json();
    if (leaving) return;
    if (!told.ok || told.going !== page.dataset.going) return location.replace(HERE); // and not reload: that may send a form again
    say(told.text);
  } catch {
    // the server is away for a moment
  }
  if (!leaving) setTimeout(look, EVERY_MS);
}

function say(text) {
  progress.hidden = !text;
  if (progress.textContent !== text) progress.textContent = text;
}

document.addEventListener("submit", (event) => {
  if (!page.contains(event.target)) return;
  if (leaving) return event.preventDefault(); // it is sent already
  leaving = true;
  say(page.dataset.wait);
});

addEventListener("pageshow", (event) => {
  if (event.persisted) location.replace(HERE); // brought back as it was before the form was sent
});

if (page.dataset.going) setTimeout(look, EVERY_MS);
