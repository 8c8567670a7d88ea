import { join } from "node:path";
import type { RestApiDefinition } from "./services/api-gateway/rest-api-definition.ts";
import type { RestApiStage } from "./services/api-gateway/rest-api-stage.ts";
import type { TokenBucket } from "./services/api-gateway/token-bucket.ts";
import { UsagePlans } from "./services/api-gateway/usage-plans.ts";
import type { Distribution } from "./services/cloudfront/distribution.ts";
import type { CompositeAlarm } from "./services/cloudwatch/composite-alarm.ts";
import type { MetricAlarm } from "./services/cloudwatch/metric-alarm.ts";
import { type Dimensions, MetricStore } from "./services/cloudwatch/metric-store.ts";
import { UtilizationSampler } from "./services/cloudwatch/utilization-sampler.ts";
import type { LocalDynamoDb } from "./services/dynamodb/local-dynamodb.ts";
import type { AutoScalingGroup } from "./services/ec2-autoscaling/auto-scaling-group.ts";
import { Scaling } from "./services/ec2-autoscaling/scaling.ts";
import type { LocalValkey } from "./services/elasticache/local-valkey.ts";
import type { Listener } from "./services/elb/listener.ts";
import type { TargetGroup } from "./services/elb/target-group.ts";
import { EventBus } from "./services/events/event-bus.ts";
import type { LambdaFunction } from "./services/lambda/lambda-function.ts";
import type { Bucket } from "./services/s3/bucket.ts";
import { ObjectFolder } from "./services/s3/object-folder.ts";
import type { WebAcl } from "./services/waf/web-acl.ts";
import type { JsonObject } from "./template/json.ts";

/** What the twin is told from outside; everything else it reads from the stacks. */
export interface WorldSettings {
  readonly region: string;
  /** Addresses of the bound servers, e.g. `http://127.0.0.1:8080`. */
  readonly apiUrl: string;
  readonly siteUrl: string;
  readonly awsUrl: string;
  readonly dashboardUrl: string;
  /** Folder for logs, unpacked Lambda bundles. */
  readonly workFolder: string;
  /** The repository: processes are started from it. */
  readonly projectFolder: string;
  /** Environment variables that reach the processes beside those of user data. */
  readonly passedEnvironment: Readonly<Record<string, string>>;
  /** By how much the periods of alarms and warm-ups are shorter than on AWS; 60 makes a minute a second. @default 1 */
  readonly timeFactor?: number;
  /** Told of what happens while running, one line each. */
  report(line: string): void;
}

/** A listener and the port that clients on AWS would use. */
export interface ListenerEntry {
  readonly listener: Listener;
  readonly loadBalancerArn: string;
  readonly port: number;
}

/** The engines of one model. */
export interface EnginePoolEntry {
  readonly model: string;
  /** Name of the Auto Scaling group on AWS. */
  readonly groupName: string;
  readonly group: AutoScalingGroup;
}

/** Everything that runs, by the ids and ARNs by which resources refer to each other. */
export class World {
  readonly settings: WorldSettings;
  readonly dynamodb: LocalDynamoDb;
  readonly buckets = new Map<string, Bucket>();
  readonly lambdas = new Map<string, LambdaFunction>();
  readonly loadBalancers = new Map<string, JsonObject>();
  readonly targetGroups = new Map<string, TargetGroup>();
  readonly listeners = new Map<string, ListenerEntry>();
  readonly launchTemplates = new Map<string, JsonObject>();
  readonly groups: AutoScalingGroup[] = [];
  readonly enginePools: EnginePoolEntry[] = [];
  readonly apiNames = new Map<string, string>();
  readonly restApis = new Map<string, RestApiDefinition>();
  readonly stageThrottles = new Map<string, TokenBucket>();
  readonly usagePlans = new UsagePlans();
  readonly webAcls = new Map<string, WebAcl>();
  /** ARN of what is protected → ARN of its web ACL. */
  readonly webAclOf = new Map<string, string>();
  readonly headersPolicies = new Map<string, JsonObject>();
  /** What CloudWatch would know. */
  readonly metrics = new MetricStore();
  /** Alarms on metrics, by ARN. */
  readonly alarms = new Map<string, MetricAlarm>();
  /** EventBridge's default bus. */
  readonly events: EventBus;
  /** Alarms that change the number of instances. */
  readonly scaling: Scaling;
  readonly utilization: UtilizationSampler;
  /** Alarms on alarms, by ARN. */
  readonly compositeAlarms = new Map<string, CompositeAlarm>();
  /** Bodies of dashboards, by name. */
  readonly dashboards = new Map<string, JsonObject>();
  readonly tables: string[] = [];
  readonly #objectFolders = new Map<string, ObjectFolder>();
  /** Number of engine processes that share this machine's cores. */
  engineCount = 0;
  stage: RestApiStage | undefined;
  /** Of the load balancer that faces the internet, where it is the entry: it answers on the API's port. */
  publicListener: Listener | undefined;
  /** By which CloudWatch knows the stage. */
  stageDimensions: Dimensions | undefined;
  distribution: Distribution | undefined;
  /** What gateways share, where the environment has it. */
  valkey: LocalValkey | undefined;

  constructor(settings: WorldSettings, dynamodb: LocalDynamoDb) {
    this.settings = settings;
    const { timeFactor = 1, report } = settings;
    const { metrics, enginePools, groups, alarms } = this;
    this.events = new EventBus(report);
    this.scaling = new Scaling({ metrics, timeFactor, alarms: () => alarms.values(), groups: () => groups, report });
    this.utilization = new UtilizationSampler({
      metrics,
      groups: () => enginePools.map(({ groupName, group }) => ({ groupName, engines: group.inService })),
      ...looksPerValue(timeFactor),
    });
    this.dynamodb = dynamodb;
  }

  /** What processes put into a bucket of the stacks; `undefined` when there is no such bucket. */
  objectFolder(name: string): ObjectFolder | undefined {
    if (!this.buckets.has(name)) return undefined;
    const known = this.#objectFolders.get(name);
    if (known !== undefined) return known;
    const folder = new ObjectFolder(join(bucketsFolder(this.settings.workFolder), name));
    this.#objectFolders.set(name, folder);
    return folder;
  }
}

/** Where the objects of all buckets are. */
export function bucketsFolder(workFolder: string): string {
  return join(workFolder, "buckets");
}

/** A look in each second and a value in 10 of them, as seen on AWS; looks are never closer than 50 ms. */
function looksPerValue(timeFactor: number): { readonly sampleMs: number; readonly samplesPerValue: number } {
  const sampleMs = Math.max(50, 1000 / timeFactor);
  return { sampleMs, samplesPerValue: Math.max(1, Math.round(10_000 / timeFactor / sampleMs)) };
}
