// What the door reads in a picture: node read_qr.mjs <file of RGBA> <width> <height> → {"text", "id"} on one line.

import { readFileSync } from "node:fs";
import { runInThisContext } from "node:vm";

import { idOf } from "../../static/js/registration/door.js";

runInThisContext(readFileSync(new URL("../../static/vendor/jsqr.js", import.meta.url), "utf8")); // it names itself, as in a page
const [file, width, height] = process.argv.slice(2);
const found = globalThis.jsQR(new Uint8ClampedArray(readFileSync(file)), Number(width), Number(height));
process.stdout.write(JSON.stringify({ text: found?.data ?? null, id: found ? idOf(found.data) : null }));
