import { expect, test } from "vitest";
import { generalLine, linesWithout, particularLine } from "./recorded-requests.ts";

const dev = {
  name: "dev",
  region: "eu-west-1",
  pools: ["phi-3-mini"],
  stateBucket: "our-states",
  lockTable: "our-locks",
};

test.each([
  [
    "iam:CreateRole arn:aws:iam::123456789012:role/sluice-dev-engine-phi-3-mini",
    "iam:CreateRole arn:aws:iam::{account}:role/{name}-engine-{pool}",
  ],
  [
    "s3:GetObject arn:aws:s3:::our-states/dev/data.tfstate",
    "s3:GetObject arn:aws:s3:::{state-bucket}/{environment}/{stack}.tfstate",
  ],
  [
    "ec2:DeleteVpc arn:aws:ec2:eu-west-1:123456789012:vpc/vpc-0123456789abcdef0",
    "ec2:DeleteVpc arn:aws:ec2:{region}:{account}:vpc/{id}",
  ],
  ["route53:GetChange arn:aws:route53:::change/C59IF66W3YQITB", "route53:GetChange arn:aws:route53:::change/{id}"],
  [
    "s3:PutObject arn:aws:s3:::sluice-dev-site-20261128142516305700000001/assets/a.js",
    "s3:PutObject arn:aws:s3:::{name}-site-{generated}/{key}",
  ],
  [
    "s3:GetBucketAcl arn:aws:s3:::sluice-dev-lb-logs-20261128142516305700000001",
    "s3:GetBucketAcl arn:aws:s3:::{name}-lb-logs-{generated}",
  ],
])("line %# of the record has a variable for what differs between environments and runs", (line, general) => {
  expect(generalLine(line, dev)).toBe(general);
  expect(particularLine(general, dev)).not.toContain("{");
});

test("a run is compared with the record line by line", () => {
  const record = { bootstrap: ["a"], deploy: ["b"] };
  expect(linesWithout({ bootstrap: [], deploy: ["b", "c"] }, record)).toEqual(["c"]);
});
