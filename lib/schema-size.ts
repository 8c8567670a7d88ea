import { isRecord } from "./is-record.ts";

/** What a JSON schema becomes when each `$ref` is written out in its place. */
export interface SchemaSize {
  /** Schemas, properties and values of all kinds. */
  readonly nodes: number;
  /** The most alternatives that one place of a text can have: of `anyOf`, `oneOf`, `allOf` and `enum` within each other. */
  readonly alternatives: number;
}

/** Levels of schemas and references within each other that are followed. */
const MAX_LEVELS = 200;
const NONE: SchemaSize = { nodes: 0, alternatives: 0 };
const ONE: SchemaSize = { nodes: 1, alternatives: 1 };
const ENDLESS: SchemaSize = { nodes: Number.POSITIVE_INFINITY, alternatives: Number.POSITIVE_INFINITY };
const CHOICES = ["anyOf", "oneOf", "allOf", "enum"];

/**
 * Measures a schema before anything compiles it: ten definitions that each refer twice to the next are a few lines, and
 * a thousand alternatives. Looks at each part once; a reference into a schema that is being measured counts as one.
 * Infinite where schemas are more than 200 levels deep.
 */
export function schemaSize(root: unknown): SchemaSize {
  return new Measurement(root).sizeOf(root, 0);
}

class Measurement {
  readonly #root: unknown;
  readonly #known = new Map<object, SchemaSize>();

  constructor(root: unknown) {
    this.#root = root;
  }

  sizeOf(value: unknown, level: number): SchemaSize {
    if (typeof value !== "object" || value === null) return ONE;
    if (level > MAX_LEVELS) return ENDLESS;
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    this.#known.set(value, ONE);
    const size = Array.isArray(value)
      ? this.#sizeOfAll(value, level)
      : isRecord(value)
        ? this.#sizeOfSchema(value, level)
        : ONE;
    this.#known.set(value, size);
    return size;
  }

  #sizeOfAll(parts: readonly unknown[], level: number): SchemaSize {
    let { nodes, alternatives } = NONE;
    for (const part of parts) {
      const size = this.sizeOf(part, level + 1);
      nodes += size.nodes;
      alternatives += size.alternatives;
    }
    return { nodes, alternatives };
  }

  #sizeOfSchema(schema: Readonly<Record<string, unknown>>, level: number): SchemaSize {
    if (typeof schema.$ref === "string") {
      const { nodes, alternatives } = this.sizeOf(this.#target(schema.$ref), level + 1);
      return { nodes: nodes + 1, alternatives };
    }
    let nodes = 1;
    let [here, within] = [1, 1];
    for (const name in schema) {
      const size = this.sizeOf(schema[name], level + 1);
      nodes += size.nodes;
      if (CHOICES.includes(name)) here = Math.max(here, size.alternatives);
      // A list of names, `required`, is no choice.
      else if (!Array.isArray(schema[name])) within = Math.max(within, size.alternatives);
    }
    return { nodes, alternatives: Math.max(here, within) };
  }

  #target(reference: string): unknown {
    let target: unknown = this.#root;
    for (const step of reference.split("/", MAX_LEVELS).slice(1))
      target = isRecord(target) ? target[step.replaceAll("~1", "/").replaceAll("~0", "~")] : undefined;
    return target;
  }
}
