import { ElasticacheReplicationGroup } from "@cdktf/provider-aws/lib/elasticache-replication-group/index.js";
import { ElasticacheSubnetGroup } from "@cdktf/provider-aws/lib/elasticache-subnet-group/index.js";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group/index.js";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule/index.js";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule/index.js";
import { Construct } from "constructs";
import type { Environment } from "../../settings/environment.ts";
import type { NetworkIds } from "../network/network-ids.ts";

type ValkeySettings = NonNullable<Environment["valkey"]>;

export interface ValkeyProps extends ValkeySettings {
  /** At most 40 characters, which is ElastiCache's limit. */
  readonly name: string;
  readonly network: NetworkIds;
  /** Security group that may connect; no other can. */
  readonly clientSecurityGroupId: string;
  readonly kmsKeyArn: string;
}

const PORT = 6379;

/**
 * The gateways' shared store: ElastiCache for Valkey, in the isolated subnets, encrypted in transit and at rest.
 * Its content may be lost, so it has no snapshots. It has no password either: the state would hold it, and the security
 * group admits only gateways, which would know it.
 */
export class Valkey extends Construct {
  readonly resource: ElasticacheReplicationGroup;
  /** `rediss://…` of the primary; the name resolves to another node after a failover. */
  readonly url: string;

  constructor(scope: Construct, id: string, props: ValkeyProps) {
    super(scope, id);
    const { name, nodeType, nodes, network, clientSecurityGroupId, kmsKeyArn } = props;
    const securityGroup = new SecurityGroup(this, "SecurityGroup", {
      name: `${name}-valkey`,
      description: "Valkey nodes",
      vpcId: network.vpcId,
      tags: { Name: `${name}-valkey` },
    });
    const flow = { ipProtocol: "tcp", fromPort: PORT, toPort: PORT, description: "Cached answers and shared state" };
    new VpcSecurityGroupEgressRule(this, "Out", {
      ...flow,
      securityGroupId: clientSecurityGroupId,
      referencedSecurityGroupId: securityGroup.id,
    });
    new VpcSecurityGroupIngressRule(this, "In", {
      ...flow,
      securityGroupId: securityGroup.id,
      referencedSecurityGroupId: clientSecurityGroupId,
    });
    const subnets = new ElasticacheSubnetGroup(this, "Subnets", {
      name,
      description: `Isolated subnets of ${name}`,
      subnetIds: [...network.privateSubnetIds],
    });
    this.resource = new ElasticacheReplicationGroup(this, "Default", {
      replicationGroupId: name,
      description: `Shared state of the gateways of ${name}`,
      engine: "valkey",
      engineVersion: "8.0",
      // Its memory policy is volatile-lru: everything we write has a time to live, and the least used is evicted first.
      parameterGroupName: "default.valkey8",
      nodeType,
      numCacheClusters: nodes,
      automaticFailoverEnabled: nodes > 1,
      multiAzEnabled: nodes > 1,
      port: PORT,
      subnetGroupName: subnets.name,
      securityGroupIds: [securityGroup.id],
      atRestEncryptionEnabled: "true",
      kmsKeyId: kmsKeyArn,
      transitEncryptionEnabled: true,
      transitEncryptionMode: "required",
      snapshotRetentionLimit: 0,
      autoMinorVersionUpgrade: "true",
      applyImmediately: false,
    });
    this.url = `rediss://${this.resource.primaryEndpointAddress}:${PORT}`;
  }
}
