import type { Logger } from "pino";
import type { LiveRequestList } from "../../contracts/live/live-requests.ts";
import type { LogLineList } from "../../contracts/live/log-lines.ts";
import { GatewayError } from "../core/gateway-error.ts";
import { type GatewayResponse, jsonResponse } from "../core/response.ts";
import type { LiveFleet } from "../live/live-fleet.ts";
import { serviceHealth } from "../live/service-health.ts";
import type { Identified } from "../pipeline/request-states.ts";
import { actorOf, nameIn } from "./admin-request.ts";
import { logFilterIn } from "./log-filter.ts";

/** Requests of all gateways that a list has: 600 kB. */
const MAX_LISTED = 2000;

export interface LiveApiOptions {
  readonly fleet: LiveFleet;
  readonly logger: Logger;
  readonly wallClock: () => number;
}

/** What all gateways have: their health, the newest lines of their logs, and the requests in progress, of which each stop is logged with its key. */
export class LiveApi {
  readonly #options: LiveApiOptions;

  constructor(options: LiveApiOptions) {
    this.#options = options;
  }

  async list(request: Identified): Promise<GatewayResponse> {
    const { fleet, wallClock } = this.#options;
    const { snapshots, isComplete } = await fleet.list();
    const requests = snapshots.flatMap((snapshot) => snapshot.requests).toSorted((a, b) => b.ageMs - a.ageMs);
    const list: LiveRequestList = {
      object: "list",
      at: new Date(wallClock()).toISOString(),
      reach: fleet.reach,
      isComplete,
      gateways: snapshots.map(({ gateway }) => gateway).toSorted((a, b) => (a.id < b.id ? -1 : 1)),
      data: requests.slice(0, MAX_LISTED),
    };
    return respond(request, list);
  }

  async health(request: Identified): Promise<GatewayResponse> {
    const { fleet, wallClock } = this.#options;
    const { threads, isComplete } = await fleet.health();
    const at = new Date(wallClock()).toISOString();
    return respond(request, serviceHealth(threads, { at, reach: fleet.reach, isComplete }));
  }

  /** @throws {GatewayError} `invalid_request` for a filter that is none */
  async logs(request: Identified): Promise<GatewayResponse> {
    const { fleet, wallClock } = this.#options;
    const filter = logFilterIn(request.request.target);
    const at = new Date(wallClock()).toISOString();
    const { threads, isComplete } = await fleet.logs(filter);
    const lines = threads.flatMap((thread) => thread.lines).toSorted(byTime);
    const list: LogLineList = {
      object: "list",
      at,
      reach: fleet.reach,
      isComplete,
      hasMore: lines.length > filter.limit || threads.some(({ hasMore }) => hasMore),
      data: lines.slice(0, filter.limit),
    };
    return respond(request, list);
  }

  /** @throws {GatewayError} `not_found` when no gateway has it in progress */
  async stop(request: Identified): Promise<GatewayResponse> {
    const { fleet, logger } = this.#options;
    const name = nameIn(request);
    const { count, isComplete } = await fleet.end(name);
    const { requestId } = request;
    const stopped = count > 0;
    logger.info({ audit: true, requestId, actor: actorOf(request), action: "stop request", name, stopped }, "admin");
    if (stopped) return respond(request, { name, stopped: true });
    const where = isComplete ? "" : ", or a gateway that has it did not respond in time; try again";
    throw new GatewayError("not_found", {
      message: `No request ${JSON.stringify(name.slice(0, 128))} is in progress. It may be over already${where}. \`GET /admin/requests\` lists those that are.`,
    });
  }
}

/** The newest first; lines of one moment in a lasting order. */
function byTime(a: LogLineList["data"][number], b: LogLineList["data"][number]): number {
  if (a.at !== b.at) return a.at < b.at ? 1 : -1;
  return b.id.localeCompare(a.id, "en", { numeric: true });
}

function respond({ headers }: Identified, body: unknown): GatewayResponse {
  return jsonResponse(200, { ...headers.all, "cache-control": "no-store" }, body);
}
