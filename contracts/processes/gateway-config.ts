import * as z from "zod";
import { BatchSettings } from "../api/batches.ts";
import { ProviderConfig, RouteConfig, TokenPriceSettings } from "../targets/target-settings.ts";
import { AuthMode } from "./auth.ts";
import { QueueLimits } from "./queue-limits.ts";

const seconds = z.number().gt(0).max(900);

/** Time limits of one route, in seconds. */
export const RouteTimeouts = z.strictObject({
  /** No first byte from the engine within this: 504. For a streamed answer. */
  firstByteSeconds: seconds,
  /** No complete answer within this: 504. For an answer that is not streamed. */
  totalSeconds: seconds,
  /** Silence in the middle of a stream longer than this ends it with an error event. */
  idleSeconds: seconds,
});
export type RouteTimeouts = z.infer<typeof RouteTimeouts>;

/** How answers are kept and given again; `docs/caching.md`. */
export const CacheSettings = z.strictObject({
  /** How long an answer is kept; at most a week. */
  ttlSeconds: z.int().min(1).max(604_800),
  /** Exceptions by route, e.g. `"/v1/embeddings"`. */
  routeTtlSeconds: z.record(z.string(), z.int().min(1).max(604_800)),
  /** Memory of one gateway process for answers. */
  memoryMiB: z.int().min(1).max(16_384),
  /** Finds answered questions that mean the same; `null` for equal requests only. */
  semantic: z
    .strictObject({
      /** Public name of the model that `/v1/embeddings` is asked for. */
      embeddingModel: z.string(),
      /** Cosine at which two questions count as one; `docs/caching.md` has what each value lets through. */
      threshold: z.number().min(0.5).max(1),
      /** Questions remembered by one gateway process; a look through 10,000 of them takes some 3 ms, in which nothing else runs. */
      maxEntries: z.int().min(1).max(10_000),
    })
    .nullable(),
});
export type CacheSettings = z.infer<typeof CacheSettings>;

/** Everything a gateway process is told; it comes as one line of JSON in `SLUICE_CONFIG`. */
export const GatewayConfig = z.strictObject({
  environment: z.string(),
  /** The API Gateway stage: private integrations prepend `/<stage>` to the path; the gateway takes it off. */
  stage: z.string(),
  auth: AuthMode,
  /** DynamoDB table of API keys. */
  keysTable: z.string(),
  /** Where responses are stored, but for those with `store: false`, and for how long. @default - they are not stored */
  responseStorage: z.strictObject({ table: z.string(), ttlSeconds: z.int().min(60) }).optional(),
  /** Exact limit of one gateway per client address, on `/v1/*`; the WAF rule holds the same for the fleet. */
  requestsPerMinutePerIp: z.int().min(1),
  bodyLimitBytes: z.int().min(1024),
  /** `["*"]`, or the origins of pages that may call the API. */
  corsOrigins: z.array(z.string()).min(1),
  timeouts: RouteTimeouts,
  /** Exceptions by route, e.g. `"/v1/chat/completions"`. */
  routeTimeouts: z.record(z.string(), RouteTimeouts.partial()),
  /** Requests that wait for a place. */
  queue: QueueLimits,
  /** What tells the client's address: API Gateway's header, or the last hop of `x-forwarded-for`. @default - API Gateway */
  clientAddressFrom: z.enum(["api-gateway", "load-balancer"]).optional(),
  /** How long SIGTERM waits for open requests. */
  drainSeconds: seconds,
  /** Threads that serve, each a whole gateway on the same port. */
  threads: z.union([z.literal("per-core"), z.int().min(1).max(64)]),
  /** The engine listener of the load balancer, e.g. `http://internal-…:8000`: the way that works when discovery fails. */
  engineListenerUrl: z.string(),
  /** `null`: no answer is kept. */
  cache: CacheSettings.nullable(),
  /** The store that gateways share, `redis://` or `rediss://`; `null`: each has its own memory alone. */
  valkeyUrl: z.string().nullable(),
  /** Files and batches; `null` where there are none. */
  batches: BatchSettings.nullable(),
  models: z
    .array(
      z.strictObject({
        /** Public name, as in `model` of a request. */
        id: z.string(),
        /** Version of the weights: answers of another one are not given again. */
        revision: z.string(),
        /** Context in tokens, from the catalogue. A smaller one reported by the engine wins. */
        contextTokens: z.int().min(1),
        /** Target group in which the pool's engines are registered. */
        targetGroupArn: z.string(),
        /** `Host` that selects the pool on the engine listener. */
        engineHost: z.string(),
        /** Requests that one engine may hold at once (running and waiting); the next one waits here. */
        maxRequestsPerEngine: z.int().min(1),
        /** Whether its engines read tool calls; where not, a request with tools is refused. @default true */
        callsTools: z.boolean().optional(),
        /** What its tokens are charged at. @default - nothing */
        price: TokenPriceSettings.optional(),
      }),
    )
    .min(1),
  /** Backends that we don't run. */
  providers: z.array(ProviderConfig),
  /** Public names beside the pools' own, which are routes by themselves. */
  routes: z.array(RouteConfig),
  /** DynamoDB table of what was changed at run time; `null`: nothing can be. */
  routesTable: z.string().nullable(),
});
export type GatewayConfig = z.infer<typeof GatewayConfig>;
