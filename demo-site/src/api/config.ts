import type { SiteConfig } from "../../../contracts/processes/site-config.ts";
import { isRecord } from "../../../lib/is-record.ts";
import { parseJson } from "../../../lib/parse-json.ts";

export type { SiteConfig };
export type SiteModel = SiteConfig["models"][number];

export type ConfigResponse =
  | { readonly kind: "config"; readonly config: SiteConfig }
  | { readonly kind: "problem"; readonly problems: readonly string[] };

/** Reads the page's configuration. Never throws: what is wrong comes back as sentences for the page. */
export async function loadConfig(url: string): Promise<ConfigResponse> {
  let text: string;
  try {
    const response = await fetch(url, { cache: "no-cache" });
    if (!response.ok) return problem(`${url} answered with status ${response.status}.`);
    text = await response.text();
  } catch {
    return problem(`${url} could not be fetched. Check your connection.`);
  }
  const value = parseJson(text);
  if (value === undefined) return problem(`${url} is not JSON.`);
  return checkConfig(value);
}

/** A hand check instead of a schema library: it keeps the page small, and only the site stack writes this file. */
export function checkConfig(value: unknown): ConfigResponse {
  const problems: string[] = [];
  const read = new Reader(isRecord(value) ? value : {}, "", problems);
  const defaults = read.record("defaults");
  const config: SiteConfig = {
    environment: read.text("environment"),
    title: read.text("title"),
    apiUrl: read.address("apiUrl"),
    auth: read.auth("auth"),
    models: read.list("models").map((item, index) => checkModel(item, index, problems)),
    defaults: {
      temperature: defaults.number("temperature", 0, 2),
      topP: defaults.number("topP", 0, 1),
      maxTokens: defaults.number("maxTokens", 1, Number.MAX_SAFE_INTEGER),
    },
    samplePrompts: read.list("samplePrompts").filter((item) => typeof item === "string"),
    ...(read.has("visitors")
      ? {
          visitors: {
            requestsPerMinute: read.record("visitors").number("requestsPerMinute", 1, Number.MAX_SAFE_INTEGER),
          },
        }
      : {}),
    ...(read.has("console") ? { console: { people: read.record("console").flag("people") } } : {}),
  };
  if (config.models.length === 0) problems.push("`models` must name at least one model.");
  return problems.length === 0 ? { kind: "config", config } : { kind: "problem", problems };
}

function checkModel(item: unknown, index: number, problems: string[]): SiteModel {
  const read = new Reader(isRecord(item) ? item : {}, `models[${index}].`, problems);
  return {
    id: read.text("id"),
    displayName: read.text("displayName"),
    weights: read.text("weights"),
    contextTokens: read.number("contextTokens", 1, Number.MAX_SAFE_INTEGER),
    ...(read.has("price") ? { price: checkPrice(read.record("price")) } : {}),
  };
}

function checkPrice(read: Reader): NonNullable<SiteModel["price"]> {
  return {
    inputUsdPerMillion: read.number("inputUsdPerMillion", 0, Number.MAX_SAFE_INTEGER),
    outputUsdPerMillion: read.number("outputUsdPerMillion", 0, Number.MAX_SAFE_INTEGER),
  };
}

/** Reads fields and notes what is wrong with them, so that every problem is listed at once. */
class Reader {
  readonly #value: Readonly<Record<string, unknown>>;
  readonly #path: string;
  readonly #problems: string[];

  constructor(value: Readonly<Record<string, unknown>>, path: string, problems: string[]) {
    this.#value = value;
    this.#path = path;
    this.#problems = problems;
  }

  has(name: string): boolean {
    return this.#value[name] !== undefined;
  }

  flag(name: string): boolean {
    const value = this.#value[name];
    if (typeof value === "boolean") return value;
    this.#wrong(name, "true or false");
    return false;
  }

  text(name: string): string {
    const value = this.#value[name];
    if (typeof value === "string" && value !== "") return value;
    this.#wrong(name, "text");
    return "";
  }

  address(name: string): string {
    const value = this.#value[name];
    if (typeof value === "string" && /^https?:$/.test(protocolOf(value))) return value.replace(/\/+$/, "");
    this.#wrong(name, "an http or https address");
    return "";
  }

  auth(name: string): SiteConfig["auth"] {
    const value = this.#value[name];
    if (value === "off" || value === "optional" || value === "required") return value;
    this.#wrong(name, '"off", "optional" or "required"');
    return "off";
  }

  number(name: string, least: number, most: number): number {
    const value = this.#value[name];
    if (typeof value === "number" && value >= least && value <= most) return value;
    this.#wrong(
      name,
      most === Number.MAX_SAFE_INTEGER ? `a number from ${least}` : `a number from ${least} to ${most}`,
    );
    return least;
  }

  list(name: string): readonly unknown[] {
    const value = this.#value[name];
    if (Array.isArray(value)) return value;
    this.#wrong(name, "a list");
    return [];
  }

  record(name: string): Reader {
    const value = this.#value[name];
    return new Reader(isRecord(value) ? value : {}, `${this.#path}${name}.`, this.#problems);
  }

  #wrong(name: string, rule: string): void {
    const got = JSON.stringify(this.#value[name]) ?? "nothing";
    this.#problems.push(`\`${this.#path}${name}\` must be ${rule}, got ${got}.`);
  }
}

function protocolOf(address: string): string {
  return URL.canParse(address) ? new URL(address).protocol : "";
}

function problem(sentence: string): ConfigResponse {
  return { kind: "problem", problems: [sentence] };
}
