import { describe, expect, test } from "vitest";
import { NAME_LIMITS } from "../domain/aws-resources/name-limits.ts";
import { validateEnvironment } from "../environments/validate.ts";
import type { Environment } from "../settings/environment.ts";
import type { SynthesizedStack } from "../test-support/synth.ts";
import { environmentSynth } from "./test/environment-synth.ts";
import { environmentVariants } from "./test/environment-variants.ts";

const synth = environmentSynth();
const variants = await environmentVariants();

/** Attributes that may have a resource's name; those that refer to another resource's are no literals. */
const NAMES = ["name", "bucket_prefix", "function_name", "dashboard_name", "alarm_name", "replication_group_id"];
/** Types with an attribute `name` that names a part of another resource, and not one of an account. */
const NO_NAME_OF_THEIR_OWN: ReadonlySet<string> = new Set(["aws_autoscaling_policy"]);

/** The longest names that an environment file may have: environment 20, pool 40, usage plan 20, start of roles 16. */
function withLongestNames(environment: Environment): Environment {
  const [pool] = Object.values(environment.pools);
  const [plan] = Object.values(environment.api.usagePlans);
  if (pool === undefined) throw new Error("The environment has no pool");
  const usagePlans = plan === undefined ? {} : { anonymous: plan, [`p${"l".repeat(19)}`]: plan };
  return {
    ...environment,
    name: `e-${"n".repeat(17)}v`,
    pools: { [`p.${"o".repeat(37)}l`]: pool, [`p.${"o".repeat(36)}l2`]: pool },
    api: { ...environment.api, usagePlans },
    iam: { ...environment.iam, roleNamePrefix: `t${"e".repeat(14)}-` },
    routes: {},
  };
}

/** Names of a stack that break AWS's rules, a sentence each. */
function problems(stack: SynthesizedStack): readonly string[] {
  return Object.entries(stack.resource ?? {}).flatMap(([type, blocks]) =>
    Object.values(blocks).flatMap((block) => {
      const limit = NAME_LIMITS[type];
      const attribute = limit?.attribute ?? NAMES.find((each) => typeof block[each] === "string");
      const name: unknown = attribute === undefined ? undefined : block[attribute];
      if (typeof name !== "string" || name.includes("${") || NO_NAME_OF_THEIR_OWN.has(type)) return [];
      if (limit === undefined)
        return [`${type} has a ${attribute}, and no rule in domain/aws-resources/name-limits.ts`];
      if (name.length > limit.maxLength)
        return [`${type} ${name}: ${name.length} characters, AWS takes ${limit.maxLength}`];
      return limit.form.test(name) ? [] : [`${type} ${name} does not match ${limit.form}`];
    }),
  );
}

describe.each(Object.entries(variants))("%s", (_, environment) => {
  test("has names of resources that AWS takes, also with the longest names of environment, pools and plans", () => {
    const longest = withLongestNames(environment);
    const [stacks, stacksWithLongest] = [environment, longest].map((each) => Object.values(synth(each)));
    for (const found of [stacks, stacksWithLongest]) expect(found?.flatMap(problems)).toEqual([]);
    const roles = (stacksWithLongest ?? []).flatMap(({ resource = {} }) => Object.values(resource.aws_iam_role ?? {}));
    expect(new Set(roles.map(({ name }) => name)).size).toBe(roles.length);
  });
});

test.each(["dev-", "dev--eu"])("an environment named %s is refused with AWS's rule", (name) => {
  const dev = variants.dev;
  expect(() => validateEnvironment({ ...dev, name }, `environments/${name}.ts`)).toThrow(
    /name: .*no two hyphens together and none at the end/,
  );
});
