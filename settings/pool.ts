import * as z from "zod";
import { TokenPriceSettings } from "../contracts/targets/token-prices.ts";
import { EngineArguments } from "./engine-arguments.ts";
import { InstanceTypeName } from "./instance-type-name.ts";
import { ModelName } from "./model-name.ts";
import { OwnWeights } from "./own-weights.ts";

/** A model's name for its callers. */
export const PoolName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9.-]{0,39}$/, "must be 1 to 40 of a-z, 0-9, . and -: it is the public model name");
/** The machine image of an instance. */
export const ImageId = z
  .string()
  .regex(/^(ami-[0-9a-f]{8,17}|resolve:ssm:\/[\w./-]+)$/, "must be an AMI id (ami-…) or resolve:ssm:/parameter");

const reservationId = z.string().regex(/^cr-[0-9a-f]{8,17}$/, "must be a capacity reservation's id (cr-…)");

const Purchase = z.discriminatedUnion("option", [
  z.strictObject({ option: z.literal("on-demand") }),
  z.strictObject({
    option: z.literal("spot"),
    /** Instances on demand before the first Spot one: capacity that AWS can't reclaim at two minutes' notice. */
    onDemandBase: z.int().min(0).max(64),
    /** Other types, for when Spot has no capacity of the pool's own type. The model must fit on each. */
    overrides: z.array(InstanceTypeName).max(10),
    /**
     * Families of other types, e.g. `["g5", "g6"]`: of each those with as many GPUs that hold the model and cost on demand at
     * most twice as much as the pool's own type. @default - none
     */
    families: z.array(z.string()).max(6).optional(),
  }),
  z.strictObject({
    /** A Capacity Block: GPUs for a time that is bought ahead. AWS ends its instances half an hour before the block does. */
    option: z.literal("capacity-block"),
    reservationId,
  }),
]);

/** Engines of one model: settings of `pools` in an environment file. */
export const Pool = z.strictObject({
  /** Catalogue entry to serve. */
  model: ModelName,
  instanceType: InstanceTypeName,
  /** GPUs that one copy of the model is split over. */
  tensorParallel: z.int().min(1).max(8),
  /**
   * Copies of the model on one instance, each on `tensorParallel` GPUs of its own: vLLM's data parallelism. Every other
   * figure of an engine, such as `maxSequences`, is of one copy.
   */
  replicasPerInstance: z.int().min(1).max(8),
  /** Weights of your own for the model, whose entry then describes their architecture and size; `null`: the entry's. */
  weights: OwnWeights.nullable(),
  /** Context in tokens; at most the catalogue's. */
  contextTokens: z.int().min(256),
  /** vLLM's `--max-num-seqs`: sequences that decode together on one engine. */
  maxSequences: z.int().min(1).max(1024),
  /** Requests that may wait on one engine beyond those that run; the next waits in the gateway (`api.queue`). */
  maxQueued: z.int().min(0).max(4096),
  /** Further arguments of vLLM, which replace the catalogue's of the same name. Those that Sluice sets are refused. */
  engineArguments: EngineArguments,
  minInstances: z.int().min(1),
  /** Default of the OpenTofu variable `<pool>_max_instances`. */
  maxInstances: z.int().min(1).max(64),
  image: ImageId,
  /** EBS root volume in GiB: system, image and weights. */
  volumeGiB: z.int().min(75).max(1000), // the engine image's own size (ami/engine): EC2 launches no smaller volume
  /** Throughput of the volume in MiB/s: above 125 each costs (0.04 dollars a month, us-east-1). */
  volumeMiBPerSecond: z.int().min(125).max(1000), // gp3's limits
  /**
   * Rate in MiB/s at which AWS copies the image to a new volume, for a price per GB; `null`: as fast as it happens to
   * be, without a promise. The weights are not part of it.
   */
  volumeInitializationMiBPerSecond: z.int().min(100).max(300).nullable(), // AWS's limits
  /**
   * How instances are replaced: `new-first` needs capacity and quota for twice the instances, `old-first` for no more
   * than there are, and leaves a pool of one without an engine while the new one starts.
   */
  replacement: z.enum(["new-first", "old-first"]),
  /**
   * Seconds from launch until a health check may fail the instance, and without progress until its launch is given up.
   * An engine should be ready within 300.
   */
  startupSeconds: z.int().min(60).max(1800),
  warmPool: z.strictObject({ minInstances: z.int().min(0).max(16), maxPrepared: z.int().min(0).max(64) }).nullable(),
  /** How the instances are paid for. */
  purchase: Purchase,
  /** Price of its tokens in request logs and metrics. @default - none */
  price: TokenPriceSettings.optional(),
  /**
   * What its tokens cost the operator: `amortised` shares what the pool's instances cost in each hour among the requests of
   * that hour. Needs `usage`; docs/usage.md. @default - `none`: sums of cost have nothing of the pool
   */
  cost: z.enum(["none", "amortised"]).optional(),
  /** A capacity reservation that is used before other on-demand capacity; `null` for none. */
  capacityReservation: z.strictObject({ id: reservationId }).nullable(),
});
