import { isUtf8 } from "node:buffer";
import type { BatchEndpoint, BatchError } from "../../contracts/api/batches.ts";
import { isRecord } from "../../lib/is-record.ts";
import { parseJson } from "../../lib/parse-json.ts";
import { valueText } from "../../lib/shortened.ts";
import { hasTooManyFields } from "../outside-values/field-count.ts";
import { MAX_JSON_DEPTH, tooDeepField } from "../outside-values/json-depth.ts";
import type { FileLine } from "./read-lines.ts";

/** One request of a batch: a line of its input file. */
export interface BatchRequest {
  readonly customId: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** OpenAI names no limit; ids like UUIDs and URLs are within this, and an id is repeated in the output. */
const MAX_CUSTOM_ID = 512;
const SHOWN_CHARACTERS = 80;
const FIELDS = ["custom_id", "method", "url", "body"];

type Problem = Omit<BatchError, "line">;

/**
 * Reads one line of an input file and checks the form around the request. Whether the request itself is valid shows when
 * it is sent: then only this request fails.
 */
export function checkRequest(line: FileLine, endpoint: BatchEndpoint, maxBytes: number): BatchRequest | BatchError {
  const checked = lineOf(line.bytes, endpoint, maxBytes);
  return "code" in checked ? { ...checked, line: line.number } : checked;
}

export function isProblem(line: BatchRequest | BatchError): line is BatchError {
  return "code" in line;
}

function lineOf(bytes: Buffer | undefined, endpoint: BatchEndpoint, maxBytes: number): BatchRequest | Problem {
  if (bytes === undefined)
    return problem("line_too_large", null, `This line is over ${maxBytes} bytes. Shorten its prompt.`);
  const fields = isUtf8(bytes) && !hasTooManyFields(bytes) ? parseJson(bytes.toString("utf8")) : undefined;
  if (!isRecord(fields))
    return problem(
      "invalid_json_line",
      null,
      "This line is not a JSON object in UTF-8, or has too many fields. Write one object in each line.",
    );
  if (tooDeepField(fields) !== undefined)
    return problem(
      "invalid_json_line",
      null,
      `This line must have at most ${MAX_JSON_DEPTH} nested levels, got over ${MAX_JSON_DEPTH}. Flatten its body.`,
    );
  const { custom_id: customId, method, url, body } = fields;
  const unknown = Object.keys(fields).find((name) => !FIELDS.includes(name));
  if (unknown !== undefined)
    return problem(
      "unknown_parameter",
      unknown.slice(0, SHOWN_CHARACTERS),
      `${shown(unknown)} is no field of a line; a line has ${FIELDS.join(", ")}. Remove it, or move it into body.`,
    );
  if (typeof customId !== "string" || customId === "" || customId.length > MAX_CUSTOM_ID)
    return required("custom_id", customId, `a string of 1 to ${MAX_CUSTOM_ID} characters`, "invalid_custom_id");
  if (method !== "POST") return required("method", method, "POST", "invalid_method");
  if (url !== endpoint) return required("url", url, `${endpoint}, the batch's endpoint`, "invalid_url");
  if (!isRecord(body)) return required("body", body, "an object: the request", "invalid_body");
  if (typeof body.model !== "string") return required("body.model", body.model, "a model's name", "invalid_model");
  if (body.stream !== undefined && body.stream !== null && body.stream !== false)
    return required("body.stream", body.stream, "false or absent: a batch has no streams", "invalid_stream");
  return { customId, body };
}

function required(param: string, value: unknown, rule: string, code: string): Problem {
  if (value === undefined)
    return problem("missing_required_parameter", param, `\`${param}\` is required: ${rule}. Add it.`);
  return problem(code, param, `\`${param}\` must be ${rule}, got ${shown(value)}. Correct it.`);
}

function problem(code: string, param: string | null, message: string): Problem {
  return { code, param, message };
}

/** A short value as it is, of others only the kind: a body may quote user content. */
function shown(value: unknown): string {
  if (value === null || typeof value !== "object") return valueText(value).slice(0, SHOWN_CHARACTERS);
  return Array.isArray(value) ? "an array" : "an object";
}
