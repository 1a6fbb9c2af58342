// Who is meant by some letters: Sweden's municipalities and regions. As `found` in registration/model/payer.py, which
// the tests hold this against.

/**
 * @typedef {[code: string, name: string, orgnr: string, county: string]} Body
 * @param {Body[]} bodies by name
 * @param {string} typed
 * @returns {Body[]} names that begin with it first
 */
export function found(bodies, typed, most = 8) {
  const wanted = plain(typed);
  if (!wanted) return [];
  const isNumber = (orgnr) => wanted.length > 5 && (wanted === orgnr || wanted === orgnr.replace("-", ""));
  const hits = bodies.filter(
    ([code, name, orgnr]) => name.toLowerCase().includes(wanted) || wanted === code || isNumber(orgnr),
  );
  const begins = ([, name]) => name.toLowerCase().startsWith(wanted);
  return [...hits.filter(begins), ...hits.filter((one) => !begins(one))].slice(0, most);
}

/** The one that is called just that, whatever the letters' size. @param {Body[]} bodies @param {string} typed */
export function named(bodies, typed) {
  return bodies.find(([, name]) => name.toLowerCase() === plain(typed));
}

const plain = (typed) => typed.toLowerCase().split(/\s+/).filter(Boolean).join(" ");
