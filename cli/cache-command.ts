import { readFileSync } from "node:fs";
import { Command } from "commander";
import { CACHE_HEADER } from "../contracts/headers.ts";
import { UserError } from "./terminal/user-error.ts";

export interface CacheTools {
  print(text: string): void;
  /** Address of the local stack's API; `undefined` when none runs. */
  localUrl(): string | undefined;
  /** The caller's API key; `undefined` without one. */
  key(): string | undefined;
  wait(milliseconds: number): Promise<void>;
}

interface WarmOptions {
  readonly file: string;
  readonly url?: string;
  readonly maxAge: string;
  readonly concurrency: string;
}

/** Which route a body is for, by the field that only its bodies have. */
const ROUTES = [
  ["messages", "/v1/chat/completions"],
  ["prompt", "/v1/completions"],
  ["input", "/v1/embeddings"],
] as const;

const ATTEMPTS = 5;
const LONGEST_WAIT_SECONDS = 30;

/** `sluice cache warm`. */
export function cacheCommand(tools: CacheTools): Command {
  const cache = new Command("cache").description("answers that gateways keep");
  cache
    .command("warm")
    .description("ask a list of requests, so that their answers are kept before anyone waits for them")
    .requiredOption("--file <file>", "JSON Lines: the body of one request in each line")
    .option("--url <url>", "address of the API, without /v1 (default: the local stack)")
    .option("--max-age <seconds>", "ask again what is older", "86400")
    .option("--concurrency <number>", "requests at once", "4")
    .action((options: WarmOptions) => warm(options, tools));
  return cache;
}

interface Job {
  readonly line: number;
  readonly path: string;
  readonly body: string;
}

interface Tally {
  kept: number;
  asked: number;
  readonly failures: string[];
}

async function warm(options: WarmOptions, tools: CacheTools): Promise<void> {
  const maxAge = wholeNumber("--max-age", options.maxAge, 1, 604_800);
  const concurrency = wholeNumber("--concurrency", options.concurrency, 1, 64);
  const url = options.url ?? tools.localUrl();
  if (url === undefined)
    throw new UserError("No local stack runs in this clone; start it with `npm start`, or give the API's --url.");
  const jobs = readJobs(options.file);
  const tally: Tally = { kept: 0, asked: 0, failures: [] };
  const waiting = jobs.values();
  const worker = async () => {
    for (const job of waiting) await ask(job, { url, maxAge }, tools, tally);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  const { kept, asked, failures } = tally;
  tools.print(`${jobs.length} requests: ${asked} asked, ${kept} kept already, ${failures.length} failed.`);
  if (failures.length > 0) throw new UserError(`${failures.slice(0, 5).join("; ")}; correct them and warm again.`);
}

async function ask(
  { line, path, body }: Job,
  { url, maxAge }: { readonly url: string; readonly maxAge: number },
  tools: CacheTools,
  tally: Tally,
): Promise<void> {
  const key = tools.key();
  const headers = {
    "content-type": "application/json",
    "cache-control": `max-age=${maxAge}`,
    ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
  };
  for (let attempt = 1; ; attempt++) {
    let answer: Response;
    try {
      answer = await fetch(`${url.replace(/\/$/, "")}${path}`, { method: "POST", headers, body });
      await answer.arrayBuffer(); // a stream is kept when it has come to its end
    } catch (error) {
      const reason = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
      tally.failures.push(`line ${line}: ${url} can't be reached (${reason})`);
      return;
    }
    if (answer.ok) {
      if (answer.headers.get(CACHE_HEADER) === "hit") tally.kept++;
      else tally.asked++;
      return;
    }
    const isBusy = answer.status === 429 || answer.status === 503;
    if (!isBusy || attempt === ATTEMPTS) {
      tally.failures.push(`line ${line}: the API answered ${answer.status}`);
      return;
    }
    const seconds = Number(answer.headers.get("retry-after") ?? 1);
    await tools.wait(Math.min(Number.isFinite(seconds) ? seconds : 1, LONGEST_WAIT_SECONDS) * 1000);
  }
}

function readJobs(file: string): readonly Job[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    throw new UserError(`--file must be a file that can be read, got ${file}.`);
  }
  const problems: string[] = [];
  const jobs = text.split("\n").flatMap((body, index): readonly Job[] => {
    if (body.trim() === "") return [];
    const path = routeOf(body);
    if (path === undefined) problems.push(`line ${index + 1} is no JSON object with messages, prompt or input`);
    return path === undefined ? [] : [{ line: index + 1, path, body }];
  });
  if (problems.length > 0) throw new UserError(`${file}: ${problems.slice(0, 5).join("; ")}; write one body a line.`);
  if (jobs.length === 0) throw new UserError(`${file} has no requests; write one body a line.`);
  return jobs;
}

function routeOf(body: string): string | undefined {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    return ROUTES.find(([field]) => Object.hasOwn(value, field))?.[1];
  } catch {
    return undefined;
  }
}

function wholeNumber(option: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new UserError(`${option} must be a whole number from ${least} to ${most}, got ${text}.`);
}
