import type { Logger } from "pino";
import {
  CHANGES_SECTION,
  type ChangeKind,
  changeId,
  RouteOverride,
  TargetChange,
} from "../../contracts/target-changes.ts";
import type { TargetProblem } from "../../contracts/target-problems.ts";
import { ProviderSettings, RouteSettings } from "../../contracts/target-settings.ts";
import { GatewayError } from "../core/gateway-error.ts";
import type { Exchange } from "../exchange.ts";
import { readBody } from "../http/read-body.ts";
import { MAX_JSON_DEPTH, tooDeepField } from "../json-depth.ts";
import { bodyProblems, invalidRequest } from "../pipeline/body-problems.ts";
import type { TargetsConfig } from "../routing/target-registry.ts";
import type { TargetService } from "../routing/target-service.ts";
import type { AdminRoute } from "./admin-routes.ts";
import { type ChangeStore, VersionConflict } from "./change-store.ts";
import type { Changes } from "./changes.ts";
import { targetStates } from "./target-states.ts";
import { testConnection } from "./test-connection.ts";

export interface AdminApiOptions {
  readonly targets: TargetService;
  readonly declared: TargetsConfig;
  /** `undefined`: nothing can be changed at run time. */
  readonly changes: { readonly view: Changes; readonly store: ChangeStore } | undefined;
  readonly logger: Logger;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
  readonly wallClock: () => number;
}

export interface AdminAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
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

/** Larger than any provider's list of models that one would write by hand. */
const BODY_LIMIT_BYTES = 256 * 1024;
const SETTINGS = { provider: ProviderSettings, route: RouteSettings, override: RouteOverride } as const;

/** `/admin/*`: shows and changes providers and routes, for keys that may. Every change is in the log, with who made it. */
export class AdminApi {
  readonly #options: AdminApiOptions;

  constructor(options: AdminApiOptions) {
    this.#options = options;
  }

  /**
   * @param actor id of the key
   * @throws {GatewayError} `not_found`, `invalid_request`, `version_conflict`, `changes_unavailable`
   */
  async answer(exchange: Exchange, { path, encodedId }: AdminRoute, actor: string): Promise<AdminAnswer> {
    const { targets, now } = this.#options;
    const method = exchange.request.method ?? "GET";
    const name = decode(encodedId);
    switch (path) {
      case "/admin/targets":
        return ok({ object: "list", data: targetStates(targets, now()) });
      case "/admin/providers":
        return ok({ object: "list", data: this.#list("provider") });
      case "/admin/routes":
        return ok({ object: "list", data: this.#list("route") });
      case "/admin/providers/{name}":
        return await this.#one(exchange, method, "provider", name, actor);
      case "/admin/routes/{name}":
        return await this.#one(exchange, method, "route", name, actor);
      case "/admin/routes/{name}/override":
        return await this.#one(exchange, method === "POST" ? "PUT" : method, "override", name, actor);
      case "/admin/providers/{name}/test": {
        const provider = targets.registry.table.providers.get(name);
        if (provider === undefined) throw unknown("provider", name);
        this.#audit(exchange, actor, "test provider", name);
        return ok(await testConnection(provider, now));
      }
    }
  }

  async #one(exchange: Exchange, method: string, kind: ChangeKind, name: string, actor: string): Promise<AdminAnswer> {
    if (method === "PUT") return await this.#put(exchange, kind, name, actor);
    if (method === "DELETE") return await this.#delete(exchange, kind, name, actor);
    const found = kind === "override" ? undefined : this.#list(kind).find((item) => item.name === name);
    if (found === undefined) throw unknown(kind, name);
    return { ...ok(found), headers: { etag: `"${found.version}"` } };
  }

  async #put(exchange: Exchange, kind: ChangeKind, name: string, actor: string): Promise<AdminAnswer> {
    const { view, store } = this.#changes();
    const over = wantedVersion(exchange);
    const text = await readBody(exchange.request, exchange.response, BODY_LIMIT_BYTES);
    const settings = SETTINGS[kind].safeParse(parse(text), { reportInput: true });
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
    const change = TargetChange.safeParse({ ...item, settings: settings.data }, { reportInput: true });
    if (!change.success) throw invalidRequest(bodyProblems(change.error.issues));
    await view.refresh();
    refuse(view.problems(change.data));
    const version = await kept(store.put(kind, name, settings.data, { by: actor, at, over }));
    this.#audit(exchange, actor, `put ${kind}`, name, version);
    await view.refresh();
    return {
      status: 200,
      headers: { etag: `"${version}"` },
      body: { name, source: "changed", version, updatedAt: item.updatedAt, updatedBy: actor, settings: settings.data },
    };
  }

  async #delete(exchange: Exchange, kind: ChangeKind, name: string, actor: string): Promise<AdminAnswer> {
    const { view, store } = this.#changes();
    await view.refresh();
    refuse(view.problemsWithout(changeId(kind, name)));
    const found = await kept(store.delete(kind, name, wantedVersion(exchange)));
    if (!found) throw unknown(kind, name);
    this.#audit(exchange, actor, `delete ${kind}`, name);
    await view.refresh();
    return ok({ name, deleted: true });
  }

  #list(kind: "provider" | "route"): readonly Described[] {
    const { declared, changes } = this.#options;
    const changed = [...(changes?.view.current.values() ?? [])].filter((change) => change.kind === kind);
    const isChanged = new Set(changed.map(({ name }) => name));
    return [
      ...(kind === "provider" ? declared.providers : declared.routes)
        .filter(({ name }) => !isChanged.has(name))
        .map(({ name, ...settings }) => ({
          name,
          source: "declared" as const,
          version: 0,
          updatedAt: null,
          updatedBy: null,
          settings,
        })),
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

  #changes(): NonNullable<AdminApiOptions["changes"]> {
    const { changes } = this.#options;
    if (changes !== undefined) return changes;
    throw new GatewayError("changes_unavailable", {
      message: "This gateway has no table for changes; deploy the data stack.",
    });
  }

  /** Who did what: neither settings nor anything of the request beside its id. */
  #audit({ requestId }: Exchange, actor: string, action: string, name: string, version?: number): void {
    this.#options.logger.info({ audit: true, requestId, actor, action, name, version }, "admin");
  }
}

function ok(body: unknown): AdminAnswer {
  return { status: 200, headers: {}, body };
}

function unknown(kind: ChangeKind, name: string): GatewayError {
  const list = kind === "provider" ? "providers" : "routes";
  return new GatewayError("not_found", {
    message: `There is no ${kind} ${JSON.stringify(name.slice(0, 80))} here that was changed or declared so. \`GET /admin/${list}\` lists them.`,
  });
}

/** `If-Match: "3"` changes version 3 only; `If-None-Match: *` makes something new only. */
function wantedVersion({ request }: Exchange): number | undefined {
  if (request.headers["if-none-match"] === "*") return 0;
  const text = request.headers["if-match"];
  if (text === undefined || text === "*") return undefined;
  const version = /^"(\d{1,15})"$/.exec(text)?.[1];
  if (version === undefined)
    throw new GatewayError("invalid_request", {
      message: '`If-Match` must be the version in quotes, e.g. "3", as `etag` has it.',
      param: "if-match",
    });
  return Number(version);
}

function refuse(problems: readonly TargetProblem[]): void {
  if (problems.length === 0) return;
  throw invalidRequest(
    problems.map(({ path, value, rule, remedy }) => ({
      param: path,
      message: `\`${path}\` ${rule}, got ${JSON.stringify(value)}; ${remedy}.`,
    })),
  );
}

async function kept<T>(done: Promise<T>): Promise<T> {
  try {
    return await done;
  } catch (error) {
    throw new GatewayError(error instanceof VersionConflict ? "version_conflict" : "changes_unavailable");
  }
}

function parse(bytes: Buffer): unknown {
  const value = parseText(bytes);
  const deep = tooDeepField(value)?.slice(0, 80);
  if (deep !== undefined)
    throw invalidRequest([
      {
        param: deep,
        message: `\`${deep}\` must make a body of at most ${MAX_JSON_DEPTH} nested levels, got over ${MAX_JSON_DEPTH}; flatten it.`,
      },
    ]);
  return value;
}

function parseText(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    throw new GatewayError("invalid_json");
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new GatewayError("not_found", { message: "The name in the path is not valid percent-encoding. Encode it." });
  }
}
