import { join } from "node:path";
import { TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { AuditSealer } from "../constructs/audit/audit-sealer.ts";
import { CostOutputs } from "../constructs/cost/cost-outputs.ts";
import { UsageArchiver } from "../constructs/data/usage-archiver.ts";
import { UsageCounter } from "../constructs/data/usage-counter.ts";
import { Valkey } from "../constructs/data/valkey.ts";
import { ControlApi } from "../constructs/edge/control-api.ts";
import { DomainCertificate } from "../constructs/edge/domain-certificate.ts";
import { TokenExchange } from "../constructs/edge/token-exchange.ts";
import { DrainEngine } from "../constructs/engine/drain-engine.ts";
import type { EnginePool } from "../constructs/engine/engine-pool.ts";
import { GatewayBuild } from "../constructs/gateway/gateway-build.ts";
import { GatewayFleet } from "../constructs/gateway/gateway-fleet.ts";
import { InstanceTargets } from "../constructs/load-balancing/instance-targets.ts";
import { LoadBalancer } from "../constructs/load-balancing/load-balancer.ts";
import { PublicLoadBalancer } from "../constructs/load-balancing/public-load-balancer.ts";
import { ANONYMOUS_PLAN, DEFAULT_PLAN } from "../contracts/processes/auth.ts";
import { alarmTopicName, auditSealerName } from "../contracts/processes/names.ts";
import { DEFAULT_ORGANIZATION } from "../contracts/processes/people.ts";
import { GATEWAY_PORT, LIVENESS_PATH } from "../contracts/processes/process-environment.ts";
import { hasBrowserSessions, tokenExchangePaths } from "../contracts/processes/token-exchange.ts";
import { idleTimeoutSeconds } from "../domain/idle-timeout.ts";
import { environmentRetention } from "../domain/retention/environment-retention.ts";
import type { Environment } from "../settings/environment.ts";
import type { DataStack } from "./data-stack.ts";
import { gatewayConfig } from "./gateway-config.ts";
import { instanceVariable, instanceVariableName } from "./instance-variable.ts";
import type { NetworkStack } from "./network-stack.ts";
import { certificateVariable } from "./serving/certificate-variable.ts";
import { enginePools } from "./serving/engine-pools.ts";
import { configureStack, resourceName, stackId, stackTags } from "./stack-settings.ts";
import { deployedIdentity } from "./user-pool-identity.ts";

export interface ServingStackProps {
  readonly environment: Environment;
  readonly network: NetworkStack;
  readonly data: DataStack;
  /** Folder of the Lambda bundles. */
  readonly lambdas: string;
  /** Folder of the gateway's bundle. */
  readonly gateway: string;
}

/** The serving path: the load balancer, the gateways behind it, and a pool of engines per model. */
export class ServingStack extends TerraformStack {
  /** Load balancer of the engines inside the VPC; also of the gateways, but where the entry is `alb`. */
  readonly loadBalancer: LoadBalancer;
  /** The entry `alb`; `undefined` with the others. */
  readonly publicLoadBalancer: PublicLoadBalancer | undefined;
  /** Name in CloudWatch of the gateways' load balancer. */
  readonly gatewayLoadBalancerArnSuffix: string;
  /** Certificate of the API's domain; `undefined` where none is configured. */
  readonly domainCertificateArn: string | undefined;
  /** Certificate of the HTTPS listener, the domain's or the operator's. */
  readonly certificateArn: string;
  readonly gatewayTargets: InstanceTargets;
  readonly pools: readonly EnginePool[];

  // biome-ignore lint/complexity/noExcessiveLinesPerFunction: a declaration of resources
  constructor(scope: Construct, { environment, network, data, lambdas, gateway }: ServingStackProps) {
    super(scope, stackId(environment, "serving"));
    configureStack(this, environment, "serving");
    const { region, api, gateways } = environment;
    const { gatewayId, engineId, loadBalancerId, entryId } = network.securityGroups;
    const name = resourceName(environment);
    const tags = stackTags(environment, "serving");

    this.domainCertificateArn = api.domain
      ? new DomainCertificate(this, "Certificate", {
          domainName: api.domain.name,
          hostedZoneId: api.domain.hostedZoneId,
        }).arn
      : undefined;

    this.gatewayTargets = new InstanceTargets(this, "GatewayTargets", {
      name: `${name}-gateway`,
      vpcId: network.network.vpcId,
      port: GATEWAY_PORT,
      // Not /health, which is 503 when no model is available: all gateways would be deregistered just when they are
      // needed to respond with 503 and Retry-After. /livez is 200 until the gateway drains.
      healthCheckPath: LIVENESS_PATH,
      drainSeconds: gateways.drainSeconds,
    });
    this.certificateArn = this.domainCertificateArn ?? certificateVariable(this);
    const balancer = {
      subnetIds: network.network.publicSubnetIds,
      idleTimeoutSeconds: idleTimeoutSeconds(api),
      logBucket: data.loadBalancerLogs?.bucketName,
      isProtected: environment.deletionProtection,
    };
    const toGateways = { certificateArn: this.certificateArn, targetGroupArn: this.gatewayTargets.arn };
    this.loadBalancer = new LoadBalancer(this, "LoadBalancer", {
      ...balancer,
      name,
      securityGroupId: loadBalancerId,
      ...(api.entry === "alb" ? {} : { gateways: toGateways }),
    });
    this.publicLoadBalancer =
      api.entry === "alb"
        ? new PublicLoadBalancer(this, "PublicLoadBalancer", {
            ...balancer,
            name: `${name}-alb`,
            securityGroupId: entryId,
            gateways: toGateways,
          })
        : undefined;
    const before = this.publicLoadBalancer ?? this.loadBalancer;
    this.gatewayLoadBalancerArnSuffix = before.resource.arnSuffix;

    this.pools = enginePools(this, {
      environment,
      network,
      data,
      securityGroupId: engineId,
      loadBalancer: this.loadBalancer,
    });
    new DrainEngine(this, "DrainEngine", {
      name: `${name}-drain-engine`,
      bundle: join(lambdas, "drain-engine.zip"),
      pools: this.pools,
      drainSeconds: gateways.drainSeconds,
      subnetIds: network.network.privateSubnetIds,
      securityGroupId: gatewayId,
      logRetentionDays: environment.logRetentionDays,
      kmsKeyArn: data.encryptionKey.arn,
    });
    const { controlTable, auditStore } = data;
    if (controlTable && before.gatewayListenerArn !== undefined)
      new ControlApi(this, "ControlApi", {
        name: `${name}-administer`,
        bundle: join(lambdas, "administer.zip"),
        table: controlTable,
        keysTable: data.keysTable,
        keyPlan: keyPlan(api.usagePlans),
        memberKeys: api.memberKeys,
        usageStore: data.usageStore,
        historyStore: data.historyStore,
        responsesTable: data.responsesTable,
        batchStorage: data.batchStorage,
        retention: environmentRetention(environment),
        resourceName: name,
        alarmTopicName: alarmTopicName(environment.name),
        organization: environment.identity.people?.organization ?? DEFAULT_ORGANIZATION,
        tiers: api.tiers,
        mailReceivers: environment.usage === null ? [] : environment.alarms.emails,
        models: [...Object.keys(environment.pools), ...Object.keys(environment.routes)],
        listenerArn: before.gatewayListenerArn,
        stage: api.entry === "api-gateway" ? api.stage : undefined,
        corsOrigins: environment.site.console === "on" ? api.corsOrigins : [],
        logRetentionDays: environment.logRetentionDays,
        kmsKeyArn: data.encryptionKey.arn,
      });
    if (controlTable && auditStore)
      new AuditSealer(this, "AuditSealer", {
        name: auditSealerName(environment.name),
        environment: environment.name,
        bundle: join(lambdas, "seal-audit.zip"),
        table: controlTable,
        store: auditStore,
        delivery: data.auditDelivery,
        logRetentionDays: environment.logRetentionDays,
        kmsKeyArn: data.encryptionKey.arn,
      });
    if (data.usageStore)
      new UsageCounter(this, "UsageCounter", {
        name: `${name}-count-usage`,
        environment: environment.name,
        bundle: join(lambdas, "count-usage.zip"),
        store: data.usageStore,
        logRetentionDays: environment.logRetentionDays,
        kmsKeyArn: data.encryptionKey.arn,
        pools: environment.pools,
      });
    if (data.usageStore && environment.usage?.athena)
      new UsageArchiver(this, "UsageArchiver", {
        name: `${name}-archive-usage`,
        bundle: join(lambdas, "archive-usage.zip"),
        store: data.usageStore,
        logRetentionDays: environment.logRetentionDays,
        kmsKeyArn: data.encryptionKey.arn,
      });
    const identity = deployedIdentity(environment, data);
    const { workloads, people } = identity;
    const hasSessions = hasBrowserSessions(environment);
    if (tokenExchangePaths(environment.identity, hasSessions).length > 0 && before.gatewayListenerArn !== undefined)
      new TokenExchange(this, "TokenExchange", {
        name: `${name}-exchange-token`,
        bundle: join(lambdas, "exchange-token.zip"),
        workloads,
        people: people ?? undefined,
        hasSessions,
        region,
        keysTable: data.keysTable,
        controlTable,
        listenerArn: before.gatewayListenerArn,
        stage: api.entry === "api-gateway" ? api.stage : undefined,
        logRetentionDays: environment.logRetentionDays,
        kmsKeyArn: data.encryptionKey.arn,
      });
    const valkey = environment.valkey
      ? new Valkey(this, "Valkey", {
          ...environment.valkey,
          name,
          network: network.network,
          clientSecurityGroupId: gatewayId,
          kmsKeyArn: data.encryptionKey.arn,
        })
      : undefined;
    new GatewayFleet(this, "Gateways", {
      ...gateways,
      maxInstances: instanceVariable(this, "gateway", { ...gateways, what: "the gateways" }),
      name: `${name}-gateway`,
      region,
      config: gatewayConfig({
        environment: { ...environment, identity },
        keysTable: data.keysTable.tableName,
        routesTable: data.routesTable.tableName,
        controlTable: controlTable?.tableName,
        responsesTable: data.responsesTable?.tableName,
        batchStorage: data.batchStorage,
        usageStore: data.usageStore,
        historyStore: data.historyStore,
        engineListenerUrl: this.loadBalancer.engineListenerUrl,
        valkeyUrl: valkey?.url ?? null,
        pools: this.pools,
      }),
      build: new GatewayBuild(this, "GatewayBuild", {
        artefacts: data.artefacts,
        bundle: join(gateway, "server.mjs"),
      }),
      targetGroupArn: this.gatewayTargets.arn,
      targetGroupArnSuffix: this.gatewayTargets.resource.arnSuffix,
      loadBalancerArnSuffix: this.gatewayLoadBalancerArnSuffix,
      tags,
      network: network.network,
      securityGroupId: gatewayId,
      keysTable: data.keysTable,
      routesTable: data.routesTable,
      controlTable,
      responsesTable: data.responsesTable,
      batchStorage: data.batchStorage,
      usageStore: data.usageStore,
      historyStore: data.historyStore,
      logs: data.logs,
      shell: data.shell,
      kmsKeyArn: data.encryptionKey.arn,
    });

    new CostOutputs(this, "Cost", { environment, variableOf: instanceVariableName });
    new TerraformOutput(this, "load_balancer_dns_name", {
      description: "Name of the internal load balancer; reachable inside the VPC only.",
      value: this.loadBalancer.dnsName,
    });
  }
}

/** The usage plan of keys that the control API makes: the usual one, or the first that is not for callers without a key. */
function keyPlan(plans: Environment["api"]["usagePlans"]): string {
  const names = Object.keys(plans).filter((name) => name !== ANONYMOUS_PLAN);
  return names.includes(DEFAULT_PLAN) ? DEFAULT_PLAN : (names[0] ?? DEFAULT_PLAN);
}
