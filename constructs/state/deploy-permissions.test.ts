import { describe, expect, test } from "vitest";
import { deployGrants } from "./deploy-permissions.ts";
import { statementsOf } from "./grant.ts";

const props = { name: "sluice-dev", region: "eu-west-1", environment: "dev" };
const grants = deployGrants(props);

describe("what deploying may do", () => {
  test("every wildcard that is not a name's end has its reason", () => {
    const isWide = ({ actions, resources }: (typeof grants)[number]) =>
      resources.includes("*") || actions.some((action) => action.includes("*"));
    expect(grants.filter(isWide).filter(({ why }) => why === undefined)).toEqual([]);
  });

  test("only reading, creating resources without an id, and actions bound by a tag are allowed on all resources", () => {
    const wide = grants.filter(({ resources }) => resources.includes("*"));
    expect(wide.map(({ sid, condition }) => [sid, Object.keys(Object.values(condition ?? {})[0] ?? {})])).toEqual([
      ["LookUp", []],
      ["Network", ["aws:RequestedRegion"]],
      ["ChangeOurs", ["aws:ResourceTag/Environment"]],
      ["New", ["aws:RequestedRegion", "aws:RequestTag/Environment"]],
      ["Site", []],
      ["NewSite", ["aws:RequestTag/Environment"]],
    ]);
  });

  test("data stays closed: no item, no secret, no user and no policy of the account", () => {
    const actions = grants.flatMap((grant) => grant.actions);
    expect(actions).not.toContain("*");
    for (const pattern of [
      /^dynamodb:(Get|Scan|Query|BatchGet)/,
      /^secretsmanager:/,
      /^iam:.*(User|AccessKey)/,
      /^iam:\*/,
    ])
      expect(actions.filter((action) => pattern.test(action))).toEqual([]);
  });

  test("roles are created and passed by our names only, to the services that run them", () => {
    const statement = statementsOf(grants).find(({ Action }) => Action.includes("iam:PassRole"));
    expect(statement?.Resource).toEqual(["arn:aws:iam::*:role/sluice-dev-*"]);
    expect(statement?.Condition?.StringEquals?.["iam:PassedToService"]).toContain("ec2.amazonaws.com");
  });

  test("regional resources are those of the region", () => {
    const arns = grants.flatMap(({ resources }) => resources).filter((arn) => /:(dynamodb|lambda|kms):/.test(arn));
    expect(arns.filter((arn) => !arn.includes(":eu-west-1:"))).toEqual([]);
  });

  test("statements have unique names", () => {
    const sids = statementsOf(grants).map(({ Sid }) => Sid);
    expect(new Set(sids).size).toBe(sids.length);
  });
});
