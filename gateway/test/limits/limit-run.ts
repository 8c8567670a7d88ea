import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Valkey } from "iovalkey";
import { seededRandom } from "../../../lib/seeded-random.ts";
import { startRedisServer } from "../../../test-support/redis-server.ts";

export interface LimitRunOptions {
  readonly seed: number;
  /** Tokens in a window of a second. */
  readonly max: number;
  /** Requests in progress. */
  readonly progress: number;
  readonly leaseMs: number;
  /** Windows that a run lasts; up to ten times as many on a machine on which too few of them are used up. */
  readonly windows: number;
  readonly kills?: boolean;
  readonly flushes?: boolean;
}

/** What was used in one window. */
export interface WindowUse {
  /** What settled requests used, and what was granted to others. */
  readonly used: number;
  /** Whether a request was refused in it. */
  readonly isExhausted: boolean;
  /**
   * Tokens that requests held when the last one was refused, and then did not use. On a busy machine nobody asks for these
   * before the window ends.
   */
  readonly held: number;
}

export interface LimitRun {
  /** The windows between the first and the last one, which are whole. */
  readonly windows: readonly WindowUse[];
  /** Most requests with a lease in progress at once; those of a killed process are not counted. */
  readonly mostInProgress: number;
  readonly kills: number;
  readonly flushes: number;
}

const GATEWAYS = 3;
/** Windows that shall be used up: the first and the last one are not looked at. */
const USED_UP = 3;
/** So many times as long a run may take, as windows are not used up on a very busy machine. */
const MOST_WINDOWS = 10;
/** A settlement is written down so long before the server has it, at most, on a machine that is not very busy. */
const SENT_MS = 20;
const CLIENT = join(import.meta.dirname, "limit-client.ts");

interface Client {
  readonly child: ChildProcess;
  readonly output: () => string;
}

/** Three processes with 50 concurrent requests each at one server, of which processes are killed or data are lost at random. */
export async function runLimits(options: LimitRunOptions): Promise<LimitRun> {
  const { seed, max, progress, leaseMs } = options;
  const random = seededRandom(seed);
  const server = await startRedisServer();
  const admin = new Valkey(server.url);
  admin.on("error", () => undefined);
  const outputs: (() => string)[] = [];
  let started = 0;
  const start = async (): Promise<Client> => {
    const limits = JSON.stringify({ max, progress, leaseMs });
    const args = [CLIENT, server.url, String(seed * 1000 + started++), limits];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
    outputs.push(() => text);
    await once(child.stdout, "data");
    return { child, output: () => text };
  };
  const clients = await Promise.all(Array.from({ length: GATEWAYS }, start));
  const counts = { kills: 0, flushes: 0 };
  const began = performance.now();
  const lastedWindows = () => (performance.now() - began) / 1000;
  const isOver = () =>
    lastedWindows() >= MOST_WINDOWS * options.windows ||
    (lastedWindows() >= options.windows && usedUp(outputs.map((output) => output())) >= USED_UP);
  try {
    while (!isOver()) {
      await sleep(100 + random() * 600);
      if (options.flushes && random() < 0.5) {
        await admin.call("FLUSHALL");
        if (random() < 0.5) await admin.call("FUNCTION", "FLUSH");
        counts.flushes++;
      }
      if (!options.kills) continue;
      const index = Math.floor(random() * GATEWAYS);
      await killed(clients[index]);
      clients[index] = await start();
      counts.kills++;
    }
  } finally {
    await Promise.all(clients.map(killed));
    admin.disconnect();
    await server.stop();
  }
  return { ...evaluate(outputs.map((output) => output())), ...counts };
}

async function killed(client: Client | undefined): Promise<void> {
  if (client === undefined || client.child.exitCode !== null || client.child.signalCode !== null) return;
  const closed = once(client.child, "close");
  client.child.kill("SIGKILL");
  await closed;
}

/** Windows in which a request was refused. */
function usedUp(outputs: readonly string[]): number {
  return new Set(
    outputs.flatMap((output) => {
      const refusals = output.split("\n").filter((line) => line.startsWith("r ") && !line.startsWith("r 0 "));
      return refusals.map((line) => line.split(" ")[1]);
    }),
  ).size;
}

/** Tokens that a request was granted and did not use, and when it held them. */
interface Unused {
  readonly tokens: number;
  readonly from: number;
  readonly until: number;
}

interface Refusing {
  readonly used: number;
  /** When the last request was sent that was refused. */
  readonly refusedAt: number;
  readonly unused: readonly Unused[];
}

function windowUse({ used, refusedAt, unused }: Refusing): WindowUse {
  const held = unused.filter(({ from, until }) => from <= refusedAt + SENT_MS && until >= refusedAt - SENT_MS);
  return { used, isExhausted: Number.isFinite(refusedAt), held: held.reduce((sum, { tokens }) => sum + tokens, 0) };
}

interface Grant {
  readonly window: number;
  readonly tokens: number;
  readonly at: number;
  readonly leaseEnd: number;
}

function evaluate(outputs: readonly string[]): Pick<LimitRun, "windows" | "mostInProgress"> {
  const windows = new Map<number, { used: number; refusedAt: number; readonly unused: Unused[] }>();
  const windowOf = (window: number) => {
    const known = windows.get(window) ?? { used: 0, refusedAt: Number.NEGATIVE_INFINITY, unused: [] };
    windows.set(window, known);
    return known;
  };
  const changes: { readonly at: number; readonly by: number }[] = [];
  for (const output of outputs) {
    const open = new Map<string, Grant>();
    // The last line may be half written.
    for (const line of output.split("\n").slice(0, -1)) {
      const [kind, id = "", ...rest] = line.split(" ");
      const [first = 0, second = 0, third = 0, fourth = 0] = rest.map(Number);
      const window = kind === "r" ? windowOf(Number(id)) : undefined;
      if (window !== undefined) window.refusedAt = Math.max(window.refusedAt, first);
      if (kind === "g") open.set(id, { window: first, tokens: second, at: third, leaseEnd: fourth });
      const granted = open.get(id);
      if (kind !== "s" || granted === undefined) continue;
      windowOf(granted.window).used += first;
      windowOf(granted.window).unused.push({ tokens: granted.tokens - first, from: granted.at, until: second });
      // A process that stood still for longer than a lease has lost it, and its request counts no more.
      const over = Math.min(second, granted.leaseEnd);
      if (over > granted.at) changes.push({ at: granted.at, by: 1 }, { at: over, by: -1 });
      open.delete(id);
    }
    for (const { window, tokens } of open.values()) windowOf(window).used += tokens;
  }
  let now = 0;
  let mostInProgress = 0;
  for (const { by } of changes.sort((a, b) => a.at - b.at || a.by - b.by)) {
    now += by;
    mostInProgress = Math.max(mostInProgress, now);
  }
  windows.delete(0);
  const whole = [...windows].sort(([a], [b]) => a - b).slice(1, -1);
  return { windows: whole.map(([, use]) => windowUse(use)), mostInProgress };
}
