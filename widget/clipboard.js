/** Puts a text on the clipboard; false if the browser does not let us. `text` may still be on its way. */
export async function copied(text) {
  const blob = Promise.resolve(text).then((words) => new Blob([words], { type: "text/plain" }));
  try {
    // A promise inside the item, because some browsers allow a copy only at once after the click.
    await navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
    return true;
  } catch {
    return false; // no permission, no https, or an old browser
  }
}
