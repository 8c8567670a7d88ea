import type { Capability } from "../../contracts/target-settings.ts";
import type { TokenPrice } from "../../domain/targets/target-cost.ts";
import type { OutboundDialect } from "../dialects/dialect.ts";
import type { GenerationRequest } from "../generation-request.ts";
import type { Upstream } from "./upstream.ts";

/** What a request can be sent to: a pool of our engines, or a model of a provider. */
export interface Target {
  /** The pool's name, or `<provider>/<model>`. */
  readonly id: string;
  readonly kind: "pool" | "provider";
  readonly dialect: OutboundDialect;
  /** The model's name there. */
  readonly upstreamModel: string;
  /** What comes before the dialect's paths, e.g. `/openai`; usually nothing. */
  readonly pathPrefix: string;
  /** Prompt and answer together, in tokens. */
  readonly contextTokens: number;
  /** What it can do beside text; `all` where that is not known, and the upstream itself says what it can't. */
  readonly capabilities: ReadonlySet<Capability> | "all";
  /** Dollars of an answer; our own engines cost the same whether they work or not. */
  readonly price: TokenPrice;
  /** What callers are charged for an answer. @default - its price */
  readonly callerPrice?: TokenPrice | undefined;
  /** For the policy `priority`: the smaller, the earlier. */
  readonly priority: number;
  /** Used only when no other target can take the request. */
  readonly isEmergencyOnly: boolean;
  /** Its own limits beside the request's; `undefined` for none. */
  readonly firstByteMs: number | undefined;
  readonly totalMs: number | undefined;
  /** Requests that this gateway has there: at a provider those of all its threads. */
  readonly inFlight: number;
  /** The server that takes this request, outside those in `tried`; `undefined` when none can. */
  choose(request: GenerationRequest, tried: ReadonlySet<Upstream>): Upstream | undefined;
  /** Whether there are servers outside `tried` that would take it, had they room. */
  isFull(tried: ReadonlySet<Upstream>): boolean;
  /** Whether a provider outside `tried` takes requests like this one, if not at this moment; our own engines are never meant. */
  isUsable(request: GenerationRequest, tried: ReadonlySet<Upstream>): boolean;
  /** Sets an upper bound of the answer's price aside. @returns the function that gives it back */
  reserve(request: GenerationRequest): () => void;
}
