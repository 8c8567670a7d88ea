import * as z from "zod";
import { ERRORS } from "../../contracts/api/errors.ts";
import { parseJson } from "../../lib/parse-json.ts";
import { fetchFailure } from "../terminal/fetch-failure.ts";
import { UserError } from "../terminal/user-error.ts";

/** Address of an admin API, and the caller's key. */
export interface AdminEndpoint {
  /** Address of the API, without a path. */
  readonly url: string;
  /** A key with the scope `admin`. */
  readonly key: string;
}

export interface AdminCall {
  readonly method: "GET" | "PUT" | "POST" | "DELETE";
  readonly path: string;
  readonly body?: unknown;
  /** Refuses to replace settings that were added at run time under the same name. */
  readonly onlyNew?: boolean;
  /** Version of the object that is changed; another one refuses. @default - any */
  readonly ifMatch?: string | undefined;
}

/** A body, and the version of the object that it shows. */
export interface VersionedBody<T> {
  readonly body: T;
  readonly etag: string | undefined;
}

const TIMEOUT_MS = 30_000;
/** How gateways and API Gateway begin to say that they have no such path. */
const NOTHING_THERE = ERRORS.not_found.message.split(".", 1)[0] ?? "";
const CONTROL_PATH = /^\/v1\/(organization|projects)(\/|$)/;

const ErrorBody = z.object({
  error: z.object({
    message: z.string(),
    code: z.string().nullish(),
    param: z.string().nullish(),
    details: z.array(z.object({ param: z.string(), message: z.string() })).optional(),
  }),
});

/** An error response of the admin API, with its code. */
export class AdminRefusal extends UserError {
  readonly code: string | undefined;
  /** The field that is wrong. */
  readonly param: string | undefined;

  constructor(message: string, code: string | undefined, param?: string | undefined) {
    super(message);
    this.code = code;
    this.param = param;
  }
}

/** An API without the path: of an earlier release, or with the setting off. */
export class AbsentPath extends UserError {}

/** Calls a gateway's admin API. */
export class AdminClient {
  readonly #endpoint: AdminEndpoint;

  constructor(endpoint: AdminEndpoint) {
    this.#endpoint = endpoint;
  }

  /**
   * @returns the body of the response
   * @throws {UserError} with all problems of an error response, or when the API can't be reached
   */
  async call<T>(call: AdminCall, schema: z.ZodType<T>): Promise<T> {
    return (await this.versioned(call, schema)).body;
  }

  /** The same, with the object's version. */
  async versioned<T>(call: AdminCall, schema: z.ZodType<T>): Promise<VersionedBody<T>> {
    const { method, path, body, onlyNew = false, ifMatch } = call;
    const { url, key } = this.#endpoint;
    let response: Response;
    let text: string;
    try {
      response = await fetch(`${url.replace(/\/+$/, "")}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${key}`,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...(onlyNew ? { "if-none-match": "*" } : {}),
          ...(ifMatch === undefined ? {} : { "if-match": ifMatch }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      text = await response.text();
    } catch (error) {
      throw new UserError(`${url} can't be reached (${fetchFailure(error)}); check --url, and that the service runs.`);
    }
    if (!response.ok) throw refusal(response.status, text, url, path);
    const parsed = schema.safeParse(parseJson(text));
    if (parsed.success) return { body: parsed.data, etag: response.headers.get("etag") ?? undefined };
    throw new UserError(`${url} sent a response that Sluice's API never sends; check --url.`);
  }
}

/** @param path with its query */
function absentPath(url: string, path: string): AbsentPath {
  const [bare = ""] = path.split("?");
  const setting = CONTROL_PATH.test(bare)
    ? "its environment file does not set `api.controlApi` to true"
    : "a setting of its environment file switches it off";
  return new AbsentPath(`${url} has nothing at ${bare}: ${setting}, or the service is of another release.`);
}

function refusal(status: number, sent: string, url: string, path: string): UserError {
  const parsed = ErrorBody.safeParse(parseJson(sent));
  if (!parsed.success)
    return new UserError(
      `${url} responded with ${status} without an error message; check that --url is the API's address.`,
    );
  const { message, code, param, details = [] } = parsed.data.error;
  if (status === 404 && message.startsWith(NOTHING_THERE)) return absentPath(url, path);
  const problems = details.map((detail) => sentenceOf(detail.param, detail.message));
  const text = problems.length === 0 ? message : problems.join(" ");
  return new AdminRefusal(text.replaceAll(/\s*\n\s*/g, " "), code ?? undefined, param ?? undefined);
}

/** A problem as a sentence that names its field. */
function sentenceOf(param: string, message: string): string {
  const text = message.includes(param) ? message : `${param} ${message}`;
  return text.endsWith(".") ? text : `${text}.`;
}
