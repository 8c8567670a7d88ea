import { asObject, isObject, type Json, type JsonObject } from "../../local/template/json.ts";

/**
 * The document with one value changed.
 * @param path names, and numbers for the positions in a list; it must exist already
 */
export function changeValue(
  document: JsonObject,
  path: readonly (string | number)[],
  change: (value: Json) => Json,
): JsonObject {
  return asObject(changed(document, path, change));
}

function changed(node: Json, [first, ...rest]: readonly (string | number)[], change: (value: Json) => Json): Json {
  if (first === undefined) return change(node);
  if (Array.isArray(node) && typeof first === "number") {
    if (first >= node.length) throw new Error(`There is no position ${first} in a list of ${node.length}.`);
    return node.map((each: Json, index) => (index === first ? changed(each, rest, change) : each));
  }
  const value = isObject(node) ? node[String(first)] : undefined;
  if (!isObject(node) || value === undefined) throw new Error(`There is nothing called ${first} to change.`);
  return { ...node, [first]: changed(value, rest, change) };
}

/** The document with every resource of a type changed. */
export function changeResources(
  document: JsonObject,
  type: string,
  change: (config: JsonObject, name: string) => JsonObject,
): JsonObject {
  const instances = asObject(document.resource ?? {})[type];
  if (!isObject(instances)) throw new Error(`There is no ${type} to change.`);
  const edited = Object.entries(instances).map(([name, config]) => [name, change(asObject(config), name)]);
  return { ...document, resource: { ...asObject(document.resource), [type]: Object.fromEntries(edited) } };
}
