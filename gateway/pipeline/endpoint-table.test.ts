import { expect, test } from "vitest";
import { cpuCost } from "../../test-support/cpu-cost.ts";
import { MESSAGES_CLIENT } from "../dialects/clients/client-dialect.ts";
import type { EndpointTools } from "../endpoints/endpoint-definition.ts";
import { createEndpointTable } from "../endpoints/endpoints.ts";

const TABLE = createEndpointTable({} as EndpointTools);

test.each(["/", "/a", "/v1", "/v1/", "/prod", "%2f", "/messages", "/admin/providers/"])(
  "the longest path of repetitions of %j is refused at once",
  (part) => {
    for (const start of ["", "/v1", "/v0", "/v1/messages"]) {
      const path = start + part.repeat(15_500 / part.length);
      expect(TABLE.find(path, "PATCH").kind).toBe("refused");
      // Seen: 0.1 ms at most. What takes time are regular expressions, whose steps nothing counts.
      expect(cpuCost(() => TABLE.find(path, "PATCH"))).toBeLessThan(10);
    }
  },
);

test.each(["/v1/messages/nothing", "/v1/v1/messages", "/v1/messages//////", `/v1/messages${"/a".repeat(1000)}`])(
  "a refusal of %s has the dialect of the longest path that it begins with",
  (path) => {
    expect(TABLE.find(path, "GET").client).toBe(MESSAGES_CLIENT);
  },
);

test.each(["/v1/messagesfoo", "/v1/nothing", "/nothing/v1/messages"])("a refusal of %s has no dialect", (path) => {
  expect(TABLE.find(path, "GET").client).toBeUndefined();
});
