import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../lib/free-port.ts";

/** Why no Redis server can be started here; `undefined` when one can. */
export const noRedisServer: string | undefined =
  spawnSync("redis-server", ["--version"]).status === 0 ? undefined : "redis-server not on PATH";

export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** Stops the process in its tracks: connections stay open, and no command gets a response. */
  freeze(): void;
  thaw(): void;
  /** Ends it; connections break. */
  stop(): Promise<void>;
}

/** Starts a Redis server on loopback without persistence. @param port @default - any free one */
export async function startRedisServer(port?: number): Promise<RedisServer> {
  const actualPort = port ?? (await freePort());
  const child = spawn(
    "redis-server",
    ["--port", String(actualPort), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--daemonize", "no"],
    { stdio: "ignore" },
  );
  await answering(actualPort, child);
  return {
    url: `redis://127.0.0.1:${actualPort}`,
    port: actualPort,
    freeze: () => void child.kill("SIGSTOP"),
    thaw: () => void child.kill("SIGCONT"),
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
  };
}

async function answering(port: number, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 500; attempt++) {
    if (child.exitCode !== null) throw new Error(`redis-server ended with ${child.exitCode} on port ${port}`);
    if (await takesConnections(port)) return;
    await sleep(20);
  }
  throw new Error(`redis-server did not take connections on port ${port} within 10 s`);
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
