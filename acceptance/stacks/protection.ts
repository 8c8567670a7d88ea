import { asObject, isObject, type Json, type JsonObject } from "../../local/template/json.ts";

const SWITCHES: ReadonlySet<string> = new Set(["deletion_protection_enabled", "enable_deletion_protection"]);

/** The document as an operator changes it before a destroy: without deletion protection. */
export function withoutProtection(document: JsonObject): JsonObject {
  return { ...document, resource: asObject(unprotected(document.resource ?? {})) };
}

export function isProtected(document: JsonObject): boolean {
  return JSON.stringify(withoutProtection(document)) !== JSON.stringify(document);
}

function unprotected(node: Json): Json {
  if (Array.isArray(node)) return node.map((each: Json) => unprotected(each));
  if (!isObject(node)) return node;
  return Object.fromEntries(
    Object.entries(node).map(([name, value = null]) => {
      if (SWITCHES.has(name) && value === true) return [name, false];
      if (name === "lifecycle" && isObject(value) && value.prevent_destroy === true)
        return [name, { ...value, prevent_destroy: false }];
      // A destroy does not empty a protected bucket; an intended destroy empties it.
      if (name === "force_destroy" && value === false) return [name, true];
      return [name, unprotected(value)];
    }),
  );
}
