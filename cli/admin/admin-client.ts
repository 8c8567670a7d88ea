import * as z from "zod";
import { UserError } from "../terminal/user-error.ts";

/** Where the admin API is, and who asks. */
export interface AdminPlace {
  /** Address of the API, without a path of ours. */
  readonly url: string;
  /** A key with the scope `admin`. */
  readonly key: string;
}

export interface AdminCall {
  readonly method: "GET" | "PUT" | "POST" | "DELETE";
  readonly path: string;
  readonly body?: unknown;
  /** Only when there is none of this name yet among what was changed. */
  readonly onlyNew?: boolean;
}

const TIMEOUT_MS = 30_000;

const ErrorBody = z.object({
  error: z.object({
    message: z.string(),
    code: z.string().nullish(),
    details: z.array(z.object({ param: z.string(), message: z.string() })).optional(),
  }),
});

/** The code of an error answer, beside its text. */
export class AdminRefusal extends UserError {
  readonly code: string | undefined;

  constructor(message: string, code: string | undefined) {
    super(message);
    this.code = code;
  }
}

/** Calls a gateway's admin API. */
export class AdminClient {
  readonly #place: AdminPlace;

  constructor(place: AdminPlace) {
    this.#place = place;
  }

  /**
   * @returns the answer's body
   * @throws {UserError} what the API refused with all its problems, or that it can't be reached, in one line
   */
  async call<T>({ method, path, body, onlyNew = false }: AdminCall, schema: z.ZodType<T>): Promise<T> {
    const { url, key } = this.#place;
    let answer: Response;
    let text: string;
    try {
      answer = await fetch(`${url.replace(/\/+$/, "")}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${key}`,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...(onlyNew ? { "if-none-match": "*" } : {}),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      text = await answer.text();
    } catch (error) {
      throw new UserError(`${url} can't be reached (${reasonOf(error)}); check --url, or that the service runs.`);
    }
    if (!answer.ok) throw refusal(answer.status, text, url);
    const parsed = schema.safeParse(parseJson(text));
    if (parsed.success) return parsed.data;
    throw new UserError(`${url} does not answer as an admin API of Sluice does; check --url.`);
  }
}

function refusal(status: number, text: string, url: string): UserError {
  const parsed = ErrorBody.safeParse(parseJson(text));
  if (!parsed.success)
    return new UserError(`${url} answered ${status} without saying why; check that --url is the API's address.`);
  const { message, code, details = [] } = parsed.data.error;
  const problems = details.map((detail) => sentenceOf(detail.param, detail.message));
  return new AdminRefusal(problems.length === 0 ? message : problems.join(" "), code ?? undefined);
}

/** A message names its field already, or is about it. */
function sentenceOf(param: string, message: string): string {
  const text = message.includes(param) ? message : `${param} ${message}`;
  return text.endsWith(".") ? text : `${text}.`;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown error";
  if (error.name === "TimeoutError") return `nothing within ${TIMEOUT_MS / 1000} s`;
  const { cause } = error;
  if (cause instanceof Error) return "code" in cause ? String(cause.code) : cause.message;
  return error.message;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
