import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { controlTableName, keysTableName } from "../../contracts/processes/names.ts";
import { newAdminKey } from "../../domain/keys/admin-key.ts";
import { firstAdminKey } from "../../domain/tenancy/first-admin-key.ts";
import { loadEnvironment } from "../../environments/load.ts";
import { startedTwin } from "../../local/test/started-twin.ts";
import { temporaryFolder } from "../../local/test/tools.ts";
import { startFakeEngine } from "../../test-support/fake-engine.ts";
import { ControlTable } from "../admin-keys/control-table.ts";
import { auditCommand } from "./audit-command.ts";

// documented: audit-verify-local-stack
test("the bucket, the key and the table of a running stack are found by its function, and verify", async () => {
  const dev = await loadEnvironment("dev");
  const engine = await startFakeEngine();
  onTestFinished(() => engine.stop());
  const environment = { ...dev, api: { ...dev.api, auth: "required" as const, controlApi: true } };
  const { runtime } = await startedTwin(environment, { SLUICE_ENGINE_URL: engine.origin });
  const { awsUrl: endpoint, region } = runtime.settings;
  const access = { region, endpoint };
  const tables = { control: controlTableName("dev"), keys: keysTableName("dev") };
  const control = new ControlTable({ ...access, tables });
  const add = async (email: string) => {
    const request = { organizationId: "default", email, name: "first", nowMs: Date.now() };
    const { changes } = firstAdminKey(await control.find("default", email), request, newAdminKey());
    expect(await control.write("default", changes)).toBe(true);
  };
  const run = async (...args: readonly string[]) => {
    const printed: string[] = [];
    let code: number | undefined;
    const command = auditCommand({
      print: (text) => printed.push(text),
      show: () => undefined,
      finish: (exitCode) => {
        code = exitCode;
      },
      exit: () => {
        throw new Error("the process ends here");
      },
      now: Date.now,
      access: async () => ({ environment: "dev", ...access }),
    });
    await command.parseAsync([...args], { from: "user" });
    return { code, printed };
  };
  await add("owner@example.com");
  const [, sealer] = [...runtime.lambda.functions].find(([arn]) => arn.includes("AuditSealer")) ?? [];
  await sealer?.invoke({});
  const file = join(temporaryFolder(), "key.pem");
  expect((await run("public-key", "--output", file)).printed[0]).toMatch(
    /: public key of arn:.*, fingerprint [0-9a-f]{64}/,
  );
  const intact = await run("verify", "--public-key", file, "--chain", "default");
  expect(intact).toEqual({ code: 0, printed: [expect.stringMatching(/^default: 2 events, 1 heads/), "Intact."] });
});
