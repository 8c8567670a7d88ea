import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { completion, eventsOf, ListDiscovery, post, startTestGateway } from "../test/test-gateway.ts";

/** An engine in a process of its own, so that it can be killed as the kernel does it. */
async function startEngineProcess() {
  const child = spawn(process.execPath, [join(import.meta.dirname, "..", "test", "engine-process.ts")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return { child, origin: line.toString().trim() };
}

// documented: engine-killed-under-load
test("killing one of four engines under load fails no request that had not begun to stream", async () => {
  const engines = await Promise.all(Array.from({ length: 4 }, startEngineProcess));
  const discovery = new ListDiscovery();
  discovery.engines = engines.map(({ origin }, index) => ({ id: `i-${index}`, origin, inService: true }));
  const { url } = await startTestGateway({ engines: [], discovery });
  let isOver = false;
  const outcomes = { answered: 0, interrupted: 0, failed: [] as string[] };
  async function client(isStream: boolean) {
    while (!isOver) {
      const response = await post(url, "/v1/completions", completion({ stream: isStream }));
      const text = await response.text();
      if (response.status !== 200) outcomes.failed.push(`${response.status} ${text}`);
      else if (isStream && eventsOf(text).at(-1) !== "[DONE]") outcomes.interrupted++;
      else outcomes.answered++;
    }
  }
  const clients = Array.from({ length: 32 }, (_, index) => client(index % 2 === 0));
  const until = async (count: number) => {
    while (outcomes.answered < count) await new Promise((resolve) => setTimeout(resolve, 10));
  };
  await until(200);
  engines[0]?.child.kill("SIGKILL");
  await until(outcomes.answered + 400);
  isOver = true;
  await Promise.all(clients);
  expect(outcomes.failed).toEqual([]);
  // Those that had begun: at most what one engine held.
  expect(outcomes.interrupted).toBeLessThanOrEqual(16);
});
