import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
import { describe, expect, onTestFinished, test } from "vitest";
import { ENV } from "../../contracts/processes/process-environment.ts";
import { headFile } from "../../domain/audit/chain-files.ts";
import {
  FIRST_MINUTE,
  sampleEvent,
  signingKey,
  type WrittenFiles,
  writtenChain,
} from "../../domain/audit/test/written-chain.ts";
import { chainEndKey, unsealedKey } from "../../domain/tenancy/audit-marks.ts";
import { awsEndpoint } from "../../local/aws-api/endpoint.ts";
import { LOCAL_CREDENTIALS } from "../../local/runtime/aws-environment.ts";
import { LocalDynamoDb } from "../../local/services/dynamodb/local-dynamodb.ts";
import { kmsOperations } from "../../local/services/kms/api.ts";
import { KmsRuntime } from "../../local/services/kms/runtime.ts";
import { handleLambda } from "../../local/services/lambda/api.ts";
import { LambdaRuntime } from "../../local/services/lambda/runtime.ts";
import { handleS3 } from "../../local/services/s3/api.ts";
import { ObjectFolder } from "../../local/services/s3/object-folder.ts";
import { controlTableConfig } from "../../local/test/control-table.ts";
import { serve, temporaryFolder } from "../../local/test/tools.ts";
import { auditCommand } from "./audit-command.ts";

const KEY = signingKey();
const VARIABLES = { [ENV.auditBucket]: "sluice-prod-audit-1", [ENV.auditKey]: "arn:aws:kms:eu-west-1:1:key/audit" };

interface Deployed {
  readonly files?: WrittenFiles;
  /** Environment variables of the sealer's function. `null`: there is no function. */
  readonly variables?: Readonly<Record<string, string>> | null;
  /** Events of the control table. @default - those of the files */
  readonly events?: readonly StoredEvent[];
  /** Whether there is a control table. */
  readonly hasTable?: boolean;
}

interface StoredEvent {
  readonly event: Readonly<Record<string, unknown>>;
  readonly hasMark?: true;
  readonly isWaiting?: true;
}

/** The events of the files, as the control API has stored them. */
const STORED: readonly StoredEvent[] = [1, 2, 3, 4, 5, 6].map((index) => ({
  event: sampleEvent(index),
  hasMark: true,
}));

/** An environment whose AWS is the local stack's, and the command on it. */
async function deployed({
  files = writtenChain("org-a", [1, 2, 0, 3], KEY),
  variables = VARIABLES,
  events = STORED,
  hasTable = true,
}: Deployed = {}) {
  const folder = temporaryFolder({ "key.pem": KEY.privateKey.export({ type: "pkcs8", format: "pem" }).toString() });
  const kms = new KmsRuntime(join(folder, "key.pem"));
  kms.signingKeys.add(VARIABLES[ENV.auditKey]);
  const lambda = new LambdaRuntime();
  if (variables) lambda.configurations.set("sluice-prod-seal-audit", { Environment: { Variables: variables } });
  const bucket = new ObjectFolder(join(folder, "bucket"));
  for (const [key, content] of files)
    await bucket.put(
      key,
      (async function* () {
        yield content;
      })(),
    );
  const dynamodb = new LocalDynamoDb(undefined);
  const port = await serve(
    awsEndpoint({
      dynamodb: (request, response) => dynamodb.handle(request, response),
      s3: (request, response) =>
        handleS3((name) => (name === VARIABLES[ENV.auditBucket] ? bucket : undefined), request, response),
      lambda: (request, response) => handleLambda(lambda, request, response),
      json: kmsOperations(kms),
      query: {},
    }),
  );
  const endpoint = `http://127.0.0.1:${port}`;
  const client = new DynamoDBClient({ endpoint, region: "eu-west-1", credentials: LOCAL_CREDENTIALS, maxAttempts: 1 });
  onTestFinished(async () => {
    client.destroy();
    await dynamodb.close();
  });
  if (hasTable) {
    await dynamodb.createTable(controlTableConfig("sluice-prod-control"));
    const document = DynamoDBDocumentClient.from(client);
    const put = (Item: Record<string, unknown>) =>
      document.send(new PutCommand({ TableName: "sluice-prod-control", Item }));
    await put({ ...chainEndKey("org-a"), version: 1 });
    for (const { isWaiting, ...stored } of events) {
      const id = String(stored.event.id);
      const record = { kind: "event", version: 1, ...stored };
      await put({ organizationId: "org-a", recordId: `event#${id}`, record });
      if (isWaiting) await put(unsealedKey("org-a", id));
    }
  }
  const run = async (...args: readonly string[]) => {
    const printed: string[] = [];
    const shown: string[] = [];
    let code: number | undefined;
    const command = auditCommand({
      print: (text) => printed.push(text),
      show: (text) => shown.push(text),
      finish: (exitCode) => {
        code = exitCode;
      },
      exit: () => {
        throw new Error("the process ends here");
      },
      now: () => FIRST_MINUTE + 4 * 60_000,
      access: async () => ({ environment: "prod", region: "eu-west-1", endpoint }),
    });
    const error = await command.parseAsync([...args], { from: "user" }).then(
      () => undefined,
      (thrown: Error) => thrown.message,
    );
    return { code, printed, shown: shown.join(""), error };
  };
  return { run, bucket, folder };
}

describe("sluice audit verify without a path", () => {
  // documented: audit-verify-environment
  test("verifies the bucket of the environment with the key that its KMS has, whose fingerprint it shows", async () => {
    const { run } = await deployed();
    const { code, printed, shown } = await run("verify", "--environment", "prod", "--aws", "--chain", "org-a");
    expect([code, printed]).toEqual([
      0,
      ["org-a: 6 events, 4 heads, the newest of 2026-11-29T10:03:00.000Z.", "Intact."],
    ]);
    expect(shown).toContain(KEY.fingerprint);
  });

  test("finds a file that is missing in the bucket", async () => {
    const files = writtenChain("org-a", [1, 2, 0, 3], KEY);
    files.delete(`org-a/${headFile(2)}`);
    const { code, printed } = await (await deployed({ files })).run("verify");
    expect([code, printed[0]]).toEqual([1, "org-a/heads/000000000003.json: head 2: missing: the head is missing."]);
  });

  test("says of a bucket without any chain that nothing has been sealed yet", async () => {
    const { run } = await deployed({ files: new Map() });
    const { code, shown } = await run("verify", "--no-table");
    expect(code).toBe(2);
    expect(shown).toContain(
      "s3://sluice-prod-audit-1 has no chains: nothing has been sealed yet. The sealer runs each",
    );
  });

  test("takes the key that is given, and asks KMS for none", async () => {
    const { run, folder } = await deployed();
    const other = join(folder, "other.pem");
    writeFileSync(other, signingKey().pem);
    const { code, printed, shown } = await run("verify", "--public-key", other);
    expect([code, shown]).toEqual([1, ""]);
    expect(printed[0]).toContain(`no public key has the fingerprint ${KEY.fingerprint}`);
  });

  // documented: audit-table-compared
  test("finds events of the table that were changed, deleted or added after they were sealed", async () => {
    const [first, second, ...rest] = STORED;
    const events = [
      { event: { ...first?.event, effective_at: 1 }, hasMark: true as const },
      ...rest,
      { event: sampleEvent(7), hasMark: true as const },
      ...[4_000_000_000, -1, "soon"].map((effective_at, index) => ({
        event: { ...sampleEvent(8 + index), effective_at },
        hasMark: true as const,
      })),
    ];
    const { run } = await deployed({ events });
    const { code, printed } = await run("verify");
    const [last] = printed.slice(-1);
    expect([code, last, printed.filter((line) => !/audit_log-0+(8|9|10) /.test(line)).slice(0, 3)]).toEqual([
      1,
      "Not intact: 6 faults.",
      [
        `org-a/table: changed: the event ${first?.event.id} of the table is not as it was sealed.`,
        `org-a/table: not-sealed: the event ${sampleEvent(7).id} of the table is not in the trail, and has no mark by which the sealer finds it.`,
        `org-a/table: missing: the event ${second?.event.id}, which is sealed, is not in the table.`,
      ],
    ]);
    expect((await run("verify", "--no-table")).code).toBe(0);
  });

  // documented: audit-unsealed-events
  test("names events of releases before the sealer, and those that wait, and neither is a fault", async () => {
    const before = { ...sampleEvent(8), effective_at: FIRST_MINUTE / 1000 - 3600 };
    const events = [
      ...STORED,
      { event: before },
      { event: sampleEvent(9), hasMark: true as const, isWaiting: true as const },
    ];
    const { code, printed } = await (await deployed({ events })).run("verify");
    expect([code, printed]).toEqual([
      0,
      [
        "org-a: 6 events, 4 heads, the newest of 2026-11-29T10:03:00.000Z.",
        "org-a: not sealed: 1 events of releases before the sealer, the newest of 2026-11-29T09:00:00.000Z; nothing shows whether they were changed.",
        "org-a: 1 events wait for the sealer's next run.",
        "Intact.",
      ],
    ]);
  });

  test("finds that the bucket has nothing of an organisation whose events were sealed", async () => {
    const { code, printed } = await (await deployed({ files: new Map() })).run("verify");
    expect([code, printed[0]]).toEqual([1, "org-a/heads: missing: the chain is not there."]);
  });

  test.each<readonly [string, Deployed, RegExp]>([
    ["has no control table", { hasTable: false }, /Can't read the table sluice-prod-control: .*--no-table/],
    [
      "has no function",
      { variables: null },
      /^sluice: prod has no audit trail: .*sluice-prod-seal-audit.*api\.controlApi: true/,
    ],
    ["has a function of another release", { variables: {} }, /names no bucket and key.*deploy prod/],
    [
      "has no bucket",
      { variables: { ...VARIABLES, [ENV.auditBucket]: "gone" } },
      /Can't read s3:\/\/gone: .*does not exist \(NoSuchBucket\)/,
    ],
    [
      "has no key",
      { variables: { ...VARIABLES, [ENV.auditKey]: "arn:other" } },
      /Can't read the public key of arn:other: .*NotFoundException/,
    ],
  ])("ends with 2 where the environment %s", async (_, environment, message) => {
    const { code, printed, shown } = await (await deployed(environment)).run("verify");
    expect([code, printed]).toEqual([2, []]);
    expect(shown.split("\n").at(-2)).toMatch(message);
  });
});

describe("sluice audit public-key", () => {
  // documented: audit-public-key
  test("writes the PEM, and names the key and its fingerprint", async () => {
    const { run, folder } = await deployed();
    const file = join(folder, "public.pem");
    const { printed, error } = await run("public-key", "--output", file);
    expect(error).toBeUndefined();
    expect(readFileSync(file, "utf8")).toBe(KEY.pem);
    expect(printed).toEqual([`${file}: public key of ${VARIABLES[ENV.auditKey]}, fingerprint ${KEY.fingerprint}.`]);
    expect((await run("verify", "--public-key", file)).code).toBe(0);
  });

  test("prints the PEM alone to standard output", async () => {
    const { printed, shown } = await (await deployed()).run("public-key");
    expect(`${printed.join("\n")}\n`).toBe(KEY.pem);
    expect(shown).toContain(`fingerprint ${KEY.fingerprint}`);
  });

  test("keeps a file that has another key", async () => {
    const { run, folder } = await deployed();
    const file = join(folder, "public.pem");
    const { pem } = signingKey();
    writeFileSync(file, pem);
    expect((await run("public-key", "--output", file)).error).toMatch(
      /is there with other content, and was not changed/,
    );
    expect(readFileSync(file, "utf8")).toBe(pem);
  });
});
