import { launchTypes } from "../../domain/launch-types.ts";
import type { Environment } from "../../settings/environment.ts";
import { type Check, type Finding, fail, ok, warn } from "./finding.ts";
import type { RegionFacts } from "./region-facts.ts";

/**
 * Zones in which API Gateway makes no VPC link, by their ids: an account's letters stand for other zones than another
 * account's. https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-vpc-links-v2.html, 2026-11-28
 */
const WITHOUT_VPC_LINKS: ReadonlySet<string> = new Set(["use1-az3", "ape1-az1", "apne2-az4"]);

interface ZoneSubjects {
  readonly environment: Environment;
  readonly aws: RegionFacts;
}

/** Whether the environment's zones exist, take a VPC link, and have its instance types. */
export function zoneChecks({ environment, aws }: ZoneSubjects): readonly Check[] {
  return [
    { name: "zones", run: (signal) => zoneFinding(environment, aws, signal) },
    { name: "instance types", run: (signal) => offeringFinding(environment, aws, signal) },
  ];
}

async function zoneFinding(
  { name, region, zones, api }: Environment,
  aws: ZoneSubjects["aws"],
  signal: AbortSignal,
): Promise<Finding> {
  const ids = await aws.zoneIds(signal);
  const remedy = `name other zones in environments/${name}.ts, of ${[...ids.keys()].sort().join(", ")}`;
  const missing = zones.filter((zone) => !ids.has(zone));
  if (missing.length > 0) return fail(`this account has no zone ${missing.join(", ")} in ${region}`, remedy);
  const named = zones.map((zone) => `${zone} (${ids.get(zone)})`);
  if (api.entry !== "api-gateway") return ok(named.join(", "));
  const without = zones.filter((zone) => WITHOUT_VPC_LINKS.has(ids.get(zone) ?? ""));
  if (without.length === 0) return ok(named.join(", "));
  const text = without.map((zone) => `${zone} is ${ids.get(zone)}`).join(", ");
  return fail(`API Gateway makes no VPC link there: in this account ${text}`, remedy);
}

async function offeringFinding(
  { name, zones, gateways, pools }: Environment,
  aws: ZoneSubjects["aws"],
  signal: AbortSignal,
): Promise<Finding> {
  const poolTypes = Object.values(pools).flatMap(launchTypes);
  const types = [...new Set([gateways.instanceType, ...poolTypes])];
  const offered = await aws.offerings(types, signal);
  const zonesOf = (type: string) => zones.filter((zone) => offered.get(type)?.has(zone));
  const nowhere = types.filter((type) => zonesOf(type).length === 0);
  if (nowhere.length > 0)
    return fail(
      `none of the zones ${zones.join(", ")} has ${nowhere.map((type) => elsewhere(type, offered)).join("; ")}`,
      `name a zone that has it, or another instance type, in environments/${name}.ts`,
    );
  const partly = types.filter((type) => zonesOf(type).length < zones.length);
  if (partly.length === 0) return ok(`${types.join(", ")} in every zone`);
  return warn(
    partly.map((type) => `${type} is in ${zonesOf(type).join(", ")} only`).join("; "),
    `its instances do not outlive those zones; name zones that have it in environments/${name}.ts`,
  );
}

function elsewhere(type: string, offered: ReadonlyMap<string, ReadonlySet<string>>): string {
  const zones = [...(offered.get(type) ?? [])].sort();
  return zones.length === 0 ? `${type}, nor has another zone of the region` : `${type}: it is in ${zones.join(", ")}`;
}
