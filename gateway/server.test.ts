import { describe, expect, test } from "vitest";
import { newApiKey } from "../domain/keys/api-key.ts";
import { startFakeEngine } from "../test-support/fake-engine.ts";
import { eventually } from "../test-support/waits/eventually.ts";
import { getOnce, startProcess, startServing, withGatewayBundle } from "./test/gateway-process.ts";
import { completion, errorOf, eventsOf, post, testConfig } from "./test/test-gateway.ts";

/** Variables of a process that runs this code first, in each of its threads. */
function preloading(code: string) {
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}` };
}

withGatewayBundle();

describe("the gateway process", () => {
  test("finds its engines and keys through AWS, and serves", async () => {
    const { url, metricsUrl, aws, output } = await startServing({ auth: "required" });
    const key = newApiKey();
    aws.keys.set(key.keyId, {
      keyId: key.keyId,
      hash: key.hash,
      name: "a",
      plan: "standard",
      createdAt: "2026-01-01T00:00:00Z",
    });
    await errorOf(await post(url, "/v1/completions", completion()), 401, "missing_api_key");
    const response = await post(url, "/v1/completions", completion(), { authorization: `Bearer ${key.secret}` });
    expect(response.status).toBe(200);
    expect(await (await fetch(metricsUrl)).text()).toContain('sluice_engines_ready{model="tiny"} 1');
    await eventually(() => expect(output()).toContain('"engineId":"i-0abc:'));
    expect(output()).toContain(`"keyId":"${key.keyId}"`);
    expect(output()).not.toContain(key.secret);
  });

  // documented: stops-without-loss
  test("on SIGTERM finishes the running stream, refuses new connections, and exits with 0", async () => {
    const { url, child, exit, output } = await startServing({}, { tokens: 30, intervalMs: 30 });
    const response = await post(url, "/v1/completions", completion({ stream: true }));
    child.kill("SIGTERM");
    await eventually(async () => expect(await fetch(`${url}/health`).catch(() => "refused")).toBe("refused"));
    expect(eventsOf(await response.text()).at(-1)).toBe("[DONE]");
    expect(await exit).toBe(0);
    expect(output()).toContain('"drained"');
    expect(
      output()
        .split("\n")
        .filter((line) => line.includes('"stream":true')),
    ).toHaveLength(1);
  });

  test("on SIGTERM waits for drainSeconds and no longer", async () => {
    const { url, child, exit, output } = await startServing({ drainSeconds: 0.3 }, { tokens: 5, stallsAfterTokens: 1 });
    const response = await post(url, "/v1/completions", completion({ stream: true }));
    child.kill("SIGINT");
    await expect(response.text()).rejects.toThrow();
    expect(await exit).toBe(0);
    expect(output()).toContain("drain time is over");
  });

  test("exits on SIGTERM also when its log has no reader any more", async () => {
    const { child, exit, url } = await startServing();
    child.stdout?.destroy();
    child.stderr?.destroy();
    await post(url, "/v1/completions", completion());
    child.kill("SIGTERM");
    expect(await exit).toBe(0);
  });

  // documented: log-disk-full
  test("serves on while the disk behind its log is full, and exits on SIGTERM all the same", async () => {
    const full = `
      import fs from "node:fs";
      const { write } = fs;
      let isFull = false;
      process.on("SIGUSR2", () => { isFull = true; });
      fs.write = (fd, ...rest) => {
        if (fd !== 1 || !isFull) return write(fd, ...rest);
        rest.at(-1)(Object.assign(new Error("no space left on device"), { code: "ENOSPC" }));
      };`;
    const { child, exit, url } = await startServing({}, {}, {}, preloading(full));
    child.kill("SIGUSR2");
    for (let sent = 0; sent < 5; sent++) {
      expect((await post(url, "/v1/completions", completion())).status).toBe(200);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    child.kill("SIGTERM");
    expect(await exit).toBe(0);
  });

  test("without requests exits at once on SIGTERM", async () => {
    const { child, exit } = await startServing({ drainSeconds: 600 });
    child.kill("SIGTERM");
    expect(await exit).toBe(0);
  });

  test("writes its metrics to the same output, at the latest when it leaves", async () => {
    const { child, exit, output, url } = await startServing();
    await (await post(url, "/v1/completions", completion())).text();
    child.kill("SIGTERM");
    expect(await exit).toBe(0);
    const lines = output()
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const written = lines.filter((line) => "_aws" in line && line.Route === "/v1/completions");
    expect(written.map(({ Requests }) => Requests)).toEqual([1]);
    expect(lines.filter((line) => line.msg === "request" && line.route === "/v1/completions")).toHaveLength(1);
  });

  test("when it fails, what it logged before is still written", async () => {
    const fails = 'process.on("SIGUSR2", () => { throw new TypeError("made to fail"); });';
    const { child, exit, output, url } = await startServing({}, {}, {}, preloading(fails));
    await (await post(url, "/v1/completions", completion())).text();
    child.kill("SIGUSR2");
    expect(await exit).toBe(1);
    expect(output()).toContain('"route":"/v1/completions"');
  });

  test("with a wrong configuration prints all problems in one line and exits with 1", async () => {
    const { exit, output } = startProcess({ SLUICE_CONFIG: '{"auth":"maybe"}', SLUICE_PORT: "x" });
    expect(await exit).toBe(1);
    expect(output().trim().split("\n")).toHaveLength(1);
    expect(output()).toMatch(
      /^The gateway can't start: SLUICE_PORT must be a port.*; SLUICE_CONFIG environment: .*; SLUICE_CONFIG auth: /,
    );
  });

  test("on a port that is in use prints that and exits with 1", async () => {
    const engine = await startFakeEngine();
    const environment = {
      SLUICE_CONFIG: JSON.stringify(testConfig()),
      SLUICE_HOST: "127.0.0.1",
      SLUICE_METRICS_PORT: "0",
    };
    const { exit, output } = startProcess({
      ...environment,
      SLUICE_PORT: String(engine.port),
      AWS_REGION: "us-east-1",
    });
    expect(await exit).toBe(1);
    expect(output()).toMatch(/EADDRINUSE.*in use/);
    await engine.stop();
  });
});

/** Each thread loads the whole gateway: seconds on a machine that does much else. */
describe("a gateway of several threads", { timeout: 90_000 }, () => {
  test("counts an address's requests in all threads together", async () => {
    const { url } = await startServing({ threads: 3, requestsPerMinutePerIp: 50 });
    const statuses: (number | undefined)[] = [];
    for (let index = 0; index < 60; index++) statuses.push(await getOnce(`${url}/v1/models`));
    expect(statuses.filter((status) => status === 200)).toHaveLength(50);
    expect(statuses.slice(50).every((status) => status === 429)).toBe(true);
  });

  // documented: threads-serve
  test("serves from every thread, with one log, and is one gateway in its metrics", async () => {
    const { url, metricsUrl, output } = await startServing({ threads: 3 });
    for (let index = 0; index < 40; index++) expect(await getOnce(`${url}/v1/models`)).toBe(200);
    const text = await (await fetch(metricsUrl)).text();
    expect(text).toContain('sluice_engines_ready{model="tiny"} 1');
    expect(text).toMatch(/sluice_requests_total\{route="\/v1\/models".*\} 40\n/);
    expect(text.match(/^process_resident_memory_bytes /gm)).toHaveLength(1);
    await eventually(() => expect(output().match(/"route":"\/v1\/models"/g)).toHaveLength(40));
    for (const line of output().trim().split("\n")) expect(() => JSON.parse(line)).not.toThrow();
  });

  test("when one fails, what it logged before is still written", async () => {
    const fails = `import { BroadcastChannel, isMainThread } from "node:worker_threads";
      const channel = new BroadcastChannel("fail");
      channel.unref();
      if (isMainThread) process.on("SIGUSR2", () => channel.postMessage("now"));
      else channel.onmessage = () => { throw new TypeError("made to fail"); };`;
    const { child, output, url } = await startServing({ threads: 2 }, {}, {}, preloading(fails));
    for (let index = 0; index < 20; index++) expect(await getOnce(`${url}/v1/models`)).toBe(200);
    child.kill("SIGUSR2");
    await eventually(() => expect(output().match(/"a serving thread failed"/g)).toHaveLength(2));
    await eventually(() => expect(output().match(/"route":"\/v1\/models"/g)).toHaveLength(20));
  });

  test("on SIGTERM finishes the streams of all threads and exits with 0", async () => {
    // A thread that has not found the engine yet holds its requests until it has.
    const queue = { ...testConfig().queue, wakeSeconds: 20 };
    const { url, child, exit, output } = await startServing({ threads: 2, queue }, { tokens: 20, intervalMs: 30 });
    const responses = await Promise.all(
      Array.from({ length: 8 }, () =>
        post(url, "/v1/completions", completion({ stream: true }), { connection: "close" }),
      ),
    );
    child.kill("SIGTERM");
    for (const response of responses) expect(eventsOf(await response.text()).at(-1)).toBe("[DONE]");
    expect(await exit).toBe(0);
    expect(output().match(/"stream":true/g)).toHaveLength(8);
  });

  test("on a port that is in use prints that and exits with 1", async () => {
    const { url } = await startServing();
    const { exit, output } = startProcess({
      SLUICE_CONFIG: JSON.stringify(testConfig({ threads: 2 })),
      SLUICE_HOST: "127.0.0.1",
      SLUICE_METRICS_PORT: "0",
      SLUICE_PORT: new URL(url).port,
      AWS_REGION: "us-east-1",
    });
    expect(await exit).toBe(1);
    expect(output()).toMatch(/EADDRINUSE.*in use/);
  });
});
