import { type Call, editText, form, type Reply, withBody } from "../aws-calls/call.ts";
import type { Emulator } from "../aws-calls/routes.ts";
import { type EmulatorPatch, editsResponse, type Send, storesFields } from "./emulator-patch.ts";
import { element, elements, escapeXml } from "./xml.ts";

export function elasticachePatches(): readonly EmulatorPatch[] {
  /** moto's ids of subnets and VPCs, by those of MiniStack's copies. */
  const originals = new Map<string, string>();
  /** Keys by the replication group that they encrypt. */
  const keys = new Map<string, string>();

  /** A translation and no echo: a subnet that MiniStack loses is missing in its response. */
  const withOriginals = (reply: Reply): Reply =>
    editText(reply, (text) =>
      text.replace(
        /<(SubnetIdentifier|VpcId)>([^<]*)</g,
        (_all, name, id) => `<${name}>${escapeXml(originals.get(id) ?? id)}<`,
      ),
    );

  return [
    {
      service: "elasticache",
      operation: /^(Create|Modify)CacheSubnetGroup$/,
      reason:
        "MiniStack looks for a group's subnets in its own EC2, but they are in moto's: the patch creates copies of them",
      respond: async (call, send) => withOriginals(await send(await withCopies(call, send, originals))),
    },
    {
      service: "elasticache",
      operation: "DescribeCacheSubnetGroups",
      reason: "MiniStack returns the ids of its copies; callers know those of moto's subnets and VPC",
      respond: async (call, send) => withOriginals(await send(call)),
    },
    storesFields(
      {
        service: "elasticache",
        operation: "CreateReplicationGroup",
        reason: "MiniStack forgets the key of a replication group; it is stored for the group's description",
      },
      (fields) => keys.set(fields.get("ReplicationGroupId") ?? "", fields.get("KmsKeyId") ?? ""),
    ),
    editsResponse(
      {
        service: "elasticache",
        operation: "DescribeReplicationGroups",
        reason: "restores the key that MiniStack forgot",
        echo: "part",
      },
      (text) =>
        text.replace(/<ReplicationGroupId>([^<]*)<\/ReplicationGroupId>/g, (name, group) => {
          const key = keys.get(group);
          return key ? `${name}<KmsKeyId>${escapeXml(key)}</KmsKeyId>` : name;
        }),
    ),
    {
      service: "elasticache",
      operation: "DescribeCacheClusters",
      reason: "MiniStack has automatic minor upgrades in the description of a replication group, but not of its nodes",
      respond: async (call, send) => {
        const request = new URLSearchParams({
          Action: "DescribeReplicationGroups",
          Version: form(call).get("Version") ?? "",
        });
        const groups = (await send(withBody(call, request.toString()))).body.toString();
        const upgrades = new Map(
          elements(groups, "ReplicationGroup").map((group) => [
            element(group, "ReplicationGroupId"),
            element(group, "AutoMinorVersionUpgrade"),
          ]),
        );
        return editText(await send(call), (text) =>
          text.replace(/<ReplicationGroupId>([^<]*)<\/ReplicationGroupId>/g, (name, group) => {
            const upgrade = upgrades.get(group);
            return upgrade === undefined
              ? name
              : `${name}<AutoMinorVersionUpgrade>${upgrade}</AutoMinorVersionUpgrade>`;
          }),
        );
      },
    },
  ];
}

/**
 * The call with MiniStack's copies of the subnets that it names, in a copy of their VPC. A subnet that moto does not have
 * is unchanged, so that MiniStack refuses it.
 */
async function withCopies(call: Call, send: Send, originals: Map<string, string>): Promise<Call> {
  const fields = form(call);
  const vpcs = new Map<string, string>();
  const copy = async (original: string, kind: "subnet" | "vpc", request: Readonly<Record<string, string>>) => {
    const response = await queryEc2(call, send, "ministack", request);
    const id = element(response, `${kind}Id`);
    if (id === undefined) throw new Error(`MiniStack did not copy ${original}: ${response}`);
    originals.set(id, original);
    return id;
  };
  for (const [field, subnet] of [...fields].filter(([name]) => name.startsWith("SubnetIds."))) {
    const found = await queryEc2(call, send, "moto", { Action: "DescribeSubnets", "SubnetId.1": subnet });
    const [vpc, zone, range] = ["vpcId", "availabilityZone", "cidrBlock"].map((name) => element(found, name));
    if (vpc === undefined || zone === undefined || range === undefined) continue;
    const VpcId = vpcs.get(vpc) ?? (await copy(vpc, "vpc", { Action: "CreateVpc" }));
    vpcs.set(vpc, VpcId);
    const request = { Action: "CreateSubnet", VpcId, AvailabilityZone: zone, CidrBlock: range };
    fields.set(field, await copy(subnet, "subnet", request));
  }
  return withBody(call, fields.toString());
}

/** Queries an emulator's EC2 on behalf of a call to another service: both emulators read the service from the signature. */
async function queryEc2(
  call: Call,
  send: Send,
  emulator: Emulator,
  fields: Readonly<Record<string, string>>,
): Promise<string> {
  const authorization = (call.headers.authorization ?? "").replace(
    `/${call.service}/aws4_request`,
    "/ec2/aws4_request",
  );
  const request: Call = {
    ...call,
    headers: { ...call.headers, authorization },
    service: "ec2",
    operation: fields.Action ?? "",
    body: Buffer.from(new URLSearchParams({ Version: "2016-11-15", ...fields }).toString()),
  };
  return (await send(request, emulator)).body.toString();
}
