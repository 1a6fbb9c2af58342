// A screen or a lectern that is no longer let in: it shows a code again, since nobody stands beside it.

const READ = 5_000; // as long as it takes to read why

/** @param {ReturnType<typeof import("../lib/app.js").start>} app */
export function backToItsCode({ connection, store }) {
  if (!store.me.roles.some((role) => role === "screen" || role === "lectern")) return;
  let timer = null;
  connection.state.subscribe((state) => {
    if (state.name === "ended") timer ??= setTimeout(() => location.replace("/screen"), READ);
  });
}
