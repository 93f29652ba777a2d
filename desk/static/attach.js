/** Photos and documents that go with the next reply: each is sent to the server as soon as it is chosen. */

const RETRY_MS = 2000;

/** The files beside the reply's text; `newId` makes ids of uploads. */
export class Attached {
  #files = [];
  #newId;

  constructor(newId) {
    this.#newId = newId;
  }

  /** Show the chosen files and the button in a panel that has just been made; nothing where there is no reply to write. */
  show(panel) {
    const box = panel.querySelector("#attach");
    if (!box) return;
    box.hidden = false;
    const input = box.querySelector("input");
    input.addEventListener("change", () => {
      for (const file of input.files) this.add(file, panel);
      input.value = "";
    });
    this.#draw(panel);
  }

  add(file, panel) {
    const form = panel.querySelector("#reply");
    if (!form) return;
    const one = { name: file.name, state: "coming", error: "" };
    one.done = this.#upload(one, file, form).then(() => this.#draw(panel));
    this.#files.push(one);
    this.#draw(panel);
  }

  /** Take the chosen files away with the reply: a promise of their ids, those that were refused left out. */
  take(panel) {
    const taken = this.#files.filter((one) => one.state !== "failed");
    this.#files = this.#files.filter((one) => one.state === "failed");
    this.#draw(panel);
    return Promise.all(taken.map((one) => one.done)).then(() => taken.filter((one) => one.id).map((one) => one.id));
  }

  get any() {
    return this.#files.some((one) => one.state !== "failed");
  }

  async #upload(one, file, form) {
    const url = form.action.replace(/reply$/, "files"), id = this.#newId();
    const headers = {
      Accept: "application/json",
      "X-CSRF-Token": form.querySelector("[name=csrf]").value,
      "X-Upload-Id": id,
      "X-File-Name": encodeURIComponent(file.name),
    };
    for (;;) {
      try {
        const response = await fetch(url, { method: "POST", body: file, headers, credentials: "same-origin" });
        const told = await response.json();
        if (response.status === 503) throw new Error("later");
        one.state = told.ok ? "ready" : "failed";
        one.error = told.error ?? "";
        if (told.ok) one.id = told.id;
        return;
      } catch {
        await new Promise((done) => setTimeout(done, RETRY_MS)); // the same id: it is taken once
      }
    }
  }

  #draw(panel) {
    const box = panel.querySelector("#attach");
    if (!box) return;
    const { coming, remove } = box.dataset, list = box.querySelector("ul");
    list.replaceChildren(...this.#files.map((one) => {
      const item = document.createElement("li"), button = document.createElement("button");
      item.className = one.state;
      item.append(one.name, one.state === "coming" ? ` (${coming})` : one.error ? `: ${one.error}` : "");
      button.type = "button";
      button.className = "quiet";
      button.textContent = "✕";
      button.setAttribute("aria-label", remove.replace("{name}", one.name));
      button.addEventListener("click", () => {
        this.#files = this.#files.filter((other) => other !== one);
        this.#draw(panel);
        box.querySelector("input").focus();
      });
      item.append(" ", button);
      return item;
    }));
  }
}
