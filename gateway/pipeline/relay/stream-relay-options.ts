import type { StreamTranslator } from "../../core/dialect.ts";
import type { RecordWriter } from "../../core/record.ts";
import type { ChunkForm } from "../../dialects/providers/openai/chunk-forms.ts";
import type { StreamMemory } from "../../shares/stream-memory.ts";
import type { AttemptResponse } from "../call/attempt.ts";
import type { StreamRecording } from "./stream-recording.ts";

export type StreamResponse = Extract<AttemptResponse, { kind: "stream" }>;

export interface StreamRelayOptions {
  /** Makes a translator to the client's dialect. @default - it is OpenAI's own */
  readonly newEncoder?: (() => StreamTranslator) | undefined;
  /** Silence of the upstream, or of a client that reads nothing, after which the stream ends. */
  readonly idleSeconds: number;
  /** Whether the usage event was added by the gateway and is not for the client. */
  readonly stripUsage: boolean;
  /** Tokens of the prompt, estimated, for a client that requested a usage which the upstream does not send. @default 0 */
  readonly promptTokensEstimate?: number;
  /** Whether the client knows calls in the form that came before `tool_calls` alone. @default false */
  readonly keepsFunctionCalls?: boolean;
  /** What the client's endpoint has in a choice, before it is translated. @default - either form passes */
  readonly form?: ChunkForm | undefined;
  /** Whether the upstream's own error event is hidden: a provider's may be about our account. @default false */
  readonly hidesErrors?: boolean;
  /** Whether an error's data says that a filter ended the response. @default - every error is an error */
  readonly isFilter?: ((data: string) => boolean) | undefined;
  /** @default - nothing is recorded */
  readonly recording?: StreamRecording | undefined;
  readonly record: Pick<RecordWriter, "note">;
  /** What all streams hold. @default - this one may hold anything */
  readonly memory?: StreamMemory | undefined;
  /** Aborted when the client has left. */
  readonly signal: AbortSignal;
  /** The request's own, aborted with `RequestEnded` when its key is revoked or an operator stops it. @default - it runs to its end */
  readonly abort?: AbortSignal | undefined;
  /** Milliseconds of the gateway's clock. */
  readonly now: () => number;
  readonly onEnd?: () => void;
}
