import { parseAst } from "vite";
import { isRecord } from "../../lib/is-record.ts";

/** A part of the environment, e.g. `Environment.api`, with the names of its settings. */
export interface SettingsPart {
  readonly path: string;
  readonly names: ReadonlySet<string>;
}

/** A type whose fields are written out although a part of the environment has them. */
export interface ParallelModel {
  /** `<file>#<type>` */
  readonly id: string;
  readonly part: string;
  readonly fields: readonly string[];
}

/** Fields that a type may have in common with a part of the environment by chance. */
const MOST_COMMON_FIELDS = 3;
/** What the properties of most constructs are called, whatever they describe. */
const NAMES_OF_EVERY_CONSTRUCT = ["name", "region", "tags", "network"];

/** The parts of an environment with 3 settings or more. @param schema its JSON Schema, without references */
export function settingsParts(schema: unknown, path = "Environment"): readonly SettingsPart[] {
  if (Array.isArray(schema)) return schema.flatMap((each) => settingsParts(each, path));
  if (!isRecord(schema)) return [];
  const { properties, additionalProperties, items, anyOf, oneOf } = schema;
  const settings = isRecord(properties) ? Object.entries(properties) : [];
  const names = settings.map(([name]) => name).filter((name) => !NAMES_OF_EVERY_CONSTRUCT.includes(name));
  return [
    ...(names.length >= MOST_COMMON_FIELDS ? [{ path, names: new Set(names) }] : []),
    ...settings.flatMap(([name, each]) => settingsParts(each, `${path}.${name}`)),
    ...settingsParts(additionalProperties, `${path}.<name>`),
    ...settingsParts(items, `${path}[]`),
    ...settingsParts(anyOf, path),
    ...settingsParts(oneOf, path),
  ];
}

/**
 * The types of a source file that write out more than 3 fields of a part of the environment, or all 3 of a small part. A
 * field that is typed by the model itself, `Environment["api"]["auth"]`, and what a type takes by `extends Pick<…>` is no copy.
 */
export function parallelModels(path: string, text: string, parts: readonly SettingsPart[]): readonly ParallelModel[] {
  return typesOf(parseAst(text, { lang: path.endsWith("x") ? "tsx" : "ts" }), text, "").flatMap(({ name, fields }) => {
    const found = parts
      .map((part) => ({ part, common: fields.filter((field) => part.names.has(field)) }))
      .filter(({ part, common }) => common.length >= Math.min(MOST_COMMON_FIELDS + 1, part.names.size))
      .toSorted((one, other) => other.common.length - one.common.length)[0];
    return found ? [{ id: `${path}#${name}`, part: found.part.path, fields: found.common }] : [];
  });
}

/** What a person has to do about a parallel model. */
export function parallelModelProblem({ id, part, fields }: ParallelModel): string {
  return (
    `${id} writes out ${fields.join(", ")} of ${part} (settings/environment.ts), a second model that can differ; ` +
    "take the part itself, or extend a Pick of it"
  );
}

interface DeclaredType {
  readonly name: string;
  /** Its fields but for those typed by an indexed access. */
  readonly fields: readonly string[];
}

function typesOf(value: unknown, text: string, outer: string): readonly DeclaredType[] {
  if (Array.isArray(value)) return value.flatMap((each) => typesOf(each, text, outer));
  if (!isRecord(value)) return [];
  const { type, id, body, members } = value;
  const name = isRecord(id) && typeof id.name === "string" ? id.name : outer;
  const own = type === "TSInterfaceBody" ? body : type === "TSTypeLiteral" ? members : undefined;
  return [
    ...(Array.isArray(own) ? [{ name, fields: own.flatMap((member) => writtenField(member, text)) }] : []),
    ...Object.values(value).flatMap((each) => typesOf(each, text, name)),
  ];
}

function writtenField(member: unknown, text: string): readonly string[] {
  if (!isRecord(member) || member.type !== "TSPropertySignature" || !isRecord(member.key)) return [];
  const { key, start, end } = member;
  const isTypedByModel = typeof start === "number" && typeof end === "number" && /\w\["/.test(text.slice(start, end));
  return typeof key.name === "string" && !isTypedByModel ? [key.name] : [];
}
