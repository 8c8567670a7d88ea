import { API_VERSIONS } from "../../contracts/api/api-versions.ts";
import { PARAMETERS_WITH_SLASHES } from "../../contracts/openapi/operation.ts";
import type { OperationId, RoutedOperation } from "../../contracts/openapi/operations.ts";
import { GatewayError } from "../core/gateway-error.ts";
import type { ClientDialect } from "../dialects/clients/client-dialect.ts";
import type { Endpoint } from "./endpoint.ts";

/** What a method on a path leads to. `route` is the path as it stands in logs and metrics. */
export type EndpointMatch =
  | {
      readonly kind: "found";
      readonly route: string;
      readonly client: ClientDialect | undefined;
      readonly endpoint: Endpoint;
      /** The parameter in the path, still percent-encoded; empty where the path has none. */
      readonly encodedParameter: string;
    }
  | {
      readonly kind: "refused";
      readonly route: string;
      readonly client: ClientDialect | undefined;
      readonly refusal: GatewayError;
    };

/** One path with the endpoints of its methods. */
interface PathEntry {
  readonly route: string;
  /** By upper-case method, in the order in which `allow` names them. */
  readonly byMethod: ReadonlyMap<string, Endpoint>;
}

interface PathPattern {
  readonly form: RegExp;
  readonly entry: PathEntry;
}

/** Makes the endpoint of an operation. */
type EndpointOf = (operation: RoutedOperation<OperationId>) => Endpoint;

const METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE"] as const;

/** Finds the endpoint of a path and a method. Of two that fit, the path without a parameter counts. */
export class EndpointTable {
  readonly #fixed = new Map<string, PathEntry>();
  /** Characters of the longest path without a parameter. */
  readonly #longestFixed: number;
  readonly #patterns: readonly PathPattern[];

  constructor(operations: readonly RoutedOperation<OperationId>[], endpointOf: EndpointOf) {
    const patterns: PathPattern[] = [];
    for (const [path, ofPath] of Map.groupBy(operations, (operation) => operation.path)) {
      const entry = { route: routeLabel(path), byMethod: endpointsByMethod(ofPath, endpointOf) };
      if (path.includes("{")) patterns.push({ form: pathForm(path), entry });
      else this.#fixed.set(path, entry);
    }
    this.#patterns = patterns;
    this.#longestFixed = Math.max(0, ...[...this.#fixed.keys()].map((path) => path.length));
  }

  /** @param path without query and stage */
  find(path: string, method: string): EndpointMatch {
    const found = this.#entry(path);
    if (found === undefined)
      return { kind: "refused", route: "other", client: this.#clientOf(path), refusal: this.#notFound(path) };
    const { entry, encodedParameter } = found;
    const { route, byMethod } = entry;
    const endpoint = byMethod.get(method);
    if (endpoint !== undefined) return { kind: "found", route, client: endpoint.client, endpoint, encodedParameter };
    const [anyOfPath] = byMethod.values();
    return { kind: "refused", route, client: anyOfPath?.client, refusal: methodNotAllowed(method, byMethod) };
  }

  has(path: string): boolean {
    return this.#entry(path) !== undefined;
  }

  #entry(path: string): { readonly entry: PathEntry; readonly encodedParameter: string } | undefined {
    const fixed = this.#fixed.get(path);
    if (fixed !== undefined) return { entry: fixed, encodedParameter: "" };
    for (const { form, entry } of this.#patterns) {
      const encodedParameter = form.exec(path)?.[1];
      if (encodedParameter !== undefined) return { entry, encodedParameter };
    }
    return undefined;
  }

  /**
   * The dialect of a path that does not exist: that of the longest path that it begins with, whatever versions stand
   * before it. SDKs write one of their own. No more of a path is read than the longest of those has.
   */
  #clientOf(path: string): ClientDialect | undefined {
    const rest = path.replace(/^(?:\/v\d[^/]*)+(?=\/)/, "");
    for (const known of API_VERSIONS)
      for (let end = Math.min(rest.length, this.#longestFixed + 1); end > 0; end = rest.lastIndexOf("/", end - 1)) {
        const entry = this.#fixed.get(`/${known}${rest.slice(0, end)}`);
        const [endpoint] = entry?.byMethod.values() ?? [];
        if (endpoint !== undefined) return endpoint.client;
      }
    return undefined;
  }

  /** Names the versions that exist, when the path has another one or none. */
  #notFound(path: string): GatewayError {
    const versions = API_VERSIONS.map((version) => `/${version}`).join(", ");
    const [, version = "", rest = ""] = /^\/(v\d[^/]*)(\/.*)?$/.exec(path) ?? [];
    if (version !== "" && !API_VERSIONS.some((known) => known === version)) {
      const same = API_VERSIONS.find((known) => this.has(`/${known}${rest}`));
      return new GatewayError("not_found", {
        message: `The API has no version ${version.slice(0, 20)}; it has ${versions}.${same ? ` Use /${same}${rest}.` : ""}`,
      });
    }
    const versioned = API_VERSIONS.map((known) => `/${known}${path}`).find((known) => this.has(known));
    if (versioned === undefined) return new GatewayError("not_found");
    return new GatewayError("not_found", { message: `The path names no version of the API. Use ${versioned}.` });
  }
}

/** A GET serves HEAD too, unless its body may be so large that it is not computed for its length. */
function endpointsByMethod(
  operations: readonly RoutedOperation<OperationId>[],
  endpointOf: EndpointOf,
): ReadonlyMap<string, Endpoint> {
  const byMethod = new Map<string, Endpoint>();
  for (const method of METHODS) {
    const wanted = method === "HEAD" ? "get" : method.toLowerCase();
    const operation = operations.find((each) => each.method === wanted);
    if (operation === undefined || (method === "HEAD" && operation.isLong === true)) continue;
    byMethod.set(method, endpointOf(operation));
  }
  return byMethod;
}

function methodNotAllowed(method: string, byMethod: ReadonlyMap<string, Endpoint>): GatewayError {
  const methods = [...byMethod.keys()];
  return new GatewayError("method_not_allowed", {
    message: `This path does not take ${method}. Use ${methods.join(" or ")}.`,
    headers: { allow: [...methods, "OPTIONS"].join(", ") },
  });
}

/** Logs and metrics call a client's things `{id}` and an operator's `{name}`. */
function routeLabel(path: string): string {
  return path.replace(/\{(\w+)\}/, (parameter, name) => (name === "name" ? parameter : "{id}"));
}

function pathForm(path: string): RegExp {
  const form = path.replace(/\{(\w+)\}/, (_, name) => (PARAMETERS_WITH_SLASHES.has(name) ? "(.+)" : "([^/]+)"));
  return new RegExp(`^${form}$`);
}
