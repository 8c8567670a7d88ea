import { describe, expect, test } from "vitest";
import { serve, temporaryFolder } from "../../local/test/tools.ts";
import type { AwsAccess } from "../operator/aws-access.ts";
import { operator } from "../test/operator.ts";
import { awsFacts } from "./aws-facts.ts";
import { doctorCommand, runCheck } from "./doctor-command.ts";

const failing = (name: string, message: string) => runCheck({ run: () => Promise.reject(named(name, message)) }, 1000);
const named = (name: string, message: string) => Object.assign(new Error(message), { name });

describe("a check", () => {
  test("without a response ends after its time limit, and so does its call", async () => {
    let isAborted = false;
    const run = (signal: AbortSignal) => {
      signal.addEventListener("abort", () => {
        isAborted = true;
      });
      return new Promise<never>(() => {});
    };
    expect(await runCheck({ run }, 20)).toMatchObject({ level: "warn", text: "no response within 0.02 s" });
    expect(isAborted).toBe(true);
  });

  test.each([
    ["CredentialsProviderError", "warn", "not checked: no AWS credentials were found"],
    ["AccessDeniedException", "warn", "not checked: you may not"],
    ["ValidationException", "fail", "you may not"],
  ])("%s is a finding: %s", async (name, level, text) => {
    const finding = await failing(name, "you may not");
    expect(finding).toMatchObject({ level, text });
    expect(finding.remedy).not.toBe("");
  });
});

describe("sluice doctor", () => {
  test("prints a line per check with its remedy, and exits with 1 when one fails", async () => {
    const tools = operator({ folder: temporaryFolder(), stacks: () => ({}), environment: { AWS_REGION: "eu-west-1" } });
    const refused = await serve((_, response) => response.destroy());
    const facts = (access: AwsAccess) => {
      process.env.AWS_ENDPOINT_URL = `http://127.0.0.1:${refused}`;
      return awsFacts(access);
    };
    await doctorCommand(tools, facts).parseAsync(["--environment", "dev"], { from: "user" });
    delete process.env.AWS_ENDPOINT_URL;
    expect(tools.printed).toHaveLength(18);
    expect(tools.printed[0]).toMatch(/^ok {4}Node {12}v\d+/);
    expect(tools.printed).toContainEqual(
      expect.stringMatching(/^warn {2}region .*us-east-1, but.*\n {6}→ environments\/dev\.ts/),
    );
    expect(tools.printed).toContainEqual(
      expect.stringMatching(/^fail {2}certificate .*\n {6}→ create one: sluice bootstrap/),
    );
    expect(tools.exitCodes).toEqual([1]);
  });
});
