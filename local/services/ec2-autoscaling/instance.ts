import type { ChildProcess } from "node:child_process";

/** A process that stands for an EC2 instance. */
export interface Instance {
  readonly id: string;
  readonly port: number;
  /** Port of a gateway's Prometheus page; an engine has it at `port`. */
  readonly metricsPort: number;
  readonly child: ChildProcess;
}

/** What EC2 describes of each instance of a group. */
export interface InstanceDetails {
  readonly instanceType: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** An instance as EC2 describes it. */
export interface DescribedInstance extends InstanceDetails {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly launchedAt: number;
}
