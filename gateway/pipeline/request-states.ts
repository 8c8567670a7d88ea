import type { RouteTimeouts } from "../../contracts/processes/gateway-config.ts";
import type { Priority } from "../../contracts/processes/priority.ts";
import type { InboundContext, InboundDialect } from "../core/dialect.ts";
import type { GenerationRequest } from "../core/generation-request.ts";
import type { Plan } from "../core/plan.ts";
import type { RecordWriter, RequestFacts } from "../core/record.ts";
import type { Caller, GatewayRequest } from "../core/request.ts";
import type { ResponseHeaders } from "../core/response-headers.ts";
import type { Target } from "../core/target.ts";
import type { GatewayKey } from "../keys/key-store.ts";
import type { AttemptResponse } from "./call/attempt.ts";
import type { CacheWriter } from "./consult-cache.ts";
import type { Endpoint, GenerationRules } from "./endpoint.ts";
import type { EndpointMatch } from "./endpoint-table.ts";

/** A request that has arrived: only its head is read. Each step returns the next of these types. */
export interface Received {
  readonly request: GatewayRequest;
  readonly requestId: string;
  /** Milliseconds of the gateway's clock. */
  readonly startedAt: number;
  readonly match: EndpointMatch;
  /** Ends every call that is made for it; its reason says why. Follows the request's own signal. */
  readonly abort: AbortController;
  readonly record: RecordWriter;
  readonly headers: ResponseHeaders;
}

/** Path and method have an endpoint. */
export interface Routed extends Received {
  readonly endpoint: Endpoint;
  /** The parameter in the path, still percent-encoded; empty where the path has none. */
  readonly encodedParameter: string;
}

/** Within the limit of its client address. */
export interface Admitted extends Routed {
  /** The tenant of the request while no key is known. */
  readonly addressTenant: string;
}

/** The caller is identified. */
export interface Identified extends Admitted {
  readonly caller: Caller;
  /** `undefined` for a caller without a key. */
  readonly key: GatewayKey | undefined;
}

/** The body is read, checked, and in OpenAI's dialect. */
export interface Parsed extends Identified {
  readonly rules: GenerationRules;
  readonly generation: GenerationRequest;
  readonly priority: Priority;
  /** How the response is written; `undefined` for OpenAI's own dialect. */
  readonly client: { readonly dialect: InboundDialect; readonly context: InboundContext } | undefined;
}

/** Targets and time limits are chosen. */
export interface Planned extends Parsed {
  readonly plan: Plan;
  /** By which prices and with which factor its caller is charged. */
  readonly charge: Pick<RequestFacts, "pricedAt" | "priceFactor">;
  readonly timeouts: RouteTimeouts;
}

/** What the request may use of its limits is reserved. */
export interface Limited extends Planned {
  /** The request as targets get it, where less was left of a limit. @default - as it was planned */
  readonly clamped?: GenerationRequest | undefined;
}

/** A target has responded: a whole response, or the first byte of a stream. */
export interface Called extends Planned {
  readonly response: AttemptResponse;
  readonly target: Target;
  /** Stores the response in the cache, where it may be. */
  readonly cacheWriter: CacheWriter | undefined;
}
