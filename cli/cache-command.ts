import { Command } from "commander";
import { CACHE_HEADER } from "../contracts/api/headers.ts";
import { isRecord } from "../lib/is-record.ts";
import { parseJson } from "../lib/parse-json.ts";
import { fetchFailure } from "./terminal/fetch-failure.ts";
import { checkHttpAddress } from "./terminal/http-address.ts";
import { namedText } from "./terminal/named-file.ts";
import { numberOption } from "./terminal/number-option.ts";
import { sendableKey } from "./terminal/sendable-key.ts";
import { UserError } from "./terminal/user-error.ts";

export interface CacheTools {
  print(text: string): void;
  /** Address of the local stack's API; `undefined` when none runs. */
  localUrl(): string | undefined;
  /** The caller's API key: from a variable, or that of the login at the API; `undefined` without one. */
  key(url: string): Promise<string | undefined>;
  wait(milliseconds: number): Promise<void>;
}

interface WarmOptions {
  readonly file: string;
  readonly url?: string;
  readonly maxAge: string;
  readonly concurrency: string;
}

/** The endpoint of a request body, by the field that only bodies of that endpoint have. */
const ENDPOINTS = [
  ["messages", "/v1/chat/completions"],
  ["prompt", "/v1/completions"],
  ["input", "/v1/embeddings"],
] as const;

const ATTEMPTS = 5;
const LONGEST_WAIT_SECONDS = 30;

/** `sluice cache warm`. */
export function cacheCommand(tools: CacheTools): Command {
  const cache = new Command("cache").description("fill the cache of responses");
  cache
    .command("warm")
    .description("send a file of requests, so that their responses are cached before users need them")
    .requiredOption("--file <file>", "JSON Lines file with one request body per line")
    .option("--url <url>", "address of the API, without /v1 (default: the local stack)")
    .option("--max-age <seconds>", "refresh cached responses that are older", "86400")
    .option("--concurrency <number>", "requests in flight at once", "4")
    .action((options: WarmOptions) => warm(options, tools));
  return cache;
}

interface Job {
  readonly line: number;
  readonly path: string;
  readonly body: string;
}

interface Tally {
  cached: number;
  refreshed: number;
  readonly failures: string[];
}

async function warm(options: WarmOptions, tools: CacheTools): Promise<void> {
  const maxAge = numberOption("--max-age", options.maxAge, { least: 1, most: 604_800, isWhole: true });
  const concurrency = numberOption("--concurrency", options.concurrency, { least: 1, most: 64, isWhole: true });
  const url = options.url ?? tools.localUrl();
  if (url === undefined)
    throw new UserError(
      "No local stack runs in this clone; start one with `npm start`, or set --url to the address of an API.",
    );
  checkHttpAddress("--url", url);
  const key = await tools.key(url);
  if (key !== undefined) sendableKey("The key in SLUICE_API_KEY or OPENAI_API_KEY", key);
  const jobs = readJobs(options.file);
  const tally: Tally = { cached: 0, refreshed: 0, failures: [] };
  const waiting = jobs.values();
  const worker = async () => {
    for (const job of waiting) await send(job, { url, maxAge }, tools, tally);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  const { cached, refreshed, failures } = tally;
  tools.print(
    `${jobs.length} requests: ${refreshed} sent to a model, ${cached} cached already, ${failures.length} failed.`,
  );
  if (failures.length > 0)
    throw new UserError(`${failures.slice(0, 5).join("; ")}; correct them and run the command again.`);
}

async function send(
  { line, path, body }: Job,
  { url, maxAge }: { readonly url: string; readonly maxAge: number },
  tools: CacheTools,
  tally: Tally,
): Promise<void> {
  const key = await tools.key(url);
  const headers = {
    "content-type": "application/json",
    "cache-control": `max-age=${maxAge}`,
    ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
  };
  for (let attempt = 1; ; attempt++) {
    let response: Response;
    try {
      response = await fetch(`${url.replace(/\/$/, "")}${path}`, { method: "POST", headers, body });
      await response.arrayBuffer(); // a stream is cached when it has ended
    } catch (error) {
      tally.failures.push(`line ${line}: ${url} can't be reached (${fetchFailure(error)})`);
      return;
    }
    if (response.ok) {
      if (response.headers.get(CACHE_HEADER) === "hit") tally.cached++;
      else tally.refreshed++;
      return;
    }
    const isBusy = response.status === 429 || response.status === 503;
    if (!isBusy || attempt === ATTEMPTS) {
      tally.failures.push(`line ${line}: the API responded with ${response.status}`);
      return;
    }
    const seconds = Number(response.headers.get("retry-after") ?? 1);
    await tools.wait(Math.min(Number.isFinite(seconds) ? seconds : 1, LONGEST_WAIT_SECONDS) * 1000);
  }
}

/** A hundred thousand requests of usual size; more are several files. */
const MAX_FILE_BYTES = 256 * 1024 * 1024;

function readJobs(file: string): readonly Job[] {
  const text = namedText("--file", file, MAX_FILE_BYTES);
  const problems: string[] = [];
  const jobs = text.split("\n").flatMap((body, index): readonly Job[] => {
    if (body.trim() === "") return [];
    const path = endpointOf(body);
    if (path === undefined) problems.push(`line ${index + 1} is not a JSON object with messages, prompt or input`);
    return path === undefined ? [] : [{ line: index + 1, path, body }];
  });
  if (problems.length > 0)
    throw new UserError(`${file}: ${problems.slice(0, 5).join("; ")}; write one request body per line.`);
  if (jobs.length === 0) throw new UserError(`${file} has no requests; write one request body per line.`);
  return jobs;
}

function endpointOf(body: string): string | undefined {
  const value = parseJson(body);
  return isRecord(value) ? ENDPOINTS.find(([field]) => Object.hasOwn(value, field))?.[1] : undefined;
}
