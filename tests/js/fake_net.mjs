// A meeting's server and the network before it, which may be spoilt in the ways networks are.

/**
 * What may be wrong with a way (net.websocket, net.polling, net.http): "ok" · "refused" · "swallow" (accepted, then
 * nothing comes) · "busy" · "revoked" · "down" (http: no answer) · "portal" (http: somebody else's page).
 */
export function fakeNet(env) {
  const net = {
    websocket: "ok",
    polling: "ok",
    http: "ok",
    epoch: "e",
    seq: 1,
    person: "p",
    questions: {},
    log: [],
    sockets: new Set(),
    attempts: [], // transports, in order
    requests: [],
    catchUps: [],
    commands: [],
    deaf: false, // hears nothing, answers nothing, over sockets
    catchUpAnswer: null,
    delay: 20,
    opening: new Set(), // attempts under way
    mostOpening: 0,
  };

  const later = (fn) => env.later(fn, net.delay);
  const now = () => new Date(env.now()).toISOString();

  net.welcome = () => ({
    epoch: net.epoch,
    now: now(),
    me: { id: net.person, name: "P", roles: ["participant"], attendance: "web", layers: ["public"], meeting: "m" },
    layers: { public: { seq: net.seq, topics: { questions: { ...net.questions } } } },
  });

  const changesSince = (from) => {
    const rows = net.log.filter(({ seq }) => seq > from);
    const set = rows.length
      ? { questions: Object.fromEntries(rows.map(({ id }) => [id, net.questions[id] ?? null])) }
      : {};
    return { from, to: net.seq, set };
  };

  /** Something changes, and is told unless it is to be lost. */
  net.change = (id, { lost = false } = {}) => {
    net.seq += 1;
    net.questions[id] = { id, seq: net.seq };
    net.log.push({ seq: net.seq, id });
    for (const socket of net.sockets) {
      const message = { audience: "public", ...changesSince(socket.sent) };
      socket.sent = net.seq;
      if (!lost) socket.hear("changes", message);
    }
  };

  net.carryOut = (name, { op, ...payload }) => {
    net.commands.push({ name, op, payload });
    return { ok: true, result: { id: op }, seq: net.seq };
  };

  net.cut = () => {
    for (const socket of [...net.sockets]) socket.drop("transport close");
  };

  net.io = (options) => {
    const [transport] = options.transports;
    net.attempts.push(transport);
    const handlers = {};
    const opened = [];
    const socket = {
      options,
      sent: 0,
      closed: false,
      io: { on: (event, fn) => opened.push(fn) },
      on: (event, fn) => (handlers[event] ??= []).push(fn),
      tell: (event, ...args) => !socket.closed && (handlers[event] ?? []).forEach((fn) => fn(...args)),
      hear: (event, data) => !net.deaf && later(() => socket.tell(event, JSON.parse(JSON.stringify(data)))),
      emit(event, ...args) {
        const ack = args.pop();
        if (socket.closed || net.deaf) return;
        later(() => {
          if (net.deaf || !net.sockets.has(socket)) return;
          const answer = event === "catch_up" ? net.catchUp(args[0]) : net.carryOut(...args);
          later(() => !socket.closed && !net.deaf && ack(answer));
        });
      },
      drop(reason) {
        net.sockets.delete(socket);
        socket.tell("disconnect", reason);
        socket.closed = true;
      },
      disconnect() {
        net.opening.delete(socket);
        net.sockets.delete(socket);
        socket.closed = true;
      },
    };
    net.opening.add(socket);
    net.mostOpening = Math.max(net.mostOpening, net.opening.size);
    later(() => {
      if (socket.closed) return;
      const how = net[transport];
      const refused = (data) => socket.tell("connect_error", Object.assign(new Error("refused"), { data }));
      if (how === "refused") return refused(undefined);
      if (how === "busy") return refused({ status: 503, code: "busy", retry_after: 4 });
      if (how === "revoked") return refused({ status: 401, code: "unknown_caller" });
      opened.forEach((fn) => fn());
      if (how === "swallow") return;
      net.sockets.add(socket);
      net.opening.delete(socket);
      socket.tell("connect");
      socket.sent = net.seq;
      net.beforeWelcome?.();
      const welcome = net.welcome();
      if (net.early) socket.tell("changes", net.early());
      socket.hear("welcome", welcome);
    });
    return socket;
  };

  net.catchUp = (question) => {
    net.catchUps.push({ at: env.now(), ...question });
    if (net.catchUpAnswer) return net.catchUpAnswer(question);
    if (question.epoch !== net.epoch) return { ok: true, welcome: net.welcome() };
    return { ok: true, now: now(), to: net.seq, changes: { public: changesSince(question.last.public) } };
  };

  net.fetch = (url, options = {}) => {
    net.requests.push({ at: env.now(), url, options });
    return new Promise((resolve, reject) => {
      options.signal?.addEventListener("abort", () => reject(new Error("aborted")));
      const reply = (status, body, headers = {}) =>
        later(() =>
          resolve({
            ok: status < 400,
            status,
            statusText: "",
            headers: new Headers(headers),
            json: async () => (typeof body === "string" ? JSON.parse(body) : JSON.parse(JSON.stringify(body))),
          }),
        );
      if (net.http === "down") return later(() => reject(new TypeError("failed")));
      if (net.http === "swallow") return;
      if (net.http === "portal") return reply(200, "<html>");
      if (net.http === "gateway") return reply(502, "<html>");
      if (net.http === "forbidden") return reply(403, "<html>");
      if (net.http === "revoked") return reply(401, { status: 401, code: "unknown_caller" });
      const { pathname, searchParams } = new URL(url, "http://meeting");
      if (pathname.endsWith("/state")) return reply(200, { ...net.welcome(), topics: {} });
      if (pathname.endsWith("/changes")) {
        if (!/^\d+$/.test(searchParams.get("since")))
          return reply(422, { status: 422, code: "invalid", field: "since" });
        if (searchParams.get("epoch") !== net.epoch) return reply(410, { status: 410, code: "pruned" });
        const since = Number(searchParams.get("since"));
        return reply(200, { now: now(), to: net.seq, changes: { public: changesSince(since) } });
      }
      if (net.refusal) return reply(net.refusal.status, net.refusal, net.refusal.headers);
      return reply(200, net.carryOut(pathname.split("/").at(-1), JSON.parse(options.body)));
    });
  };

  return net;
}
