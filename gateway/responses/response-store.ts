import { GatewayError } from "../core/gateway-error.ts";
import { pacedJson } from "../outside-values/paced-json.ts";
import { pacedParse } from "../outside-values/paced-parse.ts";
import type { ReadTerms } from "../store/storage-terms.ts";

/**
 * Of one stored response as JSON, with its input: two bodies and a long answer. The thread that serves it again
 * parses and writes it in pieces.
 */
export const MAX_STORED_BYTES = 8 * 1024 * 1024;

type Fields = Readonly<Record<string, unknown>>;

/** A response with `store: true`. */
export interface StoredResponse {
  readonly response: Fields;
  /** All items of the model's input, in order, those before this response's own input included. */
  readonly input: readonly Fields[];
}

/** Stores responses, each for one tenant alone and for a limited time. */
export interface ResponseStore {
  /** @throws {GatewayError} `invalid_request` for one that an earlier version stored, and that is over the bound */
  get(tenant: string, id: string): Promise<StoredResponse | undefined>;
  /** Resolves when every gateway finds it. @param terms by default the environment's days. @throws {Error} when it is not stored, as one over the bound is not */
  put(tenant: string, id: string, stored: StoredResponse, terms?: ReadTerms): Promise<void>;
  /**
   * @param heldBy subjects of the caller that a legal hold is on, whose responses may not be marked yet. @default - none is held
   * @returns whether there was one
   * @throws {GatewayError} `legal_hold` for one that is held
   */
  delete(tenant: string, id: string, heldBy?: readonly string[]): Promise<boolean>;
}

/** A response as it is stored; the thread's other work has its turns meanwhile. @throws {RangeError} for one over the bound */
export async function storedJson(stored: StoredResponse): Promise<Buffer> {
  const json = await pacedJson(stored);
  if (json.length > MAX_STORED_BYTES)
    throw new RangeError(
      `The response has ${json.length} bytes with its input, over the size that is stored, ${MAX_STORED_BYTES}.`,
    );
  return json;
}

/** What `storedJson` has written. */
export async function parseStored(json: Buffer): Promise<StoredResponse> {
  return (await pacedParse(json)) as StoredResponse;
}

/** For a response that is stored and over the bound. */
export function storedTooLarge(id: string): GatewayError {
  return new GatewayError("invalid_request", {
    message: `The stored response ${JSON.stringify(id.slice(0, 80))} is over ${MAX_STORED_BYTES} bytes with its input, the most that is read; start a new conversation, or send the items that you need.`,
  });
}
