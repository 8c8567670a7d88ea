import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { header, requestTarget, respond } from "../../http/server.ts";
import { wildcard } from "../../http/wildcard.ts";
import { asNumber, asText, block, blocks, type JsonObject } from "../../template/json.ts";
import type { Bucket, StoredObject } from "../s3/bucket.ts";
import { type PassedOrigin, passOn } from "./pass-on.ts";

export interface DistributionOptions {
  readonly config: JsonObject;
  /** The bucket behind an origin's domain name. */
  bucket(domainName: string): Bucket | undefined;
  /** The response headers policy with this id. */
  headersPolicy(id: string): JsonObject | undefined;
  /** Address of the local API, in place of that of a custom origin. */
  readonly apiUrl: string;
}

/** A behaviour of a distribution: which origin has some paths. */
interface Behavior {
  readonly matches: (path: string) => boolean;
  readonly origin: PassedOrigin;
}

/**
 * A CloudFront distribution in front of S3, and of the API for some paths: root object, custom errors, response headers
 * policy. It does not cache.
 */
export class Distribution {
  readonly #config: JsonObject;
  readonly #bucket: Bucket;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #behaviors: readonly Behavior[];

  constructor(options: DistributionOptions) {
    this.#config = options.config;
    if (blocks(options.config.origin_group).length > 0)
      throw new Error("The twin's CloudFront has no failover; origin_group is not simulated.");
    this.#behaviors = blocks(options.config.ordered_cache_behavior).map((ordered) => behaviorOf(ordered, options));
    const behavior = block(options.config.default_cache_behavior) ?? {};
    const origin = blocks(options.config.origin).find((candidate) => candidate.origin_id === behavior.target_origin_id);
    const bucket = origin && options.bucket(asText(origin.domain_name));
    if (!bucket) throw new Error("The twin's CloudFront serves S3 origins only; the default behaviour has another.");
    this.#bucket = bucket;
    const policyId = behavior.response_headers_policy_id;
    this.#headers = policyId === undefined ? {} : policyHeaders(options.headersPolicy(asText(policyId)) ?? {});
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    const { path } = requestTarget(request);
    const behavior = this.#behaviors.find(({ matches }) => matches(path));
    if (behavior) {
      passOn(request, response, behavior.origin, {
        headers: this.#headers,
        // As on AWS, the error pages of a distribution are in place of all origins' errors.
        replaced: (status) => this.#errorPage(request, response, status),
      });
      return;
    }
    if (request.method !== "GET" && request.method !== "HEAD")
      return respond(
        response,
        403,
        { "content-type": "text/plain", ...this.#headers },
        "This distribution is read-only.",
      );
    const key = objectKey(path, asText(this.#config.default_root_object ?? ""));
    const found = key === undefined ? undefined : this.#bucket.get(key);
    if (found) return this.#send(request, response, 200, found);
    // A private bucket responds 403 for a missing object, unless ListBucket is allowed.
    if (this.#errorPage(request, response, 403)) return;
    respond(response, 403, { "content-type": "text/plain", ...this.#headers }, "Access denied");
  }

  /** Responds with the page of an error. @returns whether there is one: an entry without a page only sets how long the error is cached */
  #errorPage(request: IncomingMessage, response: ServerResponse, status: number): boolean {
    const custom = blocks(this.#config.custom_error_response).find((entry) => asNumber(entry.error_code) === status);
    const page = custom?.response_page_path && this.#bucket.get(asText(custom.response_page_path).replace(/^\//, ""));
    if (!custom || !page) return false;
    this.#send(request, response, asNumber(custom.response_code), page);
    return true;
  }

  #send(request: IncomingMessage, response: ServerResponse, status: number, object: StoredObject): void {
    const etag = `"${createHash("md5").update(object.body).digest("hex")}"`;
    const headers = { ...object.headers, ...this.#headers, etag };
    if (status === 200 && header(request, "if-none-match")?.includes(etag)) {
      // No content-length: here it would have to be the object's.
      response.writeHead(304, headers).end();
      return;
    }
    response.writeHead(status, { ...headers, "content-length": String(object.body.length) });
    response.end(request.method === "HEAD" ? undefined : object.body);
  }
}

function behaviorOf(ordered: JsonObject, { config, apiUrl }: DistributionOptions): Behavior {
  const pattern = wildcard(asText(ordered.path_pattern));
  const origin = blocks(config.origin).find((candidate) => candidate.origin_id === ordered.target_origin_id);
  if (!origin || !block(origin.custom_origin_config))
    throw new Error("Another behaviour than the default one must have the API as its origin in the twin's CloudFront.");
  const methods = Array.isArray(ordered.allowed_methods) ? ordered.allowed_methods.map(asText) : [];
  return {
    matches: (path) => pattern.test(path),
    origin: { url: `${apiUrl}${asText(origin.origin_path ?? "")}`, methods },
  };
}

function objectKey(path: string, rootObject: string): string | undefined {
  if (path === "/") return rootObject;
  try {
    return decodeURIComponent(path.slice(1));
  } catch {
    return undefined;
  }
}

/** The headers that a response headers policy adds to every response. */
function policyHeaders(policy: JsonObject): Readonly<Record<string, string>> {
  const security = block(policy.security_headers_config) ?? {};
  const csp = block(security.content_security_policy);
  const hsts = block(security.strict_transport_security);
  const frame = block(security.frame_options);
  const referrer = block(security.referrer_policy);
  const custom = blocks(block(policy.custom_headers_config)?.items);
  return {
    ...(csp ? { "content-security-policy": asText(csp.content_security_policy) } : {}),
    ...(hsts ? { "strict-transport-security": strictTransport(hsts) } : {}),
    ...(frame ? { "x-frame-options": asText(frame.frame_option) } : {}),
    ...(referrer ? { "referrer-policy": asText(referrer.referrer_policy) } : {}),
    ...(security.content_type_options ? { "x-content-type-options": "nosniff" } : {}),
    ...Object.fromEntries(custom.map((item) => [asText(item.header).toLowerCase(), asText(item.value)])),
  };
}

function strictTransport(hsts: JsonObject): string {
  const parts = [`max-age=${asNumber(hsts.access_control_max_age_sec)}`];
  if (hsts.include_subdomains === true) parts.push("includeSubDomains");
  if (hsts.preload === true) parts.push("preload");
  return parts.join("; ");
}
