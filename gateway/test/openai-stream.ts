import { StreamRepair } from "../dialects/providers/openai/stream-repair.ts";
import { EventScanner } from "../relay/event-scanner.ts";
import { gathered } from "./dialect-cases.ts";

export type Fields = Record<string, unknown>;

export const DONE = "data: [DONE]\n\n";
export const data = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;
export const choice = (delta: Fields, finish_reason: string | null = null, index = 0) =>
  data({ id: "chatcmpl-1", object: "chat.completion.chunk", choices: [{ index, delta, finish_reason }] });
export const calls = (...tool_calls: Fields[]) => choice({ tool_calls });
export const finish = (reason: string) => choice({}, reason);
export const call = (fields: Fields, name?: string, json = "") => ({
  ...fields,
  function: { ...(name === undefined ? {} : { name }), arguments: json },
});
export const begin = (index: number, id: string, name: string, json = "") =>
  call({ index, id, type: "function" }, name, json);

/** What a client of chat completions gets of a stream whose bytes come in pieces of these sizes. */
export function repaired(text: string | Uint8Array, sizes: readonly number[] = []): string {
  const scanner = new EventScanner({ stripUsage: false, repair: new StreamRepair() });
  const bytes = Buffer.from(text);
  const out: Buffer[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? bytes.length;
    out.push(scanner.push(bytes.subarray(at, at + size)));
    at += size;
  }
  return Buffer.concat([...out, scanner.rest()]).toString("utf8");
}

/** A stream whose first id is damaged gets one of our own, which is another each time, as are those of its calls. */
export const withoutMadeIds = (text: string) => text.replace(/cmpl-[0-9a-f]{32}|call_[0-9a-f]{30}/g, "made");

export const callsOf = (...events: string[]) => gathered(repaired(events.join("") + finish("tool_calls") + DONE)).calls;
