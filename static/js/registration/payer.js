// What is known of who pays, and which fields that fills in: never over what somebody has written themselves. Pure.

/**
 * @typedef {{orgnr: string, municipality: string}} Fields
 * @typedef {import("./bodies.js").Body} Body
 */

/** Somebody was chosen. `ours`: the number we filled in before. @param {Fields} fields @param {Body} body */
export function filled(fields, ours, [code, , orgnr]) {
  const own = fields.orgnr !== "" && fields.orgnr !== ours;
  return { orgnr: own ? fields.orgnr : orgnr, municipality: code, ours: own ? "" : orgnr };
}

/** The name is no longer that of who was chosen. @param {Fields} fields @param {string} ours */
export function emptied(fields, ours) {
  return { orgnr: ours && fields.orgnr === ours ? "" : fields.orgnr, municipality: "", ours: "" };
}
