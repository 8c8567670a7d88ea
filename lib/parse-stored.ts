interface Issue {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  /** Of `unrecognized_keys`: the fields. */
  readonly keys?: readonly string[];
}

interface Schema<T> {
  safeParse(
    value: unknown,
  ):
    | { readonly success: true; readonly data: T }
    | { readonly success: false; readonly error: { readonly issues: readonly Issue[] } };
}

/** As deep as records are nested; each pass can uncover the fields of one more level. */
const MAX_PASSES = 8;

/**
 * Reads a record that a newer version may have written, by the strict schema that it is written by: fields that the
 * schema does not know are dropped, wherever they are. All other rules hold.
 * @returns undefined when the record breaks another rule
 */
export function parseStored<T>(schema: Schema<T>, record: unknown): T | undefined {
  let known = record;
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const parsed = schema.safeParse(known);
    if (parsed.success) return parsed.data;
    const unknown = parsed.error.issues.filter(({ code }) => code === "unrecognized_keys");
    if (unknown.length === 0) return undefined;
    known = structuredClone(known);
    for (const { path, keys = [] } of unknown) for (const key of keys) remove(known, [...path, key]);
  }
  return undefined;
}

function remove(record: unknown, path: readonly PropertyKey[]): void {
  const [last, ...above] = path.toReversed();
  let holder = record;
  for (const key of above.toReversed()) holder = fieldOf(holder, key);
  if (typeof holder === "object" && holder !== null && last !== undefined) Reflect.deleteProperty(holder, last);
}

function fieldOf(holder: unknown, key: PropertyKey): unknown {
  return typeof holder === "object" && holder !== null ? Reflect.get(holder, key) : undefined;
}
