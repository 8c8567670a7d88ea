import type { TargetKind } from "../../dialects/matrix.ts";
import type { Seen } from "./seen.ts";

/** Responses of one kind of target that have a feature, and what a client should see of it. */
export interface Source {
  /** Name of the recorded response; `undefined` where the feature is one of streams alone. */
  readonly whole?: string;
  readonly streamed?: string;
  /** Of the whole response, and of the stream where `streamedValue` is missing. For an error: its code. */
  readonly value: unknown;
  readonly streamedValue?: unknown;
  /** Whether the target does not send it, so that the gateway has to make it: then `value` is its pattern. */
  readonly isMissing?: boolean;
  /** Words of the target that no client may get. */
  readonly hidden?: RegExp;
  /** Least seconds of `retry-after`. */
  readonly retryAfter?: number;
}

export interface FeatureSources {
  /** The feature in what a client sees. */
  readonly pick: (seen: Seen) => unknown;
  readonly chat: Partial<Readonly<Record<TargetKind, Source>>>;
  /** Of targets' texts, for clients of completions. @default - completions do not have the feature */
  readonly completions?: Partial<Readonly<Record<"openai" | "vllm", Source>>>;
}

/** The same value, whole and streamed: the stream's file has the prefix `stream-`. */
export function both(name: string, value: unknown, streamedValue?: unknown): Source {
  const streamed = name.startsWith("vllm-") ? name.replace("vllm-", "vllm-stream-") : `stream-${name}`;
  return { whole: name, streamed, value, ...(streamedValue === undefined ? {} : { streamedValue }) };
}

/** The same for a response to completions. */
export function texts(server: "openai" | "vllm", name: string, value: unknown, streamedValue?: unknown): Source {
  return {
    whole: `${server}-${name}`,
    streamed: `${server}-stream-${name}`,
    value,
    ...(streamedValue === undefined ? {} : { streamedValue }),
  };
}
