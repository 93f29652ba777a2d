/** One file on its way to the server, over HTTP (docs/web-protocol.md): progress, an end, and it can be broken off. */

import { NoAnswer, Refused } from "./connection.js";
import { store } from "./store.js";

const SILENT_MS = 60_000; // without any progress the line is dead

/**
 * Send `file` under `id`, which makes a second try the same file.
 *
 * @param {(part: number) => void} progress from 0 to 1.
 * @returns {{done: Promise<object>, stop: () => void}} `done` is the server's attachment; it fails with `Refused` or
 *   `NoAnswer`.
 */
export function upload(server, id, file, progress) {
  const request = new XMLHttpRequest();
  let timer = null;
  const alive = () => {
    clearTimeout(timer);
    timer = setTimeout(() => request.abort(), SILENT_MS);
  };
  const done = new Promise((resolve, reject) => {
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      alive();
      progress(total ? loaded / total : 0);
    });
    request.addEventListener("loadend", () => {
      clearTimeout(timer);
      const answer = request.response;
      if (answer?.ok) resolve(answer.attachment);
      else reject(answer?.error ? new Refused(answer.error) : new NoAnswer("upload"));
    });
  });
  request.open("POST", new URL("/attachments", server));
  request.responseType = "json";
  request.setRequestHeader("Authorization", `Bearer ${store.session}`);
  request.setRequestHeader("Content-Type", "application/octet-stream");
  request.setRequestHeader("X-Upload-Id", id);
  request.setRequestHeader("X-File-Name", encodeURIComponent(file.name.slice(-100)));
  request.send(file);
  alive();
  return { done, stop: () => request.abort() };
}
