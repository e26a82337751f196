// Reads FIT files with Garmin's JavaScript decoder; run by judge.py.
//
// usage: node judge.mjs FOLDER FILE...
//
// FOLDER is where npm put the decoder. Prints the same lines of JSON as decode.py.
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

const EPOCH = 631_065_600; // 1989-12-31 in Unix time
const [folder, ...files] = process.argv.slice(2);
const entry = createRequire(path.resolve(folder, "package.json")).resolve("@garmin/fitsdk");
const { Decoder, Stream } = await import(pathToFileURL(entry));
const table = JSON.parse(fs.readFileSync(new URL("fields.json", import.meta.url)));
const camel = (name) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase());

/** A physical value in whole steps of the file. */
function steps(value, scale) {
  if (value === undefined || value === null) return null;
  return value instanceof Date ? Math.round(value / 1000) - EPOCH : Math.round(value * (scale || 1));
}

for (const file of files) {
  const result = { file, errors: [], first: null, last: null, counts: {}, rows: {} };
  for (const number in table.messages) result.rows[number] = [];
  const mesgListener = (number, message) => {
    result.first ??= number;
    result.last = number;
    result.counts[number] = (result.counts[number] ?? 0) + 1;
    const fields = table.messages[number]?.fields;
    if (fields) result.rows[number].push(fields.map(([, name, scale]) => steps(message[camel(name)], scale)));
  };
  try {
    const bytes = fs.readFileSync(file);
    const fresh = () => new Decoder(Stream.fromBuffer(bytes));
    if (!fresh().isFIT()) result.errors.push("isFIT is false");
    if (!fresh().checkIntegrity()) result.errors.push("checkIntegrity is false");
    const { errors } = fresh().read({ includeUnknownData: true, mesgListener });
    result.errors.push(...errors.map(String));
  } catch (error) {
    result.errors.push(String(error));
  }
  console.log(JSON.stringify(result));
}
