import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { asList, asNumber, asText, isObject, type Json } from "./json.ts";

const digest = (algorithm: string) => (args: readonly Json[]) =>
  createHash(algorithm).update(asText(args[0])).digest("hex");

/** OpenTofu functions that the stacks use, over evaluated arguments. */
export const FUNCTIONS: Readonly<Record<string, (args: readonly Json[]) => Json>> = {
  base64encode: ([text]) => Buffer.from(asText(text)).toString("base64"),
  base64gzip: ([text]) => gzipSync(asText(text)).toString("base64"),
  base64decode: ([text]) => Buffer.from(asText(text), "base64").toString(),
  jsonencode: ([value]) => JSON.stringify(value ?? null),
  jsondecode: ([text]) => JSON.parse(asText(text)),
  sha1: digest("sha1"),
  sha256: digest("sha256"),
  md5: digest("md5"),
  join: ([separator, list]) => asList(list).map(asText).join(asText(separator)),
  split: ([separator, text]) => asText(text).split(asText(separator)),
  replace: ([text, from, to]) => asText(text).replaceAll(asText(from), asText(to)),
  lower: ([text]) => asText(text).toLowerCase(),
  upper: ([text]) => asText(text).toUpperCase(),
  trimsuffix: ([text, suffix]) => {
    const [value, end] = [asText(text), asText(suffix)];
    return end !== "" && value.endsWith(end) ? value.slice(0, -end.length) : value;
  },
  trimprefix: ([text, prefix]) => {
    const [value, start] = [asText(text), asText(prefix)];
    return value.startsWith(start) ? value.slice(start.length) : value;
  },
  tostring: ([value]) => asText(value),
  tonumber: ([value]) => asNumber(value),
  // OpenTofu starts over at the end of the list.
  element: ([list, index]) => asList(list)[asNumber(index) % asList(list).length] ?? null,
  concat: (args) => args.flatMap(asList),
  toset: ([list]) => [...new Set(asList(list))],
  tolist: ([list]) => asList(list),
  length: ([value]) => {
    if (typeof value === "string") return value.length;
    return isObject(value) ? Object.keys(value).length : asList(value).length;
  },
};
