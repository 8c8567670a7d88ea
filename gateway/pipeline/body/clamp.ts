import type { ClientBody, GenerationRequest } from "../../core/generation-request.ts";
import { tokenField } from "../../core/spending-cap.ts";
import { withExactSeed } from "../../dialects/providers/openai/openai-body.ts";
import { jsonBytes } from "../../outside-values/paced-json.ts";

const TOKEN_FIELDS = ["max_completion_tokens", "max_tokens"];
/** Name of the longest completion in the clients' own dialects. */
const CLIENT_FIELDS = { messages: "max_tokens", responses: "max_output_tokens" } as const;
const OPEN_BRACE = 0x7b;

/**
 * The request with completions of at most `tokens` tokens each: in its body, and in the client's own where that has another
 * dialect. All other bytes of a body that names no such bound stay as they are.
 */
export async function clamped(generation: GenerationRequest, tokens: number): Promise<GenerationRequest> {
  const { fields, bytes, client } = generation;
  const written = TOKEN_FIELDS.filter((field) => typeof fields[field] === "number");
  const [field = tokenField(generation)] = written;
  const bounds = Object.fromEntries((written.length === 0 ? [field] : written).map((name) => [name, tokens]));
  const bounded = { ...fields, ...bounds };
  return {
    ...generation,
    maxTokens: { field, value: tokens },
    fields: bounded,
    bytes: Object.hasOwn(fields, field)
      ? withExactSeed(await jsonBytes(bounded), generation)
      : withFirstField(bytes, field, tokens),
    client: client && clampedClient(client, tokens),
  };
}

function clampedClient(client: ClientBody, tokens: number): ClientBody {
  return { ...client, fields: { ...client.fields, [CLIENT_FIELDS[client.dialect]]: tokens } };
}

/** A body always has another field: its model. */
function withFirstField(bytes: Buffer, field: string, value: number): Buffer {
  const start = bytes.indexOf(OPEN_BRACE) + 1;
  return Buffer.concat([Buffer.from(`{${JSON.stringify(field)}:${value},`), bytes.subarray(start)]);
}
