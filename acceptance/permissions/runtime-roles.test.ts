import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { applies, evaluateAll, type IamRequest, type Principal } from "../../domain/iam/evaluate.ts";
import { type ParsedStatement, parsePolicy } from "../../domain/iam/policy.ts";
import { loadEnvironment } from "../../environments/load.ts";
import { environmentSynth } from "../../stacks/test/environment-synth.ts";
import { type Block, resources } from "../../test-support/synth.ts";
import { ACCOUNT } from "../tools/emulators.ts";
import { COMMAND_ACTIONS, OF_ITS_ITEMS } from "./runtime-calls/command-actions.ts";
import type { RuntimeCall } from "./runtime-calls/runtime-call.ts";
import { RUNTIME_CALLS } from "./runtime-calls/runtime-calls.ts";
import { resolveReferences } from "./test/resolve-references.ts";

const root = join(import.meta.dirname, "../..");
const environment = await loadEnvironment("acceptance/environments/everything.ts");
const stacks = environmentSynth()(environment);
const NAME = "sluice-everything";
const SUFFIX = "20261128141829486700000001";

/** All resources of a type, each with its stack. */
const all = (type: string) =>
  Object.entries(stacks).flatMap(([stack, document]) =>
    Object.entries(resources(document, type)).map(([id, block]) => ({ stack, id, block })),
  );
const parsed = (block: Block, stack: string) => parsePolicy(resolveReferences(String(block.policy), stack, stacks));

/** Own policies of a role. */
function policiesOf(role: string): readonly ParsedStatement[] {
  return all("aws_iam_role_policy")
    .filter(({ stack, block }) => resolveReferences(String(block.role), stack, stacks) === `${NAME}-${role}`)
    .flatMap(({ stack, block }) => parsed(block, stack));
}

function endpointPolicy(service: string | undefined): readonly ParsedStatement[] | undefined {
  if (service === undefined) return undefined;
  const found = all("aws_vpc_endpoint").find(({ block }) => String(block.service_name).endsWith(`.${service}`));
  if (found === undefined) throw new Error(`There is no endpoint for ${service}`);
  return parsed(found.block, found.stack);
}

/** Policy of the bucket or key of a resource. */
function resourcePolicy({ action, resource }: IamRequest): readonly ParsedStatement[] | undefined {
  const type = action.startsWith("kms:") ? "aws_kms_key" : "aws_s3_bucket_policy";
  if (type === "aws_s3_bucket_policy" && !action.startsWith("s3:")) return undefined;
  const statements = all(type)
    .filter(({ stack }) => !stack.endsWith("-bootstrap"))
    .flatMap(({ stack, block }) => parsed(block, stack));
  return statements.filter(({ resources: of }) =>
    type === "aws_kms_key" ? true : of?.patterns.some((pattern) => resource.startsWith(pattern.replace("/*", ""))),
  );
}

/** ARNs for the marks of a call's resource. */
function arnsOf(mark: string, role: string): readonly string[] {
  const [kind = "", rest = ""] = mark.split(/:(.*)/s);
  if (kind === "table") return [`arn:aws:dynamodb:${environment.region}:${ACCOUNT}:table/${NAME}-${rest}`];
  if (kind === "bucket") {
    const [bucket = "", ...key] = rest.split("/");
    return [[`arn:aws:s3:::${NAME}-${bucket}-${SUFFIX}`, ...key].join("/").replace("{weights}", weights)];
  }
  if (kind === "log-group") return [`arn:aws:logs:${environment.region}:${ACCOUNT}:log-group:${rest}`];
  if (mark === "key") return [`arn:aws:kms:${environment.region}:${ACCOUNT}:key/some-id`];
  if (mark === "target-groups" || mark === "groups") {
    const action = mark === "groups" ? "autoscaling:CompleteLifecycleAction" : "elasticloadbalancing:DeregisterTargets";
    return policiesOf(role)
      .filter(({ actions }) => actions.patterns.includes(action))
      .flatMap((statement) => statement.resources?.patterns ?? []);
  }
  return [mark.replace("{run-time-provider}", "sluice/everything/providers/some")];
}

const weights = "weights/microsoft/Phi-3-mini-4k-instruct/0a67737cc96d2554230f90338b163bc6380a2a85";

function requestsOf(role: string, { action, resources: marks, context = {} }: RuntimeCall): readonly IamRequest[] {
  return marks
    .flatMap((mark) => arnsOf(mark, role))
    .map((resource) => ({
      action,
      resource,
      context: {
        "aws:SecureTransport": "true",
        "aws:PrincipalAccount": ACCOUNT,
        "aws:ResourceAccount": ACCOUNT,
        "aws:PrincipalArn": `arn:aws:iam::${ACCOUNT}:role/${NAME}-${role}`,
        "kms:CallerAccount": ACCOUNT,
        ...Object.fromEntries(
          Object.entries(context).map(([key, value]) => [key, value.replace("{weights}", weights)]),
        ),
      },
    }));
}

describe.each(Object.entries(RUNTIME_CALLS))("the role of %s", (role, calls) => {
  const identity = policiesOf(role);
  const principal: Principal = { kind: "AWS", value: `arn:aws:iam::${ACCOUNT}:role/${NAME}-${role}` };

  test("may make each of its calls, by its policies and by those of endpoint, bucket and key", () => {
    expect(identity.length).toBeGreaterThan(0);
    const refused = calls.flatMap((call) =>
      requestsOf(role, call).filter((request) => {
        const resource = resourcePolicy(request);
        const endpoint = endpointPolicy(call.endpoint);
        const set = {
          identity,
          isKey: request.action.startsWith("kms:"),
          ...(resource ? { resource } : {}),
          ...(endpoint ? { endpoint } : {}),
        };
        return evaluateAll(set, request, principal) !== "allowed";
      }),
    );
    expect(refused.map(({ action, resource }) => `${action} ${resource}`)).toEqual([]);
  });

  test("has no action and no resource that none of its calls uses", () => {
    const requests = calls.flatMap((call) => requestsOf(role, call));
    const unused = identity
      .flatMap(partsOf)
      .filter(({ statement }) => !requests.some((each) => applies(statement, each)));
    expect(unused.map(({ name }) => name)).toEqual([]);
  });
});

test("every role that a service of the stacks assumes at run time has its calls listed", () => {
  const roles = all("aws_iam_role").map(({ block }) => String(block.name).slice(NAME.length + 1));
  // API Gateway's own policy is AWS's; VPC's flow logs follow AWS's documentation; CI's role has its own test.
  const others = ["api-logs", "ci", "flow-log"];
  expect(roles.filter((role) => !others.includes(role)).sort()).toEqual(Object.keys(RUNTIME_CALLS).sort());
});

test.each([
  ["gateway", ["gateway"]],
  ["lambdas/administer", ["administer"]],
  ["lambdas/authorize-request", ["authorize-request"]],
  ["lambdas/drain-engine", ["drain-engine"]],
  ["lambdas/exchange-token", ["exchange-token"]],
  ["lambdas/publish-cost", ["publish-cost"]],
  ["lambdas/report-stripe", ["report-stripe"]],
  ["lambdas/seal-audit", ["seal-audit"]],
  ["lambdas/send-notices", ["send-notices"]],
])("the commands of the AWS SDK in %s are the calls that its role lists", (folder, roles) => {
  const files = globSync("**/*.ts", { cwd: join(root, folder) }).filter(
    (file) => !/\.test\.ts$|(^|\/)test\//.test(file),
  );
  const commands = files.flatMap((file) =>
    [...readFileSync(join(root, folder, file), "utf8").matchAll(/new (\w+)Command\(|\bpaginate([A-Z]\w+)\(/g)].map(
      ([, command, paginated]) => `${command ?? paginated}Command`,
    ),
  );
  expect(commands.filter((command) => COMMAND_ACTIONS[command] === undefined)).toEqual([]);
  const actions = commands.map((command) => COMMAND_ACTIONS[command]);
  const made = new Set(actions.filter((action) => action !== OF_ITS_ITEMS));
  const listed = roles.flatMap((role) => RUNTIME_CALLS[role] ?? []).filter(({ madeBy }) => madeBy === undefined);
  expect([...made].sort()).toEqual([...new Set(listed.map(({ action }) => action))].sort());
});

/** A statement once for each of its actions and once for each of its resources. */
function partsOf(statement: ParsedStatement) {
  const { sid, actions, resources: of } = statement;
  return [
    ...actions.patterns.map((pattern) => ({
      name: `${sid}: ${pattern}`,
      statement: { ...statement, actions: { ...actions, patterns: [pattern] } },
    })),
    ...(of?.patterns ?? []).map((pattern) => ({
      name: `${sid}: on ${pattern}`,
      statement: { ...statement, resources: { patterns: [pattern], isRest: false } },
    })),
  ];
}
