import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { METRICS } from "../../contracts/metrics/catalogue.ts";
import { LOG_SOURCES, logGroupName } from "../../contracts/metrics/log-groups.ts";
import { findTool, missingTools, run } from "../test/tools.ts";

const ami = join(import.meta.dirname, "..");
const missing = missingTools("bash", "jq");
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sluice-agent-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const json = (path: string) => JSON.parse(readFileSync(path, "utf8"));
function configure(role: "gateway" | "engine", env: Readonly<Record<string, string>>) {
  const outcome = run(join(ami, "shared/configure-agent.sh"), [role], {
    SLUICE_AGENT_BASE: join(ami, `${role}/files/amazon-cloudwatch-agent.json`),
    SLUICE_AGENT_TARGET: join(folder, "agent.json"),
    SLUICE_PROMETHEUS_TARGET: join(folder, "prometheus.yml"),
    SLUICE_SYSTEMCTL: findTool("true") ?? "true",
    ...env,
  });
  expect(outcome.stderr).toBe("");
  return json(join(folder, "agent.json"));
}
const groups = (config: { logs: { logs_collected: { files: { collect_list: { log_group_name: string }[] } } } }) =>
  config.logs.logs_collected.files.collect_list.map(({ log_group_name }) => log_group_name);

describe("the metrics agent", () => {
  beforeEach(({ skip }) => skip(missing !== undefined, missing));

  test("of an engine reports the GPU under the name, namespace and dimension that scaling uses", () => {
    const { metrics } = json(join(ami, "engine/files/amazon-cloudwatch-agent.json"));
    const { namespace, name, dimensions } = METRICS.gpuUtilization;
    expect(metrics.namespace).toBe(namespace);
    expect(metrics.aggregation_dimensions).toEqual(dimensions);
    const fields: string[] = metrics.metrics_collected.nvidia_gpu.measurement;
    expect(fields.map((field) => `nvidia_smi_${field}`)).toContain(name);
    expect(fields.map((field) => `nvidia_smi_${field}`)).toContain(METRICS.gpuMemoryUsed.name);
  });

  test("of a gateway ships its lines to the log groups of the stacks", () => {
    const config = configure("gateway", { SLUICE_CONFIG: '{"environment":"dev"}' });
    expect(groups(config)).toEqual([
      logGroupName("sluice-dev", "gateway"),
      logGroupName("sluice-dev", "gateway-metrics"),
    ]);
  });

  test("of an engine ships its lines, and vLLM's metrics with the catalogue's dimensions", () => {
    const config = configure("engine", {
      SLUICE_GROUP_NAME: "sluice-prod-engine-phi-3-mini",
      SLUICE_MODEL: "phi-3-mini",
    });
    expect(groups(config)).toEqual([logGroupName("sluice-prod", "engine")]);
    const { prometheus } = config.logs.metrics_collected;
    expect(prometheus.log_group_name).toBe(logGroupName("sluice-prod", "engine-metrics"));
    const [declaration] = prometheus.emf_processor.metric_declaration;
    for (const metric of Object.values(METRICS).filter(({ namespace }) => namespace === "Sluice/Engine")) {
      expect(prometheus.emf_processor.metric_namespace).toBe(metric.namespace);
      expect(declaration.dimensions).toEqual(metric.dimensions);
      expect(declaration.metric_selectors).toContain(`^${metric.name}$`);
    }
    expect(json(join(folder, "prometheus.yml")).scrape_configs[0].static_configs).toEqual([
      { targets: ["127.0.0.1:8000"], labels: { Environment: "prod", Model: "phi-3-mini" } },
    ]);
    expect(config.metrics.metrics_collected).toHaveProperty("nvidia_gpu");
  });

  test("writes to no log group that the stacks do not have", () => {
    const known = LOG_SOURCES.map((source) => logGroupName("sluice-dev", source));
    const engine = configure("engine", { SLUICE_GROUP_NAME: "sluice-dev-engine-m", SLUICE_MODEL: "m" });
    const gateway = configure("gateway", { SLUICE_CONFIG: '{"environment":"dev"}' });
    const written = [...groups(engine), ...groups(gateway), engine.logs.metrics_collected.prometheus.log_group_name];
    expect([...known].sort()).toEqual([...new Set(written)].sort());
  });
});
