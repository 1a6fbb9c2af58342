// One soft tone, for who has asked for it.

let audio = null;

/** Two quiet notes, one after the other. */
export function ring() {
  const Context = globalThis.AudioContext;
  if (!Context) return;
  audio ??= new Context();
  audio.resume?.();
  for (const [at, pitch] of [
    [0, 587],
    [0.14, 784],
  ]) {
    const start = audio.currentTime + at;
    const tone = audio.createOscillator();
    const loud = audio.createGain();
    tone.frequency.value = pitch;
    loud.gain.setValueAtTime(0, start);
    loud.gain.linearRampToValueAtTime(0.06, start + 0.02);
    loud.gain.exponentialRampToValueAtTime(0.0005, start + 0.35);
    tone.connect(loud).connect(audio.destination);
    tone.start(start);
    tone.stop(start + 0.4);
  }
}
