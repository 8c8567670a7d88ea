import type { ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { isRecord } from "../lib/is-record.ts";
import { eventData } from "../lib/server-sent-events.ts";
import type { RecordedExchange } from "./recorder.ts";
import { closed, type JsonObject, withoutNullable } from "./schema-dialect.ts";

export interface ApiDocumentOptions {
  /** Prefix of its paths in recorded requests. @default "" */
  readonly prefix?: string;
  /** Those of its paths that the service has in its shape. @default - all */
  readonly paths?: readonly string[];
  /** Component of the body of every error. @default - the operation's schema for the status */
  readonly error?: string;
  /** Components of a stream's events, by path, where the document has no schema for them. */
  readonly events?: Readonly<Record<string, string>>;
  /** Types of events that the document does not have. @default - none */
  readonly otherEvents?: readonly string[];
  /** Allowed fields that the document does not have, as patterns of `/path: where field`. */
  readonly extensions?: readonly RegExp[];
}

/** The result for one exchange: the number of its JSON documents, and their problems. */
export interface Findings {
  readonly documents: number;
  readonly problems: readonly string[];
}

/** An OpenAPI document that validates recorded exchanges: bodies of requests and responses, and each event. */
export class ApiDocument {
  readonly #paths: readonly { readonly path: string; readonly pattern: RegExp; readonly item: JsonObject }[];
  readonly #options: ApiDocumentOptions;
  readonly #ajv: Ajv2020;
  readonly #document: JsonObject;
  readonly #compiled = new Map<string, ValidateFunction>();

  constructor(document: JsonObject, options: ApiDocumentOptions = {}) {
    this.#options = options;
    const { prefix = "" } = options;
    const all = Object.entries(isRecord(document.paths) ? document.paths : {});
    const paths = all.filter(([path]) => options.paths?.includes(path) ?? true);
    this.#paths = paths.flatMap(([path, item]) =>
      isRecord(item) ? [{ path, pattern: new RegExp(`^${prefix}${path.replace(/\{[^}]+\}/g, "[^/]+")}$`), item }] : [],
    );
    this.#ajv = new Ajv2020({
      strict: false,
      validateSchema: false,
      logger: false,
      unevaluated: true,
      allErrors: true,
    });
    addFormats.default(this.#ajv);
    this.#document = closed(withoutNullable(document));
    this.#ajv.addSchema({ $id: "document", ...this.#document });
  }

  /** Whether it has an operation for this exchange. */
  describes({ method, path }: RecordedExchange): boolean {
    return this.#operation(method, path) !== undefined;
  }

  /** A refused request may be invalid; a served one may not. */
  async check(exchange: RecordedExchange): Promise<Findings> {
    const operation = this.#operation(exchange.method, exchange.path);
    if (operation === undefined) return { documents: 0, problems: [] };
    const problems: string[] = [];
    let documents = 0;
    const hold = (what: string, pointer: string | undefined, value: unknown) => {
      documents++;
      const found = pointer === undefined ? ["has no schema in the document"] : this.problemsOf(pointer, value);
      problems.push(...found.map((each) => `${exchange.method} ${exchange.path} ${what}: ${each}`));
    };
    const { requestType, requestBody, status, responseBody } = exchange;
    const responseType = mediaType(exchange.responseType);
    if (requestBody.length > 0 && status < 400) {
      const pointer = operation.pointerOf("requestBody", mediaType(requestType));
      hold("request", pointer, await read(requestType, requestBody));
    }
    if (responseType === "text/event-stream") {
      const component = this.#options.events?.[operation.path];
      const pointer =
        component === undefined
          ? operation.pointerOf(`responses/${status}`, responseType)
          : componentPointer(component);
      const { otherEvents = [] } = this.#options;
      for (const data of eventsOf(responseBody.toString("utf8")))
        if (!isRecord(data) || !otherEvents.includes(String(data.type))) hold("event", pointer, data);
    } else if (responseType === "application/json") {
      const { error } = this.#options;
      const pointer =
        error !== undefined && status >= 400
          ? componentPointer(error)
          : operation.pointerOf(`responses/${status}`, responseType);
      // Some responses have no described body.
      if (pointer !== undefined || status >= 400) hold(String(status), pointer, JSON.parse(String(responseBody)));
    }
    return { documents, problems };
  }

  /** @param pointer JSON pointer of a schema in the document */
  problemsOf(pointer: string, value: unknown): readonly string[] {
    const chosen = this.#memberFor(pointer, value);
    const validate = this.#compiled.get(chosen) ?? this.#compile(chosen);
    if (validate(value)) return [];
    const sentences = (validate.errors ?? []).map(({ instancePath, message = "", params }) => {
      const which: unknown = params.unevaluatedProperty ?? params.additionalProperty ?? params.allowedValues;
      return `${instancePath || "/"} ${message}${which === undefined ? "" : ` (${String(which)})`}`;
    });
    const { extensions = [] } = this.#options;
    return [...new Set(sentences)].filter((each) => !extensions.some((extension) => extension.test(each)));
  }

  /** The member of a union of components that has the value's `type`: its problems describe the value best. */
  #memberFor(pointer: string, value: unknown): string {
    const schema = this.#at(pointer);
    if (typeof schema?.$ref === "string") return this.#memberFor(schema.$ref.slice(1), value);
    const union = schema?.anyOf ?? schema?.oneOf;
    if (!Array.isArray(union) || !isRecord(value)) return pointer;
    const members = union.filter(isRecord).flatMap(({ $ref }) => (typeof $ref === "string" ? [$ref.slice(1)] : []));
    const fitting = members.filter((member) => {
      const properties = this.#at(member)?.properties;
      const type = isRecord(properties) && isRecord(properties.type) ? properties.type : {};
      return type.const === value.type || (Array.isArray(type.enum) && type.enum.includes(value.type));
    });
    return fitting.length === 1 && fitting[0] !== undefined ? fitting[0] : pointer;
  }

  #at(pointer: string): JsonObject | undefined {
    const keys = pointer
      .split("/")
      .slice(1)
      .map((key) => decodeURIComponent(key).replaceAll("~1", "/").replaceAll("~0", "~"));
    const found = keys.reduce<unknown>((at, key) => (isRecord(at) ? at[key] : undefined), this.#document);
    return isRecord(found) ? found : undefined;
  }

  #compile(pointer: string): ValidateFunction {
    const compiled = this.#ajv.compile({ $ref: `document#${pointer}`, unevaluatedProperties: false });
    this.#compiled.set(pointer, compiled);
    return compiled;
  }

  #operation(method: string, path: string) {
    const found = this.#paths.find(
      ({ pattern, item }) => pattern.test(path) && item[method.toLowerCase()] !== undefined,
    );
    const operation = found?.item[method.toLowerCase()];
    if (found === undefined || !isRecord(operation)) return undefined;
    const base = `/paths/${escaped(found.path)}/${method.toLowerCase()}`;
    return {
      path: found.path,
      /** JSON pointer of a body's schema, if it has one. */
      pointerOf(location: string, type: string): string | undefined {
        const tries = [location, location.replace(/\d\d$/, "XX"), "responses/default"].slice(
          0,
          location === "requestBody" ? 1 : 3,
        );
        for (const each of tries) {
          const holder = each.split("/").reduce<unknown>((at, key) => (isRecord(at) ? at[key] : undefined), operation);
          const content = isRecord(holder) && isRecord(holder.content) ? holder.content : {};
          const media = content[type];
          if (isRecord(media) && media.schema !== undefined) return `${base}/${each}/content/${escaped(type)}/schema`;
        }
        return undefined;
      },
    };
  }
}

function componentPointer(name: string): string {
  return `/components/schemas/${name}`;
}

function escaped(key: string): string {
  return encodeURIComponent(key.replaceAll("~", "~0").replaceAll("/", "~1"));
}

/** The data of a stream's events except OpenAI's last, which is not JSON. */
function eventsOf(stream: string): readonly unknown[] {
  return eventData(stream)
    .filter((data) => data !== "[DONE]")
    .map((data) => JSON.parse(data));
}

/** The value of JSON; of a form an object in which a file is its name. */
async function read(contentType: string, body: Buffer): Promise<unknown> {
  if (mediaType(contentType) === "application/json") return JSON.parse(body.toString("utf8"));
  const form = await new Response(new Uint8Array(body), { headers: { "content-type": contentType } }).formData();
  return Object.fromEntries(
    Array.from(form, ([name, value]) => [name, typeof value === "string" ? value : value.name]),
  );
}

function mediaType(contentType: string): string {
  return contentType.split(";")[0]?.trim() ?? "";
}
