import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { percentiles } from "../../lib/percentile.ts";
import { loadAverage, machine } from "../machine.ts";
import { startControlStack } from "./control-stack.ts";

/**
 * Time of a request to the control API in the local stack, from the client through the local API Gateway and load balancer to the function and its tables and back, one request after the other: reads and
 * changes apart. `node bench/control-api/control-api.ts [rounds]` writes bench/results/control-api.json.
 */
const [rounds = 60] = process.argv.slice(2).map(Number);
const stack = await startControlStack();
const { call } = stack;

const { id: projectId } = (await call("POST", "/projects", { name: "bench" })) as { readonly id: string };
const yesterday = Math.floor(Date.now() / 1000) - 86_400;
const calls: Readonly<Record<string, (round: number) => Promise<unknown>>> = {
  "list projects": () => call("GET", "/projects?limit=20"),
  "retrieve a project": () => call("GET", `/projects/${projectId}`),
  "list users": () => call("GET", "/users?limit=20"),
  "list keys of a project": () => call("GET", `/projects/${projectId}/api_keys?limit=20`),
  "usage of a day by model": () =>
    call("GET", `/usage/completions?start_time=${yesterday}&bucket_width=1h&group_by[]=model`),
  "costs of a day": () => call("GET", `/costs?start_time=${yesterday}`),
  "audit events": () => call("GET", "/audit_logs?limit=20"),
  "create a project": (round) => call("POST", "/projects", { name: `project ${round}` }),
  "create a service account with a key": (round) =>
    call("POST", `/projects/${projectId}/service_accounts`, { name: `job ${round}` }),
  "rename a project": (round) => call("POST", `/projects/${projectId}`, { name: `bench ${round}` }),
};

const times = new Map(Object.keys(calls).map((name) => [name, [] as number[]]));
// The first requests load the function and its code.
const WARM_UP = 5;
try {
  for (let round = -WARM_UP; round < rounds; round++)
    for (const [name, send] of Object.entries(calls)) {
      const begun = performance.now();
      await send(round);
      if (round >= 0) times.get(name)?.push(performance.now() - begun);
    }
} finally {
  await stack.stop();
}

const report = {
  command: `node bench/control-api/control-api.ts ${rounds}`,
  machine: machine(),
  loadAverage: loadAverage(),
  unit: "milliseconds",
  requests: rounds * times.size,
  all: percentiles([...times.values()].flat(), 1),
  operations: Object.fromEntries([...times].map(([name, values]) => [name, percentiles(values, 1)])),
};
writeFileSync(join(import.meta.dirname, "../results/control-api.json"), `${JSON.stringify(report, null, 2)}\n`);
console.log(JSON.stringify(report, null, 2));
