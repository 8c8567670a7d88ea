import { expect, test } from "vitest";
import { serve } from "../../local/test/tools.ts";
import { UserError } from "../terminal/user-error.ts";
import { ControlTable } from "./control-table.ts";

/** A control table whose DynamoDB cancels each transaction with these reasons. */
async function cancelling(...reasons: readonly { readonly Code: string; readonly Message?: string }[]) {
  const port = await serve((_, response) =>
    response.writeHead(400, { "content-type": "application/x-amz-json-1.0" }).end(
      JSON.stringify({
        __type: "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        CancellationReasons: reasons,
      }),
    ),
  );
  const tables = { control: "sluice-dev-control", keys: "sluice-dev-keys" };
  return new ControlTable({ region: "us-east-1", endpoint: `http://127.0.0.1:${port}`, tables });
}

const CHANGE = { action: "require", key: { kind: "user", ids: ["user-1"] }, version: 1 } as const;

test("a change before which another came is a lost race", async () => {
  const table = await cancelling({ Code: "ConditionalCheckFailed" }, { Code: "None" });
  expect(await table.write("default", [CHANGE])).toBe(false);
});

test("a change that DynamoDB cancels for another reason is an error that names it, and no lost race", async () => {
  const table = await cancelling({ Code: "None" }, { Code: "ValidationError", Message: "Item size is too large" });
  const error = await table.write("default", [CHANGE]).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UserError);
  expect(String(error)).toContain(
    "cancelled the change of sluice-dev-control, and nothing was changed: ValidationError: Item size is too large.",
  );
});
