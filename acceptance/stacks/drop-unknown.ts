import { asObject, isObject, type Json, type JsonObject } from "../../local/template/json.ts";
import type { ProviderSchema } from "../tools/provider-schema.ts";

/** Names that OpenTofu itself reads in a resource, whatever the provider. */
const META: ReadonlySet<string> = new Set([
  "//",
  "connection",
  "count",
  "depends_on",
  "dynamic",
  "for_each",
  "lifecycle",
  "provider",
  "provisioner",
]);

export interface Dropped {
  readonly document: JsonObject;
  /** Unsupported attributes and types: `aws_lb.health_check_logs`, or a type alone; sorted, each once. */
  readonly dropped: readonly string[];
}

/** Removes attributes and types that an older provider does not support from a synthesized stack, and lists them. */
export function dropUnknown(document: JsonObject, schema: ProviderSchema): Dropped {
  const dropped = new Set<string>();
  const section = (name: string, types: JsonObject): JsonObject => {
    const known = Object.entries(asObject(document[name] ?? {})).flatMap(([type, instances]) => {
      if (!type.startsWith("aws_")) return [[type, instances]];
      const known = types[type];
      if (!isObject(known)) {
        dropped.add(type);
        return [];
      }
      const cleaned = Object.entries(asObject(instances)).map(([id, body]) => [
        id,
        knownPart(asObject(known.block), body ?? null, type, dropped),
      ]);
      return [[type, Object.fromEntries(cleaned)]];
    });
    return Object.fromEntries(known);
  };
  const resource = section("resource", schema.resources);
  const data = section("data", schema.dataSources);
  return {
    document: {
      ...document,
      ...(Object.keys(resource).length > 0 ? { resource } : {}),
      ...(Object.keys(data).length > 0 ? { data } : {}),
    },
    dropped: [...dropped].sort(),
  };
}

/** The part of a block that its schema has. An expression instead of a block stands for the whole block. */
function knownPart(schema: JsonObject, value: Json, where: string, dropped: Set<string>): Json {
  if (Array.isArray(value)) return value.map((each: Json) => knownPart(schema, each, where, dropped));
  if (!isObject(value)) return value;
  const attributes = asObject(schema.attributes ?? {});
  const nestedBlocks = asObject(schema.block_types ?? {});
  const known = Object.entries(value).flatMap(([name, inner = null]) => {
    const path = `${where}.${name}`;
    if (META.has(name)) return [[name, inner]];
    const nested = nestedBlocks[name];
    if (isObject(nested)) return [[name, knownPart(asObject(nested.block), inner, path, dropped)]];
    const attribute = attributes[name];
    if (!isObject(attribute)) {
      dropped.add(path);
      return [];
    }
    return [[name, isObject(attribute.nested_type) ? knownPart(attribute.nested_type, inner, path, dropped) : inner]];
  });
  return Object.fromEntries(known);
}
