import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { GroupCapacity } from "../../../domain/scaling-policy.ts";
import { isHealthy } from "../../http/health.ts";
import type { TargetGroup } from "../elb/target-group.ts";
import type { LaunchHook, TerminateHook, TerminateNotice } from "./hooks.ts";
import type { DescribedInstance, Instance, InstanceDetails } from "./instance.ts";
import { endProcess, type InstanceProcess, startProcess } from "./instance-process.ts";
import { processCpuSeconds } from "./process-cpu.ts";

export interface AutoScalingGroupOptions {
  readonly name: string;
  /** Its name on AWS, which alarms, hooks and policies refer to. @default - `name` */
  readonly groupName?: string;
  readonly role: "gateway" | "engine";
  readonly desired: number;
  /** Bounds of the desired capacity. @default - it never changes */
  readonly bounds?: { readonly min: number; readonly max: number };
  /** Time after which a new instance counts in scaling decisions. @default 0 */
  readonly warmupSeconds?: number;
  readonly targetGroups: readonly TargetGroup[];
  /** @default - EC2 describes none of its instances */
  readonly details?: InstanceDetails | undefined;
  /** Whether a target group's verdict replaces the instance (`health_check_type: ELB`). */
  readonly replacesUnhealthy: boolean;
  readonly logFolder: string;
  /** Seconds that a stopping process may take. */
  readonly stopSeconds: number;
  /** The process that stands for an instance with these ports. */
  process(port: number, metricsPort: number, instanceId: string): InstanceProcess;
  /** Whether its processes complete the launch hook by Auto Scaling's API. @default false - the twin looks at their `/health` */
  readonly completesLaunches?: boolean;
  freePort(): Promise<number>;
  /** Seconds of processor time that a process has used. @default - of the system's process */
  cpuSeconds?(pid: number): Promise<number>;
  /** Called with launches and losses, one line each. */
  report(line: string): void;
  /** Called when an instance waits in the terminate hook. @returns whether an event rule took it */
  onTerminating?(notice: TerminateNotice): boolean;
}

interface Member extends Instance {
  /** Milliseconds since 1970. */
  readonly launchedAt: number;
  state: "pending" | "inService" | "leaving";
  /** When it came into service, in milliseconds since 1970. */
  since: number;
  /** Ends its wait in the terminate hook. */
  release: (() => void) | undefined;
  /** Whether its launch hook was completed by a call. */
  isReady: boolean;
}

/** After a loss the next launch waits this long, so that a process that can't start does not spin. */
const RELAUNCH_MS = 1000;
/** Milliseconds between readiness checks of a new instance; on AWS a unit on the instance makes them. */
const READY_POLL_MS = 250;
/**
 * A start that works is not ended when the launch hook's time is over, for an hour at most: `ami/engine/files/complete-launch.sh`
 * prolongs the hook. Here all that starts shares the processor, so that a smaller share of a core is work.
 */
const LONGEST_START_SECONDS = 3600;
const WORKING_SHARE = 0.005;

/**
 * An Auto Scaling group whose instances are processes: as many as desired, a lost one is replaced, an unhealthy one
 * too; hooks delay those that start and those that end.
 */
export class AutoScalingGroup {
  readonly #options: AutoScalingGroupOptions;
  readonly #members = new Map<string, Member>();
  #desired: number;
  #launchHook: LaunchHook | undefined;
  #terminateHook: TerminateHook | undefined;
  #stopping = false;
  #launching = 0;
  #launches = 0;

  constructor(options: AutoScalingGroupOptions) {
    this.#options = options;
    this.#desired = options.desired;
    for (const group of options.targetGroups)
      group.onUnhealthy((id) => {
        const member = this.#members.get(id);
        if (!options.replacesUnhealthy || member?.state !== "inService") return;
        options.report(`${options.name}: ${id} failed its health checks; replacing it`);
        void this.#leave(member);
      });
  }

  get name(): string {
    return this.#options.name;
  }
  get groupName(): string {
    return this.#options.groupName ?? this.name;
  }
  get role(): "gateway" | "engine" {
    return this.#options.role;
  }
  get instances(): readonly Instance[] {
    return [...this.#members.values()];
  }
  /** All that run, for EC2. */
  get described(): readonly DescribedInstance[] {
    const { details } = this.#options;
    if (!details) return [];
    return [...this.#members.values()].map(({ id, launchedAt }) => ({ id, launchedAt, ...details }));
  }
  /** Instances that the load balancer has and that are not about to end. */
  get inService(): readonly Instance[] {
    return [...this.#members.values()].filter(({ state }) => state === "inService");
  }
  /** Number of instances that start and are not yet in service. */
  get pending(): number {
    return [...this.#members.values()].filter(({ state }) => state === "pending").length;
  }
  get capacity(): GroupCapacity {
    const members = [...this.#members.values()];
    const warmSince = Date.now() - (this.#options.warmupSeconds ?? 0) * 1000;
    const { min, max } = this.#options.bounds ?? { min: this.#desired, max: this.#desired };
    return {
      desired: this.#desired,
      warm: members.filter(({ state, since }) => state === "inService" && since <= warmSince).length,
      leaving: members.filter(({ state }) => state === "leaving").length,
      min,
      max,
    };
  }

  holdLaunches(hook: LaunchHook): void {
    this.#launchHook = hook;
  }
  holdTerminations(hook: TerminateHook): void {
    this.#terminateHook = hook;
  }

  async start(): Promise<void> {
    for (let count = 0; count < this.#desired; count++) await this.#launch();
  }

  /** Sets the desired number of instances; has no effect when it is the number already. */
  setDesired(count: number, cause: string): void {
    if (count === this.#desired || this.#stopping) return;
    this.#options.report(`${this.name}: from ${this.#desired} to ${count} instances (${cause})`);
    this.#desired = count;
    this.#fill();
    // The newest goes first, as the group's termination policy has it.
    const surplus = this.#active.slice(count);
    for (const member of surplus) void this.#leave(member);
  }

  /** @returns whether an instance waited there */
  completeHook(instanceId: string, hookName: string): boolean {
    const member = this.#members.get(instanceId);
    if (member?.state === "pending" && this.#launchHook?.name === hookName) {
      member.isReady = true;
      return true;
    }
    if (!member?.release || this.#terminateHook?.name !== hookName) return false;
    member.release();
    return true;
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.instances.map(({ child }) => endProcess(child, this.#options.stopSeconds)));
  }

  /** Instances that are not about to end, oldest first. */
  get #active(): readonly Member[] {
    return [...this.#members.values()].filter(({ state }) => state !== "leaving");
  }

  #fill(): void {
    for (let count = this.#active.length + this.#launching; count < this.#desired; count++) void this.#launch();
  }

  async #launch(): Promise<void> {
    const { logFolder, freePort, process: processFor, report } = this.#options;
    this.#launching++;
    const [port, metricsPort] = [await freePort(), await freePort()];
    this.#launching--;
    if (this.#stopping || this.#active.length >= this.#desired) return;
    const id = `i-${randomBytes(8).toString("hex")}`;
    const logFile = join(logFolder, `${this.name}-${++this.#launches}.log`);
    const child = startProcess(processFor(port, metricsPort, id), logFile, {
      onEnd: (cause) => this.#ended(id, cause),
      onLogError: (error) => report(`${this.name}: no log (${error.message})`),
    });
    const times = { launchedAt: Date.now(), since: 0 };
    const member: Member = {
      id,
      port,
      metricsPort,
      child,
      state: "pending",
      ...times,
      release: undefined,
      isReady: false,
    };
    this.#members.set(id, member);
    if (this.#launchHook) void this.#awaitReady(member, this.#launchHook);
    else this.#enterService(member);
  }

  #enterService(member: Member): void {
    member.state = "inService";
    member.since = Date.now();
    for (const group of this.#options.targetGroups) group.register(member.id, member.port);
  }

  /**
   * Puts an instance into service when its launch hook is completed: by a gateway itself, or for an engine, whose image has a
   * unit for it on AWS, once `/health` is 200.
   */
  async #awaitReady(member: Member, { name, heartbeatSeconds }: LaunchHook): Promise<void> {
    const { completesLaunches = false, report } = this.#options;
    const seconds = () => performance.now() / 1000;
    const launched = seconds();
    let heartbeat = { at: launched, cpu: 0 };
    while (this.#members.has(member.id) && member.state === "pending" && !this.#stopping) {
      if (completesLaunches ? member.isReady : await isHealthy(member.port)) {
        if (member.state === "pending" && this.#members.has(member.id)) {
          this.#enterService(member);
          report(`${this.name}: ${member.id} is in service`);
        }
        return;
      }
      if (seconds() - heartbeat.at > heartbeatSeconds) {
        const cpu = await this.#cpuSeconds(member);
        const isWorking = cpu - heartbeat.cpu >= WORKING_SHARE * heartbeatSeconds;
        const spent = Math.round(seconds() - launched);
        if (!isWorking || spent > LONGEST_START_SECONDS) {
          report(`${this.name}: ${member.id} was not ready in ${heartbeatSeconds} s (${name}); replacing it`);
          return void this.#leave(member);
        }
        report(`${this.name}: ${member.id} is still starting after ${spent} s`);
        heartbeat = { at: seconds(), cpu };
      }
      await sleep(READY_POLL_MS, undefined, { ref: false });
    }
  }

  #cpuSeconds({ child }: Member): Promise<number> {
    const { cpuSeconds = processCpuSeconds } = this.#options;
    return child.pid === undefined ? Promise.resolve(0) : cpuSeconds(child.pid);
  }

  async #leave(member: Member): Promise<void> {
    const wasInService = member.state === "inService";
    member.state = "leaving";
    this.#fill();
    if (wasInService && this.#terminateHook) await this.#awaitRelease(member, this.#terminateHook);
    await endProcess(member.child, this.#options.stopSeconds);
  }

  /** Resolves when the hook is completed or its time is over. */
  #awaitRelease(member: Member, hook: TerminateHook): Promise<void> {
    const { name: hookName, heartbeatSeconds, metadata } = hook;
    return new Promise((resolve) => {
      const release = () => {
        clearTimeout(timer);
        member.release = undefined;
        resolve();
      };
      const timer = setTimeout(release, heartbeatSeconds * 1000);
      timer.unref();
      member.release = release;
      member.child.once("exit", release);
      const token = randomBytes(16).toString("hex");
      const notice = { instanceId: member.id, groupName: this.groupName, hookName, token, metadata };
      this.#options.report(`${this.name}: ${member.id} waits for its last requests`);
      // No rule takes the event: on AWS it would stand idle until the hook's time is over.
      if (this.#options.onTerminating?.(notice) === false) release();
    });
  }

  #ended(id: string, cause: string): void {
    const member = this.#members.get(id);
    if (!member || !this.#members.delete(id)) return;
    for (const group of this.#options.targetGroups) group.deregister(id);
    if (this.#stopping) return;
    if (member.state === "leaving") return this.#options.report(`${this.name}: ${id} has left`);
    this.#options.report(`${this.name}: ${id} is gone (${cause}); launching another`);
    setTimeout(() => this.#stopping || this.#fill(), RELAUNCH_MS).unref();
  }
}
