import { type Call, input } from "../aws-calls/call.ts";

/** All values of a call by the last part of their names, without numbers: of a form, a JSON body and a path's query. */
export function valuesOf(call: Call): ReadonlyMap<string, readonly string[]> {
  const values = new Map<string, string[]>();
  for (const [path, value] of entriesOf(call)) {
    const name = path.split(".").findLast((part) => !/^(\d+|member)$/.test(part)) ?? path;
    values.set(name, [...(values.get(name) ?? []), value]);
  }
  return values;
}

/** Values of a field that is no part of another: `Name`, not the name of a rule in it. */
export function ownValues(call: Call, field: string): readonly string[] {
  const own = new RegExp(`^\\.?${field}(\\.(member\\.)?\\d+)?$`);
  return entriesOf(call).flatMap(([path, value]) => (own.test(path) ? [value] : []));
}

/** Keys of the tags that a call sets. */
export function requestTags(call: Call): readonly string[] {
  const text = call.body.toString("utf8");
  if (text.startsWith("<")) return [...text.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key]) => key ?? "");
  return entriesOf(call).flatMap(([path, value]) => {
    if (/Tags?\.(member\.)?\d+\.(Tag)?Key$/i.test(path)) return [value];
    const key = /^\.(?:tags|Tags|UserPoolTags)\.([^.]+)$/.exec(path)?.[1]; // a map of tags
    return key === undefined ? [] : [key];
  });
}

function entriesOf(call: Call): readonly (readonly [string, string])[] {
  const query = [...new URL(call.url, "http://aws").searchParams];
  const type = call.headers["content-type"] ?? "";
  if (type.includes("x-www-form-urlencoded")) return [...query, ...new URLSearchParams(call.body.toString("utf8"))];
  // An object of S3 is no call's body, even where it is JSON.
  const isJson = call.service !== "s3" && (type.includes("json") || call.body.subarray(0, 1).toString() === "{");
  return isJson ? [...query, ...flatten(input(call))] : query;
}

function flatten(value: unknown, name = ""): readonly (readonly [string, string])[] {
  if (typeof value !== "object" || value === null) return [[name, String(value)]];
  return Object.entries(value).flatMap(([key, inner]) => flatten(inner, `${name}.${key}`));
}
