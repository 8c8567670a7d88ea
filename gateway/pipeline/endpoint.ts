import type * as z from "zod";
import type { ErrorDetail } from "../../contracts/api/errors.ts";
import type { GenerationRoute } from "../../contracts/api/generation-routes.ts";
import type { Access } from "../../contracts/openapi/operation-access.ts";
import type { GatewayError } from "../core/gateway-error.ts";
import type { GatewayResponse } from "../core/response.ts";
import type { TargetNeed } from "../core/target.ts";
import type { ClientDialect } from "../dialects/clients/client-dialect.ts";
import type { WholeForm } from "../outside-values/whole-forms.ts";
import type { Identified } from "./request-states.ts";

/** The capability that an endpoint needs of its targets. */
export interface EndpointNeed {
  readonly capability: TargetNeed;
  /** The client's error when no target of the model has the capability. */
  readonly refusal: (model: string) => GatewayError;
}

/** The rules of requests that targets serve; the same for every client dialect of one upstream API. */
export interface GenerationRules {
  /** Path at engines and at providers that speak OpenAI's dialect. */
  readonly route: GenerationRoute;
  /** Body of the request there. */
  readonly body: z.ZodType<{ readonly model: string; readonly stream?: unknown; readonly stream_options?: unknown }>;
  /** The body's field that may be a long list of texts or token ids. @default - it has none */
  readonly promptList: "prompt" | "input" | "tokens" | undefined;
  /**
   * What a client of this API may not write although each field is right. Not for bodies that were translated from
   * another client dialect, which has rules of its own. @default - nothing
   */
  readonly clientProblems: ((fields: Readonly<Record<string, unknown>>) => readonly ErrorDetail[]) | undefined;
  /** @default - every target can */
  readonly need: EndpointNeed | undefined;
  /** Whether the response can be a stream. */
  readonly streams: boolean;
  /** Whether a response may be stored and served again. */
  readonly isCacheable: boolean;
  /** Whether the parsed object is a whole response of this API; an upstream that sends something else has failed. */
  readonly isWhole: WholeForm;
}

/** One operation as the gateway serves it. No field has a default: a forgotten one does not compile. */
export interface Endpoint {
  /** That of its operation. */
  readonly access: Access;
  /** Schema of the client's JSON body; `form` for a form; `undefined` where there is no body. */
  readonly body: z.ZodType | "form" | undefined;
  /** Dialect of the client, errors included; `undefined` for OpenAI's own. */
  readonly client: ClientDialect | undefined;
  /** `undefined` where no target is called. */
  readonly generation: GenerationRules | undefined;
  /** @throws {GatewayError} */
  handle(request: Identified): GatewayResponse | Promise<GatewayResponse>;
}
