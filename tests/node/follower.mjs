// A client in another language, written from the protocol page alone: follows a meeting, says things, loses its line,
// catches up. It notes every event and field it uses, so that a test can ask whether the page names them.
//
//   node follower.mjs <address> <meeting> <token>
//
// Reads one request a line on stdin, {"do": "say" | "miss" | "name" | "compare", …}; writes one object a line on stdout.

import { createInterface } from "node:readline"
import { randomUUID } from "node:crypto"
import { isDeepStrictEqual } from "node:util"
import { io } from "socket.io-client"

const [address, meeting, token] = process.argv.slice(2)
const WELCOME_WITHIN = 10_000
const CAUGHT_UP_WITHIN = 3_000
const MOST_PATIENT = 60_000
const SILENCE = 15_000
const PATIENCE = 10_000 // how long a command waits for its answer before it is sent again
const FINAL = new Set([401, 403, 404, 410]) // of a refused connect

const used = new Set()
const targets = new WeakMap()

/** The same object, but each field that is read is noted. */
function noting(value) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value
  const proxy = new Proxy(value, {
    get(target, name) {
      if (typeof name === "string") used.add(name)
      return noting(target[name])
    },
  })
  targets.set(proxy, value)
  return proxy
}

/** A map by audience, topic or id: its keys are no names of the protocol. */
const bare = (value) => targets.get(value) ?? value

function naming(fields) {
  for (const name of Object.keys(fields)) used.add(name)
  return fields
}

function hear(event, act) {
  used.add(event)
  socket.on(event, (message) => {
    heardAt = Date.now()
    counts[event] = (counts[event] ?? 0) + 1
    act(noting(message))
  })
}

const say = (event) => (used.add(event), event)
const tell = (object) => process.stdout.write(JSON.stringify(object) + "\n")

let me = null
let epoch = null
let layers = {} // audience -> topic -> id -> view
let last = {} // audience -> the number we have heard
let held = [] // messages we cannot place yet; null when there are none to keep aside
let missing = 0 // messages to lose on purpose
let heardAt = Date.now()
let asking = false
let greeted = null // the timer that waits for the welcome
let slack = 1 // doubles each time the server did not answer in time
const counts = {}

const socket = io(address, {
  auth: naming({ meeting, token }),
  transports: ["websocket"],
  reconnectionDelay: 50,
  reconnectionDelayMax: 300,
})

// ---- hearing ----

socket.on("connect", () => {
  counts.connects = (counts.connects ?? 0) + 1
  held = []
  asking = false
  clearTimeout(greeted)
  greeted = setTimeout(again, patience(WELCOME_WITHIN))
  if (epoch !== null) catchUp()
})

socket.on("connect_error", (error) => {
  const problem = noting(error.data ?? {})
  if (FINAL.has(problem.status)) {
    tell({ refused: problem.code })
    socket.disconnect()
  } else if (!socket.active) {
    setTimeout(() => socket.connect(), 200)
  }
})

const patience = (least) => Math.min(least * slack, MOST_PATIENT)

function again() {
  socket.disconnect()
  setTimeout(() => socket.connect(), patience(100 + 200 * Math.random()))
  slack *= 2
}

hear("welcome", (picture) => {
  clearTimeout(greeted)
  greeted = null
  slack = 1
  beginAnew(picture)
  placeHeld()
  tell({ welcome: me.layers })
})

hear("changes", (message) => {
  if (missing > 0) {
    missing -= 1
    tell({ missed: message.audience })
  } else if (held !== null) {
    held.push(message)
  } else {
    place(message)
  }
})

hear("presence", (count) => tell({ presence: [count.hall, count.web] }))

hear("ended", (end) => {
  tell({ ended: end.problem.code })
  socket.disconnect()
})

function beginAnew(picture) {
  me = bare(picture.me)
  epoch = picture.epoch
  layers = {}
  last = {}
  for (const audience of picture.me.layers) {
    const layer = noting(bare(picture.layers)[audience])
    layers[audience] = structuredClone(bare(layer.topics))
    last[audience] = layer.seq
  }
}

/** Put a message where it belongs; ask when something is missing before it. */
function place(message, audience = message.audience) {
  if (message.to <= last[audience]) return true
  if (last[audience] === undefined || message.from > last[audience]) {
    held = [...(held ?? []), message]
    catchUp()
    return false
  }
  set(audience, bare(message.set))
  last[audience] = message.to
  return true
}

function set(audience, topics) {
  for (const [topic, objects] of Object.entries(topics)) {
    const kept = (layers[audience][topic] ??= {})
    for (const [id, view] of Object.entries(objects)) {
      if (view === null) delete kept[id]
      else kept[id] = view
    }
  }
}

function placeHeld() {
  const waiting = held ?? []
  held = null
  for (const [number, message] of waiting.entries()) {
    if (!place(message)) {
      held.push(...waiting.slice(number + 1))
      return
    }
  }
}

function catchUp() {
  if (asking) return
  const line = socket.id
  asking = true
  held ??= []
  counts.caughtUp = (counts.caughtUp ?? 0) + 1
  socket.timeout(patience(CAUGHT_UP_WITHIN)).emit(say("catch_up"), naming({ last, epoch }), (silence, reply) => {
    if (socket.id !== line) return // of a line that is gone
    asking = false
    if (silence || !reply.ok) return again()
    const answer = noting(reply)
    if (answer.welcome) {
      beginAnew(answer.welcome)
    } else {
      for (const [audience, news] of Object.entries(bare(answer.changes))) place(noting(news), audience)
    }
    placeHeld()
  })
}

setInterval(() => {
  if (socket.connected && greeted === null && Date.now() - heardAt > SILENCE) catchUp()
}, 1_000).unref()

// ---- saying ----

/** Send until it is answered for good, always with the same op. */
async function command(name, fields) {
  const body = naming({ op: randomUUID(), ...fields })
  for (let times = 1; ; times += 1) {
    let answer = null
    try {
      answer = noting(await socket.timeout(PATIENCE).emitWithAck(say("command"), name, body))
    } catch {
      continue // silence
    }
    if (answer.ok) return { ok: answer.ok, result: bare(answer.result), seq: answer.seq, times }
    const problem = answer.problem
    if (problem.status !== 429 && problem.status !== 503) return { ok: false, code: problem.code, times }
    await new Promise((resolve) => setTimeout(resolve, 1_000 * (problem.retry_after ?? 1)))
  }
}

// ---- what the test asks ----

function picture() {
  const merged = {}
  for (const audience of me.layers) {
    for (const [topic, objects] of Object.entries(layers[audience])) {
      const kept = (merged[topic] ??= {})
      for (const [id, view] of Object.entries(objects)) kept[id] = { ...kept[id], ...view }
    }
  }
  return merged
}

async function compare() {
  const path = `/api/v1/m/${meeting}/state`
  const reply = await fetch(address + path, { headers: { Authorization: `Bearer ${token}` } })
  const state = await reply.json()
  const theirs = Object.fromEntries(Object.entries(state.layers).map(([audience, layer]) => [audience, layer.topics]))
  const mine = picture()
  return {
    same: held === null && isDeepStrictEqual(layers, theirs) && isDeepStrictEqual(mine, state.topics),
    picture: mine,
    counts,
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line)
  if (request.do === "say") {
    command(request.name, request.fields).then((answer) => tell({ answer }))
  } else if (request.do === "miss") {
    missing = request.count
  } else if (request.do === "name") {
    tell({ used: [...used] })
  } else if (request.do === "compare") {
    compare().then(
      (comparison) => tell({ comparison }),
      (error) => tell({ comparison: { same: false, error: String(error) } }),
    )
  }
}
process.exit(0)
