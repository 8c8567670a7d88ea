import { TerraformOutput } from "cdktf";
import { describe, expect, test } from "vitest";
import { resources, synthConstruct } from "../../test-support/synth.ts";
import { EncryptionKey } from "./encryption-key.ts";
import { HistoryStore } from "./history-store.ts";

const synth = (isProtected: boolean) =>
  synthConstruct((scope) => {
    const encryptionKey = new EncryptionKey(scope, "Key", { name: "test", region: "us-east-1", isProtected });
    const store = new HistoryStore(scope, "History", {
      tableName: "test-history",
      keysTableName: "test-subject-keys",
      encryptionKey,
      isProtected,
    });
    const actions = (statements: ReturnType<HistoryStore["readStatements"]>) =>
      statements.filter(({ Sid }) => !Sid?.startsWith("Use") || Sid === "UseDataKeys").flatMap(({ Action }) => Action);
    new TerraformOutput(scope, "actions", { value: [store.gatewayStatements(), store.readStatements()].map(actions) });
  });

describe("the store of the history", () => {
  test("lets gateways write generations and read none, and the control API read them, and end a data key and mark it as erased", () => {
    expect(synth(true).output?.actions?.value).toEqual([
      ["PutItem", "GetItem", "PutItem"].map((name) => `dynamodb:${name}`),
      ["GetItem", "Query", "UpdateItem", "DeleteItem", "BatchGetItem", "PutItem", "DeleteItem"].map(
        (name) => `dynamodb:${name}`,
      ),
    ]);
  });

  test.each([true, false])(
    "can't restore data keys, and is protected by AWS and by OpenTofu alike: %s",
    (isProtected) => {
      const tables = Object.values(resources(synth(isProtected), "aws_dynamodb_table"));
      const recovery = tables.map(({ name, point_in_time_recovery: { enabled } }) => [name, enabled]);
      expect(recovery).toEqual([
        ["test-subject-keys", false],
        ["test-history", true],
      ]);
      for (const table of tables)
        expect(table).toMatchObject({
          deletion_protection_enabled: isProtected,
          lifecycle: { prevent_destroy: isProtected },
          server_side_encryption: { enabled: true },
        });
    },
  );
});
