import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { startFakeAws } from "../test-support/fake-aws.ts";
import { startFakeEngine } from "../test-support/fake-engine.ts";
import { startGatewayProcess } from "./gateway-process.ts";
import { type Figures, figures, openLoop } from "./open-loop.ts";

/**
 * What a gateway process adds to a request, against calling the engine directly: full path (key check, limits, routing,
 * metering, metrics, log line). Rounds alternate, so that other load on the machine hits both alike.
 * `node bench/gateway-latency.ts [requests a second] [seconds] [rounds]` writes bench/results/gateway-latency.json.
 */
const [rate = 500, seconds = 5, rounds = 3] = process.argv.slice(2).map(Number);

const engine = await startFakeEngine({ tokens: 31, intervalMs: 0 });
const aws = await startFakeAws();
const gateway = await startGatewayProcess(aws, engine.port);
const whole = { model: "tiny", prompt: "Once", max_tokens: 31 };
const shapes = [
  { name: "whole answer", body: whole },
  { name: "31-event stream", body: { ...whole, stream: true } },
] as const;

const results: Record<string, { direct: Figures[]; gateway: Figures[] }> = {};
try {
  for (const { name, body } of shapes) {
    const direct = { origin: engine.origin, headers: {}, body };
    const through = { origin: gateway.origin, headers: { authorization: `Bearer ${gateway.key}` }, body };
    await openLoop({ ...direct, rate, seconds: 2 });
    await openLoop({ ...through, rate, seconds: 2 });
    const measured: { direct: Figures[]; gateway: Figures[] } = { direct: [], gateway: [] };
    for (let round = 0; round < rounds; round++) {
      measured.direct.push(figures(await openLoop({ ...direct, rate, seconds })));
      measured.gateway.push(figures(await openLoop({ ...through, rate, seconds })));
    }
    results[name] = measured;
  }
} finally {
  await gateway.stop();
  await Promise.all([engine.stop(), aws.stop()]);
}

const folder = join(import.meta.dirname, "results");
mkdirSync(folder, { recursive: true });
const report = {
  command: `node bench/gateway-latency.ts ${rate} ${seconds} ${rounds}`,
  cores: availableParallelism(),
  results,
};
writeFileSync(join(folder, "gateway-latency.json"), `${JSON.stringify(report, null, 2)}\n`);
for (const [name, { direct, gateway: through }] of Object.entries(results))
  for (const [index, figure] of through.entries())
    console.log(
      `${name}, round ${index + 1}: first byte p50 ${figure.firstByteMs.p50} ms (direct ${direct[index]?.firstByteMs.p50}), ` +
        `p99 ${figure.firstByteMs.p99} (${direct[index]?.firstByteMs.p99}), failed ${figure.failed}`,
    );
