import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { temporaryFolder } from "../../local/test/tools.ts";
import { deployCommand, destroyCommand } from "../deploy-command.ts";
import { S3StateBuckets } from "../state/state-bucket.ts";
import { dataStack, type OperatorProps, operator, TOFU_MISSING } from "../test/operator.ts";
import { type StateAws, stateAws } from "../test/state-aws.ts";
import { type BootstrapClients, bootstrapCommand } from "./bootstrap-command.ts";
import { AcmCertificateStore } from "./certificate-import.ts";

beforeEach((context) => {
  if (TOFU_MISSING) context.skip(TOFU_MISSING);
});

const BUCKET = "sluice-dev-state";
const KEY = "dev/bootstrap.tfstate";

/** Like the real stack: it creates the bucket that its own backend names. */
function bootstrapStack(aws: StateAws, encryption: "none" | "kms") {
  const method = "method.aes_gcm.state";
  const call = (method: string) => `node -e "fetch('${aws.url}/${BUCKET}',{method:'${method}'})"`;
  const provisioner = {
    "local-exec": [{ command: call("PUT") }, { command: call("DELETE"), when: "destroy" }],
  };
  return {
    document: {
      terraform: {
        backend: {
          s3: {
            ...{ bucket: BUCKET, key: KEY, region: "us-east-1", dynamodb_table: "locks", use_path_style: true },
            ...{ skip_credentials_validation: true, skip_requesting_account_id: true },
            endpoints: { s3: aws.url, dynamodb: aws.url },
          },
        },
        ...(encryption === "kms" && {
          encryption: {
            key_provider: { aws_kms: { state: { kms_key_id: "alias/k", region: "us-east-1", key_spec: "AES_256" } } },
            method: { aes_gcm: { state: { keys: `\${key_provider.aws_kms.state}` } } },
            ...{ state: { method }, plan: { method }, remote_state_data_sources: { default: { method } } },
          },
        }),
      },
      resource: { terraform_data: { Bucket: { input: "made", provisioner } } },
    },
  };
}

async function fixture(encryption: "none" | "kms" = "none", props: Partial<OperatorProps> = {}) {
  const aws = await stateAws("locks");
  for (const [name, value] of Object.entries(aws.environment)) vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
  const folder = temporaryFolder();
  const edited: Record<string, { document: object }> = {};
  const edge = {
    document: {
      terraform: { backend: { local: { path: join(folder, "edge.tfstate") } } },
      variable: { certificate_domain: { default: "api.test" } },
    },
  };
  const stacks = () => ({ bootstrap: bootstrapStack(aws, encryption), edge, ...edited });
  const tools = () => operator({ folder, stacks, environment: aws.environment, ...props });
  const bootstrap = async (...args: readonly string[]) => {
    const used = tools();
    const clients: BootstrapClients = {
      states: (access) => new S3StateBuckets(access),
      certificates: new AcmCertificateStore(),
    };
    await bootstrapCommand(used, clients).parseAsync(["--environment", "dev", "--yes", ...args], { from: "user" });
    return used.printed;
  };
  const work = join(folder, "deploy/dev/bootstrap");
  const state = () => aws.buckets.get(BUCKET)?.get(KEY)?.toString() ?? "";
  const destroy = async (...args: readonly string[]) => {
    const used = tools();
    const argv = ["--environment", "dev", "--stack", "bootstrap", ...args];
    await destroyCommand(used).parseAsync(argv, { from: "user" });
    return used.printed;
  };
  return { aws, folder, work, bootstrap, destroy, state, stacks: edited };
}

describe("sluice bootstrap", () => {
  test("creates the bucket with a state on disk, then moves that state into it and leaves none on disk", async () => {
    const { work, bootstrap, state } = await fixture();
    expect(await bootstrap()).toEqual([
      "dev-bootstrap: 1 to add",
      `Moving the state of dev-bootstrap into ${BUCKET} …`,
      `The states are in ${BUCKET}.`,
    ]);
    expect(state()).toContain('"made"');
    expect(readdirSync(work).filter((file) => file.includes("tfstate"))).toEqual([]);
  });

  test("the second call finds everything and changes nothing", async () => {
    const { bootstrap, state } = await fixture();
    await bootstrap();
    const before = state();
    expect(await bootstrap()).toEqual(["dev-bootstrap: no changes", `The states are in ${BUCKET}.`]);
    expect(state()).toBe(before);
  });

  test("with state.encryption kms the state in the bucket is encrypted, and readable again", async () => {
    const { bootstrap, state } = await fixture("kms");
    await bootstrap();
    expect(state()).toContain("encrypted_data");
    expect(state()).not.toContain('"made"');
    expect(await bootstrap()).toEqual(["dev-bootstrap: no changes", `The states are in ${BUCKET}.`]);
  });

  test("after state.encryption became kms, deploy --encrypt-states encrypts this state as well", async () => {
    const { aws, folder, bootstrap, stacks, state } = await fixture();
    await bootstrap();
    stacks.bootstrap = bootstrapStack(aws, "kms");
    await expect(bootstrap()).rejects.toThrow(/not encrypted, but .*sluice deploy --environment dev --encrypt-states/);
    const only = () => ({ bootstrap: bootstrapStack(aws, "kms") });
    const tools = operator({ folder, stacks: only, environment: aws.environment });
    const args = ["--environment", "dev", "--yes", "--encrypt-states"];
    await deployCommand(tools).parseAsync(args, { from: "user" });
    expect(state()).toContain("encrypted_data");
    expect(await bootstrap()).toEqual(["dev-bootstrap: no changes", `The states are in ${BUCKET}.`]);
  });

  test("interrupted between the apply and the move, it continues with the move", async () => {
    const { aws, work, bootstrap, state } = await fixture();
    aws.isWritable = false;
    await expect(bootstrap()).rejects.toThrow(/dev-bootstrap: tofu init ended with exit code 1/);
    expect(readFileSync(join(work, "terraform.tfstate"), "utf8")).toContain('"made"');
    aws.isWritable = true;
    expect(await bootstrap()).toEqual([
      "dev-bootstrap: no changes",
      `Moving the state of dev-bootstrap into ${BUCKET} …`,
      `The states are in ${BUCKET}.`,
    ]);
    expect(state()).toContain('"made"');
  });

  test("an existing bucket without the stack's state is not changed", async () => {
    const { aws, bootstrap } = await fixture();
    aws.buckets.set(BUCKET, new Map());
    await expect(bootstrap()).rejects.toThrow(
      /bucket sluice-dev-state exists, but it has no state of the bootstrap stack/,
    );
    expect(aws.buckets.get(BUCKET)?.size).toBe(0);
  });

  test("a bucket name of another account is refused with the setting to change", async () => {
    const { folder } = await fixture();
    const tools = operator({ folder, stacks: () => ({ bootstrap: { document: s3Only } }) });
    const s3Only = { terraform: { backend: { s3: { bucket: BUCKET, key: KEY } } } };
    const clients: BootstrapClients = {
      states: () => ({ bucket: async () => "foreign", hasState: async () => false }),
      certificates: new AcmCertificateStore(),
    };
    const command = bootstrapCommand(tools, clients);
    await expect(command.parseAsync(["--environment", "dev", "--yes"], { from: "user" })).rejects.toThrow(
      /bucket sluice-dev-state belongs to another account.*choose another state\.bucket in environments\/dev\.ts/,
    );
  });

  test("without a terminal it continues only with --yes", async () => {
    const tools = operator({ folder: temporaryFolder(), stacks: () => ({}) });
    await expect(bootstrapCommand(tools).parseAsync(["--environment", "dev"], { from: "user" })).rejects.toThrow(
      /not a terminal, .*; add --yes/,
    );
  });
});

describe("sluice destroy --stack bootstrap", () => {
  test.each(["none", "kms"] as const)(
    "moves the state (encryption %s) to disk first, and leaves neither bucket nor state",
    async (encryption) => {
      const { aws, work, bootstrap, destroy } = await fixture(encryption);
      await bootstrap();
      await expect(destroy("--yes")).rejects.toThrow(
        /dev-bootstrap holds data that can't be restored.*--confirm dev-bootstrap/,
      );
      expect(await destroy("--yes", "--confirm", "dev-bootstrap")).toEqual([
        "dev-bootstrap: 1 to destroy\n  destroy  terraform_data.Bucket",
        "dev-bootstrap: destroyed.",
      ]);
      expect([...aws.buckets.keys()]).toEqual([]);
      expect(readdirSync(work).filter((file) => file.includes("tfstate"))).toEqual([]);
    },
  );

  test("is refused while another stack has resources", async () => {
    const { folder, bootstrap, destroy, stacks, state } = await fixture();
    await bootstrap();
    stacks.data = dataStack(folder, "data", { Keys: { input: "keys" } });
    const tools = operator({ folder, stacks: () => ({ data: stacks.data ?? { document: {} } }) });
    await deployCommand(tools).parseAsync(["--environment", "dev", "--yes"], { from: "user" });
    await expect(destroy("--yes", "--confirm", "dev-bootstrap")).rejects.toThrow(
      /dev-data still has 1 resources.*sluice destroy --environment dev --stack data/,
    );
    expect(state()).toContain('"made"');
  });

  test("when declined, nothing changes", async () => {
    const { work, bootstrap, destroy, state } = await fixture("none", { replies: ["no"] });
    await bootstrap();
    await expect(destroy()).rejects.toThrow(/must be dev-bootstrap, got "[^"]*": nothing more was destroyed/);
    expect(state()).toContain('"made"');
    expect(readdirSync(work).filter((file) => file.includes("tfstate"))).toEqual([]);
    expect(await bootstrap()).toEqual(["dev-bootstrap: no changes", `The states are in ${BUCKET}.`]);
  });
});

describe("sluice bootstrap --certificate", () => {
  test("imports a certificate for the edge stack's name and saves its ARN for deploy, but no key", async () => {
    const { aws, folder, bootstrap } = await fixture();
    const printed = await bootstrap("--certificate");
    const arn = "arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-0000-0000-000000000001";
    expect(printed.at(-1)).toContain(`Certificate for api.test: ${arn}\n`);
    const variables = JSON.parse(readFileSync(join(folder, "deploy/dev/terraform.tfvars.json"), "utf8"));
    expect(variables).toEqual({ certificate_arn: arn });
    expect(aws.certificates[0]).toMatchObject({ Tags: expect.arrayContaining([{ Key: "Environment", Value: "dev" }]) });
    const files = readdirSync(folder, { recursive: true, encoding: "utf8", withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    expect(files.filter((file) => readFileSync(file, "latin1").includes("PRIVATE KEY"))).toEqual([]);
    expect(existsSync("-")).toBe(false);
  });

  test("again renews it under the same ARN, so that nothing else changes", async () => {
    const { aws, bootstrap } = await fixture();
    await bootstrap("--certificate");
    const printed = await bootstrap("--certificate");
    expect(printed.at(-1)).toContain("(renewed)");
    expect(aws.certificates[1]).toMatchObject({ CertificateArn: expect.stringContaining("certificate/0000") });
    expect(aws.certificates[1]).not.toHaveProperty("Tags");
  });
});
