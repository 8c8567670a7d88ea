import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { logGroupName } from "../contracts/metrics/log-groups.ts";
import { ENV_BLOCK_END, ENV_BLOCK_START } from "../contracts/processes/process-environment.ts";
import { environmentNames, loadEnvironment } from "../environments/load.ts";
import { environmentSynth } from "../stacks/test/environment-synth.ts";
import { findTool, missingTools, run } from "./test/tools.ts";

/** The user data of synthesized stacks has the variables that the image's scripts read. */
const here = import.meta.dirname;
const missing = missingTools("bash", "jq");
const folder = mkdtempSync(join(tmpdir(), "sluice-user-data-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const synth = environmentSynth();
const environments = await Promise.all(environmentNames().map(loadEnvironment));
const instances = environments.flatMap((environment) =>
  Object.values(synth(environment)[`${environment.name}-serving`]?.locals ?? {})
    .filter((script) => script.includes(ENV_BLOCK_START))
    .map((script) => {
      const [, block = ""] = script.split(`${ENV_BLOCK_START}\n`);
      const lines = (block.split(`\n${ENV_BLOCK_END}\n`)[0] ?? "").split("\n");
      const env = Object.fromEntries(lines.map((line) => /^(\w+)='(.*)'$/.exec(line)?.slice(1) ?? []));
      return { environment: environment.name, role: env.SLUICE_ROLE as "gateway" | "engine", env, script };
    }),
);
const engines = instances.filter(({ role }) => role === "engine");

describe("user data of the stacks", () => {
  beforeEach(({ skip }) => skip(missing !== undefined, missing));

  test("is that of each environment's gateways and of each pool's engines", () => {
    const pools = environments.flatMap(({ pools }) => Object.keys(pools));
    expect(engines.map(({ env }) => env.SLUICE_MODEL).sort()).toEqual(pools.sort());
    expect(instances).toHaveLength(environments.length + pools.length);
  });

  test("starts the unit of the image", () => {
    for (const { role, script } of instances) {
      expect(script).toContain(`systemctl enable --now sluice-${role}.service\n`);
      readFileSync(join(here, role, "files", `sluice-${role}.service`));
    }
  });

  test("gives engines arguments that become vLLM's command line", () => {
    for (const { env } of engines) {
      const { status, stdout, stderr } = run(join(here, "engine/files/engine-arguments.sh"), [], env);
      expect(status, stderr).toBe(0);
      const written: string[] = JSON.parse(env.SLUICE_ENGINE_ARGUMENTS ?? "");
      expect(stdout.split("\0").slice(0, -1)).toEqual([
        "/opt/sluice/weights",
        ...written.filter((argument) => argument !== "--model" && argument !== "/opt/sluice/weights"),
      ]);
    }
  });

  test("configures the agent with the log groups of its own environment", () => {
    for (const { environment, role, env } of instances) {
      const target = join(folder, `${environment}-${role}.json`);
      const { status, stderr } = run(join(here, "shared/configure-agent.sh"), [role], {
        ...env,
        SLUICE_AGENT_BASE: join(here, role, "files/amazon-cloudwatch-agent.json"),
        SLUICE_AGENT_TARGET: target,
        SLUICE_PROMETHEUS_TARGET: join(folder, "prometheus.yml"),
        SLUICE_SYSTEMCTL: findTool("true") ?? "true",
      });
      expect(status, stderr).toBe(0);
      const config = JSON.parse(readFileSync(target, "utf8"));
      expect(config.logs.logs_collected.files.collect_list[0].log_group_name).toBe(
        logGroupName(`sluice-${environment}`, role),
      );
      if (role === "engine")
        expect(
          JSON.parse(readFileSync(join(folder, "prometheus.yml"), "utf8")).scrape_configs[0].static_configs,
        ).toEqual([{ targets: ["127.0.0.1:8000"], labels: { Environment: environment, Model: env.SLUICE_MODEL } }]);
    }
  });

  test("is read by systemd as it was written, quotes and backslashes too", ({ skip }) => {
    const noSystemd = missingTools("systemd-tmpfiles");
    skip(noSystemd !== undefined || process.getuid?.() !== 0, noSystemd ?? "systemd-tmpfiles --root needs root");
    const values = [
      ...instances.flatMap(({ env }) => [env.SLUICE_CONFIG, env.SLUICE_ENGINE_ARGUMENTS]),
      '["\\"\\u0027\\n"]',
    ];
    for (const value of values.filter((each) => each !== undefined)) {
      // systemd reads an os-release by the same parser as an EnvironmentFile, and tmpfiles writes its ID out as %o.
      mkdirSync(join(folder, "root/etc"), { recursive: true });
      writeFileSync(join(folder, "root/etc/os-release"), `ID='${value}'\n`);
      writeFileSync(join(folder, "root/out.conf"), "f+ /out - - - - %o\n");
      const { status, stderr } = run("systemd-tmpfiles", [
        "--create",
        `--root=${folder}/root`,
        `${folder}/root/out.conf`,
      ]);
      expect(status, stderr).toBe(0);
      expect(readFileSync(join(folder, "root/out"), "utf8")).toBe(value);
    }
  });

  test("names a hook and a group for engines to report to", () => {
    for (const { env } of engines)
      expect(env).toMatchObject({
        SLUICE_GROUP_NAME: expect.stringMatching(/^sluice-/),
        SLUICE_LAUNCH_HOOK: expect.any(String),
      });
  });
});
