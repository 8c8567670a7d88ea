import { join } from "node:path";
import type { TerraformStack } from "cdktf";
import { Valkey } from "../../constructs/data/valkey.ts";
import type { EnginePool } from "../../constructs/engine/engine-pool.ts";
import { GatewayBuild } from "../../constructs/gateway/gateway-build.ts";
import { GatewayFleet } from "../../constructs/gateway/gateway-fleet.ts";
import type { InstanceTargets } from "../../constructs/load-balancing/instance-targets.ts";
import type { Environment } from "../../settings/environment.ts";
import type { DataStack } from "../data-stack.ts";
import { gatewayConfig } from "../gateway-config.ts";
import { instanceVariable } from "../instance-variable.ts";
import type { NetworkStack } from "../network-stack.ts";
import { resourceName, stackTags } from "../stack-settings.ts";

export interface GatewayFleetProps {
  readonly environment: Environment;
  /** With the ids of what the data stack makes. */
  readonly identity: Environment["identity"];
  readonly network: NetworkStack;
  readonly data: DataStack;
  /** Folder of the gateway's bundle. */
  readonly gateway: string;
  readonly pools: readonly EnginePool[];
  readonly engineListenerUrl: string;
  readonly targets: InstanceTargets;
  /** Name in CloudWatch of the gateways' load balancer. */
  readonly loadBalancerArnSuffix: string;
}

/** The gateways, and the Valkey that they share where the environment has one. */
export function gatewayFleet(stack: TerraformStack, props: GatewayFleetProps): void {
  const { environment, network, data, gateway, targets, loadBalancerArnSuffix } = props;
  const { gateways, region } = environment;
  const { gatewayId } = network.securityGroups;
  const name = resourceName(environment);
  const valkey = environment.valkey
    ? new Valkey(stack, "Valkey", {
        ...environment.valkey,
        name,
        network: network.network,
        clientSecurityGroupId: gatewayId,
        kmsKeyArn: data.encryptionKey.arn,
      })
    : undefined;
  new GatewayFleet(stack, "Gateways", {
    ...gateways,
    maxInstances: instanceVariable(stack, "gateway", { ...gateways, what: "the gateways" }),
    name: `${name}-gateway`,
    region,
    config: deployedConfig(props, valkey?.url ?? null),
    build: new GatewayBuild(stack, "GatewayBuild", { artefacts: data.artefacts, bundle: join(gateway, "server.mjs") }),
    targetGroupArn: targets.arn,
    targetGroupArnSuffix: targets.resource.arnSuffix,
    loadBalancerArnSuffix,
    tags: stackTags(environment, "serving"),
    network: network.network,
    securityGroupId: gatewayId,
    keysTable: data.keysTable,
    routesTable: data.routesTable,
    controlTable: data.controlTable,
    responsesTable: data.responsesTable,
    batchStorage: data.batchStorage,
    usageStore: data.usageStore,
    historyStore: data.historyStore,
    logs: data.logs,
    shell: data.shell,
    kmsKeyArn: data.encryptionKey.arn,
  });
}

function deployedConfig(
  { environment, identity, data, engineListenerUrl, pools }: GatewayFleetProps,
  valkeyUrl: string | null,
) {
  return gatewayConfig({
    environment: { ...environment, identity },
    keysTable: data.keysTable.tableName,
    routesTable: data.routesTable.tableName,
    controlTable: data.controlTable?.tableName,
    responsesTable: data.responsesTable?.tableName,
    batchStorage: data.batchStorage,
    usageStore: data.usageStore,
    historyStore: data.historyStore,
    engineListenerUrl,
    valkeyUrl,
    pools,
  });
}
