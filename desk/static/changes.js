/** Tells how far a measurement is, and shows what came out. Without this script the page is looked at again. */

import "./keys.js";

const EVERY_MS = 2000;
const page = document.getElementById("changes"), progress = document.getElementById("progress");

async function look() {
  try {
    const answer = await fetch("/desk/changes/progress", { headers: { Accept: "application/json" }, credentials: "same-origin" });
    const told = await answer.json();
    if (!told.ok || !told.runs) return location.reload();
    if (progress.textContent !== told.text) progress.textContent = told.text;
  } catch {
    // the server is away for a moment
  }
  setTimeout(look, EVERY_MS);
}

if (page.dataset.runs) setTimeout(look, EVERY_MS);
