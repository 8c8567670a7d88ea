import { expect, test } from "vitest";
import { writeXml } from "../../aws-api/xml.ts";
import { describeInstances } from "./api.ts";

const instance = (id: string, tags: Readonly<Record<string, string>>) => ({
  id,
  instanceType: "g5.xlarge",
  launchedAt: 0,
  tags,
});
const instances = [instance("i-1", { Environment: "dev", Pool: "a&b" }), instance("i-2", { Environment: "prod" })];

test("a filter leaves out instances without the tag's value, and the remaining ones have type, launch time and tags", () => {
  const filter = new URLSearchParams({ "Filter.1.Name": "tag:Environment", "Filter.1.Value.1": "dev" });
  const response = writeXml(describeInstances(filter, instances));
  expect(response).toContain("<instanceType>g5.xlarge</instanceType><launchTime>1970-01-01T00:00:00.000Z</launchTime>");
  expect(response).toContain("<key>Pool</key><value>a&amp;b</value>");
  expect(response).not.toContain("i-2");
});

test("a filter on anything but a tag is refused by its name", () => {
  const filter = new URLSearchParams({ "Filter.1.Name": "vpc-id", "Filter.1.Value.1": "v" });
  expect(() => describeInstances(filter, instances)).toThrow("the twin filters instances by tag:… only, got vpc-id");
});
