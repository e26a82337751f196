// Prints each message of a FIT file as Garmin's JavaScript decoder reads it; run by values.py.
//
// usage: node values.mjs FOLDER FILE
//
// FOLDER is where npm put the decoder. Prints the same lines of JSON as `values.py --dump`.
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [folder, file] = process.argv.slice(2);
const entry = createRequire(path.resolve(folder, "package.json")).resolve("@garmin/fitsdk");
const { Decoder, Stream } = await import(pathToFileURL(entry));

/** A value that JSON has. */
function plain(value) {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === "bigint") return Number(value);
  return value instanceof Date ? value.toISOString() : value;
}

const bytes = fs.readFileSync(file);
const names = {};
for (const expandComponents of [false, true]) {
  const lines = [];
  const fieldDescriptionListener = (key, _, description) => {
    names[key] = description.fieldName;
  };
  const mesgListener = (number, message) => {
    const { developerFields = {}, key, ...fields } = message;
    // It has no name for the timestamp of messages that it doesn't know.
    const all = Object.entries(fields).map(([name, value]) => [name === "253" ? "timestamp" : name, plain(value)]);
    const known = all.filter(([name]) => !/^[0-9]/.test(name));
    const developer = Object.entries(developerFields).map(([key, value]) => [names[key] ?? key, plain(value)]);
    lines.push([number, Object.fromEntries(known), Object.fromEntries(developer)]);
  };
  let errors = [];
  try {
    const decoder = new Decoder(Stream.fromBuffer(bytes));
    ({ errors } = decoder.read({
      expandComponents,
      mergeHeartRates: false,
      includeUnknownData: true,
      mesgListener,
      fieldDescriptionListener,
    }));
  } catch (error) {
    errors = [error];
  }
  const text = lines.map((line) => JSON.stringify([expandComponents, ...line]));
  text.push(JSON.stringify([expandComponents, "errors", errors.map(String)]));
  fs.writeSync(1, `${text.join("\n")}\n`);
}
