import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PROVIDER_DIALECT_NAMES, type ProviderDialectName } from "../../contracts/targets/provider-dialects.ts";
import { errorFrame, eventFrame } from "../../test-support/fake-bedrock.ts";

/** A provider's HTTP response. */
export interface HttpRecord {
  readonly provider: ProviderDialectName;
  /** Of the files, without endings. */
  readonly name: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly isStream: boolean;
}

/** The same, and what the gateway makes of it. */
export interface RecordedResponse extends HttpRecord {
  /** By client; without `chat` where the bytes pass as they are. */
  readonly expected: object;
}

const EVENT_STREAM = "application/vnd.amazon.eventstream";

/** Every response in `gateway/dialects/providers/<provider>/recorded/`. */
export function recordedResponses(): readonly RecordedResponse[] {
  return PROVIDER_DIALECT_NAMES.flatMap((provider) => {
    const folder = join(import.meta.dirname, "../dialects/providers", provider, "recorded");
    return namesIn(folder).map((name) => ({
      ...readRecorded(provider, folder, name),
      expected: JSON.parse(readFileSync(join(folder, `${name}.expected.json`), "utf8")),
    }));
  });
}

/** Responses to completions, of servers of OpenAI's dialect: clients of completions get them as they are. */
export function recordedTexts(): readonly HttpRecord[] {
  const folder = join(import.meta.dirname, "../dialects/providers/openai/recorded-completions");
  return namesIn(folder).map((name) => readRecorded("openai", folder, name));
}

function namesIn(folder: string): readonly string[] {
  const files = readdirSync(folder).filter((file) => file.endsWith(".http"));
  return files.map((file) => file.slice(0, -".http".length));
}

function readRecorded(provider: ProviderDialectName, folder: string, name: string): HttpRecord {
  const text = readFileSync(join(folder, `${name}.http`), "utf8");
  const blank = text.indexOf("\n\n");
  const [statusLine = "", ...headerLines] = text.slice(0, blank).split("\n");
  const headers = Object.fromEntries(
    headerLines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]),
  );
  const mediaType = headers["content-type"] ?? "";
  const body = text.slice(blank + 2);
  return {
    provider,
    name,
    status: Number(statusLine.split(" ")[1]),
    headers,
    body: mediaType === EVENT_STREAM ? framesOf(body) : Buffer.from(body),
    isStream: mediaType === EVENT_STREAM || mediaType.startsWith("text/event-stream"),
  };
}

/** Frames are binary; the files have one a line: its kind, its type, its payload, and perhaps `cut-at <bytes>`. */
function framesOf(lines: string): Buffer {
  const frames = lines.split("\n").flatMap((line) => {
    const [, kind, type, payload, cutAt] = /^(\w+) (\w+) (\{.*\})(?: cut-at (\d+))?$/.exec(line) ?? [];
    if (kind === undefined || type === undefined || payload === undefined) return [];
    const frame =
      kind === "error"
        ? errorFrame(type)
        : eventFrame(type, JSON.parse(payload), kind === "event" ? kind : "exception");
    return [frame.subarray(0, cutAt === undefined ? undefined : Number(cutAt))];
  });
  return Buffer.concat(frames);
}
