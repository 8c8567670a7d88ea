import { afterAll, describe, expect, test } from "vitest";
import { loadEnvironment } from "../../environments/load.ts";
import { synthesizeAll } from "../../stacks/synthesize.ts";
import { builtAssets } from "../../test-support/built-assets.ts";
import { checkedEnvironment } from "../operator/operator-tools.ts";
import { permissionsCommand } from "./permissions-command.ts";

const assets = builtAssets();
afterAll(() => assets.remove());

async function printed(...args: readonly string[]): Promise<string> {
  const lines: string[] = [];
  await permissionsCommand({
    print: (text) => lines.push(text),
    environment: checkedEnvironment,
    environmentNames: () => ["dev", "prod"],
    synthesize: async (name, folder) => synthesizeAll(folder, [await loadEnvironment(name)], assets),
  })
    .exitOverride()
    .parseAsync(args, { from: "user" });
  return lines.join("\n");
}

describe("sluice permissions", () => {
  test("prints each role with who assumes it, and each statement with purpose, actions, resources and conditions", async () => {
    const text = await printed("--environment", "dev");
    expect(text).toMatch(/^sluice-dev-gateway \(stack dev-serving\), assumed by ec2\.amazonaws\.com$/m);
    expect(text).toContain(
      [
        "  ReadKeys: A client's API key is looked up by the id in it.",
        "    dynamodb:GetItem  arn:aws:dynamodb:us-east-1:<account>:table/sluice-dev-keys",
        "  DecryptDynamoDb: DynamoDB decrypts what the role reads there.",
        "    kms:Decrypt  arn:aws:kms:us-east-1:<account>:key/<id of EncryptionKey>",
        "                 if kms:ViaService StringEquals dynamodb.us-east-1.amazonaws.com",
      ].join("\n"),
    );
  });

  test("says which resource types CI's role makes by a statement, what is denied, and whose jobs assume it", async () => {
    const text = await printed("--environment", "acceptance/environments/everything.ts");
    expect(text).toMatch(/^ {2}Tables: OpenTofu makes and deletes aws_dynamodb_table\. Describe calls show settings/m);
    expect(text).toMatch(/^ {2}DENIED, NotItself: CI's role can't change its own permissions\.$/m);
    expect(text).toMatch(/^ {2}if token\.actions\.githubusercontent\.com:sub StringEquals repo:/m);
  });

  test("prints first what the caller of bootstrap and of the first deployment must be allowed, with this environment's names", async () => {
    const text = await printed("--environment", "dev");
    expect(text).toMatch(
      /^the caller of sluice bootstrap and deploy, dev \(made by no stack\), assumed by who runs sluice bootstrap, /,
    );
    expect(text).toMatch(/^ {2}StateBucket: OpenTofu makes, reads, changes and deletes the bucket of the states\./m);
    expect(text).toMatch(/^ {4}acm:AddTagsToCertificate +arn:aws:acm:us-east-1:\*:certificate\/\*$/m);
    expect(text).toMatch(/^ {2}LoadBalancing: OpenTofu makes, reads, changes and deletes load balancers/m);
  });

  test("prints all environments as one JSON list", async () => {
    const roles: readonly { readonly role: string }[] = JSON.parse(await printed("--json"));
    expect(roles.map(({ role }) => role)).toEqual(
      expect.arrayContaining(["sluice-dev-gateway", "sluice-prod-gateway", "sluice-prod-drain-engine"]),
    );
  });

  test("an environment that does not exist is an error with the known ones", async () => {
    await expect(printed("--environment", "nope")).rejects.toThrow(/no environment "nope"; known are dev, prod/);
  });
});
