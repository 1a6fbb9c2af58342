// Tries the line for real, against our own server. Each gives what it measured, or null where it could not.

import { median } from "./verdict.js";

const PATIENCE = 5000; // ms for a line to answer
const WATCH = 3000; // ms that a measurement of speed goes on at most
const PIECE = 128 * 1024; // bytes sent at a time: what the server takes in one request

/** Opens a WebSocket as the meeting does, hears the server's first word, and says goodbye: true when both came through. */
export const webSocket = () =>
  new Promise((resolve) => {
    let heard = false;
    let socket;
    const end = (worked) => {
      clearTimeout(timer);
      socket?.close();
      resolve(worked);
    };
    const timer = setTimeout(() => end(false), PATIENCE);
    try {
      const scheme = location.protocol === "https:" ? "wss" : "ws";
      socket = new WebSocket(`${scheme}://${location.host}/socket.io/?EIO=4&transport=websocket`);
    } catch {
      end(false);
      return;
    }
    socket.onmessage = ({ data }) => {
      heard = heard || String(data).startsWith("0{");
      if (heard) socket.send("1"); // what the server does then tells that it came through
    };
    socket.onclose = () => end(heard);
    socket.onerror = () => end(false);
  });

/** Long polling: a session, an answer that is held until there is something to say, and a word sent beside it. */
export async function longPolling() {
  const signal = AbortSignal.timeout(PATIENCE);
  const address = `/socket.io/?EIO=4&transport=polling`;
  try {
    const opened = await (await fetch(address, { signal, cache: "no-store" })).text();
    const { sid } = JSON.parse(opened.slice(1));
    const held = fetch(`${address}&sid=${sid}`, { signal, cache: "no-store" });
    await new Promise((resolve) => setTimeout(resolve, 300)); // so that it is held when the word comes
    const said = await fetch(`${address}&sid=${sid}`, { method: "POST", body: "1", signal, headers: { "Content-Type": "text/plain" } });
    await held.catch((error) => {
      if (error.name === "TimeoutError") throw error;
    });
    return said.ok;
  } catch {
    return false;
  }
}

/** The last way, which the meeting's pages fall back on: plain questions, again and again. */
const asking = (base) =>
  fetch(`${base}/check/line?echo`, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) }).then(
    (answer) => answer.ok,
    () => false,
  );

export async function transport(base) {
  const [fast, slow, plain] = await Promise.all([webSocket(), longPolling(), asking(base)]);
  return fast ? "websocket" : slow ? "polling" : plain ? "http" : "none";
}

/** Milliseconds there and back: the median of six, on a line that stands. */
export async function rtt(base) {
  const times = [];
  const until = performance.now() + PATIENCE;
  for (let n = 0; n < 7 && performance.now() < until; n += 1) {
    const began = performance.now();
    try {
      const answer = await fetch(`${base}/check/line?echo`, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
      if (!answer.ok) return null;
    } catch {
      return median(times);
    }
    if (n > 0) times.push(performance.now() - began); // the first may have had to open the line
  }
  return median(times);
}

/** Kilobits in a second that arrive. */
export async function down(base) {
  const stop = new AbortController();
  const late = setTimeout(() => stop.abort(), WATCH + 1000); // also where nothing arrives at all
  let bytes = 0;
  let began = performance.now();
  try {
    const answer = await fetch(`${base}/check/line`, { cache: "no-store", signal: stop.signal });
    if (!answer.ok) return null;
    const reader = answer.body.getReader();
    began = performance.now();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      bytes += value.length;
      if (performance.now() - began > WATCH) {
        stop.abort();
        break;
      }
    }
  } catch {
    if (bytes === 0) return null;
  } finally {
    clearTimeout(late);
  }
  return Math.round((bytes * 8) / Math.max(1, performance.now() - began));
}

/** Kilobits in a second that go from here. */
export async function up(base) {
  const piece = new Uint8Array(PIECE);
  for (let at = 0; at < PIECE; at += 65536) crypto.getRandomValues(piece.subarray(at, at + 65536));
  let bytes = 0;
  const began = performance.now();
  const signal = AbortSignal.timeout(WATCH * 2);
  try {
    while (bytes < 12 * PIECE && performance.now() - began < WATCH / 2) {
      const answer = await fetch(`${base}/check/line`, { method: "POST", body: piece, signal, headers: { "Content-Type": "application/octet-stream" } });
      if (!answer.ok) break;
      bytes += PIECE;
    }
  } catch {
    // what came through counts
  }
  return bytes ? Math.round((bytes * 8) / (performance.now() - began)) : null;
}

/** A tone of one second, soft at both ends. */
export async function tone() {
  const audio = new AudioContext();
  await audio.resume();
  const source = audio.createOscillator();
  const loud = audio.createGain();
  const now = audio.currentTime;
  source.frequency.value = 440;
  loud.gain.setValueAtTime(0, now);
  loud.gain.linearRampToValueAtTime(0.2, now + 0.1);
  loud.gain.setValueAtTime(0.2, now + 0.9);
  loud.gain.linearRampToValueAtTime(0, now + 1);
  source.connect(loud).connect(audio.destination);
  source.start();
  source.stop(now + 1);
  await new Promise((resolve) => (source.onended = resolve));
  await audio.close();
}

/** "works" with the stream, or why not. @param {"video" | "audio"} what */
export async function device(what) {
  try {
    return { became: "works", stream: await navigator.mediaDevices.getUserMedia({ [what]: true }) };
  } catch (error) {
    return { became: ["NotAllowedError", "SecurityError"].includes(error?.name) ? "refused" : "missing", stream: null };
  }
}

/** Calls `tell(0..100)` with how loud it is, until the returned function is called. */
export function loudness(stream, tell) {
  const audio = new AudioContext();
  const ear = audio.createAnalyser();
  audio.createMediaStreamSource(stream).connect(ear);
  const heard = new Float32Array(ear.fftSize);
  const every = setInterval(() => {
    ear.getFloatTimeDomainData(heard);
    const power = Math.sqrt(heard.reduce((sum, one) => sum + one * one, 0) / heard.length);
    tell(Math.min(100, Math.round(power * 400)));
  }, 100);
  return () => {
    clearInterval(every);
    for (const track of stream.getTracks()) track.stop();
    audio.close();
  };
}
