/** One short tone for a message nobody is looking at. Off until the customer, or the page's `sound`, wants it. */

import { store } from "./store.js";

const NOTES_HZ = [660, 880];
const NOTE_S = 0.12;
const QUIET_MS = 1_500; // several tabs, one tone
const LOUDNESS = 0.08;

export class Sound {
  #context = null;
  #byPage;

  /** @param {() => boolean} byPage whether the page wants sounds, as long as the customer has not said. */
  constructor(byPage) {
    this.#byPage = byPage;
  }

  get on() {
    return store.sound ?? this.#byPage();
  }

  /** The customer's choice, kept; a first tone lets them hear what they chose. */
  set on(on) {
    store.sound = on;
    if (on) this.#tone();
  }

  /** A message came. Of several tabs only one is heard. */
  play() {
    if (!this.on) return;
    if (!navigator.locks) return this.#tone(); // only pages without https have none
    navigator.locks.request("sportello.sound", { ifAvailable: true }, (lock) => {
      if (!lock) return null;
      this.#tone();
      return new Promise((resolve) => setTimeout(resolve, QUIET_MS));
    });
  }

  #tone() {
    this.#context ??= new AudioContext();
    if (this.#context.state === "suspended") this.#context.resume(); // silent where the browser wants a click first
    const start = this.#context.currentTime + 0.02;
    NOTES_HZ.forEach((pitch, index) => note(this.#context, pitch, start + index * NOTE_S));
  }
}

function note(context, pitch, start) {
  const loudness = context.createGain();
  loudness.gain.setValueAtTime(0, start);
  loudness.gain.linearRampToValueAtTime(LOUDNESS, start + 0.01);
  loudness.gain.exponentialRampToValueAtTime(0.0001, start + NOTE_S * 1.5);
  loudness.connect(context.destination);
  const tone = context.createOscillator();
  tone.frequency.value = pitch;
  tone.connect(loudness);
  tone.start(start);
  tone.stop(start + NOTE_S * 1.5);
}
