import { writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { noRedisServer } from "../../../test-support/redis-server.ts";
import { temporaryFolder } from "../../test/tools.ts";
import { LocalValkey } from "./local-valkey.ts";

/** A server's response to one line. */
function sendLine(port: number, line: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(`${line}\r\n`));
    socket.once("data", (data) => {
      socket.destroy();
      resolve(String(data));
    });
    socket.once("error", reject);
  });
}

/** The path of a program with this shell script. */
function program(script: string): string {
  const path = join(temporaryFolder(), "redis-server");
  writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return path;
}

describe("the store that local gateways share", () => {
  test("is a server that responds until it is stopped", async ({ skip }) => {
    skip(noRedisServer !== undefined, noRedisServer);
    const valkey = await LocalValkey.start();
    const port = Number(new URL(valkey.url).port);
    expect(await sendLine(port, "PING")).toBe("+PONG\r\n");
    await valkey.stop();
    await expect(sendLine(port, "PING")).rejects.toThrow(/ECONNREFUSED/);
    await valkey.stop();
  });

  test("has no address where there is no server to start, and can be stopped all the same", async () => {
    const valkey = await LocalValkey.start("no-such-redis-server");
    expect(valkey.url).toBe("");
    await valkey.stop();
  });

  test("is waited for while its server takes long to start", async ({ skip }) => {
    skip(noRedisServer !== undefined, noRedisServer);
    const valkey = await LocalValkey.start(program('sleep 6; exec redis-server "$@"'));
    expect(valkey.url).not.toBe("");
    expect(await sendLine(Number(new URL(valkey.url).port), "PING")).toBe("+PONG\r\n");
    await valkey.stop();
  });

  test("whose server ends at once is an error with its exit code, and not a missing server", async () => {
    await expect(LocalValkey.start(program("exit 3"))).rejects.toThrow(/did not start: it ended with exit code 3/);
  });
});
