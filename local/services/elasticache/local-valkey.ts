import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../../lib/free-port.ts";

const START_MS = 5000;

/** The server ends when our end of the pipe closes: by `stop`, or because the twin has died without stopping it. */
const WHILE_WE_LIVE =
  'command -v "$0" >/dev/null || exit 127; "$0" "$@" & server=$!; cat >/dev/null; kill -9 $server; wait $server';

/** A Redis server on loopback without a disk that stands for ElastiCache. */
export class LocalValkey {
  /** `redis://127.0.0.1:…`; empty where this machine has no redis-server. */
  readonly url: string;
  readonly #process: ChildProcess | undefined;

  private constructor(url: string, process?: ChildProcess) {
    this.url = url;
    this.#process = process;
  }

  /** @param program @default - `redis-server` from the PATH */
  static async start(program = "redis-server"): Promise<LocalValkey> {
    const port = await freePort();
    const args = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
    const child = spawn("sh", ["-c", WHILE_WE_LIVE, program, ...args], { stdio: ["pipe", "ignore", "ignore"] });
    const ended = new Promise<"ended">((resolve) => {
      child.once("error", () => resolve("ended"));
      child.once("exit", () => resolve("ended"));
    });
    const outcome = await Promise.race([ended, probe(port)]);
    if (outcome === "responds") return new LocalValkey(`redis://127.0.0.1:${port}`, child);
    child.stdin?.end();
    return new LocalValkey("");
  }

  async stop(): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.stdin?.end();
    await ended;
  }
}

async function probe(port: number): Promise<"responds" | "silent"> {
  const end = performance.now() + START_MS;
  while (performance.now() < end) {
    if (await takesConnections(port)) return "responds";
    await sleep(20);
  }
  return "silent";
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const finish = (isOpen: boolean) => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once("connect", () => finish(true)).once("error", () => finish(false));
  });
}
