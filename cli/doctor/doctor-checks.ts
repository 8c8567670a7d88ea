import type { Environment } from "../../environments/schema.ts";
import { awsFailure } from "../operator/aws-failure.ts";
import { isTofuNewEnough, OLDEST_TOFU } from "../tofu/tofu-version.ts";
import type { AwsFacts } from "./aws-facts.ts";
import { type VcpuNeed, vcpuNeeds } from "./vcpu-needs.ts";

export interface Finding {
  readonly level: "ok" | "warn" | "fail";
  readonly text: string;
  /** What to do about it; with every `warn` and `fail`. */
  readonly remedy?: string;
}

export interface Check {
  readonly name: string;
  run(signal: AbortSignal): Promise<Finding>;
}

export interface CheckedThings {
  readonly environment: Environment;
  readonly aws: AwsFacts;
  /** Version of OpenTofu. @throws when there is none */
  tofuVersion(): Promise<string>;
  /** e.g. `v24.2.0` */
  readonly nodeVersion: string;
  /** OpenTofu variable certificate_arn, where it is set. */
  readonly certificateArn: string | undefined;
  /** Region of the operator's AWS settings, where there is one. */
  readonly awsRegion: string | undefined;
  now(): Date;
}

/** AWS refuses requests that are 5 minutes off (15 for some services); half of it is the time to act. */
const SKEW_SECONDS = { warn: 30, fail: 150 } as const;
/** Long enough to renew by hand. */
const EXPIRY_DAYS = 30;
/** All checks of an environment. They don't depend on each other and may run at once. */
export function doctorChecks(things: CheckedThings): readonly Check[] {
  const { environment, aws } = things;
  const { state, gateways, pools } = environment;
  const images = new Set([gateways.image, ...Object.values(pools).map(({ image }) => image)]);
  return [
    { name: "Node", run: async () => nodeFinding(things.nodeVersion) },
    { name: "OpenTofu", run: async () => tofuFinding(await things.tofuVersion()) },
    { name: "credentials", run: (signal) => credentialsFinding(aws, signal) },
    { name: "region", run: async () => regionFinding(things) },
    { name: "clock", run: (signal) => clockFinding(things, signal) },
    ...vcpuNeeds(environment).map((need) => ({
      name: `${need.family} vCPUs`,
      run: (signal: AbortSignal) => quotaFinding(things, need, signal),
    })),
    ...[...images].map((image) => ({
      name: "image",
      run: (signal: AbortSignal) => imageFinding(aws, image, signal),
    })),
    { name: "certificate", run: (signal) => certificateFinding(things, signal) },
    { name: "state bucket", run: (signal) => bucketFinding(things, signal) },
    {
      name: "lock table",
      run: async (signal) =>
        (await aws.hasTable(state.lockTable, signal))
          ? ok(state.lockTable)
          : fail(`${state.lockTable} is not there`, bootstrapRemedy(environment)),
    },
  ];
}

const ok = (text: string): Finding => ({ level: "ok", text });
const warn = (text: string, remedy: string): Finding => ({ level: "warn", text, remedy });
const fail = (text: string, remedy: string): Finding => ({ level: "fail", text, remedy });
const bootstrapRemedy = ({ name }: Environment) => `make it: sluice bootstrap --environment ${name}`;

function nodeFinding(version: string): Finding {
  const [major = 0, minor = 0] = version.slice(1).split(".").map(Number);
  if (major > 24 || (major === 24 && minor >= 2)) return ok(version);
  return fail(`${version} is too old`, "use 24.2 or newer: npm run sluice -- brings its own");
}

function tofuFinding(version: string): Finding {
  if (isTofuNewEnough(version)) return ok(version);
  return fail(`${version} is too old`, `install ${OLDEST_TOFU} or newer: https://opentofu.org/docs/intro/install`);
}

async function credentialsFinding(aws: AwsFacts, signal: AbortSignal): Promise<Finding> {
  try {
    const { account, arn } = await aws.caller(signal);
    return ok(`account ${account}, ${arn}`);
  } catch (error) {
    const failure = awsFailure(error);
    if (failure) return fail(failure.text, failure.remedy);
    throw error;
  }
}

function regionFinding({ environment: { name, region }, awsRegion }: CheckedThings): Finding {
  if (awsRegion === undefined || awsRegion === region) return ok(region);
  return warn(
    `${region}, but your AWS settings say ${awsRegion}`,
    `environments/${name}.ts decides; set AWS_REGION=${region} for the aws command to look at the same place`,
  );
}

async function clockFinding({ aws, now }: CheckedThings, signal: AbortSignal): Promise<Finding> {
  const { date } = await aws.caller(signal);
  if (!date) return warn("AWS's answer had no date", "compare this machine's clock with another");
  const seconds = Math.round(Math.abs(now().getTime() - date.getTime()) / 1000);
  const remedy = "set the clock by NTP: AWS refuses requests that are 5 minutes off";
  if (seconds >= SKEW_SECONDS.fail) return fail(`${seconds} s off AWS's`, remedy);
  if (seconds >= SKEW_SECONDS.warn) return warn(`${seconds} s off AWS's`, remedy);
  return ok(`${seconds} s off AWS's`);
}

async function quotaFinding(
  { environment, aws }: CheckedThings,
  { code, family, min, max }: VcpuNeed,
  signal: AbortSignal,
): Promise<Finding> {
  const quota = await aws.ec2Quota(code, signal);
  const remedy =
    `ask for ${max}: aws service-quotas request-service-quota-increase --service-code ec2 --quota-code ${code} ` +
    `--desired-value ${max} --region ${environment.region} (may take days)`;
  if (quota >= max) return ok(`${quota} allowed, ${max} needed at most`);
  if (quota >= min)
    return warn(
      `${quota} allowed: enough to start (${min}), not for all instances of the ${family} pools (${max})`,
      remedy,
    );
  return fail(`${quota} allowed, the ${family} pools need ${min} to start and ${max} at most`, remedy);
}

async function imageFinding(aws: AwsFacts, image: string, signal: AbortSignal): Promise<Finding> {
  const parameter = image.startsWith("resolve:ssm:") ? image.slice("resolve:ssm:".length) : undefined;
  if (parameter === undefined)
    return (await aws.hasImage(image, signal))
      ? ok(image)
      : fail(`${image} is not in this region, or not shared with you`, "copy it here, or build one and name it");
  return (await aws.hasParameter(parameter, signal))
    ? ok(parameter)
    : fail(`the SSM parameter ${parameter} is not there`, "build the image (ami/README.md) and store its id there");
}

async function certificateFinding(things: CheckedThings, signal: AbortSignal): Promise<Finding> {
  const { environment, aws, certificateArn, now } = things;
  const { name, api } = environment;
  if (api.domain) {
    const zone = await aws.zone(api.domain.hostedZoneId, signal);
    if (zone === undefined)
      return fail(`there is no Route 53 zone ${api.domain.hostedZoneId}`, "correct api.domain.hostedZoneId");
    if (api.domain.name !== zone && !api.domain.name.endsWith(`.${zone}`))
      return fail(`the zone ${zone} can't hold ${api.domain.name}`, "correct api.domain");
    return ok(`${api.domain.name} in the zone ${zone}`);
  }
  const renew = `sluice bootstrap --environment ${name} --certificate`;
  if (certificateArn === undefined)
    return fail(
      "without a domain the load balancer needs a certificate, and certificate_arn is not set",
      `make one: ${renew}`,
    );
  const found = await aws.certificate(certificateArn, signal);
  if (!found)
    return fail(`${certificateArn} is not there`, `remove it from terraform.tfvars.json, then make one: ${renew}`);
  if (found.status !== "ISSUED") return fail(`${certificateArn} is ${found.status}`, `renew it: ${renew}`);
  const days = found.notAfter ? Math.floor((found.notAfter.getTime() - now().getTime()) / 86_400_000) : undefined;
  if (days !== undefined && days < EXPIRY_DAYS) return warn(`ends in ${days} days`, `renew it: ${renew}`);
  return ok(days === undefined ? certificateArn : `${certificateArn}, ${days} days left`);
}

async function bucketFinding({ environment, aws }: CheckedThings, signal: AbortSignal): Promise<Finding> {
  const { name, state } = environment;
  const found = await aws.bucket(state.bucket, signal);
  if (found === "ours") return ok(state.bucket);
  if (found === "missing") return fail(`${state.bucket} is not there`, bootstrapRemedy(environment));
  return fail(
    `${state.bucket} is another account's, in another region, or closed to you`,
    `bucket names are unique in the world: choose another state.bucket in environments/${name}.ts`,
  );
}
