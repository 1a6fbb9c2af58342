// Reads QR codes from the camera: by the browser itself where it can, else by jsQR, which is fetched only then.

const BETWEEN = 150; // ms between two looks
const WIDEST = 640; // px of the picture that jsQR looks at: more only takes longer

/**
 * @param {HTMLVideoElement} video where the camera's picture is shown
 * @param {(text: string) => void} read called with what a code says, again and again while it is seen
 * @returns {Promise<() => void>} stops it. Rejects as getUserMedia does, and with "NotSupportedError" where there is none
 */
export async function scan(video, read) {
  if (!navigator.mediaDevices?.getUserMedia) throw new DOMException("no camera", "NotSupportedError");
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
  let stopped = false;
  function stop() {
    stopped = true;
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  }
  try {
    const look = await looking();
    video.srcObject = stream;
    await video.play();
    (async () => {
      while (!stopped) {
        const text = await look(video).catch(() => null);
        if (text && !stopped) read(text);
        await new Promise((resolve) => setTimeout(resolve, BETWEEN));
      }
    })();
  } catch (error) {
    stop();
    throw error;
  }
  return stop;
}

/** Fetches what is needed while there is a line: the camera may be wanted when there is none. */
export const prepare = looking;

async function looking() {
  const own = globalThis.BarcodeDetector;
  const formats = (await own?.getSupportedFormats?.().catch(() => [])) ?? [];
  if (formats.includes("qr_code")) {
    const detector = new own({ formats: ["qr_code"] });
    return async (video) => (await detector.detect(video))[0]?.rawValue ?? null;
  }
  await import("../../vendor/jsqr.js"); // a script of an older kind: it names itself in the window
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  return async (video) => {
    const scale = Math.min(1, WIDEST / (video.videoWidth || WIDEST));
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    if (!canvas.width) return null;
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    const { data, width, height } = context.getImageData(0, 0, canvas.width, canvas.height);
    return globalThis.jsQR(data, width, height, { inversionAttempts: "dontInvert" })?.data ?? null;
  };
}
