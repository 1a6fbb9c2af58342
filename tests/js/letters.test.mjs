import assert from "node:assert/strict";
import { test } from "node:test";
import { news } from "../../static/js/mail/outbox.js";

const t = Object.assign((words) => words, { n: (one, other, n) => (n === 1 ? one : other).replace("{n}", n) });
const outbox = (counts, trouble = "") => ({ counts, trouble });

test("of letters that leave nothing is said until the last one has", () => {
  assert.deepEqual(news(outbox({ waiting: 300 }), outbox({ waiting: 120, sending: 1, sent: 179 }), t), []);
  assert.deepEqual(news(outbox({ sending: 1, sent: 299 }), outbox({ sent: 300 }), t), ["All letters have been dealt with."]);
  assert.deepEqual(news(outbox({ sent: 300 }), outbox({ sent: 301 }), t), []);
});

test("what somebody has to do something about is said", () => {
  assert.deepEqual(news(outbox({ waiting: 9 }), outbox({ waiting: 8, refused: 1 }), t), ["1 letter was refused."]);
  assert.deepEqual(news(outbox({ waiting: 9, refused: 1 }), outbox({ waiting: 2, refused: 3, failed: 1 }), t), ["3 letters were refused."]);
  assert.deepEqual(news(outbox({ refused: 2 }), outbox({ refused: 1, waiting: 1 }), t), []);
});

test("trouble is said when it begins and when it is over, and not again meanwhile", () => {
  const away = outbox({ waiting: 2 }, "no route to host");
  assert.deepEqual(news(outbox({ waiting: 2 }), away, t), ["No letter can leave just now."]);
  assert.deepEqual(news(away, { ...away }, t), []);
  assert.deepEqual(news(away, outbox({ waiting: 2 }), t), ["Letters leave again."]);
});

test("before anything was ever sent there is nothing to say", () => {
  assert.deepEqual(news(undefined, undefined, t), []);
  assert.deepEqual(news(undefined, outbox({ waiting: 3 }), t), []);
});
