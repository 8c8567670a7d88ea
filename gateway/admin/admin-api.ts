import type { Logger } from "pino";
import {
  CHANGES_SECTION,
  type ChangeKind,
  changeId,
  RouteOverride,
  TargetChange,
} from "../../contracts/targets/target-changes.ts";
import { ProviderSettings, RouteSettings } from "../../contracts/targets/target-settings.ts";
import { TokenPriceSettings } from "../../contracts/targets/token-prices.ts";
import { REPORTED } from "../../domain/issue-rules.ts";
import type { TargetProblem } from "../../domain/targets/target-problems.ts";
import { valueText } from "../../lib/shortened.ts";
import { GatewayError } from "../core/gateway-error.ts";
import { type GatewayResponse, jsonResponse } from "../core/response.ts";
import { queryOf } from "../http/list-query.ts";
import { bodyProblems, invalidRequest } from "../pipeline/body/body-problems.ts";
import type { Identified } from "../pipeline/request-states.ts";
import type { TargetsConfig } from "../routing/target-registry.ts";
import type { TargetService } from "../routing/target-service.ts";
import { actorOf, nameIn, settingsIn, wantedVersion } from "./admin-request.ts";
import { ChangeQueue } from "./change-queue.ts";
import { type ChangeStore, TableMoved, VersionConflict } from "./change-store.ts";
import type { Changes } from "./changes.ts";
import { targetStates } from "./target-states.ts";
import { testConnection } from "./test-connection.ts";
import { testModel } from "./test-model.ts";
import { versionConflict } from "./version-conflict.ts";

export interface AdminApiOptions {
  readonly targets: TargetService;
  readonly declared: TargetsConfig;
  /** `undefined`: targets can't be changed at run time. */
  readonly changes: { readonly view: Changes; readonly store: ChangeStore } | undefined;
  readonly logger: Logger;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
  readonly wallClock: () => number;
}

/** A provider or route with where it comes from. */
interface Described {
  readonly name: string;
  /** `declared`: by the environment file. `changed`: at run time. */
  readonly source: "declared" | "changed";
  readonly version: number;
  readonly updatedAt: string | null;
  readonly updatedBy: string | null;
  readonly settings: unknown;
}

const DECLARED = { source: "declared", version: 0, updatedAt: null, updatedBy: null } as const;
const SETTINGS = {
  provider: ProviderSettings,
  route: RouteSettings,
  override: RouteOverride,
  price: TokenPriceSettings,
} as const;

/**
 * `/admin/*`: shows and changes providers, routes and prices of pools, for keys of the scope `admin`. Every change is
 * logged with its key.
 */
export class AdminApi {
  readonly #options: AdminApiOptions;
  readonly #queue = new ChangeQueue();

  constructor(options: AdminApiOptions) {
    this.#options = options;
  }

  /** Health, breaker, latency and spend of each target. */
  async targets(request: Identified): Promise<GatewayResponse> {
    const { targets, now, changes } = this.#options;
    await changes?.view.refresh();
    const overrides = await this.#list("override");
    return respond(request, { object: "list", data: targetStates(targets, now()), overrides });
  }

  async list(request: Identified, kind: Exclude<ChangeKind, "override">): Promise<GatewayResponse> {
    return respond(request, { object: "list", data: await this.#list(kind) });
  }

  /** @throws {GatewayError} `not_found` */
  async get(request: Identified, kind: Exclude<ChangeKind, "override">): Promise<GatewayResponse> {
    const name = nameIn(request);
    const found = (await this.#list(kind)).find((item) => item.name === name);
    if (found === undefined) throw unknown(kind, name);
    return respond(request, found, { etag: `"${found.version}"` });
  }

  /** The override of a route, which is of version 0 and names no target where there is none. @throws {GatewayError} `not_found` */
  async override(request: Identified): Promise<GatewayResponse> {
    const name = nameIn(request);
    const found = (await this.#list("override")).find((item) => item.name === name);
    if (found === undefined && !this.#options.targets.registry.table.routes.has(name)) throw unknown("route", name);
    const none = { name, ...DECLARED, settings: { force: null, drain: [] } satisfies RouteOverride };
    const { version } = found ?? none;
    return respond(request, found ?? none, { etag: `"${version}"` });
  }

  /** @throws {GatewayError} `invalid_request`, `version_conflict`, `rate_limit_exceeded`, `changes_unavailable` */
  async put(request: Identified, kind: ChangeKind): Promise<GatewayResponse> {
    const { view, store } = this.#changes();
    const name = nameIn(request);
    const actor = actorOf(request);
    const over = wantedVersion(request);
    const settings = SETTINGS[kind].safeParse(await settingsIn(request), REPORTED);
    if (!settings.success) throw invalidRequest(bodyProblems(settings.error.issues));
    const at = new Date(this.#options.wallClock());
    const id = changeId(kind, name);
    const item = {
      section: CHANGES_SECTION,
      id,
      kind,
      name,
      version: 1,
      updatedAt: at.toISOString(),
      updatedBy: actor,
    };
    const change = TargetChange.safeParse({ ...item, settings: settings.data }, REPORTED);
    if (!change.success) throw invalidRequest(bodyProblems(change.error.issues));
    const version = await this.#unlessConflict(
      id,
      this.#queue.checked(view, (seen) => {
        refuse(view.problems(change.data));
        return store.put(kind, name, settings.data, { by: actor, owner: request.key?.owner?.id, at, over, seen });
      }),
    );
    this.#audit(request, `put ${kind}`, name, version);
    await view.refresh();
    const changed = { name, source: "changed", version, updatedAt: item.updatedAt, updatedBy: actor };
    return respond(request, { ...changed, settings: settings.data }, { etag: `"${version}"` });
  }

  /** @throws {GatewayError} `not_found`, `invalid_request`, `version_conflict`, `changes_unavailable` */
  async delete(request: Identified, kind: ChangeKind): Promise<GatewayResponse> {
    const { view, store } = this.#changes();
    const name = nameIn(request);
    const over = wantedVersion(request);
    const id = changeId(kind, name);
    const found = await this.#unlessConflict(
      id,
      this.#queue.checked(view, (seen) => {
        refuse(view.problemsWithout(id));
        return store.delete(kind, name, { over, seen });
      }),
    );
    if (!found)
      throw this.#declared(kind).some((item) => item.name === name) ? unchanged(kind, name) : unknown(kind, name);
    this.#audit(request, `delete ${kind}`, name);
    await view.refresh();
    return respond(request, { name, deleted: true });
  }

  /**
   * Connects, and with `?model=NAME` tries what that model can do.
   * @throws {GatewayError} `not_found`, `invalid_request` when the provider has no such model
   */
  async test(request: Identified): Promise<GatewayResponse> {
    const { targets, now, changes } = this.#options;
    const name = nameIn(request);
    await changes?.view.refresh();
    const { providers, targets: known } = targets.registry.table;
    const provider = providers.get(name);
    if (provider === undefined) throw unknown("provider", name);
    const model = queryOf(request.request.target).get("model");
    const target = model === null ? undefined : known.get(`${name}/${model}`);
    if (model !== null && target === undefined) throw unknownModel(name, model, Object.keys(provider.config.models));
    this.#audit(request, "test provider", name);
    const connection = await testConnection(provider, now);
    if (target === undefined || !connection.ok) return respond(request, connection);
    const checks = await testModel(target);
    return respond(request, { ...connection, model, checks });
  }

  /** With every change that was stored before, through whichever gateway; what was last read while the table is gone. */
  async #list(kind: ChangeKind): Promise<readonly Described[]> {
    const { changes } = this.#options;
    await changes?.view.refresh();
    const changed = [...(changes?.view.current.values() ?? [])].filter((change) => change.kind === kind);
    const isChanged = new Set(changed.map(({ name }) => name));
    return [
      ...this.#declared(kind)
        .filter(({ name }) => !isChanged.has(name))
        .map(({ name, settings }) => ({ name, ...DECLARED, settings })),
      ...changed.map(({ name, version, updatedAt, updatedBy, settings }) => ({
        name,
        source: "changed" as const,
        version,
        updatedAt,
        updatedBy,
        settings,
      })),
    ];
  }

  #declared(kind: ChangeKind): readonly Pick<Described, "name" | "settings">[] {
    const { declared, targets } = this.#options;
    if (kind === "override") return [];
    if (kind === "price") return targets.registry.pools.map(({ id, price = null }) => ({ name: id, settings: price }));
    const all = { provider: declared.providers, route: declared.routes }[kind];
    return all.map(({ name, ...settings }) => ({ name, settings }));
  }

  /** What a change of the item `id` resolves to. @throws {GatewayError} for a conflict with the item as it is now, and its `etag` */
  async #unlessConflict<T>(id: string, done: Promise<T>): Promise<T> {
    try {
      return await done;
    } catch (error) {
      if (error instanceof GatewayError) throw error;
      if (error instanceof TableMoved)
        throw new GatewayError("rate_limit_exceeded", {
          message: "Too many other changes are made at the same time. Wait for the seconds given in Retry-After.",
          retryAfterSeconds: 2,
        });
      if (!(error instanceof VersionConflict)) throw new GatewayError("changes_unavailable");
      const { view } = this.#changes();
      await view.refresh();
      throw versionConflict(view.current.get(id));
    }
  }

  #changes(): NonNullable<AdminApiOptions["changes"]> {
    const { changes } = this.#options;
    if (changes !== undefined) return changes;
    throw new GatewayError("changes_unavailable", {
      message: "This gateway has no table for changes; deploy the data stack.",
    });
  }

  /**
   * The log entry of a change: the key, the action and the request's id; neither settings nor other parts of the
   * request.
   */
  #audit(request: Identified, action: string, name: string, version?: number): void {
    const { requestId } = request;
    this.#options.logger.info({ audit: true, requestId, actor: actorOf(request), action, name, version }, "admin");
  }
}

function respond({ headers }: Identified, body: unknown, more: Readonly<Record<string, string>> = {}): GatewayResponse {
  return jsonResponse(200, { ...headers.all, ...more, "cache-control": "no-store" }, body);
}

function unchanged(kind: ChangeKind, name: string): GatewayError {
  return new GatewayError("not_found", {
    message: `The ${kind} ${JSON.stringify(name)} is as the environment file declares it: there is no change to take back.`,
  });
}

function unknown(kind: ChangeKind, name: string): GatewayError {
  const list = { provider: "providers", route: "routes", override: "routes", price: "prices" }[kind];
  return new GatewayError("not_found", {
    message: `There is no ${kind} ${JSON.stringify(name.slice(0, 80))} here that was changed or declared so. \`GET /admin/${list}\` lists them.`,
  });
}

function unknownModel(provider: string, model: string, names: readonly string[]): GatewayError {
  return new GatewayError("invalid_request", {
    message: `\`model\` must be a model of ${provider}, got ${JSON.stringify(model.slice(0, 80))}; use ${names.slice(0, 10).join(" or ")}.`,
    param: "model",
  });
}

function refuse(problems: readonly TargetProblem[]): void {
  if (problems.length === 0) return;
  throw invalidRequest(
    problems.map(({ path, value, rule, remedy }) => ({
      param: path,
      message: `\`${path}\` ${rule}, got ${valueText(value)}; ${remedy}.`,
    })),
  );
}
