/** What of an OpenAPI document the reference shows. */
export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation | undefined>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly description?: string;
    readonly schema?: Schema;
  }[];
  readonly requestBody?: Body;
  readonly responses: Readonly<Record<string, Body>>;
}

interface Body {
  readonly content?: Readonly<Record<string, { readonly schema?: Schema; readonly example?: unknown }>>;
}

export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly nullable?: boolean;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

export type Fields = readonly {
  readonly name: string;
  readonly type: string;
  readonly isRequired: boolean;
  readonly description: string;
}[];

/** Alternatives that are named; of more there is a number. */
const MAX_NAMED = 12;

/** A schema's type in words: `list of string`, `"a" or "b"`. */
export function typeOf(api: OpenApi, schema: Schema): string {
  const own = resolved(api, schema);
  const values = own.const === undefined ? own.enum : [own.const];
  if (values !== undefined) {
    const named = values.slice(0, MAX_NAMED).map((value) => JSON.stringify(value));
    return [...named, ...(values.length > MAX_NAMED ? [`${values.length - MAX_NAMED} more`] : [])].join(" or ");
  }
  const choices = own.anyOf ?? own.oneOf;
  if (choices !== undefined) return [...new Set(choices.map((choice) => typeOf(api, choice)))].join(" or ");
  if (own.items !== undefined) return `list of ${typeOf(api, own.items)}`;
  const { type = own.properties === undefined ? "any" : "object" } = own;
  const name = typeof type === "string" ? type : type.join(" or ");
  return own.nullable === true ? `${name} or null` : name;
}

/** The fields of an object, also of one that is put together or has alternatives. */
export function fieldsOf(api: OpenApi, schema: Schema): Fields {
  const own = resolved(api, schema);
  const parts = [...(own.allOf ?? []), ...(own.anyOf ?? own.oneOf ?? [])].flatMap((part) => fieldsOf(api, part));
  const properties = Object.entries(own.properties ?? {}).map(([name, field]) => ({
    name,
    type: typeOf(api, field),
    isRequired: own.required?.includes(name) ?? false,
    description: descriptionOf(api, field),
  }));
  return [...new Map([...parts, ...properties].map((field) => [field.name, field])).values()];
}

function descriptionOf(api: OpenApi, schema: Schema): string {
  const { description = resolved(api, schema).description ?? "", default: usual } = schema;
  return usual === undefined ? description : `${description} Default: ${JSON.stringify(usual)}.`.trim();
}

function resolved(api: OpenApi, schema: Schema): Schema {
  const name = schema.$ref?.replace("#/components/schemas/", "");
  return name === undefined ? schema : (api.components.schemas[name] ?? {});
}
