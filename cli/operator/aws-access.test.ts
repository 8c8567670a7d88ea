import { text as readText } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { loadEnvironment } from "../../environments/load.ts";
import { serve } from "../../local/test/tools.ts";
import type { Environment } from "../../settings/environment.ts";
import { awsFacts } from "../doctor/aws-facts.ts";
import { runCheck } from "../doctor/doctor-command.ts";
import { ssmImageStore } from "../images/image-store.ts";
import { DynamoKeyRegistry } from "../keys/key-registry.ts";
import { UserError } from "../terminal/user-error.ts";
import { cloudWatchFacts } from "../verify/cloudwatch-facts.ts";
import { accessTo, clientSettings } from "./aws-access.ts";

const dev = await loadEnvironment("dev");
const ROLE = "arn:aws:iam::123456789012:role/deploy/sluice";
const { signal } = new AbortController();

beforeEach(() => {
  vi.stubEnv("AWS_ACCESS_KEY_ID", "OPERATOR");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "local");
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const inRole = (externalId: string | null = null): Environment => ({
  ...dev,
  iam: { ...dev.iam, assumeRole: { arn: ROLE, externalId } },
});

interface Call {
  /** Access key of the signature. */
  readonly as: string | undefined;
  readonly session: string | undefined;
  readonly body: URLSearchParams;
}

/** STS that assumes the role, or refuses, and other services with empty responses. @returns their calls, in order */
async function startAws({ seconds = 3600, refuses = false } = {}): Promise<readonly Call[]> {
  const calls: Call[] = [];
  const port = await serve(async (request, response) => {
    const body = new URLSearchParams(await readText(request));
    const [, as] = /Credential=([^/]+)\//.exec(String(request.headers.authorization)) ?? [];
    calls.push({ as, session: request.headers["x-amz-security-token"]?.toString(), body });
    if (body.get("Action") === "AssumeRole" && refuses) {
      const message = `User: arn:aws:iam::9:user/ada is not authorized\nto perform: sts:AssumeRole on resource: ${ROLE}`;
      const error = `<Error><Type>Sender</Type><Code>AccessDenied</Code><Message>${message}</Message></Error>`;
      response.writeHead(403).end(`<ErrorResponse>${error}</ErrorResponse>`);
    } else if (body.get("Action") === "AssumeRole") {
      const end = new Date(Date.now() + seconds * 1000).toISOString();
      const keys = "<AccessKeyId>ASSUMED</AccessKeyId><SecretAccessKey>s</SecretAccessKey>";
      const credentials = `<Credentials>${keys}<SessionToken>token</SessionToken><Expiration>${end}</Expiration></Credentials>`;
      response.end(`<AssumeRoleResponse><AssumeRoleResult>${credentials}</AssumeRoleResult></AssumeRoleResponse>`);
    } else if (body.get("Action") === "GetCallerIdentity")
      response.end(
        "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:role</Arn><Account>12</Account></GetCallerIdentityResult></GetCallerIdentityResponse>",
      );
    else response.setHeader("content-type", "application/x-amz-json-1.0").end("{}");
  });
  vi.stubEnv("AWS_ENDPOINT_URL", `http://127.0.0.1:${port}`);
  return calls;
}

const assumptions = (calls: readonly Call[]) => calls.filter(({ body }) => body.get("Action") === "AssumeRole");

describe("the commands' own calls to AWS", () => {
  // documented: assumed-role
  test("assume the role that the environment names, as the operator, with its session name and external id", async () => {
    const calls = await startAws();
    await awsFacts(accessTo(inRole("partner-7"))).caller(signal);
    expect(calls.map(({ as, session }) => [as, session])).toEqual([
      ["OPERATOR", undefined],
      ["ASSUMED", "token"],
    ]);
    expect(Object.fromEntries(calls[0]?.body ?? [])).toMatchObject({
      RoleArn: ROLE,
      RoleSessionName: "sluice-dev",
      ExternalId: "partner-7",
    });
  });

  test("send no external id where the environment has none", async () => {
    const calls = await startAws();
    await awsFacts(accessTo(inRole())).caller(signal);
    expect(calls[0]?.body.has("ExternalId")).toBe(false);
  });

  test.each<readonly [string, (environment: Environment) => Promise<unknown>]>([
    ["doctor's", (environment) => awsFacts(accessTo(environment)).hasTable("a", signal)],
    ["doctor's without an SDK client", (environment) => awsFacts(accessTo(environment)).apiLogRole(signal)],
    ["doctor's of the states' bucket", (environment) => awsFacts(accessTo(environment)).bucket("states", signal)],
    ["keys'", (environment) => new DynamoKeyRegistry({ ...accessTo(environment), table: "keys" }).list()],
    ["images'", (environment) => ssmImageStore(accessTo(environment)).read("/a")],
    ["verify's", (environment) => cloudWatchFacts(accessTo(environment)).setAlarmState("a", "OK", "drill")],
  ])("%s are in the role, and as the operator where the environment names none", async (_, call) => {
    const calls = await startAws();
    await call(inRole());
    expect(calls.at(-1)?.as).toBe("ASSUMED");
    await call(dev);
    expect(calls.at(-1)?.as).toBe("OPERATOR");
    expect(assumptions(calls)).toHaveLength(1);
  });

  test("assume the role once for all of a command's clients", async () => {
    const calls = await startAws();
    const facts = awsFacts(accessTo(inRole()));
    await Promise.all([facts.caller(signal), facts.hasTable("a", signal), facts.hasParameter("/a", signal)]);
    await facts.hasTable("b", signal);
    expect(assumptions(calls)).toHaveLength(1);
  });

  test("assume it again when the session is nearly over", async () => {
    const calls = await startAws({ seconds: 200 });
    const facts = awsFacts(accessTo(inRole()));
    await facts.hasTable("a", signal);
    await facts.hasTable("b", signal);
    expect(assumptions(calls).length).toBeGreaterThan(1);
  });

  test("go to the local stack with its own credentials", () => {
    const { endpoint, credentials } = clientSettings({ region: "us-east-1", endpoint: "http://127.0.0.1:1" });
    expect(endpoint).toBe("http://127.0.0.1:1");
    expect(credentials).toMatchObject({ accessKeyId: "local" });
  });
});

describe("a role that AWS refuses", () => {
  const line = `the role ${ROLE} of iam.assumeRole can't be assumed: User: arn:aws:iam::9:user/ada is not authorized to perform: sts:AssumeRole on resource: ${ROLE}`;

  test("is one line with a remedy, after one try", async () => {
    const calls = await startAws({ refuses: true });
    const registry = new DynamoKeyRegistry({ ...accessTo(inRole()), table: "keys" });
    const error: unknown = await registry.list().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UserError);
    expect(String(error)).toBe(
      `Error: ${line}; allow your user or role sts:AssumeRole on it, and your identity in its trust policy, with the external id of the file where it has one.`,
    );
    expect(calls).toHaveLength(1);
  });

  test("is a finding of doctor's checks", async () => {
    await startAws({ refuses: true });
    const facts = awsFacts(accessTo(inRole()));
    const finding = await runCheck({ run: (limit) => facts.hasTable("a", limit).then(never) }, 5000);
    expect(finding).toMatchObject({ level: "warn", text: `not checked: ${line}` });
  });
});

function never(): never {
  throw new Error("the call must fail");
}
