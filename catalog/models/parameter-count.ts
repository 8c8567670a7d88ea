import type { ModelConfig } from "./model-config.ts";

/** Parameters by what they are; quantisation changes the linear ones and leaves the embeddings as they are. */
export interface ParameterCount {
  /** Embeddings and output layer. */
  readonly embeddings: number;
  /** Attention, feed-forward parts and norms. */
  readonly linear: number;
  /** Experts of all layers. */
  readonly experts: number;
  readonly vision: number;
  readonly total: number;
  /** Parameters that compute one token: without the experts that the router does not choose. */
  readonly active: number;
}

/** Counts a model's parameters from its configuration: within 2 % of the published number, by a test. */
export function parameterCount(config: ModelConfig): ParameterCount {
  const { hidden, vocabulary, layers, tied = false, hasOutputLayer = true, positions = 0 } = config;
  const embeddings = (vocabulary * (tied || !hasOutputLayer ? 1 : 2) + positions) * hidden;
  const expertLayers = layersWithExperts(config);
  const experts = expertLayers * (config.experts?.count ?? 0) * expertSize(config);
  const dense = (layers - expertLayers) * feedForwardMatrices(config) * hidden * config.feedForward;
  const router = expertLayers * hidden * (config.experts?.count ?? 0);
  const shared = expertLayers * feedForwardMatrices(config) * hidden * (config.experts?.shared ?? 0);
  const linear = attentionParameters(config) + dense + router + shared + (2 * layers + 1) * hidden;
  const vision = config.visionParameters ?? 0;
  const total = embeddings + linear + experts + vision;
  const idle = expertLayers * ((config.experts?.count ?? 0) - (config.experts?.perToken ?? 0)) * expertSize(config);
  return { embeddings, linear, experts, vision, total, active: total - idle };
}

function feedForwardMatrices({ feedForwardMatrices: matrices = 3 }: ModelConfig): number {
  return matrices;
}

function expertSize(config: ModelConfig): number {
  return feedForwardMatrices(config) * config.hidden * (config.experts?.width ?? 0);
}

function layersWithExperts({ layers, experts }: ModelConfig): number {
  if (!experts) return 0;
  const { denseLayers = 0, every = 1 } = experts;
  return Math.floor((layers - denseLayers) / every);
}

function attentionParameters(config: ModelConfig): number {
  const { layers, linear, global } = config;
  const linearLayers = linear?.layers ?? 0;
  const globalLayers = global?.layers ?? 0;
  return (
    linearLayers * linearAttention(config) +
    globalLayers * globalAttention(config) +
    (layers - linearLayers - globalLayers) * (config.latent ? latentAttention(config) : groupedAttention(config))
  );
}

/** Query and output for all heads, keys and values for the KV heads. */
function groupedAttention({ hidden, heads, kvHeads, headSize, gatedAttention = false }: ModelConfig): number {
  return hidden * headSize * (heads * (gatedAttention ? 3 : 2) + 2 * kvHeads);
}

function globalAttention({ hidden, heads, global }: ModelConfig): number {
  return global ? hidden * global.headSize * (2 * heads + global.kvHeads) : 0;
}

function latentAttention({ hidden, heads, latent }: ModelConfig): number {
  if (!latent) return 0;
  const { kvRank, queryRank, plainSize, positionSize, valueSize } = latent;
  const queries = heads * (plainSize + positionSize);
  const query = queryRank === 0 ? hidden * queries : queryRank * (hidden + queries);
  const keysAndValues = hidden * (kvRank + positionSize) + kvRank * heads * (plainSize + valueSize);
  return query + keysAndValues + heads * valueSize * hidden;
}

/** Projections of keys, queries, values and gate, of decay and strength by value head, and the output. */
function linearAttention({ hidden, linear }: ModelConfig): number {
  if (!linear) return 0;
  const keys = linear.keyHeads * linear.headSize;
  const values = linear.valueHeads * linear.headSize;
  return hidden * (2 * keys + 2 * values + 2 * linear.valueHeads) + values * hidden;
}
