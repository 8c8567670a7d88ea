import { parseJson } from "../../../lib/parse-json.ts";

/** The issuer's document can't be read now: no fault of the token. */
export class IssuerUnavailable extends Error {
  constructor(url: string, reason: string) {
    super(`The issuer's document ${url} can't be read: ${reason}`);
    this.name = "IssuerUnavailable";
  }
}

/** Issuers respond within a second; the function has 20. */
const TIMEOUT_MS = 3000;
/** A set of ten RSA keys with their certificates has 30 KB. */
const MAX_BYTES = 262_144;

/**
 * Reads a JSON document of an issuer. It follows no redirect, as the address was checked, not the one that it leads to.
 * @throws {IssuerUnavailable}
 */
export async function fetchDocument(url: string): Promise<unknown> {
  try {
    const response = await fetch(url, {
      headers: { accept: "application/json" },
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new Error(`status ${response.status}`);
    }
    const parsed = parseJson(await textOf(response));
    if (parsed === undefined) throw new Error("it is no JSON");
    return parsed;
  } catch (error) {
    throw new IssuerUnavailable(url, reasonOf(error));
  }
}

async function textOf({ body }: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body ?? []) {
    size += part.byteLength;
    if (size > MAX_BYTES) throw new Error(`it is larger than ${MAX_BYTES} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}
