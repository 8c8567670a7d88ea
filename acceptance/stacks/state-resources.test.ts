import { expect, test } from "vitest";
import { stateResources } from "./state-resources.ts";

const queue = { mode: "managed", type: "aws_sqs_queue", name: "Main" };

test("resources of a state have OpenTofu's addresses, with the keys of count and for_each", () => {
  const found = stateResources({
    version: 4,
    resources: [
      { ...queue, instances: [{ attributes: { url: "q" } }] },
      { mode: "data", type: "aws_ami", name: "Engine", instances: [{ attributes: { id: "ami-1" } }] },
      {
        mode: "managed",
        type: "aws_subnet",
        name: "Private",
        instances: [
          { index_key: 0, attributes: { id: "subnet-1" } },
          { index_key: "b", attributes: { id: "subnet-2" } },
        ],
      },
    ],
  });
  expect(found).toEqual([
    { address: "aws_sqs_queue.Main", isTainted: false, attributes: { url: "q" } },
    { address: "data.aws_ami.Engine", isTainted: false, attributes: { id: "ami-1" } },
    { address: "aws_subnet.Private[0]", isTainted: false, attributes: { id: "subnet-1" } },
    { address: 'aws_subnet.Private["b"]', isTainted: false, attributes: { id: "subnet-2" } },
  ]);
});

test("a resource whose creation was interrupted is tainted", () => {
  const instances = [{ status: "tainted", attributes: {} }];
  expect(stateResources({ version: 4, resources: [{ ...queue, instances }] })[0]?.isTainted).toBe(true);
});

test("a state without resources has none, and another version of states is refused", () => {
  expect(stateResources({ version: 4 })).toEqual([]);
  expect(() => stateResources({ version: 5, resources: [] })).toThrow("a state of version 4 is expected");
});
