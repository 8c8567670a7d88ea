import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../../lib/free-port.ts";

/** Between two attempts to connect. */
const POLL_MS = 20;
/** What `sh` ends with where there is no such program. */
const NO_PROGRAM = 127;

/** The server ends when our end of the pipe closes: by `stop`, or because the twin has died without stopping it. */
const WHILE_WE_LIVE = `command -v "$0" >/dev/null || exit ${NO_PROGRAM}; exec 3<&0
  "$0" "$@" & server=$!; { cat <&3 >/dev/null; kill -9 $server; } &
  watch=$!; wait $server; code=$?; kill $watch; exit $code`;

/** A Redis server on loopback without a disk that stands for ElastiCache. */
export class LocalValkey {
  /** `redis://127.0.0.1:…`; empty where this machine has no redis-server. */
  readonly url: string;
  readonly #process: ChildProcess | undefined;

  private constructor(url: string, process?: ChildProcess) {
    this.url = url;
    this.#process = process;
  }

  /**
   * Waits until it takes connections, for as long as it runs.
   * @param program @default - `redis-server` from the PATH
   * @throws when it ends before
   */
  static async start(program = "redis-server"): Promise<LocalValkey> {
    const port = await freePort();
    const args = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
    const child = spawn("sh", ["-c", WHILE_WE_LIVE, program, ...args], { stdio: ["pipe", "ignore", "ignore"] });
    let cause: string | undefined;
    child.once("error", (error) => {
      cause = error.message;
    });
    child.once("exit", (code, signal) => {
      cause = signal ?? `exit code ${code}`;
    });
    while (cause === undefined) {
      if (await takesConnections(port)) return new LocalValkey(`redis://127.0.0.1:${port}`, child);
      await sleep(POLL_MS);
    }
    if (child.exitCode === NO_PROGRAM) return new LocalValkey("");
    throw new Error(`${program} did not start: it ended with ${cause}; run \`${program}\` to see why.`);
  }

  async stop(): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.stdin?.end();
    await ended;
  }
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
