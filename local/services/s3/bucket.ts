import { readFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { asText, type JsonObject } from "../../template/json.ts";

export interface StoredObject {
  /** File that it came from, if it came from one. */
  readonly file: string | undefined;
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** An S3 bucket: the objects that the stacks put into it. */
export class Bucket {
  readonly #objects = new Map<string, StoredObject>();

  /** `stackFolder` is where relative `source` paths start. */
  put(config: JsonObject, stackFolder: string): void {
    const headers: Record<string, string> = { "content-type": asText(config.content_type ?? "binary/octet-stream") };
    if (config.cache_control) headers["cache-control"] = asText(config.cache_control);
    const file = sourceFile(config, stackFolder);
    const body = file === undefined ? content(config) : readFileSync(file);
    this.#objects.set(asText(config.key), { body, headers, file });
  }

  get(key: string): StoredObject | undefined {
    return this.#objects.get(key);
  }
}

function sourceFile(config: JsonObject, stackFolder: string): string | undefined {
  if (config.source === undefined) return undefined;
  const source = asText(config.source);
  return isAbsolute(source) ? source : join(stackFolder, source);
}

function content(config: JsonObject): Buffer {
  if (config.content_base64 !== undefined) return Buffer.from(asText(config.content_base64), "base64");
  return Buffer.from(asText(config.content ?? ""));
}
