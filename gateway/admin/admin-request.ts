import { isRecord } from "../../lib/is-record.ts";
import { GatewayError } from "../core/gateway-error.ts";
import { MAX_JSON_DEPTH, tooDeepField } from "../outside-values/json-depth.ts";
import { invalidRequest } from "../pipeline/body/body-problems.ts";
import type { Identified } from "../pipeline/request-states.ts";

/** Larger than any provider's list of models that one would write by hand. */
const BODY_LIMIT_BYTES = 256 * 1024;

/** The name in the path. @throws {GatewayError} `not_found` */
export function nameIn({ encodedParameter }: Identified): string {
  try {
    return decodeURIComponent(encodedParameter);
  } catch {
    throw new GatewayError("not_found", { message: "The name in the path is not valid percent-encoding. Encode it." });
  }
}

/** Id of the key; an operator always has one. */
export function actorOf({ caller }: Identified): string {
  return caller.keyId ?? "";
}

/** `If-Match: "3"` changes version 3 only; `If-None-Match: *` makes something new only. */
export function wantedVersion({ request }: Identified): number | undefined {
  const none = request.headers["if-none-match"];
  if (none === "*") return 0;
  if (none !== undefined)
    throw new GatewayError("invalid_request", {
      message: "`If-None-Match` must be *, which makes something new only; use `If-Match` for a version.",
      param: "if-none-match",
    });
  const text = request.headers["if-match"];
  if (text === undefined || text === "*") return undefined;
  const version = /^"(\d{1,15})"$/.exec(text)?.[1];
  if (version === undefined)
    throw new GatewayError("invalid_request", {
      message: '`If-Match` must be the version in quotes, e.g. "3", as `etag` has it.',
      param: "if-match",
    });
  return Number(version);
}

/** The settings in the body. @throws {GatewayError} `request_too_large`, `invalid_json`, `invalid_request` */
export async function settingsIn({ request, caller }: Identified): Promise<unknown> {
  return parse(await request.body.whole(BODY_LIMIT_BYTES, caller.tenant));
}

function parse(bytes: Buffer): unknown {
  const value = parseText(bytes);
  const deep = tooDeepField(value)?.slice(0, 80);
  if (deep !== undefined)
    throw invalidRequest([
      {
        param: deep,
        message: `\`${deep}\` must make a body of at most ${MAX_JSON_DEPTH} nested levels, got over ${MAX_JSON_DEPTH}; flatten it.`,
      },
    ]);
  if (isRecord(value)) return value;
  const got = Array.isArray(value) ? "an array" : value === null ? "null" : `a ${typeof value}`;
  throw new GatewayError("invalid_request", {
    message: `The body must be a JSON object, got ${got}; send the settings.`,
  });
}

function parseText(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    throw new GatewayError("invalid_json");
  }
}
