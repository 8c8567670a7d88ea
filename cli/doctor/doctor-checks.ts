import { parameterOfImage } from "../../contracts/processes/names.ts";
import { idleGpus } from "../../domain/replicas.ts";
import type { Environment } from "../../settings/environment.ts";
import { awsFailure } from "../operator/aws-failure.ts";
import { TofuNotFoundError } from "../tofu/tofu.ts";
import { isTofuNewEnough, OLDEST_TOFU } from "../tofu/tofu-version.ts";
import { accountChecks } from "./account-checks.ts";
import type { AwsFacts } from "./aws-facts.ts";
import { type Check, type Finding, fail, ok, warn } from "./finding.ts";
import { logRoleChecks } from "./log-role-check.ts";
import { networkChecks } from "./network-checks.ts";
import { type VcpuNeed, vcpuNeeds } from "./vcpu-needs.ts";
import { weightsChecks } from "./weights-checks.ts";
import { zoneChecks } from "./zone-checks.ts";

export interface CheckSubjects {
  readonly environment: Environment;
  readonly aws: AwsFacts;
  /** Version of OpenTofu. @throws {TofuNotFoundError} when it is not installed */
  tofuVersion(): Promise<string>;
  /** e.g. `v24.2.0` */
  readonly nodeVersion: string;
  /** OpenTofu's variable certificate_arn. */
  readonly certificateArn: string | undefined;
  /** Region in the operator's AWS settings. */
  readonly awsRegion: string | undefined;
  now(): Date;
}

/** AWS refuses requests whose time differs by 5 minutes (15 for some services); doctor fails at half of that. */
const SKEW_SECONDS = { warn: 30, fail: 150 } as const;
/** Enough time to renew a certificate by hand. */
const EXPIRY_DAYS = 30;

/** All checks of an environment. They are independent of each other and may run at once. */
export function doctorChecks(things: CheckSubjects): readonly Check[] {
  const { environment, aws } = things;
  const { state } = environment;
  return [
    { name: "Node", run: async () => nodeFinding(things.nodeVersion) },
    { name: "OpenTofu", run: () => tofuFinding(things) },
    { name: "credentials", run: (signal) => credentialsFinding(aws, signal) },
    { name: "region", run: async () => regionFinding(things) },
    { name: "clock", run: (signal) => clockFinding(things, signal) },
    ...zoneChecks(things),
    ...networkChecks(things),
    ...vcpuNeeds(environment).map((need) => ({
      name: `${need.family} vCPUs`,
      run: (signal: AbortSignal) => quotaFinding(things, need, signal),
    })),
    ...accountChecks(things),
    ...machineImages(environment).map(({ name, image }) => ({
      name,
      run: (signal: AbortSignal) => imageFinding(aws, image, signal),
    })),
    ...idleGpuChecks(environment),
    ...weightsChecks(things),
    ...logRoleChecks(things),
    { name: "certificate", run: (signal) => certificateFinding(things, signal) },
    { name: "state bucket", run: (signal) => bucketFinding(things, signal) },
    {
      name: "lock table",
      run: async (signal) =>
        (await aws.hasTable(state.lockTable, signal))
          ? ok(state.lockTable)
          : fail(`${state.lockTable} does not exist`, bootstrapRemedy(environment)),
    },
  ];
}

const bootstrapRemedy = ({ name }: Environment) => `create it: sluice bootstrap --environment ${name}`;

function nodeFinding(version: string): Finding {
  const [major = 0, minor = 0] = version.slice(1).split(".").map(Number);
  if (major > 24 || (major === 24 && minor >= 2)) return ok(version);
  return fail(`${version} is too old`, "use Node 24.2 or newer; `npm run sluice -- doctor` installs and uses it");
}

async function tofuFinding({ tofuVersion }: CheckSubjects): Promise<Finding> {
  const remedy = `install OpenTofu ${OLDEST_TOFU} or newer: https://opentofu.org/docs/intro/install`;
  try {
    const version = await tofuVersion();
    return isTofuNewEnough(version) ? ok(version) : fail(`${version} is too old`, remedy);
  } catch (error) {
    if (error instanceof TofuNotFoundError) return fail("the command tofu is not on PATH", remedy);
    throw error;
  }
}

/** A warning for each pool with GPUs that are paid for and not used. */
function idleGpuChecks({ pools }: Environment): readonly Check[] {
  return Object.entries(pools).flatMap(([name, pool]) => {
    const idle = idleGpus(pool);
    return idle ? [{ name: `GPUs of ${name}`, run: async () => warn(idle.text, idle.remedy) }] : [];
  });
}

/** The images of gateways and pools, each once, with a name for its check. */
function machineImages({ gateways, pools }: Environment): readonly { readonly name: string; readonly image: string }[] {
  const users = Object.entries(pools).filter(([, { image }]) => image !== gateways.image);
  const images = [...new Set(users.map(([, { image }]) => image))];
  const poolsOf = (image: string) => users.filter(([, pool]) => pool.image === image).map(([name]) => name);
  return [
    { name: "gateway image", image: gateways.image },
    ...images.map((image) => ({
      name: images.length === 1 ? "engine image" : `engine image of ${poolsOf(image).join(", ")}`,
      image,
    })),
  ];
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

function regionFinding({ environment: { name, region }, awsRegion }: CheckSubjects): Finding {
  if (awsRegion === undefined || awsRegion === region) return ok(region);
  return warn(
    `the environment deploys to ${region}, but your AWS settings select ${awsRegion}`,
    `environments/${name}.ts sets the region of deployments; set AWS_REGION=${region} so that the aws command uses it too`,
  );
}

async function clockFinding({ aws, now }: CheckSubjects, signal: AbortSignal): Promise<Finding> {
  const { date } = await aws.caller(signal);
  if (!date) return warn("AWS's response had no date", "compare this machine's clock with another one");
  const seconds = Math.round(Math.abs(now().getTime() - date.getTime()) / 1000);
  const remedy = "synchronize the clock by NTP: AWS refuses requests whose time differs by 5 minutes";
  if (seconds >= SKEW_SECONDS.fail) return fail(`${seconds} s off AWS's clock`, remedy);
  if (seconds >= SKEW_SECONDS.warn) return warn(`${seconds} s off AWS's clock`, remedy);
  return ok(`${seconds} s off AWS's clock`);
}

async function quotaFinding(
  { environment, aws }: CheckSubjects,
  { code, users, min, replacing, max }: VcpuNeed,
  signal: AbortSignal,
): Promise<Finding> {
  const quota = await aws.quota("ec2", code, signal);
  const most = Math.max(min, replacing, max);
  const remedy =
    `request a quota of ${most}: aws service-quotas request-service-quota-increase --service-code ec2 --quota-code ${code} ` +
    `--desired-value ${most} --region ${environment.region} (AWS may take days)`;
  const text = `the quota is ${quota} vCPUs; ${users} need ${min} to start and ${max} at most${
    replacing > max ? `, and ${replacing} while new instances replace the fewest that run` : ""
  }`;
  if (quota >= most) return ok(text);
  return quota >= min ? warn(text, remedy) : fail(text, remedy);
}

async function imageFinding(aws: AwsFacts, image: string, signal: AbortSignal): Promise<Finding> {
  const parameter = parameterOfImage(image);
  if (parameter === undefined)
    return (await aws.hasImage(image, signal))
      ? ok(image)
      : fail(
          `${image} does not exist in this region, or is not shared with this account`,
          "copy the image to this region, or build one (ami/README.md) and set its id in the environment file",
        );
  return (await aws.hasParameter(parameter, signal))
    ? ok(parameter)
    : fail(`the SSM parameter ${parameter} does not exist`, "build the image and store its id there (ami/README.md)");
}

async function certificateFinding(things: CheckSubjects, signal: AbortSignal): Promise<Finding> {
  const { environment, aws, certificateArn, now } = things;
  const { name, api } = environment;
  if (api.domain) {
    const zone = await aws.zone(api.domain.hostedZoneId, signal);
    if (zone === undefined)
      return fail(
        `the Route 53 zone ${api.domain.hostedZoneId} does not exist`,
        `correct api.domain.hostedZoneId in environments/${name}.ts`,
      );
    if (api.domain.name !== zone && !api.domain.name.endsWith(`.${zone}`))
      return fail(
        `${api.domain.name} is not a name in the zone ${zone}`,
        `correct api.domain in environments/${name}.ts`,
      );
    return ok(`${api.domain.name} in the zone ${zone}`);
  }
  const renew = `sluice bootstrap --environment ${name} --certificate`;
  if (certificateArn === undefined)
    return fail(
      "certificate_arn is not set, and without api.domain the load balancer needs a certificate",
      `create one: ${renew}`,
    );
  const found = await aws.certificate(certificateArn, signal);
  if (!found)
    return fail(
      `${certificateArn} does not exist`,
      `remove certificate_arn from terraform.tfvars.json, then create a certificate: ${renew}`,
    );
  if (found.status !== "ISSUED") return fail(`${certificateArn} is ${found.status}`, `renew it: ${renew}`);
  const days = found.notAfter ? Math.floor((found.notAfter.getTime() - now().getTime()) / 86_400_000) : undefined;
  if (days !== undefined && days < EXPIRY_DAYS) return warn(`expires in ${days} days`, `renew it: ${renew}`);
  return ok(days === undefined ? certificateArn : `${certificateArn} expires in ${days} days`);
}

async function bucketFinding({ environment, aws }: CheckSubjects, signal: AbortSignal): Promise<Finding> {
  const { name, state } = environment;
  const found = await aws.bucket(state.bucket, signal);
  if (found === "ours") return ok(state.bucket);
  if (found === "missing") return fail(`${state.bucket} does not exist`, bootstrapRemedy(environment));
  return fail(
    `${state.bucket} belongs to another account or region, or you may not read it`,
    `choose another state.bucket in environments/${name}.ts: bucket names are unique across AWS`,
  );
}
