// The meeting over plain HTTP, for where no socket gets through.

import { Refused, Silence } from "./answers.js";
import { browserEnv } from "./env.js";

const WAIT = 5_000;

/**
 * @param {object} options
 * @param {string} options.meeting slug
 * @param {string} [options.csrf] belongs to the session cookie
 * @param {string} [options.token] bearer token, instead of the session
 * @param {typeof fetch} options.fetch
 * @param {import("./env.js").Env} [options.env]
 */
export function createHttp({ meeting, csrf, token, fetch, env = browserEnv }) {
  const base = `/api/v1/m/${encodeURIComponent(meeting)}`;
  const headers = { Accept: "application/json" };
  if (token) headers.Authorization = `Bearer ${token}`;

  /** @returns {Promise<{data: any, asked: number, heard: number}>} @throws {Silence | Refused} */
  async function ask(path, options = {}, wait = WAIT) {
    const asked = env.now();
    const given = new AbortController();
    const timer = env.later(() => given.abort(), wait);
    try {
      const response = await fetch(base + path, {
        ...options,
        headers: { ...headers, ...options.headers },
        credentials: token ? "omit" : "same-origin",
        cache: "no-store",
        redirect: "error", // a login page of the network on the way is not an answer
        signal: given.signal,
      });
      return { data: await read(response), asked, heard: env.now() };
    } catch (error) {
      if (error instanceof Refused) throw error;
      throw new Silence(String(error));
    } finally {
      env.cancel(timer);
    }
  }

  return {
    state: () => ask("/state"),
    changes: (since, epoch) => ask(`/changes?since=${since}&epoch=${encodeURIComponent(epoch)}`),

    /** @returns {Promise<import("./outbox.js").Answer>} */
    async command(name, body, wait) {
      const sent = {
        method: "POST",
        headers: { "Content-Type": "application/json", ...(csrf && !token ? { "X-CSRFToken": csrf } : {}) },
        body: JSON.stringify(body),
      };
      try {
        const { data } = await ask(`/commands/${encodeURIComponent(name)}`, sent, wait);
        if (data?.ok !== true) throw new Silence("an answer without sense");
        return data;
      } catch (error) {
        if (error instanceof Refused) return { ok: false, problem: error.problem };
        throw error;
      }
    },
  };
}

async function read(response) {
  const body = await response.json().catch(() => null);
  if (response.ok) {
    if (body === null) throw new Silence("not our server");
    return body;
  }
  const patience = Number(response.headers.get("Retry-After")) || undefined;
  if (body?.code) throw new Refused({ status: response.status, retry_after: patience, ...body });
  // Not our words, so a proxy's. It may be down for a moment; but what it will not let through stays refused.
  if (response.status >= 500 || response.status === 408) throw new Silence(`status ${response.status}`);
  const code = response.status === 429 ? "too_many" : "not_ours";
  throw new Refused({
    status: response.status,
    code,
    title: response.statusText,
    retry_after: patience,
    foreign: true,
  });
}
