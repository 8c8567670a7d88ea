import { describe, expect, test } from "vitest";
import type { ProviderSchema } from "../tools/provider-schema.ts";
import { dropUnknown } from "./drop-unknown.ts";

const schema: ProviderSchema = {
  file: "schema.json",
  version: "5.100.0",
  resources: {
    aws_lb: {
      block: {
        attributes: { name: {}, tags: {}, nested: { nested_type: { attributes: { known: {} } } } },
        block_types: { access_logs: { block: { attributes: { bucket: {} } } } },
      },
    },
  },
  dataSources: { aws_ami: { block: { attributes: { owners: {} } } } },
};

const lb = (config: object) => ({ resource: { aws_lb: { Main: { name: "front", ...config } } } });

describe("an attribute or type that the provider does not support", () => {
  test("is omitted at any depth, and reported once", () => {
    const logs = { bucket: "logs", format: "new" };
    const { document, dropped } = dropUnknown(lb({ region: "eu", access_logs: [logs, logs] }), schema);
    expect(document).toEqual(lb({ access_logs: [{ bucket: "logs" }, { bucket: "logs" }] }));
    expect(dropped).toEqual(["aws_lb.access_logs.format", "aws_lb.region"]);
  });

  test("is found in attributes that are objects, and in data sources", () => {
    const data = { aws_ami: { Image: { owners: ["self"], allow_unsafe_filter: true } } };
    const { dropped } = dropUnknown({ ...lb({ nested: { known: 1, unknown: 2 } }), data }, schema);
    expect(dropped).toEqual(["aws_ami.allow_unsafe_filter", "aws_lb.nested.unknown"]);
  });

  test("may be a whole type", () => {
    const { document, dropped } = dropUnknown({ resource: { aws_new: { It: {} }, aws_lb: {} } }, schema);
    expect(dropped).toEqual(["aws_new"]);
    expect(document).toEqual({ resource: { aws_lb: {} } });
  });
});

describe("the rest of a document", () => {
  test("has OpenTofu's own names, other providers' types, maps with any key, and expressions instead of a block", () => {
    const config = {
      lifecycle: { prevent_destroy: true },
      depends_on: ["x"],
      tags: { any: "key" },
      access_logs: "expression",
    };
    const stack = { ...lb(config), data: { terraform_remote_state: { Other: { backend: "s3" } } } };
    expect(dropUnknown(stack, schema)).toEqual({ document: stack, dropped: [] });
  });
});
