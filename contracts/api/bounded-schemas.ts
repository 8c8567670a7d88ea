import * as z from "zod";

/**
 * Problems after which a list or a record is not checked further. A problem costs Zod about 20 µs, so 1 MB of invalid
 * entries would block a thread for a second; a caller does not correct more than these at once.
 */
export const MAX_PROBLEMS = 50;

type Context = z.core.ParseContextInternal;
type Payload = z.core.ParsePayload;
type Parse = (payload: Payload, context: Context) => z.core.util.MaybeAsync<Payload>;

/**
 * Makes a list's check end at the element with the 50th problem.
 * @param schema with its own checks (`min`, `max`): a copy of it loses the bound
 * @param isRight a short check equal to Zod's, for lists of many thousand numbers; @default - Zod checks each element
 */
export function boundedList<Schema extends z.ZodArray>(
  schema: Schema,
  isRight?: (element: unknown) => boolean,
): Schema {
  const parseWhole = parseOfCopy(schema);
  const most = longestOf(schema);
  replaceParse(schema, (payload, context) => {
    const list: unknown = payload.value;
    // Zod itself checks no element of a list that is too long.
    if (!Array.isArray(list) || list.length > most) return parseWhole(payload, context);
    if (isRight !== undefined && list.every(isRight)) return payload;
    const checked: unknown[] = new Array(list.length);
    payload.value = checked;
    let problems = 0;
    for (let index = 0; index < list.length && problems < MAX_PROBLEMS; index++) {
      const { value, issues } = synchronous(schema.def.element._zod.run({ value: list[index], issues: [] }, context));
      checked[index] = value;
      if (issues.length > 0) problems += addIssues(payload, index, issues);
    }
    return payload;
  });
  return schema;
}

/** Whether a value is a token's id in a prompt; a short check for `boundedList`. */
export function isTokenId(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/** Any JSON object, whose entries are not checked; a plain record would copy each of them. */
export function anyObject(): z.ZodRecord<z.ZodString, z.ZodUnknown> {
  const schema = z.record(z.string(), z.unknown());
  const parseWhole = parseOfCopy(schema);
  replaceParse(schema, (payload, context) =>
    z.core.util.isPlainObject(payload.value) ? payload : parseWhole(payload, context),
  );
  return schema;
}

/** Makes a record's check end at the entry with the 50th problem. */
export function boundedRecord<Schema extends z.ZodRecord<z.ZodString>>(schema: Schema): Schema {
  const parseWhole = parseOfCopy(schema);
  const { keyType, valueType } = schema.def;
  replaceParse(schema, (payload, context) => {
    const record: unknown = payload.value;
    if (!z.core.util.isPlainObject(record)) return parseWhole(payload, context);
    const checked: Record<string, unknown> = {};
    payload.value = checked;
    let problems = 0;
    for (const name in record) {
      if (problems >= MAX_PROBLEMS) break;
      if (name === "__proto__") continue;
      const key = synchronous(keyType._zod.run({ value: name, issues: [] }, context));
      if (key.issues.length > 0) {
        const issues = key.issues.map((issue) => z.core.util.finalizeIssue(issue, context, z.core.config()));
        payload.issues.push({ code: "invalid_key", origin: "record", issues, input: name, path: [name], inst: schema });
        problems++;
        continue;
      }
      const { value, issues } = synchronous(valueType._zod.run({ value: record[name], issues: [] }, context));
      checked[name] = value;
      if (issues.length > 0) problems += addIssues(payload, name, issues);
    }
    return payload;
  });
  return schema;
}

/** Elements that a list may have by its own `max`. */
function longestOf(schema: z.ZodArray): number {
  const limits = (schema.def.checks ?? []).map(({ _zod: { def } }) =>
    "maximum" in def ? Number(def.maximum) : undefined,
  );
  return Math.min(...limits.filter((limit) => limit !== undefined));
}

/** A copy's: Zod puts a schema's own first `parse` back in place after its first use. */
function parseOfCopy(schema: z.ZodArray | z.ZodRecord<z.ZodString>): Parse {
  const copy = z.clone<z.ZodType>(schema);
  return (payload, context) => copy._zod.parse(payload, context);
}

/** Zod's own extension point: a schema with checks calls `parse` from `run`, one without has it as `run`. */
function replaceParse(schema: z.ZodType, parse: Parse): void {
  if (schema._zod.run === schema._zod.parse) schema._zod.run = parse;
  schema._zod.parse = parse;
}

/** @returns how many problems these are, those of a union's branches included */
function addIssues(payload: Payload, name: string | number, issues: z.core.$ZodRawIssue[]): number {
  payload.issues.push(...z.core.util.prefixIssues(name, issues));
  let count = 0;
  for (const issue of issues) {
    count++;
    if (issue.code === "invalid_union" && Array.isArray(issue.errors))
      for (const branch of issue.errors) count += branch.length;
  }
  return count;
}

function synchronous(payload: z.core.util.MaybeAsync<Payload>): Payload {
  if (payload instanceof Promise) throw new z.core.$ZodAsyncError();
  return payload;
}
