import { gzipSync } from "node:zlib";
import { describe, expect, onTestFinished, test } from "vitest";
import { emptyRuntime, resource } from "../../test/runtime.ts";
import { call, temporaryFolder } from "../../test/tools.ts";
import { TargetGroup } from "../elb/target-group.ts";
import { autoScalingGroup, launchTemplate } from "./plugin.ts";
import { environmentBlock } from "./user-data.ts";

const base64 = (text: string) => Buffer.from(text).toString("base64");

const userData = (...lines: string[]) =>
  [
    "#!/bin/bash",
    "cat > /etc/sluice/gateway.env <<'SLUICE_ENV'",
    ...lines,
    "SLUICE_ENV",
    "systemctl start sluice",
  ].join("\n");

describe("the variables in user data", () => {
  test("are those between the markers, of compressed user data too; values may hold JSON and be empty", () => {
    const text = userData("SLUICE_ROLE='gateway'", `SLUICE_CONFIG='{"a":"it\\u0027s","b":[1]}'`, "SLUICE_MODEL=''");
    for (const encoded of [base64(text), gzipSync(text).toString("base64")])
      expect(environmentBlock(encoded)).toEqual({
        SLUICE_ROLE: "gateway",
        SLUICE_CONFIG: '{"a":"it\\u0027s","b":[1]}',
        SLUICE_MODEL: "",
      });
  });

  test("a line of another form is refused without showing what it holds", () => {
    for (const line of ["SECRET=unquoted", "SECRET='it's'", "lower='a'", "", "export SECRET='a'"])
      expect(() => environmentBlock(base64(userData(line)))).toThrow(
        `user data: expected NAME='value', got a line of ${line.length} characters`,
      );
  });

  test("user data without a block, or with an open one, is refused", () => {
    for (const text of ["", "#!/bin/bash\n", "cat <<'SLUICE_ENV'\nA='b'\n", "SLUICE_ENV\n"])
      expect(() => environmentBlock(base64(text))).toThrow("user data has no block of environment variables");
  });
});

const MIRROR = `require("node:http").createServer((_, response) => response.end(JSON.stringify(process.env)))
  .listen(Number(process.env.SLUICE_PORT), process.env.SLUICE_HOST);`;

/** A runtime with a launch template of this user data and a target group; starts the group of it. */
async function started(lines: readonly string[], config = {}, passedEnvironment = {}, template = {}) {
  const folder = temporaryFolder({
    "package.json": '{"type":"commonjs"}',
    "gateway/server.ts": MIRROR,
    "engine/server.ts": MIRROR,
  });
  const runtime = emptyRuntime({ projectFolder: folder, workFolder: folder, passedEnvironment });
  const targets = new TargetGroup("arn:g", { health_check: { interval: 0.05 } });
  runtime.elb.targetGroups.set("arn:g", targets);
  const user_data = base64(userData(...lines));
  await launchTemplate.start?.({ user_data, ...template }, resource("aws_launch_template", "Template"), runtime);
  const groupConfig = {
    launch_template: { id: "dev-serving-Template" },
    min_size: 1,
    target_group_arns: ["arn:g"],
    health_check_type: "ELB",
    ...config,
  };
  await autoScalingGroup.start?.(groupConfig, resource("aws_autoscaling_group", "Fleet"), runtime);
  const [group] = runtime.autoScaling.groups;
  onTestFinished(async () => {
    targets.stop();
    await group?.stop();
  });
  await group!.start();
  return { runtime, group: group!, targets };
}

describe("an Auto Scaling group", () => {
  test("describes to EC2 its instances' type, tags and launch; the group's own tags win over the template's", async () => {
    const before = Date.now();
    const tag_specifications = [
      { resource_type: "volume", tags: { Kind: "volume" } },
      { resource_type: "instance", tags: { Project: "sluice", Environment: "template" } },
    ];
    const template = { instance_type: "t4g.small", tag_specifications };
    const tag = [{ key: "Environment", value: "dev", propagate_at_launch: true }];
    const { group } = await started(["SLUICE_ROLE='gateway'", "SLUICE_CONFIG='{}'"], { tag }, {}, template);
    const [described] = group.described;
    const tags = { Project: "sluice", Environment: "dev" };
    expect(described).toEqual({
      id: group.instances[0]!.id,
      launchedAt: expect.any(Number),
      instanceType: "t4g.small",
      tags,
    });
    expect(described!.launchedAt).toBeGreaterThanOrEqual(before);
  });

  test("runs the role's server with user data's variables, a free port and this machine's AWS", async () => {
    const { group, targets } = await started(["SLUICE_ROLE='gateway'", "SLUICE_CONFIG='{}'"]);
    await expect.poll(() => targets.targets[0]?.state).toBe("healthy");
    const { body } = await call(group.instances[0]!.port, "/");
    expect(JSON.parse(body)).toMatchObject({
      SLUICE_ROLE: "gateway",
      SLUICE_CONFIG: "{}",
      SLUICE_HOST: "127.0.0.1",
      SLUICE_PORT: String(group.instances[0]!.port),
      SLUICE_METRICS_PORT: expect.stringMatching(/^\d+$/),
      AWS_ENDPOINT_URL: "http://127.0.0.1:1",
      AWS_REGION: "eu-west-1",
      AWS_ACCESS_KEY_ID: "local",
    });
    expect(JSON.parse(body)).not.toHaveProperty("HOME");
  });

  test("has as many instances as desired, else the minimum, and is named for what it serves", async () => {
    const lines = ["SLUICE_ROLE='engine'", "SLUICE_MODEL='phi-3-mini'"];
    const { group, runtime } = await started(lines, { desired_capacity: 2 }, { SLUICE_ENGINE_THREADS: "3" });
    expect([group.name, group.role, group.instances.length, runtime.autoScaling.engineCount]).toEqual([
      "engine-phi-3-mini",
      "engine",
      2,
      2,
    ]);
  });

  test("without a role, a launch template or a target group of the stacks is refused by name", async () => {
    await expect(started(["SLUICE_ROLE='database'"])).rejects.toThrow(
      "aws_autoscaling_group.Fleet: user data must set SLUICE_ROLE to gateway or engine, got database",
    );
    const gone = { launch_template: { id: "gone" } };
    await expect(started(["SLUICE_ROLE='gateway'"], gone)).rejects.toThrow("Fleet: the twin needs a launch template");
    const target_group_arns = ["arn:gone"];
    await expect(started(["SLUICE_ROLE='gateway'"], { target_group_arns })).rejects.toThrow(
      "there is no target group arn:gone",
    );
  });
});
