import type { OutboundDialect } from "../dialects/dialect.ts";
import type { GenerationRequest } from "../generation-request.ts";
import type { Upstream } from "./upstream.ts";

/** What a request can be sent to: a pool of our engines, or a model of a provider. */
export interface Target {
  /** The pool's name, or `<provider>/<model>`. */
  readonly id: string;
  readonly dialect: OutboundDialect;
  /** The model's name there. */
  readonly upstreamModel: string;
  /** Prompt and answer together, in tokens. */
  readonly contextTokens: number;
  /** Whether servers may come by themselves, so that waiting helps when there is none: a pool that starts or heals. */
  readonly canWake?: boolean;
  /** The server that takes this request, outside those in `tried`; `undefined` when none can. */
  choose(request: GenerationRequest, tried: ReadonlySet<Upstream>): Upstream | undefined;
  /** Whether there are servers outside `tried` that would take it, had they room. */
  isFull(tried: ReadonlySet<Upstream>): boolean;
}
