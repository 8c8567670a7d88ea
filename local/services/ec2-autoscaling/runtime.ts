import type { TwinSettings } from "../../runtime/settings.ts";
import type { JsonObject } from "../../template/json.ts";
import type { CloudWatchRuntime } from "../cloudwatch/runtime.ts";
import { UtilizationSampler } from "../cloudwatch/utilization-sampler.ts";
import type { AutoScalingGroup } from "./auto-scaling-group.ts";
import type { DescribedInstance } from "./instance.ts";
import { StepScaling } from "./step-scaling.ts";

/** The engines of one model. */
export interface EnginePoolEntry {
  readonly model: string;
  /** Name of the Auto Scaling group on AWS. */
  readonly groupName: string;
  readonly group: AutoScalingGroup;
}

/** The Auto Scaling groups of the stacks with their launch templates, and the policies that change their size. */
export class AutoScalingRuntime {
  /** By id. */
  readonly launchTemplates = new Map<string, JsonObject>();
  readonly groups: AutoScalingGroup[] = [];
  readonly enginePools: EnginePoolEntry[] = [];
  /** Number of engine processes that share this machine's cores. */
  engineCount = 0;
  readonly scaling: StepScaling;
  readonly #utilization: UtilizationSampler;

  constructor({ timeFactor = 1, report }: TwinSettings, { metrics, alarms }: CloudWatchRuntime) {
    const groups = () => this.groups;
    this.scaling = new StepScaling({ metrics, timeFactor, alarms: () => alarms.values(), groups, report });
    this.#utilization = new UtilizationSampler({
      metrics,
      groups: () => this.enginePools.map(({ groupName, group }) => ({ groupName, engines: group.inService })),
      ...samplingOf(timeFactor),
    });
  }

  /** Launches every group's instances. Called when all groups are known, so that engines can share the cores. */
  async start(): Promise<void> {
    await Promise.all(this.groups.map((group) => group.start()));
    this.#utilization.start();
    this.scaling.start();
  }

  /** No group changes its size any more. */
  stopScaling(): void {
    this.scaling.stop();
    this.#utilization.stop();
  }

  async stopInstances(): Promise<void> {
    await Promise.all(this.groups.map((group) => group.stop()));
  }

  /** All instances that run, as EC2 describes them. */
  get described(): readonly DescribedInstance[] {
    return this.groups.flatMap(({ described }) => described);
  }

  /** Ends the wait of an instance in a hook. @returns whether it waited there */
  completeHook(groupName: string, instanceId: string, hookName: string): boolean {
    return this.groups.some((group) => group.groupName === groupName && group.completeHook(instanceId, hookName));
  }
}

export interface WithAutoScaling {
  readonly autoScaling: AutoScalingRuntime;
}

/** A sample in each second and a value in 10 of them, as seen on AWS; samples are never closer than 50 ms. */
function samplingOf(timeFactor: number): { readonly sampleMs: number; readonly samplesPerValue: number } {
  const sampleMs = Math.max(50, 1000 / timeFactor);
  return { sampleMs, samplesPerValue: Math.max(1, Math.round(10_000 / timeFactor / sampleMs)) };
}
